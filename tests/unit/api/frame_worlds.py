"""A network and responses as plain tables, worked out by hand, and planted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.models.refinement.damage import damage, observe
from tests.unit.models.refinement.worlds import random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

EDGES = [
    ("a", "b", 1.0),
    ("a", "c", -1.0),
    ("a", "a", 1.0),
    ("b", "d", 1.0),
    ("b", "d", 3.0),
    ("b", "e", 0.0),
    ("c", "f", 2.5),
    ("d", "g", 1.0),
    ("d", "g", -1.0),
]
"""A self-loop, an edge stated twice, one without a sign, a pair with both signs."""

RESPONSES = {
    "a": {"b": 1, "c": -1, "f": -1},
    "-b": {"d": 1, "e": 0, "f": 0},
    "c": {"f": 1, "d": 0},
}
"""Everything as the network says, but for b's knock-out, which raises d."""


def network() -> pl.DataFrame:
    return pl.DataFrame(EDGES, schema=["source", "target", "weight"], orient="row")


def responses() -> pl.DataFrame:
    rows = [(name, *cell) for name, cells in RESPONSES.items() for cell in cells.items()]
    return pl.DataFrame(rows, schema=["perturbation", "gene", "response"], orient="row")


def repeated(times: int) -> pl.DataFrame:
    return pl.concat(
        responses().with_columns(experiment=pl.lit(f"repeat {number}")) for number in range(times)
    )


def as_table(signed: SignedNetwork) -> pl.DataFrame:
    """The columns of decoupler."""
    ends = (signed.source, signed.target)
    columns = ([signed.genes[i] for i in end] for end in ends)
    names = ("source", "target")
    return pl.DataFrame(
        {**dict(zip(names, columns, strict=True)), "weight": signed.sign.astype(float)}
    )


def planted(
    seed: int = 0,
    genes: int = 24,
    edges: int = 60,
    share: float = 0.2,
    max_length: int = 3,
    repeats: int = 1,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """A true network, the same damaged, and what knocking out each gene of the truth shows.

    With walks of length 1 and two repeats every pair is told by cells of its own.
    """
    truth = random_network(genes, edges, seed)
    every = np.arange(genes, dtype=np.int32)
    labels = observe(truth, every, direction=-1, max_length=max_length).labels
    names = np.array(truth.genes)
    rows = pl.DataFrame(
        {
            "perturbation": np.repeat([f"-{name}" for name in names], genes),
            "gene": np.tile(names, genes),
            "response": labels.ravel().astype(int),
        }
    )
    seen = pl.concat(rows.with_columns(experiment=pl.lit(str(k))) for k in range(repeats))
    return as_table(truth), as_table(damage(truth, share, seed)), seen
