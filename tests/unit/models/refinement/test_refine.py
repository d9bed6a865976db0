from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.damage import add_noise, choose, damage, observe
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.scores import direct_f1
from kgp.progress import LogProgress
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

STAR = network(6, (0, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, -1))

NOISY = RefineConfig(rates=Rates())


def without(built: SignedNetwork, *pairs: tuple[int, int]) -> SignedNetwork:
    kept = {pair: sign for pair, sign in built.signs().items() if pair not in pairs}
    return network(built.n_genes, *((*pair, sign) for pair, sign in kept.items()))


def repeated(seen: Observations, times: int) -> Observations:
    return seen.take(np.tile(np.arange(seen.n_observations), times))


def test_a_missing_edge_is_added_with_the_rows_that_speak_for_it() -> None:
    seen = repeated(observe(STAR, np.array([0, 1], np.int32)), 3)
    result = refine(without(STAR, (0, 1)), seen, NOISY)
    (edit,) = result.edits
    assert (edit.source, edit.target, edit.before, edit.after, edit.kind) == (0, 1, 0, 1, "added")
    assert sorted(edit.supporting) == [0, 2, 4]
    assert edit.contradicting == ()
    assert 0.9 < edit.confidence <= 1
    assert result.network.signs() == STAR.signs()


def test_the_gain_of_an_only_edit_is_the_fall_of_the_objective() -> None:
    seen = repeated(observe(STAR, np.array([0, 1], np.int32)), 3)
    result = refine(without(STAR, (0, 1)), seen, NOISY)
    fall = result.objective_before - result.objective_after
    assert result.edits[0].gain == pytest.approx(fall)


def test_a_repeat_that_disagrees_is_listed_as_contradicting() -> None:
    seen = repeated(observe(STAR, np.array([0, 1], np.int32)), 4)
    seen.labels[6] = 0
    (edit,) = refine(without(STAR, (0, 1)), seen, NOISY).edits
    assert (sorted(edit.supporting), edit.contradicting) == ([0, 2, 4], (6,))


def test_a_knock_out_supports_the_same_edge_as_an_over_expression() -> None:
    seen = repeated(observe(STAR, np.array([0, 1], np.int32), direction=-1), 3)
    assert refine(without(STAR, (0, 1)), seen, NOISY).network.signs() == STAR.signs()


def test_a_spurious_edge_is_removed_and_a_wrong_sign_flipped() -> None:
    wrong = network(6, (0, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, 1), (1, 5, -1))
    seen = repeated(observe(STAR, np.array([0, 1], np.int32)), 4)
    result = refine(wrong, seen, NOISY)
    assert {(e.source, e.target, e.kind) for e in result.edits} == {
        (1, 4, "flipped"),
        (1, 5, "removed"),
    }


def test_an_undamaged_network_without_noise_is_left_as_it_is() -> None:
    true = random_network(60, 150, seed=0)
    result = refine(true, observe(true, true.regulators))
    assert result.edits == ()
    assert result.objective_after == result.objective_before


def test_damage_is_partly_undone_by_sampling_as_well() -> None:
    true = random_network(40, 70, seed=3)
    damaged = damage(true, 0.2, seed=4)
    config = RefineConfig(method="posterior", sweeps=45)
    result = refine(damaged, observe(true, true.regulators), config)
    assert direct_f1(true, result.network) > direct_f1(true, damaged) + 0.03
    assert all(config.confidence < edit.confidence <= 1 for edit in result.edits)
    assert result.r_hat is not None
    assert result.r_hat > 0.9


@pytest.mark.parametrize(
    ("r_hat", "said"),
    [
        (None, ""),
        (1.1, "R-hat of the number of edits over two chains is 1.10."),
        (1.34, "Not mixed: R-hat of the number of edits is 1.34, above 1.1, "),
        (float("inf"), "Not mixed: R-hat of the number of edits is inf, above 1.1, "),
    ],
)
def test_chains_that_disagree_are_called_not_mixed(r_hat: float | None, said: str) -> None:
    true = random_network(20, 40, seed=0)
    result = refine(true, observe(true, true.regulators))
    assert result.r_hat is None
    assert replace(result, r_hat=r_hat).mixing.startswith(said)
    assert bool(replace(result, r_hat=r_hat).mixing) is bool(said)


@pytest.mark.parametrize("method", ["search", "unit"])
def test_damage_is_partly_undone(method: str) -> None:
    true = random_network(120, 300, seed=3)
    damaged = damage(true, 0.2, seed=4)
    config = RefineConfig(method=method)  # type: ignore[arg-type]  # pytest gives plain strings
    result = refine(damaged, observe(true, true.regulators), config)
    assert direct_f1(true, result.network) > direct_f1(true, damaged) + 0.03


def test_noise_in_part_of_the_rows_does_no_harm() -> None:
    true = random_network(120, 300, seed=3)
    damaged = damage(true, 0.2, seed=4)
    seen = add_noise(observe(true, choose(true.regulators, 15, 0)), 1)
    result = refine(damaged, seen)
    assert result.edits
    assert direct_f1(true, result.network) > direct_f1(true, damaged)


def test_an_edit_between_twins_is_not_trusted() -> None:
    # Gene 0 activates 1 and 2 alike; whether 1 or 2 regulates 3 cannot be told from gene 0.
    twins = network(5, (0, 1, 1), (0, 2, 1), (0, 4, 1))
    seen = repeated(observe(network(5, *_edges(twins), (1, 3, 1)), np.array([0], np.int32)), 3)
    weighed = refine(twins, seen, replace(NOISY, max_length=2, confidence=0.6))
    found = refine(twins, seen, replace(NOISY, max_length=2, weigh=False))
    assert (len(weighed.edits), len(found.edits)) == (0, 1)
    assert found.edits[0].confidence == 1.0


def _edges(built: SignedNetwork) -> list[tuple[int, int, int]]:
    return [(*pair, sign) for pair, sign in built.signs().items()]


def test_given_rates_are_used_as_they_are() -> None:
    rates = Rates(0.2, 0.05, 0.01)
    seen = observe(STAR, np.array([0, 1], np.int32))
    assert refine(STAR, seen, RefineConfig(rates=rates)).rates == rates


def test_progress_is_told_of_search_and_weighing() -> None:
    stream = io.StringIO()
    seen = observe(STAR, np.array([0, 1], np.int32))
    refine(without(STAR, (0, 1)), seen, NOISY, progress=LogProgress(stream))
    assert "search" in stream.getvalue()
    assert "weigh" in stream.getvalue()


def test_a_network_that_reaches_no_responding_gene_is_refused() -> None:
    seen = observe(STAR, np.array([1], np.int32))
    with pytest.raises(BadInputError, match=r"reaches 0.0% of the 3"):
        refine(network(6, (0, 5, 1)), seen)


def test_parameters_are_plain_values() -> None:
    parameters = RefineConfig().parameters()
    assert parameters["prior"] == {"add": 8.0, "remove": 2.0, "flip": 5.0}
    assert parameters["rates"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": 1.0},
        {"method": "magic"},
        {"max_share": 1.5},
        {"conflict": "majority"},
        {"idle": 1.0},
        {"idle": -0.1},
        {"rounds": -1},
        {"sweeps": 2},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        replace(RefineConfig(), **change)  # type: ignore[arg-type]  # wrong on purpose
