"""From the columns of a user's table to identifiers, types and properties: pure expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, unknown
from kgp.kg_schema.identifiers import CURIE
from kgp.loaders.frames import drop_rows
from kgp.loaders.table.mapping import fits
from kgp.loaders.table.model import MISSING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.table.model import Node, Property, Value

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_EFFECT_OF_WORD = {
    "activation": ("activation", "activates", "activator", "stimulation", "positive", "up", "+"),
    "repression": ("repression", "represses", "repressor", "inhibition", "negative", "down", "-"),
    "dual": ("dual", "both", "+/-", "-/+", "+-", "-+"),
    "unknown": ("unknown", "", "?", "na", "nan", "none"),
}
_WORDS = {word: effect for effect, words in _EFFECT_OF_WORD.items() for word in words}


def text(value: Value | None) -> pl.Expr:
    """What a field says in each row; null where it says nothing."""
    if value is None:
        return pl.lit(None, pl.String)
    default = pl.lit(value.default or None, pl.String)
    if not value.column:
        return default
    said = pl.col(value.column).str.strip_chars()
    if value.values:
        said = said.replace_strict(dict(value.values), default=None, return_dtype=pl.String)
    return pl.when(said != "").then(said).otherwise(default)


def identifier(value: Value) -> pl.Expr:
    """CURIE of each row, its prefix in lower case; null where there is none."""
    said = text(value)
    if value.pad:
        number = said.str.contains(r"^[0-9]+$")
        said = pl.when(number).then(said.str.zfill(value.pad)).otherwise(said)
    if value.prefix:
        own = said.str.to_lowercase().str.starts_with(f"{value.prefix}:")
        bare = pl.when(own).then(said.str.slice(len(value.prefix) + 1)).otherwise(said)
        return pl.concat_str(pl.lit(f"{value.prefix}:"), bare)
    prefix = said.str.extract(r"^([^:]*):").str.to_lowercase()
    return pl.concat_str(prefix, said.str.extract(r"^[^:]*(:.*)$"))


def with_node(rows: pl.DataFrame, node: Node, side: str, tally: Tally) -> pl.DataFrame:
    """Add ``SIDE, SIDE_type, SIDE_name``; drop rows without an identifier.

    Raises:
        BadInputError: for a type that the graph does not have.
    """
    column, shown = node.id.column, (node.id.column,)
    empty = text(node.id).is_null()
    rows = drop_rows(rows, empty, f"nothing in column {column!r}", tally, shown)
    rows = rows.with_columns(
        identifier(node.id).alias(side),
        text(node.type).alias(f"{side}_type"),
        text(node.name).alias(f"{side}_name"),
    )
    bad = ~pl.col(side).str.contains(CURIE.pattern).fill_null(False)
    rows = drop_rows(rows, bad, f"no identifier in column {column!r}", tally, shown)
    if node.type is not None:
        rows = drop_rows(rows, pl.col(f"{side}_type").is_null(), "no node type", tally, shown)
    return rows


def refuse_unknown(column: pl.Series, what: str, known: Collection[str], value: Value) -> None:
    """Refuse a value that the schema does not have.

    Raises:
        BadInputError: with the nearest names and where to translate it.
    """
    strange = column.filter(~column.is_in(list(known)))
    if strange.len():
        raise BadInputError(
            f"Column {value.column!r}: {unknown(what, str(strange[0]), known)}",
            hint=f"The graph's schema is closed. Known: {', '.join(sorted(known))}.",
            command=f"add to {value.item.path.name}, line {value.item.line}: "
            f"values: {{{strange[0]}: {sorted(known)[0]}}}",
        )


def drop_unfitting(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Drop edges whose relation does not lead from the one type to the other."""
    key = ("relation", "source_type", "target_type")
    typed = pl.all_horizontal(pl.col(key).is_not_null())
    found = rows.filter(typed).select(key).unique(maintain_order=True)
    fitting = [fits(*row) for row in found.iter_rows()]
    table = found.with_columns(fits=pl.Series(fitting, dtype=pl.Boolean))
    rows = rows.join(table, on=key, how="left", maintain_order="left")
    shown = (*key, "source", "target")
    return drop_rows(rows, ~pl.col("fits"), "node types do not fit the relation", tally, shown)


def with_properties(
    rows: pl.DataFrame, properties: Sequence[Property], tally: Tally
) -> pl.DataFrame:
    """Add one column ``property:NAME`` each; drop rows that hold what its type cannot be."""
    for each in properties:
        name = f"property:{each.name}"
        said = pl.col(each.column).str.strip_chars()
        if each.kind == "text":
            rows = rows.with_columns(pl.when(said != "").then(said).alias(name))
        elif each.kind == "list":
            rows = rows.with_columns(_items(said, each.separator).alias(name))
        else:
            given = ~said.str.to_lowercase().is_in(MISSING)
            rows = rows.with_columns(pl.when(given).then(_READ[each.kind](said)).alias(name))
            reason = f"{each.name} is no {each.kind}"
            rows = drop_rows(rows, given & pl.col(name).is_null(), reason, tally, (each.column,))
    return rows


def _items(said: pl.Expr, separator: str) -> pl.Expr:
    items = said.str.split(separator).list.eval(pl.element().str.strip_chars())
    return items.list.eval(pl.element().filter(pl.element() != ""))


def _integer(said: pl.Expr) -> pl.Expr:
    return said.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)


def number(said: pl.Expr) -> pl.Expr:
    """Finite numbers; null for anything else."""
    value = said.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _boolean(said: pl.Expr) -> pl.Expr:
    lower = said.str.to_lowercase()
    return pl.when(lower.is_in(_TRUE)).then(True).when(lower.is_in(_FALSE)).then(False)


_READ = {"integer": _integer, "number": number, "boolean": _boolean}


def effect(value: Value) -> pl.Expr:
    """Effect of each row: by ``values``, else by the usual words and by the sign of a number."""
    if value.values or not value.column:
        return text(value)
    said = pl.col(value.column).str.strip_chars().str.to_lowercase()
    size = number(said)
    signed = pl.when(size > 0).then(pl.lit("activation")).when(size < 0).then(pl.lit("repression"))
    by_size = signed.when(size == 0).then(pl.lit("unknown"))
    words = said.replace_strict(_WORDS, default=None, return_dtype=pl.String)
    return pl.coalesce(by_size, words, pl.lit(value.default or None, pl.String))
