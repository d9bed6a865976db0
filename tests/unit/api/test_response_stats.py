"""What the response sets are like: counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.responses import LabelOptions, response_stats
from kgp.errors import UsageError
from kgp.testing import publish
from kgp.testing.memory.store import MemoryStore
from tests.unit.api import labelled_world as world

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.api.responses import ResponseStats


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    store = MemoryStore()
    for loader in (world.genes(), world.responses()):
        publish(store, loader, tmp_path / "staging")
    return store


@pytest.fixture
def own(store: MemoryStore) -> ResponseStats:
    listed, own = response_stats(store)
    assert (listed.name, own.name) == (world.CENSORED, world.SET)
    return own


def test_signatures_are_counted_by_what_they_perturb(own: ResponseStats) -> None:
    assert own.signatures == 6
    assert own.perturbations == {"genes": 1, "drugs": 1, "combinations": 1}
    assert own.directions == {"up": 1, "down": 4, "treatment": 1}
    assert own.contexts == 1


def test_coverage_counts_what_another_source_knows(own: ResponseStats) -> None:
    assert (own.features, own.features_known) == (4, 0.75)
    assert own.drugs_matched == 0.0


def test_controls_and_replicates_say_how_well_it_was_measured(own: ResponseStats) -> None:
    assert (own.control_sets, own.largest_control_set) == (2, 2)
    assert own.replicates == 3
    assert own.without_errors == pytest.approx(2 / 6)


def test_labels_are_shares_of_all_effects(own: ResponseStats) -> None:
    # up: down 1, up 1, both 1; down: down 2, up 1, both 2, drug 1; unknown: again 4.
    assert own.labels == pytest.approx(
        {"up": 3 / 24, "unchanged": 11 / 24, "down": 6 / 24, "unknown": 4 / 24}
    )
    assert own.rule.min_effect == 2.0


def test_another_rule_gives_other_labels(store: MemoryStore) -> None:
    own = response_stats(store, LabelOptions("cutoff", 0.05, 3.5))[1]
    assert own.labels["unknown"] == 0
    assert own.labels["up"] == pytest.approx(1 / 24)


def test_a_set_without_drugs_controls_and_replicates_says_so(store: MemoryStore) -> None:
    listed = response_stats(store)[0]
    assert (listed.drugs_matched, listed.replicates, listed.control_sets) == (None, None, 0)
    assert listed.without_errors == 1


def test_without_responses_there_is_nothing_to_tell() -> None:
    assert response_stats(MemoryStore()) == []


def test_a_rule_that_makes_no_sense_is_refused(store: MemoryStore) -> None:
    with pytest.raises(UsageError, match="alpha is 2"):
        response_stats(store, LabelOptions(alpha=2.0))
