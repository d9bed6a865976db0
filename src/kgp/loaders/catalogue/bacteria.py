"""Databases of bacterial regulation."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

_ECOCYC_FILES = (
    ("genes", "genes.dat: genes with their b-numbers", True),
    ("proteins", "proteins.dat: polypeptides and complexes", True),
    ("transunits", "transunits.dat: transcription units", False),
    ("promoters", "promoters.dat: promoters and the sigma factors they bind", False),
    ("dnabindsites", "dnabindsites.dat: binding sites", False),
    ("regulation", "regulation.dat: who regulates what", False),
    ("protligandcplxes", "protligandcplxes.dat: proteins bound to ligands", False),
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
        license="LicenseRef-BioCyc",
        citation="Karp PD et al. The EcoCyc database (2023). EcoSal Plus 11 (2023)",
        url="https://ecocyc.org",
        module="kgp.loaders.ecocyc",
        loader="EcoCyc",
        options=("name",),
    ),
)
