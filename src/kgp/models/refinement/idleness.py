r"""How often does a true edge do nothing in an experiment, and all behind it stay silent with it?

An edge r → m may be right and yet idle: the factor needs a ligand that is not there, or m has other
regulators enough. Then m and all that m regulates stay as they are, together. To count each of
those cells as if it had missed its response by itself would refute the edge many times over. What
silence says against one edge in one experiment is therefore bounded by :math:`-\log \pi`, where
:math:`\pi` is the share of idle edges. It is estimated from edges whose target has targets of its
own: those that show nothing at all, beyond what wrong edges account for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Cells

WITNESSES = 3
"""Least number of measured targets behind an edge; fewer could all miss by chance."""

LEAST_IDLE, MOST_IDLE = 0.01, 0.95

_BEFORE = (0.5, 10.0)
"""Edges that show nothing, and edges in all, that count as seen before any data."""


def idle_share(network: SignedNetwork, cells: Cells, wrong: float) -> float:
    """Estimate the share of true edges that are idle in an experiment.

    Args:
        network: the network as curated.
        cells: what was measured; only perturbations of single genes count.
        wrong: share of the edges that are taken to be wrong.

    Returns:
        Between ``LEAST_IDLE`` and ``MOST_IDLE``.
    """
    measured, responding = _seen(cells)
    targets = np.split(network.target, np.searchsorted(network.source, range(1, network.n_genes)))
    nothing, tested = _BEFORE
    alone = np.flatnonzero(np.diff(cells.rows.start) == 1)
    for row in alone.tolist():
        for middle in targets[cells.rows.gene[cells.rows.start[row]]].tolist():
            behind = targets[middle][measured[targets[middle], row]]
            if measured[middle, row] and len(behind) >= WITNESSES:
                tested += 1
                nothing += not (responding[middle, row] or responding[behind, row].any())
    share = (nothing / tested - wrong) / (1 - wrong)
    return float(np.clip(share, LEAST_IDLE, MOST_IDLE))


def _seen(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Return bool [n_genes, n_rows] each: what was measured, and what responded."""
    responds = cells.tally[:, [0, 2]].sum(axis=1) > cells.tally[:, 1]
    return cells.cell_class != 0, responds[cells.cell_class]
