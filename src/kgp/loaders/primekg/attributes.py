"""Attributes of PrimeKG's nodes: sequences, structures and texts of PrimeKG++ and extracts of it.

Which file has which columns and licences is listed in :mod:`kgp.loaders.primekg.forms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Batch, Kind
from kgp.kg_schema.node_types import FROM_PRIMEKG as NODE_TYPE
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.primekg.forms import (
    FEATURE_OF_TYPE,
    FORMS,
    LICENSE_OF_FEATURE,
    LICENSE_OF_TEXT,
    OPEN,
    Form,
)
from kgp.loaders.primekg.index import check_index, read_index
from kgp.loaders.primekg.rows import GROUPED
from kgp.loaders.table.files import TableFile, open_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

_DNA = r"^[ACGTNacgtn]{20,}$"
"""A sequence of these letters alone is no protein's."""

_NOTHING = ("", "nan", "NaN", "None", "[]")
_PREAMBLE = r"^.*? belongs to \S+ node\.\s*"
"""What an extract puts before every text, and says by its type anyway."""


class PrimeKGAttributes(FileLoader):
    """Reads one file of attributes.

    Args:
        inputs: the file of role ``attributes`` and, of role ``nodes``, nodes.csv or kg.csv, which
            says what a ``node_index`` means.
        version: the release, where the user states it.
    """

    source = "primekg-attributes"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        self._table = open_table(inputs["attributes"])
        self._form = _form_of(self._table)
        self._indexed = "nodes" in inputs and self._form.index in self._table.columns
        if self._indexed:
            check_index(inputs["nodes"])
        elif self._form.own_id not in self._table.columns:
            raise _only_names(self._table)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the nodes with their attributes, once per licence.

        Rows of one node within a block become one, of each attribute the first that is given.
        """
        form = self._form
        columns = [name for name in form.columns if name in self._table.columns]
        index = read_index(self.inputs["nodes"]) if self._indexed else None
        for block in self._table.blocks(columns, tally):
            rows = block.with_columns(_given(name, form) for name in columns)
            if index is None:
                nodes = _by_own_id(rows, form, tally)
            else:
                nodes = _by_index(rows, index, form, tally)
            merged = _merged(_telling(nodes, form, tally), tally)
            if index is not None:
                merged = pl.concat([merged, _members(merged, form)])
            found = _stated(merged, form) if form.type else _extracted(merged, form)
            yield from map(self._licensed, found)

    def _licensed(self, batch: Batch) -> Batch:
        """Leave the licences of the real databases to the real files."""
        if not self.info.synthetic:
            return batch
        return Batch(batch.kind, batch.data.drop_columns(["license"]))


def _form_of(table: TableFile) -> Form:
    for form in FORMS:
        if set(form.needed) <= set(table.columns):
            return form
    known = "; ".join(f"{form.title} ({', '.join(form.needed)})" for form in FORMS)
    raise BadInputError(
        f"{table.path} is no file of attributes; its columns are: "
        f"{', '.join(table.columns)[:300]}.",
        hint=f"Known are: {known}.",
        command=f"kgp load table {table.path.name} --guess",
    )


def _only_names(table: TableFile) -> BadInputError:
    return BadInputError(
        f"{table.path} names its nodes only by name or by PrimeKG's node_index.",
        hint="Nothing is joined by name; expected is, beside it, PrimeKG's nodes.csv or kg.csv "
        "with 12 columns for a file that has the index.",
        command=f"kgp load primekg-attributes {table.path.name} nodes=nodes.csv",
    )


def _given(column: str, form: Form) -> pl.Expr:
    """What a column says, without the preamble of an extract's texts; null for nothing."""
    text = pl.col(column).str.strip_chars()
    if not form.type and column in ("desc", "node_attr"):
        text = text.str.replace(_PREAMBLE, "").str.strip_chars()
    return pl.when(~text.is_in(_NOTHING)).then(text).alias(column)


def _by_own_id(rows: pl.DataFrame, form: Form, tally: Tally) -> pl.DataFrame:
    """Add ``#id, #type`` by the file's own identifiers."""
    bad = ~pl.col(form.own_id).str.contains(form.pattern).fill_null(False)
    reason = f"no {form.prefix} identifier"
    rows = drop_rows(rows, bad, reason, tally, (form.own_id,))
    return _with_own_id(rows, form)


