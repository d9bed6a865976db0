"""PrimeKG's nodes.csv and edges.csv as the rows of kg.csv that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.frames import drop_rows
from kgp.loaders.tables import read_table, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

NODES = ("node_index", "node_id", "node_type", "node_name", "node_source")
EDGES = ("relation", "display_relation", "x_index", "y_index")
BLOCK_ROWS = 65_536
_ENDS = ("x", "y")
_PARTS = ("id", "type", "name", "source")


def read_nodes(path: Path, tally: Tally) -> pl.DataFrame:
    """Read nodes.csv; a node_index that several rows claim names none of them.

    Memory grows with the nodes (129,375 in PrimeKG), never with the edges.
    """
    nodes = read_table(path, NODES, tally, delimiter=",", quoted=True)
    repeated = nodes.height - nodes.unique().height
    tally.merge(repeated)
    nodes = nodes.unique(maintain_order=True)
    taken = pl.col("node_index").is_duplicated()
    return drop_rows(nodes, taken, "node_index of several nodes", tally, NODES[:4])


def wide_edges(path: Path, nodes: pl.DataFrame, tally: Tally) -> Iterator[pl.DataFrame]:
    """Yield edges.csv with both ends written out, as kg.csv has them."""
    ends = {
        end: nodes.rename({"node_index": f"{end}_index"}).rename(
            {f"node_{part}": f"{end}_{part}" for part in _PARTS}
        )
        for end in _ENDS
    }
    for block in stream_table(path, EDGES, tally, delimiter=",", quoted=True):
        for rows in block.iter_slices(BLOCK_ROWS):
            for end in _ENDS:
                rows = rows.join(ends[end], on=f"{end}_index", how="left", maintain_order="left")
            lost = pl.col("x_id").is_null() | pl.col("y_id").is_null()
            rows = drop_rows(rows, lost, "no node has this index", tally, EDGES)
            yield rows.drop("x_index", "y_index")
