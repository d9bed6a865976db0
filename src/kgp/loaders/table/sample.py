"""The start of a table that nobody described, and what its columns seem to be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import look
from kgp.loaders.table.files import TableFile, open_table
from kgp.loaders.table.model import MISSING, Value
from kgp.loaders.table.patterns import Recognised, node_type, recognise
from kgp.loaders.table.rows import effect
from kgp.loaders.table.yaml_text import Item

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOOKED_AT = 5_000
"""Rows in which identifiers are looked for; other values are taken from the whole first block."""

_PAIRS = (
    ("source", "target"), ("src", "dst"), ("tf", "target"), ("regulator", "target"),
    ("regulator", "regulated"), ("x_id", "y_id"), ("head", "tail"), ("head_id", "tail_id"),
    ("subject", "object"), ("from", "to"), ("protein1", "protein2"), ("gene1", "gene2"),
    ("node1", "node2"),
)  # fmt: skip
_SIGNS = ("mor", "sign", "effect", "mode", "regulation", "direction", "weight", "moa")


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a table, and what was recognised in them."""

    table: TableFile
    rows: pl.DataFrame
    ids: dict[str, Recognised]

    def distinct(self, column: str) -> list[str]:
        """Values of a column, without empty ones, sorted."""
        values = self.rows[column].str.strip_chars().unique().sort().to_list()
        return [value for value in values if value]

    def find(self, names: Iterable[str]) -> str:
        """The first of ``names`` that is a column, whatever its case; empty where none is."""
        lower = {column.lower(): column for column in reversed(self.table.columns)}
        return next((lower[name] for name in names if name in lower), "")


def read_sample(path: Path) -> Sample:
    """Read the first block of a table.

    Raises:
        BadInputError: if it cannot be read, or no row has as many fields as the header.
    """
    table = open_table(path)
    rows = next(table.blocks(table.columns, Tally()))
    if rows.is_empty():
        raise BadInputError(
            f"{path}: no row has as many fields as the header, {len(table.columns)}.",
            hint="Expected is a table with the same columns throughout.",
            command=look(path),
        )
    start = rows.head(LOOKED_AT)
    found = {c: recognise(c, start[c].str.strip_chars().to_list()) for c in table.columns}
    return Sample(table, rows, {c: known for c, known in found.items() if known})


def pair_of(sample: Sample) -> tuple[str, ...]:
    """The columns of the two ends of an edge; none where rows are nodes."""
    for names in _PAIRS:
        pair = tuple(sample.find([name]) for name in names)
        if all(pair):
            return pair
    repeated = [c for c in sample.ids if sample.rows[c].n_unique() < sample.rows.height]
    first = next(iter(repeated), "")
    other = [c for c in repeated if sample.ids[c].type != sample.ids[first].type]
    return (first, other[0]) if other else ()


def sign_of(sample: Sample) -> str:
    """The column whose every value reads as a sign, and some as each of the two."""
    for name in _SIGNS:
        column = sample.find([name])
        if not column:
            continue
        known = sample.rows.select(effect(Value(column, "", Item(sample.table.path, "", 1, ""))))
        effects = set(known.to_series().to_list())
        if None not in effects and {"activation", "repression"} <= effects:
            return column
    return ""


def telling(sample: Sample, column: str) -> tuple[bool, int]:
    """How well a column names the rows: identifiers before symbols, then the more distinct."""
    return sample.ids[column].prefix != "hgnc.symbol", sample.rows[column].n_unique()


def type_column(sample: Sample, end: str) -> list[str]:
    """The column that says the type of an end, and its values; none where there is none."""
    stem = re.sub(r"_?(id|name)$", "", end)
    names = (f"{end}_type", f"{stem}_type") if end else ("type", "node_type", "label", "category")
    column = sample.find(name.lower() for name in names)
    values = sample.distinct(column) if column else []
    known = [value for value in values if node_type(value)]
    return [column, *values] if known and len(values) <= len(NODE_TYPES) else []


def kind_of(sample: Sample, column: str) -> str:
    """The type of property that every value of a column fits."""
    values = [v for v in sample.distinct(column) if v.lower() not in MISSING]
    if values and all(re.fullmatch(r"-?\d{1,18}", v, re.ASCII) for v in values):
        return "integer"
    numbers = pl.Series(values, dtype=pl.String).cast(pl.Float64, strict=False)
    if values and numbers.is_finite().fill_null(False).all():
        return "number"
    return "boolean" if values and {v.lower() for v in values} <= {"true", "false"} else "text"
