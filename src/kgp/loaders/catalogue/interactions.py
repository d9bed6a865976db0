"""Interactions of proteins, and pathways."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

SPECS = (
    SourceSpec(
        name="string",
        title="STRING",
        description="functional associations of proteins with channel scores, any species",
        roles=(
            Role("links", "protein.links, detailed, full or physical", pattern=r"links"),
            Role("info", "protein.info", required=False, pattern=r"info"),
        ),
        version_rule="--version, else vN.N in the file's name",
        license="CC-BY-4.0",
        citation="Szklarczyk D et al. The STRING database in 2023. Nucleic Acids Res 51:D638 "
        "(2023)",
        url="https://string-db.org",
        module="kgp.loaders.string",
        loader="StringDB",
        options=("taxon",),
    ),
)
