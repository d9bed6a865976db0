r"""What the response to each perturbation would tell about each edge, in bits.

Perturbing regulator *r* tells about edge *e* into gene *j* as much as the response of *j* depends
on the state :math:`S_e` of the edge. With all other edges as in a network *k* drawn from what is
believed now, walks predict a response :math:`y_k(s)` of *j* for each state *s*, and labels *o*
follow it with the rates of the data. What is learned is the mutual information

.. math::
    I_k(r, e) = H\Big[\sum_s p(s)\, P(o \mid y_k(s))\Big] - \sum_s p(s)\, H[P(o \mid y_k(s))]

in bits: exact for the edges of *r* itself, and by walks for those further on, which are reached
only where the edges before them exist, and whose effects are missed the more often the longer they
travel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from kgp.models.refinement.perturbations import Perturbations
from kgp.models.refinement.reasoning import ROWS_AT_A_TIME
from kgp.models.refinement.reasoning_walks import Steps
from kgp.models.refinement.suggest_beliefs import entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.reasoning_rules import Reasoning
    from kgp.models.refinement.suggest_beliefs import Beliefs

    Floats = NDArray[np.float64]

_NEVER = 127
"""Length of a walk that is not there."""


def information(beliefs: Beliefs, measured: NDArray[np.bool_], networks: int, seed: int) -> Any:
    """Return what perturbing each regulator tells about each pair, in bits.

    Args:
        beliefs: what is believed of every pair.
        measured: bool [n_genes], the genes that the experiment measures.
        networks: how many networks are drawn.
        seed: of the draws.

    Returns:
        CSR float64 [n_regulators, n_pairs].
    """
    rng, regulators = np.random.default_rng(seed), beliefs.network.regulators
    told = sparse.csr_array((len(regulators), len(beliefs.source)))
    for _ in range(networks):
        drawn = _Drawn.of(beliefs, beliefs.draw(rng))
        for first in range(0, len(regulators), ROWS_AT_A_TIME):
            rows = regulators[first : first + ROWS_AT_A_TIME]
            told = told + _tell(drawn, rows, first, measured)
    return told / networks


class _Drawn(NamedTuple):
    """One network drawn from beliefs.

    Attributes:
        beliefs: where it was drawn from.
        sign: int8 [n_pairs].
        network: the network.
        start: int64 [n_genes + 1], pairs of a source as a range of ``order``.
        order: int64 [n_pairs].
    """

    beliefs: Beliefs
    sign: NDArray[np.int8]
    network: SignedNetwork
    start: NDArray[np.int64]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, beliefs: Beliefs, sign: NDArray[np.int8]) -> _Drawn:
        network = beliefs.network.with_edges(beliefs.source, beliefs.target, sign)
        order = np.argsort(beliefs.source, kind="stable")
        start = np.searchsorted(beliefs.source[order], np.arange(network.n_genes + 1))
        return cls(beliefs, sign, network, start.astype(np.int64), order)


def _tell(
    drawn: _Drawn,
    rows: NDArray[np.int32],
    first: int,
    measured: NDArray[np.bool_],
) -> Any:
    """Return the information of some rows in one drawn network, CSR [n_regulators, n_pairs]."""
    beliefs, n = drawn.beliefs, drawn.network.n_genes
    arrivals = _arrivals(drawn.network, rows, beliefs.how)
    row, source = np.nonzero(arrivals.any(axis=0))
    onward = np.diff(drawn.start)[source]
    offset = np.arange(onward.sum()) - (onward.cumsum() - onward).repeat(onward)
    pair = drawn.order[drawn.start[source].repeat(onward) + offset]
    row, source, target = row.repeat(onward), source.repeat(onward), beliefs.target[pair]
    kept = measured[target] & (target != rows[row])
    row, source, target, pair = row[kept], source[kept], target[kept], pair[kept]
    lengths = np.where(arrivals[:, row, source] > 0, arrivals[:, row, source], _NEVER)
    predicted = _outcomes_by_state(
        lengths,
        drawn.sign[pair],
        row * n + target,
        shortest=beliefs.how.conflict.rule == "shortest",
    )
    channel = np.exp(-beliefs.rates.outcome_costs(beliefs.how.max_length))
    told = mutual_information(beliefs.probability[pair], predicted, channel)
    shape = (len(beliefs.network.regulators), len(beliefs.source))
    return sparse.coo_array((told, (first + row, pair)), shape=shape).tocsr()


def _arrivals(network: SignedNetwork, rows: NDArray[np.int32], how: Reasoning) -> NDArray[np.int8]:
    """Return the lengths of the shortest walks that one more edge of a gene would complete.

    Returns:
        int8 [2, n_rows, n_genes], of positive and of negative walks; 0 without any.
    """
    perturbed, last = Perturbations.singles(rows), how.max_length - 1
    arrived = np.zeros((2, len(rows), network.n_genes), np.int8)
    steps, every = Steps.of(network), how.lengths == "upto"
    if every or last == 0:
        arrived[0, np.arange(len(rows)), rows] = 1
    up, down = (perturbed.matrix(sign, network.n_genes) for sign in (1, -1))
    for length, *pair in steps.walk(up, down, last, capped=True):
        if every or length == last:
            for seen, walks in zip(arrived, pair, strict=True):
                at = steps.carried(walks).nonzero()
                seen[at] = np.where(seen[at] == 0, length + 1, seen[at])
    return arrived


def _outcomes_by_state(
    lengths: NDArray[np.int8], sign: NDArray[np.int8], cell: NDArray[np.int64], *, shortest: bool
) -> NDArray[np.int8]:
    """Predict a cell's outcome for each state of one edge into it, the others as drawn.

    Args:
        lengths: int8 [2, n], shortest positive and negative walk that the edge would complete.
        sign: int8 [n], the edge's drawn sign.
        cell: int64 [n], the cell that the edge leads into.
        shortest: whether the shortest walk decides where both signs arrive; they cancel else.

    Returns:
        int8 [n, 3], where the edge is -1, 0, +1: 0 unchanged, 2 l - 1 rises, 2 l falls by walks
        of length l.
    """
    positive, negative = lengths
    raises = np.select([sign > 0, sign < 0], [positive, negative], _NEVER)
    lowers = np.select([sign > 0, sign < 0], [negative, positive], _NEVER)
    place = np.unique(cell, return_inverse=True)[1]
    up, down = (_least_of_others(each, place) for each in (raises, lowers))
    states = [
        (np.minimum(up, negative), np.minimum(down, positive)),
        (up, down),
        (np.minimum(up, positive), np.minimum(down, negative)),
    ]
    return np.stack([_outcome(*state, shortest) for state in states], axis=1)


def _least_of_others(value: NDArray[np.int8], place: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return for each entry the least value of the other entries of its place."""
    n_places = int(place.max(initial=-1)) + 1
    least, next_to_it = (np.full(n_places, _NEVER, np.int8) for _ in range(2))
    np.minimum.at(least, place, value)
    attains = value == least[place]
    alone = attains & (np.bincount(place, attains, n_places)[place] == 1)
    np.minimum.at(next_to_it, place[~attains], value[~attains])
    return np.where(alone, next_to_it[place], least[place])


def _outcome(up: NDArray[np.int8], down: NDArray[np.int8], shortest: bool) -> NDArray[np.int8]:
    """Return the outcome where the shortest walks of each sign have these lengths."""
    rises, falls = up < down, down < up
    if not shortest:
        rises, falls = rises & (down == _NEVER), falls & (up == _NEVER)
    wide = (2 * up.astype(np.int16) - 1, 2 * down.astype(np.int16))
    return np.select([rises, falls], wide, 0).astype(np.int8)


def mutual_information(probability: Floats, predicted: NDArray[np.int8], channel: Floats) -> Floats:
    """Return what one label tells about the state of an edge.

    Args:
        probability: float64 [n, 3], of the states -1, 0, +1.
        predicted: int8 [n, 3], the true outcome in each state.
        channel: float64 [n_outcomes, 3], probability of label o at [y, o + 1] where y is true.

    Returns:
        float64 [n], bits.
    """
    noise = entropy(channel)
    label, left = np.zeros((len(probability), 3)), np.zeros(len(probability))
    for state in range(3):
        label += probability[:, state, None] * channel[predicted[:, state]]
        left += probability[:, state] * noise[predicted[:, state]]
    return np.maximum(entropy(label) - left, 0.0)
