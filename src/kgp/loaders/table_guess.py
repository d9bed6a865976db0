"""A first mapping file for a table, from what its columns look like; a person corrects it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import yaml

from kgp.errors import BadInputError
from kgp.kg_schema.batches import SCHEMAS, Kind
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.tally import Tally
from kgp.loaders.table_files import TableFile, open_table
from kgp.loaders.table_model import MISSING, Value
from kgp.loaders.table_patterns import (
    Recognised,
    node_type,
    recognise,
    relation,
    relations_between,
)
from kgp.loaders.table_rows import effect
from kgp.loaders.table_yaml import Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SAMPLE_ROWS = 5_000
CHOOSE = "CHOOSE"
"""Stands where a person has to decide; no valid mapping holds it."""

_PAIRS = (
    ("source", "target"), ("src", "dst"), ("tf", "target"), ("regulator", "target"),
    ("regulator", "regulated"), ("x_id", "y_id"), ("head", "tail"), ("head_id", "tail_id"),
    ("subject", "object"), ("from", "to"), ("protein1", "protein2"), ("gene1", "gene2"),
    ("node1", "node2"),
)  # fmt: skip
_SIGNS = ("mor", "sign", "effect", "mode", "regulation", "direction", "weight", "moa")
_RELATIONS = ("relation", "relation_type", "predicate", "edge_type", "interaction", "action")
_NAMES = ("name", "label", "symbol", "title")
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class _Sample:
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


def write_guess(path: Path) -> Path:
    """Write a first mapping file beside a table.

    Returns:
        The mapping file, ``PATH.map.yaml``.

    Raises:
        BadInputError: if there is one already, the table cannot be read, or the file not written.
    """
    target = path.with_name(f"{path.name}.map.yaml")
    text = guess_mapping(path)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadInputError(
            f"{target} is there already; it is not overwritten.",
            hint="Use it, or move it away to have another one written.",
            command=f"kgp load table {path.name} --map {target.name}",
        ) from error
    except OSError as error:
        raise BadInputError(
            f"{target} cannot be written: {error.strerror}.",
            hint="Expected is a table in a folder that you may write to.",
            command=f"cp {path.name} . && kgp load table {path.name} --guess",
        ) from error
    return target


def guess_mapping(path: Path) -> str:
    """Return a first mapping file of a table, commented.

    ``CHOOSE`` stands where a person has to decide; loading refuses it with the line.

    Raises:
        BadInputError: if the table cannot be read.
    """
    sample = _sample(path)
    pair = _pair(sample)
    sign = _sign(sample) if pair else ""
    genes = all(sample.ids[end].type == "Gene" for end in pair if end in sample.ids)
    if pair and sign and genes:
        body = _regulation(sample, pair, sign)
    else:
        body = _edges(sample, pair) if pair else _nodes(sample)
    return "\n".join([*_head(sample), *body, ""])


def _sample(path: Path) -> _Sample:
    table = open_table(path)
    rows = next(table.blocks(table.columns, Tally())).head(SAMPLE_ROWS)
    found = {c: recognise(c, rows[c].str.strip_chars().to_list()) for c in table.columns}
    return _Sample(table, rows, {c: known for c, known in found.items() if known})


def _head(sample: _Sample) -> list[str]:
    return [
        f"# First guess from {sample.rows.height:,} rows of {_quoted(sample.table.path.name)}.",
        "# Read it through: a plain text is a constant, {column: NAME} takes a column's value.",
        f"# Where {CHOOSE} stands, nothing was recognised. Then: kgp load table FILE --map THIS",
        f"title: {_quoted(sample.table.path.name)}",
        "license: LicenseRef-unknown   # such as CC-BY-4.0; LicenseRef-… where there is no SPDX id",
        "# version: 2024-05",
        "# citation: Authors. Title. Journal (year)",
        "",
    ]


def _pair(sample: _Sample) -> tuple[str, ...]:
    """The columns of the two ends of an edge; none where rows are nodes."""
    for names in _PAIRS:
        pair = tuple(sample.find([name]) for name in names)
        if all(pair):
            return pair
    repeated = [c for c in sample.ids if sample.rows[c].n_unique() < sample.rows.height]
    first = next(iter(repeated), "")
    other = [c for c in repeated if sample.ids[c].type != sample.ids[first].type]
    return (first, other[0]) if other else ()


def _sign(sample: _Sample) -> str:
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


def _nodes(sample: _Sample) -> list[str]:
    best = max(sample.ids, key=lambda c: _telling(sample, c), default="")
    column = best or sample.table.columns[0]
    name = sample.find(_NAMES)
    used = [column, *_type_column(sample, "")[:1], name]
    lines = ["nodes:", *_end(sample, column, "  ", "", "" if name == column else name)]
    return [*lines, *_properties(sample, used, Kind.NODES)]


def _telling(sample: _Sample, column: str) -> tuple[bool, int]:
    """How well a column names the rows: identifiers before symbols, then the more distinct."""
    return sample.ids[column].prefix != "hgnc.symbol", sample.rows[column].n_unique()


def _edges(sample: _Sample, pair: Sequence[str]) -> list[str]:
    types = [sample.ids[c].type if c in sample.ids else "" for c in pair]
    typed = [_type_column(sample, end) for end in pair]
    if not any(typed) and all(types) and not relations_between(types[0], types[1]):
        pair, types = pair[::-1], types[::-1]
    lines, used = ["edges:"], list(pair)
    for end, column in zip(("source", "target"), pair, strict=True):
        lines += [f"  {end}:", *_end(sample, column, "    ", column, "")]
        used += _type_column(sample, column)[:1]
    words = sample.find(_RELATIONS)
    if words and len(sample.distinct(words)) <= _MOST_VALUES:
        lines += ["  relation:", f"    column: {_quoted(words)}", "    values:"]
        lines += [f"      {_quoted(w)}: {relation(w) or CHOOSE}" for w in sample.distinct(words)]
        used.append(words)
    else:
        fitting = relations_between(*types) if all(types) else []
        others = ", ".join(fitting[1:])
        lines.append(
            f"  relation: {next(iter(fitting), CHOOSE)}{f'   # or {others}' * bool(others)}"
        )
    return [*lines, *_properties(sample, used, Kind.EDGES)]


def _regulation(sample: _Sample, pair: Sequence[str], sign: str) -> list[str]:
    name = re.sub(r"\W+", "-", sample.table.path.name.split(".")[0], flags=re.ASCII).strip("-")
    lines = ["regulation:", f"  network: {_quoted(name or 'network')}"]
    for end, column in zip(("source", "target"), pair, strict=True):
        lines += [f"  {end}:", *_end(sample, column, "    ", column, "")]
    lines += [
        f"  sign: {{column: {_quoted(sign)}}}",
        "  layer: transcriptional   # or sigma, translational, signalling",
        "  sign_source: stated   # or curated, inferred, default",
    ]
    for role, names in (("weight", ("weight", "score")), ("pubmed", ("pubmed", "pubmed_id"))):
        column = sample.find(names)
        if column and column != sign:
            lines.append(f"  {role}: {{column: {_quoted(column)}}}")
    return lines


def _end(sample: _Sample, column: str, indent: str, end: str, name: str) -> list[str]:
    known = sample.ids.get(column)
    prefix = "" if known and not known.bare else f", prefix: {known.prefix if known else CHOOSE}"
    why = f"   # {known.why}" if known else "   # nothing recognised: which identifiers are these?"
    lines = [f"{indent}id: {{column: {_quoted(column)}{prefix}}}{why}"]
    typed = _type_column(sample, end)
    if typed and (all(map(node_type, typed[1:])) or not (known and known.type)):
        lines += [f"{indent}type:", f"{indent}  column: {_quoted(typed[0])}", f"{indent}  values:"]
        lines += [f"{indent}    {_quoted(v)}: {node_type(v) or CHOOSE}" for v in typed[1:]]
    else:
        kind = known.type if known and known.type else CHOOSE
        lines.append(f"{indent}type: {kind}")
    if name:
        lines.append(f"{indent}name: {{column: {_quoted(name)}}}")
    return lines


def _type_column(sample: _Sample, end: str) -> list[str]:
    """The column that says the type of an end, and its values; none where there is none."""
    stem = re.sub(r"_?(id|name)$", "", end)
    names = (f"{end}_type", f"{stem}_type") if end else ("type", "node_type", "label", "category")
    column = sample.find(name.lower() for name in names)
    values = sample.distinct(column) if column else []
    known = [value for value in values if node_type(value)]
    return [column, *values] if known and len(values) <= len(NODE_TYPES) else []


def _properties(sample: _Sample, used: Sequence[str], kind: Kind) -> list[str]:
    lines, taken = [], {*SCHEMAS[kind].names, "license", "source", "source_version", "sources"}
    for column in sample.table.columns:
        if column in used:
            continue
        name = re.sub(r"\W+", "_", column.lower(), flags=re.ASCII).strip("_") or "property"
        name = f"p_{name}" if not re.match(r"[a-z_]", name) or name in taken else name
        while name in taken:
            name += "_"
        taken.add(name)
        lines.append(f"    {name}: {{column: {_quoted(column)}, type: {_kind(sample, column)}}}")
    return ["  properties:", *lines] if lines else []


def _kind(sample: _Sample, column: str) -> str:
    values = [v for v in sample.distinct(column) if v.lower() not in MISSING]
    if values and all(re.fullmatch(r"-?\d{1,18}", v, re.ASCII) for v in values):
        return "integer"
    numbers = pl.Series(values, dtype=pl.String).cast(pl.Float64, strict=False)
    if values and numbers.is_finite().fill_null(False).all():
        return "number"
    return "boolean" if values and {v.lower() for v in values} <= {"true", "false"} else "text"


def _quoted(text: str) -> str:
    """YAML for a text: as it is where that is safe."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", text) and text.lower() != "null"
    if plain:
        return text
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize).strip()
