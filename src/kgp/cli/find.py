"""``kgp find``: which node a text means."""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, show


def find(
    text: Annotated[str, typer.Argument(help="Symbol, synonym, name or CURIE.")],
    limit: Annotated[int, typer.Option(min=1, help="Most nodes to show.")] = 20,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Show the nodes that a text may mean, the most literal match first."""
    from kgp.api.stores import open_store
    from kgp.errors import BadInputError, UsageError
    from kgp.report.tables import Column, TableData

    if not text.strip():
        raise UsageError(
            "There is nothing to find.",
            hint="Name a symbol, a synonym, a part of a name, or a CURIE.",
            command="kgp find TP53",
        )
    with open_store(store) as graph:
        found = graph.find(text, limit)
    if not found:
        raise BadInputError(
            f"{text!r} means no node of {store}.",
            hint="Symbols need an identifier table; names are matched by part from 3 letters on.",
            command="kgp load gene-info FILE",
        )
    if json:
        print_json(found)
        return
    columns = (Column("Node"), Column("Type"), Column("Name"), Column("Matched"))
    rows = tuple((f.id, f.type, f.name, f.matched) for f in found)
    show(TableData("", columns, rows))
