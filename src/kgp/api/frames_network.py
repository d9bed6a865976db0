"""A network as a plain table, and what becomes of the table when edges change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgp.api.frames_tables import read_columns, read_genes, read_numbers
from kgp.errors import BadInputError
from kgp.models.refinement.network import DroppedEdges, SignedNetwork

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAIR = ["source", "target"]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTable:
    """A network as it was given, and as it is reasoned about.

    Attributes:
        rows: source, target, weight: every statement once, sorted; where one sign of a pair is
            stated several times, its largest weight.
        signed: the signed edges between distinct genes.
        dropped: what reasoning leaves out and ``rows`` keeps.
        stated: number of rows that were given.
    """

    rows: pl.DataFrame
    signed: SignedNetwork
    dropped: DroppedEdges
    stated: int

    @property
    def unsigned_pairs(self) -> set[tuple[str, str]]:
        """Pairs of distinct genes that are stated without a sign, or with both."""
        signs = self.signed.signs()
        genes = self.signed.genes
        known = {(genes[source], genes[target]) for source, target in signs}
        pairs = self.rows.filter(pl.col("source") != pl.col("target")).select(_PAIR).unique()
        return {pair for pair in pairs.iter_rows() if pair not in known}


def read_network_table(network: object, more: Iterable[str] = ()) -> NetworkTable:
    """Read decoupler's columns source, target, weight; the sign of the weight is the edge's.

    Args:
        network: a table.
        more: further genes that may get edges.

    Raises:
        BadInputError: naming what is wrong with which row.
    """
    given = read_columns(network, "network", (*_PAIR, "weight"))
    if given.is_empty():
        raise BadInputError("The network has no rows.", hint="Each row is one edge.")
    table = pl.DataFrame(
        [
            *(read_genes(given, name, "network").alias(name) for name in _PAIR),
            read_numbers(
                given,
                "weight",
                "network",
                "a number: above 0 activates, below represses, 0 unsigned",
            ).alias("weight"),
        ]
    )
    rows = _each_once(table)
    genes = sorted({*rows["source"], *rows["target"], *more})
    sources, targets, weights = (table[name].to_list() for name in (*_PAIR, "weight"))
    signed, dropped = SignedNetwork.from_edges(sources, targets, weights, genes)
    if signed.n_edges == 0:
        raise BadInputError(
            f"None of the {len(given)} rows of the network is a signed edge between two genes.",
            hint="A weight above 0 activates, below 0 represses; self-loops are not tested.",
        )
    return NetworkTable(rows, signed, dropped, len(given))


def _each_once(table: pl.DataFrame) -> pl.DataFrame:
    sign = pl.col("weight").sign().alias("sign")
    largest = pl.col("weight").sort_by(pl.col("weight").abs()).last()
    rows = table.group_by([*_PAIR, sign]).agg(largest)
    return rows.select(*_PAIR, "weight").sort(*_PAIR, "weight")


def apply_edits(network: NetworkTable, edits: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the refined network.

    A flipped edge keeps the size of its weight, a new one weighs 1 or -1. What has no sign and
    did not get one stays as it was stated.

    Args:
        network: before.
        edits: source, target, after: the sign of each changed pair, 0 where it was removed.

    Returns:
        source, target, weight, sorted.
    """
    changed = edits.select(*_PAIR, "after")
    sizes = network.rows.group_by(_PAIR).agg(pl.col("weight").abs().max().alias("size"))
    new = (
        changed.filter(pl.col("after") != 0)
        .join(sizes, on=_PAIR, how="left")
        .with_columns(pl.when(pl.col("size") > 0).then(pl.col("size")).otherwise(1.0).alias("size"))
        .select(*_PAIR, (pl.col("after") * pl.col("size")).alias("weight"))
    )
    kept = network.rows.join(changed, on=_PAIR, how="anti")
    return pl.concat([kept, new.cast({"weight": pl.Float64})]).sort(*_PAIR, "weight")
