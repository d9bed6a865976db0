"""GATv2 over slots, forward and backward, compiled.

Nothing of the size [edges, width] is ever stored: each edge's hidden vector is made from the two
projected rows where it is needed. The kernels hold no interpreter lock and work on a range of
heads, whose results are disjoint, so that threads can share the heads of one layer.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]
    Index = NDArray[np.int64]

REORDER = {"reassoc", "contract", "nsz"}
"""Sums may be taken in vectors; infinities and NaN keep their meaning."""


@njit(nogil=True, cache=True, fastmath=REORDER)
def attend(
    value: Floats,
    query: Floats,
    attention: Floats,
    source: Index,
    slot_ptr: Index,
    relation: Index,
    slope: float,
    heads: tuple[int, int],
    alpha: Floats,
    total: Floats,
    out: Floats,
) -> None:
    """Attend within each slot.

    Args:
        value: [source pairs, heads, channels].
        query: [slots, heads, channels].
        attention: [relations, heads, channels].
        source: [edges], source pair of each edge.
        slot_ptr: [slots + 1], where each slot's edges start.
        relation: [slots], relation of each slot.
        slope: of LeakyReLU below 0.
        heads: the first head to do, and the one after the last.
        alpha: [edges, heads], receives each edge's share of its slot.
        total: [slots, heads], receives the logarithm of the slot's sum of exponentials.
        out: [slots, heads, channels], zeros; receives the weighted sum of the values.
    """
    channels, tilt = value.shape[2], value.dtype.type(slope)
    for slot in range(len(slot_ptr) - 1):
        first, last = slot_ptr[slot], slot_ptr[slot + 1]
        for head in range(heads[0], heads[1]):
            asked, weight = query[slot, head], attention[relation[slot], head]
            largest = -inf
            for edge in range(first, last):
                given = value[source[edge], head]
                logit = asked.dtype.type(0)
                for at in range(channels):
                    hidden = given[at] + asked[at]
                    logit += weight[at] * (hidden if hidden > 0 else hidden * tilt)
                alpha[edge, head] = logit
                largest = max(largest, logit)
            summed = 0.0
            for edge in range(first, last):
                alpha[edge, head] = exp(alpha[edge, head] - largest)
                summed += alpha[edge, head]
            total[slot, head] = largest + log(summed)
            mixed = out[slot, head]
            for edge in range(first, last):
                alpha[edge, head] /= summed
                share = alpha[edge, head]
                given = value[source[edge], head]
                for at in range(channels):
                    mixed[at] += share * given[at]


@njit(nogil=True, cache=True, fastmath=REORDER)
def attend_backward(
    value: Floats,
    query: Floats,
    attention: Floats,
    source: Index,
    slot_ptr: Index,
    relation: Index,
    slope: float,
    heads: tuple[int, int],
    alpha: Floats,
    grad_alpha: Floats,
    grad_total: Floats,
    grad_out: Floats,
    grad_value: Floats,
    grad_query: Floats,
    grad_attention: Floats,
) -> None:
    """Go back through :func:`attend`.

    With g the gradient that arrives at an edge's share, the logit's is
    ``alpha (g - sum over the slot of alpha g + gradient of total)``.

    Args:
        value: as given forward, and so on to ``heads``.
        query: as above.
        attention: as above.
        source: as above.
        slot_ptr: as above.
        relation: as above.
        slope: as above.
        heads: as above.
        alpha: [edges, heads], as it came out.
        grad_alpha: [edges, heads], gradient of ``alpha``; overwritten by that of the logits.
        grad_total: [slots, heads], gradient of ``total``.
        grad_out: [slots, heads, channels], gradient of ``out``.
        grad_value: [source pairs, heads, channels], zeros; receives the gradient.
        grad_query: [slots, heads, channels], zeros; receives the gradient.
        grad_attention: [relations, heads, channels], zeros; receives the gradient.
    """
    channels, tilt = value.shape[2], value.dtype.type(slope)
    for slot in range(len(slot_ptr) - 1):
        first, last = slot_ptr[slot], slot_ptr[slot + 1]
        for head in range(heads[0], heads[1]):
            asked, weight = query[slot, head], attention[relation[slot], head]
            arrived = grad_out[slot, head]
            to_query, to_weight = grad_query[slot, head], grad_attention[relation[slot], head]
            shared = 0.0
            for edge in range(first, last):
                given = value[source[edge], head]
                gain = asked.dtype.type(0)
                for at in range(channels):
                    gain += arrived[at] * given[at]
                grad_alpha[edge, head] += gain
                shared += alpha[edge, head] * grad_alpha[edge, head]
            shared -= grad_total[slot, head]
            for edge in range(first, last):
                share = alpha[edge, head]
                grad_logit = asked.dtype.type(share * (grad_alpha[edge, head] - shared))
                given, to_value = value[source[edge], head], grad_value[source[edge], head]
                for at in range(channels):
                    hidden = given[at] + asked[at]
                    steep = grad_logit if hidden > 0 else grad_logit * tilt
                    to_weight[at] += steep * hidden
                    to_query[at] += steep * weight[at]
                    to_value[at] += steep * weight[at] + share * arrived[at]
