"""Databases of bacterial regulation."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

_CITATION = "Karp PD et al. The EcoCyc database (2023). EcoSal Plus 11 (2023)"
_LICENSE = "LicenseRef-BioCyc"
_ECOCYC_FILES = (
    ("genes", "genes.dat: genes with their b-numbers", True),
    ("proteins", "proteins.dat: polypeptides and complexes", True),
    ("transunits", "transunits.dat: transcription units", False),
    ("promoters", "promoters.dat: promoters and the sigma factors they bind", False),
    ("dnabindsites", "dnabindsites.dat: binding sites", False),
    ("regulation", "regulation.dat: who regulates what", False),
    ("protligandcplxes", "protligandcplxes.dat: proteins bound to ligands", False),
    ("rnas", "rnas.dat: RNAs, among them the small RNAs that regulate", False),
)

SPECS = (
    SourceSpec(
        name="ecocyc",
        title="EcoCyc",
        description="genes, complexes, transcription units and signed regulation from a Pathway "
        "Tools database",
        roles=tuple(
            Role(name, text, required, pattern=rf"(^|/){name}\.dat")
            for name, text, required in _ECOCYC_FILES
        ),
        version_rule="--version, else Version in the files' comment header",
        license=_LICENSE,
        citation=_CITATION,
        url="https://ecocyc.org",
        module="kgp.loaders.ecocyc.loader",
        loader="EcoCyc",
        options=("name",),
        access="Sign the licence at https://biocyc.org/download.shtml; the data files are in the "
        "folder data of the database that you are then given.",
    ),
    SourceSpec(
        name="ecocyc-network",
        title="EcoCyc regulatory network",
        description="signed regulation between genes by name, as Pathway Tools exports it",
        roles=(
            Role(
                "network",
                "the regulatory network as text: regulators with their targets below",
                pattern=r"regulatory-network.*\.txt",
            ),
        ),
        version_rule="--version, else Version in the file's comment header",
        license=_LICENSE,
        citation=_CITATION,
        url="https://ecocyc.org",
        module="kgp.loaders.ecocyc.network",
        loader="EcoCycNetwork",
        options=("name", "sigma"),
        access="Log in at https://ecocyc.org, open Tools, Regulatory Overview, and export the full "
        "network as text.",
    ),
)
