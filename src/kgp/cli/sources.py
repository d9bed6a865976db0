"""``kgp sources``: what can be loaded."""

from __future__ import annotations

from kgp.cli.common import Debug, Json, ProgressMode, print_json, show


def sources(json: Json = False, progress: ProgressMode = "auto", debug: Debug = False) -> None:
    """List the sources: what each reads and its licence."""
    from kgp.loaders.catalogue import SOURCES
    from kgp.report.tables import Column, TableData

    if json:
        print_json([spec for _, spec in sorted(SOURCES.items())])
        return
    columns = (Column("Source"), Column("Reads"), Column("Licence"), Column("Command"))
    rows = tuple(
        (spec.name, spec.description, spec.license, spec.usage)
        for _, spec in sorted(SOURCES.items())
    )
    show(TableData("Sources", columns, rows))
