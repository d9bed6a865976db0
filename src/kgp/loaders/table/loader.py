"""A user's own table of nodes, edges or regulation, read as a mapping file says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown
from kgp.kg_schema.batches import LAYERS, Kind
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import RELATIONS
from kgp.loaders.base import BlockFileLoader, restated
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.signed import SIGN_SOURCES, merge_signs, pubmed_ids, regulation
from kgp.loaders.table.files import open_table
from kgp.loaders.table.mapping import read_mapping
from kgp.loaders.table.model import REGULATES
from kgp.loaders.table.rows import (
    drop_unfitting,
    effect,
    number,
    refuse_unknown,
    text,
    with_node,
    with_properties,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.table.model import Value

_SIDES = ("source", "target")


class UserTable(BlockFileLoader):
    """Reads a CSV, TSV or Parquet table.

    Args:
        inputs: the files of roles ``table`` and ``map``.
        map: the mapping file, if it is not among the inputs.
        name: name of the network that a table of regulation becomes.
        version: the release; else that of the mapping file.
    """

    source = "table"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        map: str | Path | None = None,  # what the file is called on the command line
        name: str | None = None,
        version: str | None = None,
    ) -> None:
        self.mapping = read_mapping(_mapping_file(inputs, map))
        inputs = {"table": inputs["table"], "map": _mapping_file(inputs, map)}
        super().__init__(inputs, version=version)
        said = self.mapping
        title = said.title or inputs["table"].name
        cited = said.citation or title
        self.info = restated(self.info, title=title, license=said.license, citation=cited)
        self._name = name
        self._table = open_table(inputs["table"], said.delimiter or None)
        self._columns = self._known_columns()

    def stated_version(self) -> str | None:
        """Return the version that the mapping file states."""
        return self.mapping.version or None

    def _known_columns(self) -> list[str]:
        """The columns that the mapping names, all of which the table has."""
        wanted = dict(self.mapping.columns())
        for column, item in wanted.items():
            if column not in self._table.columns:
                raise item.error(
                    unknown(f"column of {self._table.path.name}", column, self._table.columns),
                    f"The table has: {', '.join(self._table.columns)[:500]}.",
                )
        return list(wanted)

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield the columns that the mapping names, as text."""
        yield from self._table.blocks(self._columns, tally)

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield nodes, then edges or regulation.

        Raises:
            BadInputError: for a type, relation or layer that the graph does not have.
        """
        read = {"nodes": self._nodes, "edges": self._edges, "regulation": self._regulation}
        yield from read[self.mapping.holds](block, tally)

    def _nodes(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        (node,) = self.mapping.ends
        rows = with_node(block, node, "node", tally)
        self._refuse(rows, "node_type", node.type, "node type", NODE_TYPES)
        rows = with_properties(rows, self.mapping.properties, tally)
        nodes = rows.select(id="node", type="node_type", name="node_name", **self._extra())
        distinct = nodes.unique(maintain_order=True)
        tally.merge(nodes.height - distinct.height)
        yield from emit(Kind.NODES, distinct)

    def _edges(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        relation = self.mapping.values["relation"]
        rows = self._with_ends(block, tally).with_columns(relation=text(relation))
        rows = drop_rows(rows, pl.col("relation").is_null(), "no relation", tally, _SIDES)
        self._refuse(rows, "relation", relation, "relation type", {*RELATIONS} - {REGULATES})
        rows = with_properties(drop_unfitting(rows, tally), self.mapping.properties, tally)
        yield from self._ends(rows)
        qualifier = text(self.mapping.values.get("qualifier")).fill_null("")
        edges = rows.select(
            src="source", dst="target", type="relation", qualifier=qualifier, **self._extra()
        )
        distinct = edges.unique(maintain_order=True)
        tally.merge(edges.height - distinct.height)
        yield from emit(Kind.EDGES, distinct)

    def _regulation(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        values = self.mapping.values
        rows = self._with_ends(block, tally).with_columns(
            effect=effect(values["sign"]), layer=text(values["layer"])
        )
        shown = (values["sign"].column,) if values["sign"].column else _SIDES
        rows = drop_rows(rows, pl.col("effect").is_null(), "sign is not understood", tally, shown)
        rows = drop_rows(rows, pl.col("layer").is_null(), "no layer", tally, _SIDES)
        self._refuse(rows, "layer", values["layer"], "layer", LAYERS)
        rows = rows.with_columns(sign_source=text(values["sign_source"]))
        self._refuse(rows, "sign_source", values["sign_source"], "sign source", SIGN_SOURCES)
        yield from self._ends(rows)
        own = [
            number(pl.col(values[name].column)).alias(name)
            for name in ("weight", "confidence")
            if name in values
        ]
        cited = pubmed_ids(values["pubmed"].column) if "pubmed" in values else pl.lit([], _TEXTS)
        licensed = [text(values["license"]).alias("license")] if "license" in values else []
        statements = rows.select(
            "layer", "effect", "sign_source", *own, *licensed, src="source", dst="target",
            pubmed=cited,
        )  # fmt: skip
        grn = self._name or values["network"].default
        yield from regulation(merge_signs(statements, tally), grn)

    def _with_ends(self, block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        for side, node in zip(_SIDES, self.mapping.ends, strict=True):
            block = with_node(block, node, side, tally)
            self._refuse(block, f"{side}_type", node.type, "node type", NODE_TYPES)
        return block

    def _ends(self, rows: pl.DataFrame) -> Iterator[Batch]:
        """Yield the ends of edges whose type the mapping says."""
        for side, node in zip(_SIDES, self.mapping.ends, strict=True):
            if node.type is not None:
                nodes = rows.select(id=side, type=f"{side}_type", name=f"{side}_name")
                yield from emit(Kind.NODES, nodes.unique(maintain_order=True))

    def _extra(self) -> dict[str, pl.Expr]:
        """Property columns, and the licence where rows have their own."""
        columns = {p.name: pl.col(f"property:{p.name}") for p in self.mapping.properties}
        if "license" in self.mapping.values:
            columns["license"] = text(self.mapping.values["license"])
        return columns

    def _refuse(
        self,
        rows: pl.DataFrame,
        column: str,
        value: Value | None,
        what: str,
        known: Collection[str],
    ) -> None:
        if value is not None and value.column:
            refuse_unknown(rows[column], what, known, value)


_TEXTS = pl.List(pl.String)


def _mapping_file(inputs: Mapping[str, Path], given: str | Path | None) -> Path:
    table = inputs["table"].name
    if given is not None and "map" in inputs:
        raise UsageError(
            f"Two mapping files: {inputs['map']} and {given}.",
            command=f"kgp load table {table} --map {Path(given).name}",
        )
    path = inputs.get("map") or (Path(given) if given is not None else None)
    if path is None:
        raise UsageError(
            f"What the columns of {table} are has to be said in a mapping file.",
            hint="kgp writes a first one from what it recognises.",
            command=f"kgp load table {table} --guess",
        )
    if not path.is_file():
        raise BadInputError(
            f"{path} does not exist.",
            hint="Expected is the mapping file of a table.",
            command=f"kgp load table {table} --guess",
        )
    return path
