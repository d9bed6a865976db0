"""What networks and single edits predict for responses that they were not learned from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.reasoning import reach
from kgp.models.refinement.reasoning_choice import predict_observed
from kgp.models.refinement.scores import row_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.reasoning_rules import Reasoning

    Floats = NDArray[np.float64]
    Moves = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A refined network and how sure its edits are.

    Attributes:
        network: the refined network, over the same genes.
        confidence: by (source, target) of an edited pair, 0 to 1; 1 where nothing is said.
    """

    network: SignedNetwork
    confidence: Mapping[tuple[int, int], float] = field(default_factory=dict)


Refine = Callable[[SignedNetwork, Observations], SignedNetwork | Proposal]
"""Refines a network from the observations given, and from nothing else."""


def propose(refine: Refine, network: SignedNetwork, observations: Observations) -> Proposal:
    """Call ``refine``; a bare network is a proposal whose edits are all sure."""
    made = refine(network, observations)
    return made if isinstance(made, Proposal) else Proposal(made)


def changes(original: SignedNetwork, refined: SignedNetwork) -> Moves:
    """Return the edits between two networks, int32 [n_edits, 4]: source, target, before, after."""
    keys = np.union1d(original.keys(), refined.keys())
    before, after = original.sign_at(keys), refined.sign_at(keys)
    differ = before != after
    ends = np.divmod(keys[differ], original.n_genes)
    return np.stack([*ends, before[differ], after[differ]], axis=1).astype(np.int32)


def apply_edit(network: SignedNetwork, edit: NDArray[np.int32]) -> SignedNetwork:
    """Make one edit alone."""
    source, target, _before, after = edit.tolist()
    other = (network.source != source) | (network.target != target)
    return network.with_edges(
        np.append(network.source[other], np.int32(source)),
        np.append(network.target[other], np.int32(target)),
        np.append(network.sign[other], np.int8(after)),
    )


def observed_tables(network: SignedNetwork, observations: Observations, how: Reasoning) -> Floats:
    """Cross-tabulate labels and predictions, float64 [n_observations, 3, 3]."""
    return row_tables(observations, predict_observed(network, observations, how))


def log_likelihood(tables: Floats, rates: Rates) -> Floats:
    """Return the log-likelihood in nats of many tables: float64 [...] for [..., 3, 3]."""
    return np.asarray(-(tables * rates.cell_costs().T).sum(axis=(-2, -1)))


def weigh_edits(
    network: SignedNetwork, edits: Moves, observations: Observations, how: Reasoning, rates: Rates
) -> Floats:
    """Return what each edit alone changes of the log-likelihood of the observations.

    Args:
        network: the network before any edit.
        edits: int32 [n_edits, 4], from :func:`changes`.
        observations: responses that the edits were not learned from.
        how: how the network is read.
        rates: miss, opposite and false rate, fixed.

    Returns:
        float64 [n_edits] in nats, above 0 where the edit fits better; NaN where no scored cell
        is predicted otherwise, so that the observations are silent about the edit.
    """
    gain = np.full(len(edits), np.nan)
    perturbed, row_of, _turn = observations.distinct()
    # An edit may be any step of a walk, so its regulator may be reached at any shorter length.
    felt = reach(network, perturbed, max_length=how.max_length).tocsc()
    before = observed_tables(network, observations, how)
    for i, edit in enumerate(edits):
        reaching = felt.indices[felt.indptr[edit[0]] : felt.indptr[edit[0] + 1]]
        rows = np.flatnonzero(np.isin(row_of, reaching))
        if not len(rows):
            continue
        edited = apply_edit(network, edit)
        change = observed_tables(edited, observations.take(rows), how) - before[rows]
        if change.any():
            gain[i] = float(log_likelihood(change.sum(axis=0), rates))
    return gain
