from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.heldout_contexts import cross_context
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.reasoning_rules import Reasoning
from tests.unit.models.refinement.worlds import network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

ORIGINAL = network(8, (0, 1, 1), (0, 2, 1), (1, 3, -1), (1, 4, -1))


def experiments(
    rows: list[tuple[int, int, list[int]]], groups: tuple[str, ...] = ()
) -> Observations:
    """Build observations from (gene, direction, labels)."""
    labels = np.array([row[2] for row in rows], np.int8)
    return Observations(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int8),
        labels,
        np.ones(labels.shape, bool),
        tuple(f"s{i}" for i in range(len(rows))),
        groups=groups,
    )


SEEN = experiments(
    [
        (0, 1, [0, 1, 0, 0, 0, 1, 0, 0]),  # context a
        (0, -1, [0, -1, 0, 0, 0, -1, 0, 0]),  # context b: the same, knocked out
        (1, 1, [0, 0, 0, -1, -1, 0, 0, 0]),  # context a alone
    ],
    ("ca", "cb", "ca"),
)
CONTEXTS = ("a", "b", "a")


def repair(_given: SignedNetwork, _seen: Observations) -> SignedNetwork:
    """Add 0 → 5, which both contexts show, and remove 0 → 2, which neither does."""
    return network(8, (0, 1, 1), (0, 5, 1), (1, 3, -1), (1, 4, -1))


def test_edits_that_hold_elsewhere_are_confirmed_against_their_background() -> None:
    found = cross_context(ORIGINAL, SEEN, CONTEXTS, repair, how=Reasoning(1))
    added, removed = found.kinds["added"], found.kinds["removed"]
    # Gene 5 moves as the edit says; of gene 0's other non-targets, 3, 4, 6 and 7, none does.
    assert (added.n_edits, added.n_cells) == (1, 2)
    assert (added.confirmed.mean, added.background.mean, added.above.mean) == (1, 0, 1)
    # Gene 2 is silent as the edit says; gene 0's one other target, 1, responds.
    assert (removed.confirmed.mean, removed.background.mean) == (1, 0)
    assert found.kinds["flipped"].n_cells == 0
    assert np.isnan(found.kinds["flipped"].confirmed.mean)
    assert found.kinds["all"].n_cells == 4
    assert found.gain.mean == pytest.approx(found.refined.mean - found.original.mean)
    assert found.refined.mean == 1.0


def test_a_regulator_seen_in_one_context_is_not_tested() -> None:
    found = cross_context(ORIGINAL, SEEN, CONTEXTS, repair)
    assert (found.contexts, found.n_regulators) == (("a", "b"), 1)


def test_what_shares_controls_with_the_tested_context_is_not_learned_from() -> None:
    seen = experiments(
        [(0, 1, [0, 1, 0, 0, 0, 1, 0, 0])] * 3 + [(0, -1, [0, -1, 0, 0, 0, -1, 0, 0])],
        ("shared", "shared", "other", ""),
    )
    learned: list[tuple[str, ...]] = []

    def watch(given: SignedNetwork, some: Observations) -> SignedNetwork:
        learned.append(some.signatures)
        return given

    cross_context(ORIGINAL, seen, ("a", "b", "c", "d"), watch)
    assert learned == [("s2", "s3"), ("s2", "s3"), ("s0", "s1", "s3"), ("s0", "s1", "s2")]


def test_an_edit_that_does_not_hold_is_not_confirmed() -> None:
    found = cross_context(
        ORIGINAL, SEEN, CONTEXTS, lambda *_: network(8, (0, 1, -1), (0, 2, 1), (0, 6, 1))
    )
    assert found.kinds["flipped"].confirmed.mean == 0
    assert found.kinds["added"].confirmed.mean == 0
    assert found.gain.mean < 0


def test_regulators_that_no_two_contexts_share_are_refused() -> None:
    with pytest.raises(BadInputError, match="No gene is perturbed in two of the 2 contexts"):
        cross_context(ORIGINAL, SEEN, ("a", "a", "b"), repair)


def test_a_context_is_asked_of_every_observation() -> None:
    with pytest.raises(BadInputError, match="1 contexts do not go with 3"):
        cross_context(ORIGINAL, SEEN, ("a",), repair)
