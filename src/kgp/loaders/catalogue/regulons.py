"""Signed networks of regulators and targets."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Role, SourceSpec

SPECS = (
    SourceSpec(
        name="trrust",
        title="TRRUST v2",
        description="signed regulation by human transcription factors, from the literature",
        roles=(Role("network", "table tf, target, mor", columns=("tf", "target", "mor")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-SA-4.0",
        citation="Han H et al. TRRUST v2: an expanded reference database of human and mouse "
        "transcriptional regulatory interactions. Nucleic Acids Res 46:D380 (2018)",
        url="https://www.grnpedia.org/trrust",
        module="kgp.loaders.trrust",
        loader="Trrust",
        options=("name", "layer"),
    ),
    SourceSpec(
        name="omnipath",
        title="OmniPath",
        description="signed interactions between proteins, mostly signalling",
        roles=(Role("interactions", "interactions", columns=("stimulation", "inhibition")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Türei D et al. Integrated intra- and intercellular signaling knowledge for "
        "multicellular omics analysis. Mol Syst Biol 17:e9923 (2021); Licata L et al. SIGNOR 2.0. "
        "Nucleic Acids Res 48:D504 (2020)",
        url="https://omnipathdb.org",
        module="kgp.loaders.omnipath",
        loader="OmniPath",
        options=("name", "layer"),
    ),
)
