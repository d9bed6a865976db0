"""Mechanisms with kinetics that can be worked out by hand."""

from __future__ import annotations

import numpy as np

from kgp.models.refinement.kinetics import Mechanism


def kinetics(
    n_genes: int,
    *edges: tuple[int, int, int],
    weight: float = 0.75,
    half: float = 1.0,
    hill: float = 2.0,
    basal: float = 0.0,
    either: bool = False,
    n_hidden: int = 0,
) -> Mechanism:
    """Give all edges (source, target, sign) the same kinetics; their power is 1."""
    rows = np.array(sorted(edges, key=lambda edge: (edge[1], edge[0])), np.int64).reshape(-1, 3)
    nodes = n_genes + n_hidden
    return Mechanism(
        n_genes,
        rows[:, 0],
        rows[:, 1],
        rows[:, 2].astype(float),
        *(np.full(len(rows), value) for value in (weight, half, hill)),
        np.full(nodes, either),
        np.full(nodes, basal),
        np.ones(nodes),
        np.ones(nodes, bool),
    )
