"""PrimeKG: kg.csv with 12 columns, or the 10-column copy without indices.

Each row names both ends of one relation with their ids, types, names and sources; most relations
are listed in both directions. Rows are oriented by the relation's node types, so that the two
directions become one edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.node_types import FROM_PRIMEKG as NODE_TYPE
from kgp.kg_schema.relations import FROM_PRIMEKG, FROM_PRIMEKG_DISPLAY, RELATIONS
from kgp.loaders.base import FileLoader, restated
from kgp.loaders.frames import Unseen, drop_rows, emit
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

PREFIX = {
    "CTD": "mesh",
    "DOID": "doid",
    "DrugBank": "drugbank",
    "GO": "go",
    "HPO": "hp",
    "MONDO": "mondo",
    "MONDO_grouped": "mondo.grouped",
    "NCBI": "ncbigene",
    "PathwayCommons": "pathwaycommons",
    "REACTOME": "reactome",
    "UBERON": "uberon",
    "UMLS": "umls",
}
"""PrimeKG's ``x_source`` → CURIE prefix."""

PADDED = ("GO", "HPO", "MONDO", "UBERON")
"""Sources whose seven-digit ids PrimeKG stripped of leading zeros."""

_ENDS = ("x", "y")
COLUMNS = (
    "relation",
    "display_relation",
    *(f"{end}_{part}" for end in _ENDS for part in ("id", "type", "name", "source")),
)
_KEY = ("relation", "display_relation", "x_type", "y_type")
_UNKNOWN_RELATION = "unknown relation"
_UNFITTING = "node types do not fit the relation"


class PrimeKG(FileLoader):
    """Reads kg.csv.

    Args:
        inputs: the file of role ``kg``.
        version: the release, where the user states it.
        title: what to call a graph that has PrimeKG's layout, but not its content.
        license: the licence of such a graph.
        citation: how to cite it.
    """

    source = "primekg"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        version: str | None = None,
        title: str | None = None,
        license: str | None = None,  # the name of the field in every provenance record
        citation: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        check_columns(inputs["kg"], COLUMNS, ",")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the nodes that are new in each block, then its edges."""
        unseen = Unseen(("id", "type", "name"))
        meanings: dict[tuple[str, ...], _Meaning] = {}
        path = self.inputs["kg"]
        for block in stream_table(path, COLUMNS, tally, delimiter=",", quoted=True):
            rows = _with_ids(_with_meaning(block, meanings, tally), tally)
            nodes = pl.concat([_nodes(rows, end) for end in _ENDS])
            yield from emit(Kind.NODES, _with_members(unseen.new(nodes)))
            yield from emit(Kind.EDGES, _edges(rows))


_Meaning = tuple[str, bool, bool, str]
"""Relation type, whether x is the source, whether it is undirected, reason to drop the row."""


def _meaning(relation: str, display: str, x_type: str, y_type: str) -> _Meaning:
    name = FROM_PRIMEKG_DISPLAY.get((relation, display)) or FROM_PRIMEKG.get(relation)
    if name is None:
        return ("", True, False, _UNKNOWN_RELATION)
    kind, x, y = RELATIONS[name], NODE_TYPE.get(x_type), NODE_TYPE.get(y_type)
    if x in kind.sources and y in kind.targets:
        return (name, True, not kind.directed, "")
    if y in kind.sources and x in kind.targets:
        return (name, False, not kind.directed, "")
    return (name, True, False, _UNFITTING)


def _with_meaning(
    block: pl.DataFrame, meanings: dict[tuple[str, ...], _Meaning], tally: Tally
) -> pl.DataFrame:
    """Add ``type, forward, undirected`` by the few distinct combinations of types."""
    block = block.with_columns(key=pl.concat_str(_KEY, separator="\t").cast(pl.Categorical))
    found = block.unique("key").select("key", *_KEY)
    for row in found.select(_KEY).iter_rows():
        meanings.setdefault(row, _meaning(*row))
    resolved = [meanings[row] for row in found.select(_KEY).iter_rows()]
    schema = {"type": pl.String, "forward": pl.Boolean, "undirected": pl.Boolean, "why": pl.String}
    table = found.select("key").hstack(pl.DataFrame(resolved, schema=schema, orient="row"))
    rows = block.join(table, on="key", how="left", maintain_order="left")
    for why in (_UNKNOWN_RELATION, _UNFITTING):
        rows = drop_rows(rows, pl.col("why") == why, why, tally, _KEY)
    return rows


def _with_ids(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Add the CURIEs ``x`` and ``y``; drop rows without an id or from an unknown source."""
    empty = (pl.col("x_id") == "") | (pl.col("y_id") == "")
    rows = drop_rows(rows, empty, "empty id", tally, ("relation", "x_name", "y_name"))
    strange = ~(pl.col("x_source").is_in(list(PREFIX)) & pl.col("y_source").is_in(list(PREFIX)))
    rows = drop_rows(rows, strange, "unknown id source", tally, ("x_source", "y_source"))
    return rows.with_columns(_curie(end).alias(end) for end in _ENDS)


def _curie(end: str) -> pl.Expr:
    source, local = pl.col(f"{end}_source"), pl.col(f"{end}_id")
    padded = pl.when(source.is_in(list(PADDED))).then(local.str.zfill(7)).otherwise(local)
    prefix = source.replace_strict(PREFIX, return_dtype=pl.String)
    return pl.concat_str(prefix, pl.lit(":"), padded)


def _nodes(rows: pl.DataFrame, end: str) -> pl.DataFrame:
    return rows.select(
        id=pl.col(end),
        type=pl.col(f"{end}_type").replace_strict(NODE_TYPE, return_dtype=pl.String),
        name=pl.col(f"{end}_name"),
    )


def _with_members(nodes: pl.DataFrame) -> pl.DataFrame:
    """Add the member ids of grouped diseases."""
    grouped = pl.col("id").str.starts_with("mondo.grouped:")
    locals_ = pl.col("id").str.strip_prefix("mondo.grouped:").str.split("_")
    members = locals_.list.eval(pl.lit("mondo:") + pl.element().str.zfill(7))
    return nodes.with_columns(members=pl.when(grouped).then(members))


def _edges(rows: pl.DataFrame) -> pl.DataFrame:
    keep = pl.when("undirected").then(pl.col("x") <= pl.col("y")).otherwise("forward")
    return rows.select(
        src=pl.when(keep).then("x").otherwise("y"),
        dst=pl.when(keep).then("y").otherwise("x"),
        type="type",
        qualifier="display_relation",
    )
