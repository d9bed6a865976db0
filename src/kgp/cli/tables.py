"""Results as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from kgp.api.graph import EmbedResult
    from kgp.api.loading import LoadReport
    from kgp.platform.grn import EdgeDiff, EdgeState
    from kgp.platform.store.records import (
        DatasetRecord,
        GrnRecord,
        GrnVersion,
        SourceRecord,
        VectorSet,
    )

_COUNT: Final = "count"
_LISTED = 5
"""Entries of a list that a table cell shows; ``--json`` gives all."""
_WIDEST: Final = 28
"""Characters of an entry that a table cell shows; systematic names of chemistry are longer."""


def load_table(report: LoadReport) -> TableData:
    """The account of one load: rows in, kept, dropped by reason, and what they became."""
    rows: list[tuple[Cell, ...]] = [
        ("rows in", report.rows_in),
        ("rows kept", report.rows_kept),
        *((f"dropped: {reason}", count) for reason, count in report.dropped.items()),
        ("nodes", report.published.nodes),
        ("relationships", report.published.edges),
        ("rows merged", report.published.merged),
    ]
    if not report.dropped:
        rows.insert(2, ("dropped", 0))
    title = f"{report.info.title} {report.info.version} ({report.info.license})"
    if report.info.synthetic:
        title += " — synthetic"
    return TableData(title, (Column(report.info.name), Column("Count", _COUNT)), tuple(rows))


def count_table(title: str, label: str, counts: Mapping[str, int]) -> TableData:
    """Counts by type, with their sum."""
    rows = (*counts.items(), ("all", sum(counts.values())))
    return TableData(title, (Column(label), Column("Count", _COUNT)), rows)


def source_table(sources: Sequence[SourceRecord]) -> TableData:
    """The published loads."""
    columns = (
        Column("Source"),
        Column("Version"),
        Column("Licence"),
        Column("Rows in", _COUNT),
        Column("Kept", _COUNT),
        Column("Dropped", _COUNT),
        Column("Load"),
    )
    rows = tuple(
        (
            s.source + (" (synthetic)" if s.synthetic else ""),
            s.version,
            s.license,
            s.rows_in,
            s.rows_kept,
            sum(s.dropped.values()),
            s.load_id,
        )
        for s in sources
    )
    return TableData("Sources", columns, rows)


def vector_table(sets: Sequence[VectorSet]) -> TableData:
    """The vector sets."""
    columns = (
        Column("Vectors"),
        Column("On"),
        Column("Encoder"),
        Column("Dimension", _COUNT),
        Column("Nodes", _COUNT),
    )
    rows = tuple(
        (v.name, v.node_type, f"{v.encoder} {v.revision}", v.dimension, v.covered) for v in sets
    )
    return TableData("Vectors", columns, rows)


def embed_table(done: Sequence[EmbedResult]) -> TableData:
    """What was encoded, and what was left out."""
    columns = (
        Column("Encoder"),
        Column("Vectors"),
        Column("Dimension", _COUNT),
        Column("Nodes", _COUNT),
        Column("No input", _COUNT),
        Column("Rejected", _COUNT),
        Column("Note"),
    )
    rows = tuple(
        (d.task, "", None, 0, None, None, "no node has what it reads")
        if d.vectors is None
        else (
            d.task,
            d.vectors.name,
            d.vectors.dimension,
            d.vectors.covered,
            d.missing,
            d.rejected,
            "there already" if d.repeated else "",
        )
        for d in done
    )
    return TableData("Vectors", columns, rows)


def dataset_table(datasets: Sequence[DatasetRecord]) -> TableData:
    """The response sets."""
    columns = (
        Column("Responses"),
        Column("Measure"),
        Column("Signatures", _COUNT),
        Column("Features", _COUNT),
        Column("Censored"),
    )
    rows = tuple((d.name, d.measure, d.signatures, d.features, d.censored) for d in datasets)
    return TableData("Response sets", columns, rows)


def network_table(networks: Sequence[GrnRecord]) -> TableData:
    """The networks and their heads."""
    columns = (Column("Network"), Column("Head", _COUNT), Column("Forked from"), Column("Context"))
    rows = tuple((n.name, n.head, n.forked_from, n.context) for n in networks)
    return TableData("Networks", columns, rows)


def version_table(name: str, versions: Sequence[GrnVersion]) -> TableData:
    """The history of a network, newest first."""
    columns = (
        Column("Version", _COUNT),
        Column("Parent", _COUNT),
        Column("Method"),
        Column("Author"),
        Column("Time"),
        Column("What"),
    )
    rows = tuple(
        (v.version, v.parent, v.method, v.author, v.time, _short(v.metrics or v.parameters))
        for v in reversed(versions)
    )
    return TableData(f"History of {name}", columns, rows)


def _short(values: Mapping[str, object]) -> str:
    parts = (f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items())
    return ", ".join(part for part in parts if len(part) < 60)


GLYPHS = {1: "activates", -1: "represses", 0: "unsigned"}


def state_text(state: EdgeState | None) -> str:
    """An edge's state in a word."""
    if state is None:
        return "no edge"
    return state.effect if state.sign == 0 else GLYPHS[state.sign]


def diff_table(title: str, changes: Sequence[EdgeDiff], names: Mapping[str, str]) -> TableData:
    """Edges that differ between two versions."""
    columns = (
        Column("Regulator"),
        Column("Target"),
        Column("Layer"),
        Column("Before"),
        Column("After"),
        Column("Confidence", "figure", digits=2),
    )
    rows = tuple(
        (
            names.get(d.src, d.src),
            names.get(d.dst, d.dst),
            d.layer,
            state_text(d.before),
            state_text(d.after),
            d.confidence,
        )
        for d in changes
    )
    return TableData(title, columns, rows)


def edge_table(title: str, states: Sequence[EdgeState], names: Mapping[str, str]) -> TableData:
    """Edges of one version."""
    columns = (
        Column("Regulator"),
        Column("Target"),
        Column("Layer"),
        Column("Effect"),
        Column("Confidence", "figure", digits=2),
        Column("Sign from"),
    )
    rows = tuple(
        (
            names.get(s.src, s.src),
            names.get(s.dst, s.dst),
            s.layer,
            state_text(s),
            s.confidence,
            s.sign_source,
        )
        for s in states
    )
    return TableData(title, columns, rows)


def arrow_table(title: str, table: pa.Table) -> TableData:
    """Any query result; lists are joined by commas."""
    columns = tuple(Column(name.replace("_", " ")) for name in table.column_names)
    rows = tuple(tuple(_cell(value) for value in row.values()) for row in table.to_pylist())
    return TableData(title, columns, rows)


def _short_text(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        more = f" … ({len(value)})" if len(value) > _LISTED else ""
        return ", ".join(_short_text(str(item)) for item in value[:_LISTED]) + more
    if isinstance(value, float):
        return f"{value:.3g}"
    return None if value is None else str(value)
