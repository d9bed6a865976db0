"""Free Cypher on a Neo4j store, and results of queries as files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import orjson

from kgp.api.stores import locate, open_store
from kgp.errors import StoreError, UsageError
from kgp.platform.store.neo4j.address import Address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

FORMATS = ("table", "json", "csv", "parquet")

LIMIT, TIMEOUT = 1_000, 30.0
"""Rows and seconds that a query may take unless it is allowed more."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a query.

    Args:
        columns: names of the columns.
        records: rows as JSON holds them.
        texts: rows as a person reads them.
        more: whether there are rows beyond the limit.
    """

    columns: tuple[str, ...]
    records: list[dict[str, Any]]
    texts: list[tuple[str | None, ...]]
    more: bool


def ask_cypher(
    store: str | None,
    text: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    limit: int = LIMIT,
    timeout: float = TIMEOUT,
) -> QueryResult:
    """Ask a Neo4j store in Cypher, in a transaction that cannot write.

    Args:
        store: URL of the store.
        text: one query.
        parameters: values of its ``$name``.
        limit: most rows to read.
        timeout: seconds after which the server ends the query.

    Raises:
        StoreError: if the store is no Neo4j server, or the query would write or takes too long.
        BadInputError: if the server does not understand the query, or it fails.
    """
    place = locate(store)
    if not isinstance(place, Address):
        raise StoreError(
            f"duckdb:{place} does not understand Cypher.",
            hint="Cypher is for a store on a Neo4j server; named queries are answered by both.",
            command="kgp query, which lists the named ones",
        )
    from kgp.platform.store.neo4j.store import Neo4jStore
    from kgp.platform.store.neo4j.values import plain
    from kgp.platform.store.neo4j.values import text as shown

    with open_store(store) as graph:
        assert isinstance(graph, Neo4jStore)
        answer = graph.cypher(text, parameters or {}, limit=limit, timeout=timeout)
    records = [dict(zip(answer.columns, map(plain, row), strict=True)) for row in answer.rows]
    texts = [tuple(map(shown, row)) for row in answer.rows]
    return QueryResult(answer.columns, records, texts, answer.more)


def parse_parameters(given: Sequence[str]) -> dict[str, Any]:
    """Understand ``name=value``: a value that is JSON is that, any other a text.

    Raises:
        UsageError: for a text without a name or given twice.
    """
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        name = name.removeprefix("$")
        if not name or not equals or name in found:
            raise UsageError(
                f"--param {each!r} "
                + (f"gives ${name} again." if name in found else "is not NAME=VALUE."),
                hint="A value that is JSON is taken as such (5, true, [1, 2]), any other as text.",
                command="kgp query --cypher … --param gene=ncbigene:7157",
            )
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def encode(result: QueryResult | pa.Table, format: str) -> bytes:
    """Rows as the content of a file.

    In CSV, and in a column of Parquet whose values are of several kinds, a list or an object
    stands as JSON.

    Args:
        result: the rows.
        format: ``json``, ``csv`` or ``parquet``.
    """
    if isinstance(result, QueryResult):
        records, columns = result.records, result.columns
    else:
        records, columns = result.to_pylist(), tuple(result.column_names)
    if format == "json":
        return orjson.dumps(records, option=orjson.OPT_INDENT_2) + b"\n"
    if format == "csv":
        text = StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in records)
        return text.getvalue().encode()
    import pyarrow.parquet as pq

    held = BytesIO()
    table = _arrow(result) if isinstance(result, QueryResult) else result
    pq.write_table(table, held)
    return held.getvalue()


def _arrow(result: QueryResult) -> pa.Table:
    import pyarrow as pa

    def column(values: list[Any]) -> pa.Array:
        if not any(isinstance(each, dict) for each in values):
            try:
                return pa.array(values)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                pass
        return pa.array([_cell(each) for each in values], pa.string())

    arrays = [column([row[name] for row in result.records]) for name in result.columns]
    return pa.Table.from_arrays(arrays, names=list(result.columns))


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def format_of(format: str | None, out: Path | None) -> str:
    """The format that is meant: the one that is named, or that of the file's ending.

    Raises:
        UsageError: for an ending that none has, or a file of Parquet that is to be printed.
    """
    ending = out.suffix.removeprefix(".") if out is not None else ""
    chosen = format or ending or "table"
    if chosen not in FORMATS or (out is not None and chosen == "table"):
        raise UsageError(
            f"{out.name if out is not None else chosen!r} has no format that kgp query writes.",
            hint="Valid endings of files are .json, .csv, .parquet.",
            command="kgp query … --out rows.csv",
        )
    if chosen == "parquet" and out is None:
        raise UsageError(
            "Parquet is not for a terminal.",
            hint="Name a file.",
            command="kgp query … --out rows.parquet",
        )
    return chosen
