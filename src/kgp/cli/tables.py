"""Results as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from kgp.api.embedding import EmbedResult
    from kgp.platform.grn import EdgeDiff, EdgeState
    from kgp.platform.store.records import (
        GrnVersion,
    )

_COUNT: Final = "count"
_LISTED = 5
"""Entries of a list that a table cell shows; ``--json`` gives all."""
_WIDEST: Final = 28
"""Characters of an entry that a table cell shows; systematic names of chemistry are longer."""

_WIDEST_TEXT: Final = 100
"""Characters of a cell of free Cypher."""


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
            "; ".join(text for text in ("there already" if d.repeated else "", d.note) if text),
        )
        for d in done
    )
    return TableData("Vectors", columns, rows)


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
    """Say what is known of a version in words."""
    said = {k.replace("_", " "): _word(v) for k, v in values.items() if v is not None}
    parts = (f"{name} {word}" for name, word in said.items())
    return ", ".join(part for part in parts if len(part) < 60)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


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


def text_table(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> TableData:
    """Rows of text under the columns' own names."""
    cut = tuple(tuple(t and short_text(t, _WIDEST_TEXT) for t in row) for row in rows)
    return TableData("", tuple(map(Column, columns)), cut)


def short_text(text: str, widest: int = _WIDEST) -> str:
    """Cut a text that would make a cell too wide."""
    return text if len(text) <= widest else f"{text[: widest - 1]}…"


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        more = f" … ({len(value)})" if len(value) > _LISTED else ""
        return ", ".join(short_text(str(item)) for item in value[:_LISTED]) + more
    if isinstance(value, float):
        return f"{value:.3g}"
    return None if value is None else str(value)
