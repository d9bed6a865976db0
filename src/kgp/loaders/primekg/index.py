"""PrimeKG's node_index translated to identifiers, by nodes.csv or kg.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.node_types import FROM_PRIMEKG as NODE_TYPE
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import first_line
from kgp.loaders.frames import Unseen
from kgp.loaders.primekg.pair import NODES
from kgp.loaders.primekg.rows import PREFIX, curie
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTS = ("index", "id", "type", "source")
_SCHEMA = {"index": pl.String, "id": pl.String, "type": pl.String}


def check_index(path: Path) -> None:
    """Check the header of nodes.csv, or of kg.csv with its 12 columns.

    Raises:
        BadInputError: if it is neither.
    """
    check_columns(path, [name for side in _columns(path) for name in side], ",")


def read_index(path: Path) -> pl.DataFrame:
    """Return ``index, id, type`` of each node; an index that means several nodes is left out.

    Memory grows with the nodes, not with the rows of kg.csv.
    """
    unseen = Unseen(tuple(_SCHEMA))
    nodes = pl.concat([pl.DataFrame(schema=_SCHEMA), *map(unseen.new, _blocks(path))])
    return nodes.filter(~pl.col("index").is_duplicated())


def _columns(path: Path) -> list[tuple[str, ...]]:
    """The columns of each node that a row names."""
    if "x_index" in first_line(path):
        return [tuple(f"{end}_{part}" for part in _PARTS) for end in ("x", "y")]
    return [(NODES[0], NODES[1], NODES[2], NODES[4])]


def _blocks(path: Path) -> Iterator[pl.DataFrame]:
    sides = _columns(path)
    wanted = [name for side in sides for name in side]
    for block in stream_table(path, wanted, Tally(), delimiter=",", quoted=True):
        for index, local, kind, source in sides:
            known = pl.col(source).is_in(list(PREFIX)) & pl.col(kind).is_in(list(NODE_TYPE))
            yield block.filter(known & (pl.col(local) != "")).select(
                index=index,
                id=curie(local, source),
                type=pl.col(kind).replace_strict(NODE_TYPE, return_dtype=pl.String),
            )
