"""``kgp query``: named questions to the graph."""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import (
    DEFAULT_STORE,
    Debug,
    Json,
    ProgressMode,
    Store,
    note_rest,
    print_json,
    show,
)


def query(
    name: Annotated[str, typer.Argument(help="Name of the query; none lists them.")] = "",
    arguments: Annotated[list[str] | None, typer.Argument(help="Its parameters.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to show; --json gives all.")] = 40,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Run a named query; arguments fill its parameters in order."""
    from kgp.api.stores import open_store
    from kgp.cli.tables import arrow_table
    from kgp.platform.queries import run_query

    if not name:
        _list(json)
        return
    with open_store(store) as graph:
        result = run_query(graph, name, arguments or [])
    if json:
        print_json(result.to_pylist())
    else:
        show(arrow_table(name, result.slice(0, limit)))
        note_rest(len(result), limit)


def _list(json: bool) -> None:
    from kgp.platform.query_catalogue import QUERIES
    from kgp.report.tables import Column, TableData

    if json:
        print_json(list(QUERIES.values()))
        return
    columns = (Column("Query"), Column("Parameters"), Column("Answers"))
    rows = tuple((q.name, q.signature, q.title) for q in QUERIES.values())
    show(TableData("Named queries", columns, rows))
