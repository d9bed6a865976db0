"""From the rows of kg.csv to nodes and edges: pure functions of one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.node_types import FROM_PRIMEKG as NODE_TYPE
from kgp.kg_schema.relations import FROM_PRIMEKG, FROM_PRIMEKG_DISPLAY, RELATIONS
from kgp.loaders.frames import drop_rows

if TYPE_CHECKING:
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

GROUPED = "mondo.grouped:"
_ENDS = ("x", "y")
COLUMNS = (
    "relation",
    "display_relation",
    *(f"{end}_{part}" for end in _ENDS for part in ("id", "type", "name", "source")),
)
_KEY = ("relation", "display_relation", "x_type", "y_type")
_UNKNOWN_RELATION = "unknown relation"
_UNFITTING = "node types do not fit the relation"
_EMPTY_ID = "empty id"
_UNKNOWN_SOURCE = "unknown id source"

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


def with_meaning(block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Add ``type, forward, undirected`` by the few distinct combinations of types."""
    found = block.select(_KEY).unique(maintain_order=True)
    resolved = [_meaning(*row) for row in found.iter_rows()]
    schema = {"type": pl.String, "forward": pl.Boolean, "undirected": pl.Boolean, "why": pl.String}
    table = found.hstack(pl.DataFrame(resolved, schema=schema, orient="row"))
    rows = block.join(table, on=_KEY, how="left", maintain_order="left")
    for why in (_UNKNOWN_RELATION, _UNFITTING):
        rows = drop_rows(rows, pl.col("why") == why, why, tally, _KEY)
    return rows


def with_ids(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Add the CURIEs ``x`` and ``y``; drop rows without an id or from an unknown source."""
    empty = (pl.col("x_id") == "") | (pl.col("y_id") == "")
    rows = drop_rows(rows, empty, _EMPTY_ID, tally, ("relation", "x_name", "y_name"))
    strange = ~(pl.col("x_source").is_in(list(PREFIX)) & pl.col("y_source").is_in(list(PREFIX)))
    rows = drop_rows(rows, strange, _UNKNOWN_SOURCE, tally, ("x_source", "y_source"))
    return rows.with_columns(curie(f"{end}_id", f"{end}_source").alias(end) for end in _ENDS)


def curie(local_column: str, source_column: str) -> pl.Expr:
    """CURIE of PrimeKG's id in one column and its source in another; null for no known source."""
    source, local = pl.col(source_column), pl.col(local_column)
    padded = pl.when(source.is_in(list(PADDED))).then(local.str.zfill(7)).otherwise(local)
    prefix = source.replace_strict(PREFIX, default=None, return_dtype=pl.String)
    return pl.concat_str(prefix, pl.lit(":"), padded)


def nodes_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Nodes at both ends of the rows, each once."""
    ends = pl.concat(
        [rows.select(id=end, type=f"{end}_type", name=f"{end}_name") for end in _ENDS]
    ).unique(maintain_order=True)
    return ends.with_columns(_node_type())


def listed_nodes(nodes: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Nodes of a block of nodes.csv."""
    shown = ("node_id", "node_type", "node_source")
    nodes = drop_rows(nodes, pl.col("node_id") == "", _EMPTY_ID, tally, ("node_name", "node_type"))
    strange = ~pl.col("node_source").is_in(list(PREFIX))
    nodes = drop_rows(nodes, strange, _UNKNOWN_SOURCE, tally, shown)
    unknown = ~pl.col("node_type").is_in(list(NODE_TYPE))
    nodes = drop_rows(nodes, unknown, "unknown node type", tally, shown)
    return nodes.select(
        id=curie("node_id", "node_source"), type="node_type", name="node_name"
    ).with_columns(_node_type())


def _node_type() -> pl.Expr:
    return pl.col("type").replace_strict(NODE_TYPE, return_dtype=pl.String)


def edges_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Edges from source to target; undirected ones from the bytewise smaller end."""
    keep = pl.when("undirected").then(pl.col("x") <= pl.col("y")).otherwise("forward")
    return rows.select(
        src=pl.when(keep).then("x").otherwise("y"),
        dst=pl.when(keep).then("y").otherwise("x"),
        type="type",
        qualifier="display_relation",
    )


def groups_in(block: pl.DataFrame) -> pl.Series:
    """Ids of the groups of diseases that a block of kg.csv or nodes.csv names."""
    sides = ("node",) if "node_id" in block.columns else _ENDS
    found = [
        block.filter(
            (pl.col(f"{side}_source") == "MONDO_grouped") & (pl.col(f"{side}_type") == "disease")
        ).select(group=pl.lit(GROUPED) + pl.col(f"{side}_id"))
        for side in sides
    ]
    return pl.concat(found).unique(maintain_order=True)["group"]


def with_members(groups: pl.DataFrame) -> pl.DataFrame:
    """Add the ids of the diseases that each group joins."""
    return groups.with_columns(members=_members("id"))


def member_edges(groups: pl.Series) -> pl.DataFrame:
    """Edges from groups to the diseases that they join."""
    pairs = groups.alias("src").to_frame().with_columns(dst=_members("src")).explode("dst")
    labels = {"type": pl.lit("HAS_MEMBER"), "qualifier": pl.lit("")}
    return pairs.drop_nulls("dst").with_columns(**labels)


def members_of(groups: pl.Series) -> pl.DataFrame:
    """Diseases that groups join; kg.csv knows only their ids."""
    ids = member_edges(groups).select(id="dst").unique(maintain_order=True)
    return ids.with_columns(type=pl.lit("Disease"), name=pl.lit(None, pl.String))


def _members(column: str) -> pl.Expr:
    """The MONDO ids that PrimeKG joined by underscores."""
    numbers = pl.col(column).str.strip_prefix(GROUPED).str.extract_all(r"\d+")
    return numbers.list.eval(pl.lit("mondo:") + pl.element().str.zfill(7))
