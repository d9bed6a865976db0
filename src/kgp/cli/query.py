"""``kgp query``: named questions to the graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import (
    DEFAULT_STORE,
    Debug,
    Json,
    ProgressMode,
    Store,
    hint,
    note_rest,
    print_json,
    show,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from kgp.api.querying import QueryResult

_SHOWN = 40
"""Rows of a named query that a table shows."""


def query(
    name: Annotated[str, typer.Argument(help="Name of the query; none lists them.")] = "",
    arguments: Annotated[list[str] | None, typer.Argument(help="Its parameters.")] = None,
    cypher: Annotated[
        str, typer.Option("--cypher", metavar="TEXT", help="Ask a Neo4j store in Cypher instead.")
    ] = "",
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="Value of $NAME in the Cypher."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1_000_000_000,
            help="Most rows: of a named query to show (40; --json and files have all), of --cypher "
            "to read (1000).",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, max=86_400, help="Seconds that --cypher may take.")
    ] = 30.0,
    format: Annotated[
        str | None, typer.Option(help="table, json, csv or parquet; default by the file's ending.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows here.")] = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Run a named query, or one in Cypher; arguments fill parameters in order."""
    from kgp.api.querying import format_of
    from kgp.errors import UsageError

    if bool(cypher) and bool(name):
        raise UsageError(
            f"Either a named query or --cypher; {name!r} and a text were given.",
            hint="Parameters of Cypher are given by name.",
            command="kgp query --cypher 'TEXT' --param NAME=VALUE",
        )
    if param and not cypher:
        raise UsageError(
            f"--param {param[0]!r} is for --cypher.",
            hint="Arguments of a named query follow its name.",
            command=f"kgp query {name or 'NAME'} ARGUMENT…",
        )
    chosen = format_of("json" if json else format, out)
    if cypher:
        _ask(cypher, param or [], limit, timeout, chosen, out, store)
    elif name:
        _run(name, arguments or [], limit or _SHOWN, chosen, out, store)
    else:
        _list(json)


def _run(
    name: str, arguments: list[str], limit: int, format: str, out: Path | None, store: str
) -> None:
    from kgp.api.stores import open_store
    from kgp.cli.tables import arrow_table
    from kgp.platform.queries import run_query

    with open_store(store) as graph:
        result = run_query(graph, name, arguments)
    if format != "table":
        _emit(result, format, out)
        return
    show(arrow_table(name, result.slice(0, limit)))
    note_rest(len(result), limit)


def _ask(
    text: str,
    given: list[str],
    limit: int | None,
    timeout: float,
    format: str,
    out: Path | None,
    store: str,
) -> None:
    from kgp.api.querying import LIMIT, ask_cypher, parse_parameters
    from kgp.cli.tables import text_table

    limit = limit or LIMIT
    parameters = parse_parameters(given)
    result = ask_cypher(store, text, parameters, limit=limit, timeout=timeout)
    if format == "table":
        show(text_table(result.columns, result.texts))
    else:
        _emit(result, format, out)
    if result.more:
        hint(f"… and more than these {limit:,} rows (--limit N reads more)")


def _emit(result: QueryResult | pa.Table, format: str, out: Path | None) -> None:
    """Write rows into a file, or print them."""
    from kgp.api.querying import encode
    from kgp.report.files import write_together

    content = encode(result, format)
    if out is None:
        sys.stdout.write(content.decode())
    else:
        write_together({out: content}, "rows", "kgp query … --out FILE.csv")


def _list(json: bool) -> None:
    from kgp.platform.query_catalogue import QUERIES
    from kgp.report.tables import Column, TableData

    if json:
        print_json(list(QUERIES.values()))
        return
    columns = (Column("Query"), Column("Parameters"), Column("Answers"))
    rows = tuple((q.name, q.signature, q.title) for q in QUERIES.values())
    show(TableData("Named queries", columns, rows))