def _with_own_id(rows: pl.DataFrame, form: Form) -> pl.DataFrame:
    local = pl.col(form.own_id).str.extract(form.pattern)
    local = local.str.zfill(7) if form.prefix == "mondo" else local
    return rows.with_columns(
        (pl.lit(f"{form.prefix}:") + local).alias("#id"), pl.lit(form.type).alias("#type")
    )


def _by_index(rows: pl.DataFrame, index: pl.DataFrame, form: Form, tally: Tally) -> pl.DataFrame:
    """Add ``#id, #type`` by what PrimeKG says about the index."""
    known = index.rename({"id": "#id", "type": "#type"})
    rows = rows.with_columns(pl.col(form.index).str.extract(form.index_pattern).alias("#index"))
    rows = rows.join(
        known, left_on="#index", right_on="index", how="left", maintain_order="left"
    ).drop("#index")
    shown = (form.index,)
    rows = drop_rows(rows, pl.col("#id").is_null(), "node_index is not in nodes", tally, shown)
    said = pl.lit(form.type) if form.type else pl.col("#type")
    if "node_type" in rows.columns:
        said = pl.col("node_type").replace_strict(NODE_TYPE, default=None, return_dtype=pl.String)
    other = (pl.col("#type") != said).fill_null(True)
    return drop_rows(rows, other, "node_index is of another type", tally, shown)


def _telling(rows: pl.DataFrame, form: Form, tally: Tally) -> pl.DataFrame:
    """Drop rows that have an identifier and nothing else."""
    properties = [c for part in form.parts.values() for c in part if c in rows.columns]
    nothing = pl.all_horizontal(pl.col(properties).is_null())
    return drop_rows(rows, nothing, "no attribute", tally, ("#id",))


def _merged(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    first = pl.all().exclude("#id", "#type").drop_nulls().first()
    merged = rows.group_by("#id", "#type", maintain_order=True).agg(first)
    tally.merge(rows.height - merged.height)
    return merged.select(rows.columns)


def _members(rows: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The disease that speaks for its group, as a node of its own."""
    if form.prefix != "mondo" or form.own_id not in rows.columns:
        return rows.clear()
    own = pl.col(form.own_id).str.contains(form.pattern)
    return _with_own_id(rows.filter(pl.col("#id").str.starts_with(GROUPED) & own), form)


def _stated(rows: pl.DataFrame, form: Form) -> Iterator[Batch]:
    """Yield one statement per node and licence, where there is something to state."""
    name = pl.col(form.name) if form.name in rows.columns else pl.lit(None, pl.String)
    for license, part in form.parts.items():
        columns = {
            name: _listed(column) if name in form.lists else pl.col(column)
            for column, name in part.items()
            if column in rows.columns
        }
        if "sequence" in columns:
            dna = columns["sequence"].str.contains(_DNA)
            columns["dna_sequence"] = pl.when(dna).then(columns["sequence"])
            columns["sequence"] = pl.when(~dna).then(columns["sequence"])
        yield from _emitted(rows, name, columns, pl.lit(license))


def _extracted(rows: pl.DataFrame, form: Form) -> Iterator[Batch]:
    """Yield the texts of an extract, then what it calls a feature, which the type explains."""
    name = pl.col(form.name) if form.name in rows.columns else pl.lit(None, pl.String)
    (part,) = form.parts.values()
    described = {"description": pl.col(next(iter(part)))}
    yield from _emitted(rows, name, described, _license(LICENSE_OF_TEXT))
    if "feat" not in rows.columns:
        return
    for kind in rows["#type"].unique().sort():
        own = rows.filter(pl.col("#type") == kind)
        feature = {FEATURE_OF_TYPE.get(kind, "definition"): pl.col("feat")}
        yield from _emitted(own, name, feature, _license(LICENSE_OF_FEATURE))


def _license(of_type: Mapping[str, str]) -> pl.Expr:
    return pl.col("#type").replace_strict(of_type, default=OPEN, return_dtype=pl.String)


def _listed(column: str) -> pl.Expr:
    return pl.col(column).str.split("|")


def _emitted(
    rows: pl.DataFrame, name: pl.Expr, columns: Mapping[str, pl.Expr], license: pl.Expr
) -> Iterator[Batch]:
    if columns:
        nodes = rows.select(
            pl.col("#id").alias("id"),
            pl.col("#type").alias("type"),
            name.alias("name"),
            license.alias("license"),
            **columns,
        )
        something = pl.any_horizontal(pl.col(list(columns)).is_not_null())
        yield from emit(Kind.NODES, nodes.filter(something))
