"""A model on several splits: each drug counts once, every metric has its own best baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.models.kg_gat.api import Config
from kgp.models.registry import load_model
from kgp.models.study import SPLIT, pool, read_scores, run_study
from kgp.models.training import METRICS, PREDICTIONS
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.models.study import Study
    from kgp.platform.snapshot import Snapshot

SMALL = Config(hidden=8, heads=2, coordinates=4, components=4, max_epochs=1, learning_rate=0.01)


def scores(**models: list[float]) -> dict[str, dict[str, np.ndarray]]:
    return {name: {"all": np.array(values)} for name, values in models.items()}


def test_a_drug_that_two_splits_tested_counts_once_with_its_mean() -> None:
    first = (["a", "b"], scores(mean=[0.1, 0.2], model=[0.5, 0.7]))
    second = (["b", "c"], scores(mean=[0.4, 0.9], model=[0.1, 0.3]))
    pooled = pool([first, second])
    np.testing.assert_allclose(pooled["mean"]["all"], [0.1, 0.3, 0.9])
    np.testing.assert_allclose(pooled["model"]["all"], [0.5, 0.4, 0.3])


def test_one_split_is_pooled_to_itself_in_the_order_of_the_drugs_names() -> None:
    pooled = pool([(["b", "a"], scores(model=[2.0, 1.0]))])
    np.testing.assert_array_equal(pooled["model"]["all"], [1.0, 2.0])


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True), min_size=1), st.data()
)
def test_pooling_gives_each_drug_the_mean_of_its_scores(
    splits: list[list[str]], data: st.DataObject
) -> None:
    value = st.floats(-1, 1)
    runs = [
        (drugs, scores(model=data.draw(st.lists(value, min_size=len(drugs), max_size=len(drugs)))))
        for drugs in splits
    ]
    pooled = pool(runs)["model"]["all"]
    for place, drug in enumerate(sorted({drug for drugs in splits for drug in drugs})):
        of_drug = [
            model["model"]["all"][drugs.index(drug)] for drugs, model in runs if drug in drugs
        ]
        assert pooled[place] == pytest.approx(np.mean(of_drug), abs=1e-12)


def save_predictions(run: Path, drugs: list[str], truth: np.ndarray, **models: np.ndarray) -> None:
    np.savez(
        run / PREDICTIONS,
        drugs=np.array(drugs),
        truth=truth,
        models=np.array(list(models)),
        values=np.stack(list(models.values())),
    )


def test_the_first_model_is_what_the_centred_metric_subtracts(tmp_path: Path) -> None:
    truth = np.array([[1.0, 2.0, 4.0], [0.0, 1.0, 0.0]])
    mean = np.tile([1.0, 1.0, 1.0], (2, 1))
    save_predictions(tmp_path, ["a", "b"], truth, mean=mean, exact=truth, opposite=-truth)
    drugs, found = read_scores(tmp_path)
    assert drugs == ["a", "b"]
    np.testing.assert_allclose(found["exact"]["all"], [1, 1])
    np.testing.assert_allclose(found["exact"]["centred"], [1, 1])
    np.testing.assert_allclose(found["opposite"]["all"], [-1, -1])
    np.testing.assert_array_equal(found["mean"]["centred"], [0, 0])


@pytest.fixture(scope="module")
def study(drug_world: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    return run_study(load_model("kg-gat"), drug_world, SMALL, (7, 8), folder, SilentProgress())


def test_each_split_has_a_folder_and_a_network_of_its_own_seed(study: Study) -> None:
    assert [run.run for run in study.runs] == [study.folder / SPLIT.format(seed=s) for s in (7, 8)]
    assert [run.split["seed"] for run in study.runs] == [7, 8]
    assert [run.training[0]["seed"] for run in study.runs] == [7, 8]
    assert study.runs[0].split["hash"] != study.runs[1].split["hash"]


def test_the_mean_response_is_first_and_only_the_network_is_no_baseline(study: Study) -> None:
    assert study.rows[0].model == "mean response"
    assert [row.model for row in study.rows if not row.is_baseline] == ["KG-GAT"]
    assert all(value.mean == 0 for value in study.rows[0].minus_mean.values())


def test_each_difference_is_to_the_baseline_that_is_best_in_that_metric(study: Study) -> None:
    model = study.rows[-1]
    assert [d.metric for d in study.differences] == list(METRICS)
    for difference in study.differences:
        best = max(
            (row for row in study.rows if row.is_baseline),
            key=lambda row: row.metrics[difference.metric].mean,
        )
        assert difference.against == best.model
        gap = model.metrics[difference.metric].mean - best.metrics[difference.metric].mean
        assert difference.difference.mean == pytest.approx(gap, abs=1e-12)
        assert difference.difference.low <= gap <= difference.difference.high


def test_a_finished_study_is_pooled_again_from_its_files(
    study: Study, drug_world: Snapshot
) -> None:
    module = load_model("kg-gat")
    again = run_study(module, drug_world, SMALL, (7, 8), study.folder, SilentProgress())
    assert all(run.repeated for run in again.runs)
    assert again.rows == study.rows
    assert again.differences == study.differences


def test_a_split_is_added_to_a_study_without_repeating_the_others(
    study: Study, drug_world: Snapshot
) -> None:
    module = load_model("kg-gat")
    wider = run_study(module, drug_world, SMALL, (7, 8, 9), study.folder, SilentProgress())
    assert [run.repeated for run in wider.runs] == [True, True, False]
