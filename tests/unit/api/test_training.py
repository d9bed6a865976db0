"""Training, predicting and showing a small run; hand-made studies for the table."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from kgp.api.run_figures import attention_summary, model_table, newest_model_table
from kgp.api.stores import open_store
from kgp.api.training import predict, train
from kgp.errors import BadInputError, UsageError
from kgp.models.metrics import Interval
from kgp.models.study import Difference, PooledRow, Study
from kgp.models.training import PREDICTIONS, TrainResult
from kgp.report.content import Comparison, Estimate
from kgp.report.content.models import Metric
from tests.unit.api.worlds import ISOLATED, url_of

if TYPE_CHECKING:
    from tests.unit.api.conftest import Trained

NOTHING_SHARED = {"scaffolds": 0, "blocks": 0, "responses": 0}


def split_result(seed: int, leakage: dict[str, int]) -> TrainResult:
    return TrainResult(
        run=Path(f"split-{seed}"),
        model="kg-gat",
        identity="",
        snapshot="",
        fingerprint="",
        dataset={"name": "lincs", "drugs": 70, "genes": 60, "dropped": {}},
        split={
            "name": "scaffold",
            "seed": seed,
            "sizes": {"train": 48, "validation": 8, "test": 14},
            "hash": f"{seed}23456789abcdef",
            "leakage": leakage,
        },
        table=(),
        training=(),
        config={},
    )


def hand_made_study(leakage: dict[str, int] = NOTHING_SHARED) -> Study:
    one, two = Interval(0.5, 0.4, 0.6), Interval(0.1, -0.1, 0.2)
    rows = (
        PooledRow("mean response", True, {"all": one}, {"all": two}),
        PooledRow("KG-GAT", False, {"all": two}, {"all": one}),
    )
    differences = (Difference("KG-GAT", "mean response", "all", two),)
    runs = (split_result(1, NOTHING_SHARED), split_result(2, leakage))
    return Study(Path("runs"), runs, rows, differences)


def test_a_study_becomes_a_table_with_the_mean_response_as_reference() -> None:
    table = model_table(hand_made_study())
    assert table.dataset == "lincs, 70 drugs"
    assert table.split == "scaffold, 2 seeds (12345678, 22345678)"
    assert (table.n_train, table.n_validation, table.n_test) == (48, 8, 14)
    assert table.reference == "mean response"
    assert [(r.name, r.is_baseline, r.n_seeds) for r in table.rows] == [
        ("mean response", True, 2),
        ("KG-GAT", False, 2),
    ]
    assert table.rows[1].scores == {"all": Estimate(0.1, -0.1, 0.2)}
    assert table.rows[1].difference == {"all": Estimate(0.5, 0.4, 0.6)}
    against = Comparison("KG-GAT", "mean response", "all", Estimate(0.1, -0.1, 0.2))
    assert table.comparisons == (against,)
    assert Metric("top50", "top-50 Pearson") in table.metrics


@pytest.mark.parametrize(
    ("leakage", "note"),
    [
        (NOTHING_SHARED, "No scaffold, structure or response is shared between the parts."),
        ({**NOTHING_SHARED, "blocks": 2, "responses": 1}, "Shared between parts: 2 blocks, 1 resp"),
    ],
)
def test_what_any_split_leaks_is_said(leakage: dict[str, int], note: str) -> None:
    assert model_table(hand_made_study(leakage)).leakage_note.startswith(note)


def test_training_prints_every_baseline_and_keeps_the_table(trained: Trained) -> None:
    names = [row.name for row in trained.run.table.rows]
    assert names[0] == trained.run.table.reference == "mean response"
    assert names[-1] == "KG-GAT"
    assert not trained.run.repeated
    assert newest_model_table(trained.runs) == trained.run.table
    assert sorted(p.name for p in trained.run.folder.iterdir()) == [
        *("origin.json", "split-100", "split-101", "table.json")
    ]


def test_training_again_repeats_nothing(trained: Trained) -> None:
    again = train(trained.url, "kg-gat", seeds=2, epochs=2, out=trained.runs)
    assert again.repeated
    assert again.table == trained.run.table


def test_a_given_snapshot_of_the_graph_is_used(trained: Trained, tmp_path: Path) -> None:
    (folder,) = (trained.runs / "snapshots").iterdir()
    found = train(trained.url, "kg-gat", snapshot=folder, seeds=1, epochs=1, out=tmp_path)
    assert not (tmp_path / "snapshots").exists()
    assert found.table.split.startswith("scaffold, 1 seeds")


def test_a_snapshot_is_enough_where_there_is_no_store(trained: Trained, tmp_path: Path) -> None:
    (folder,) = (trained.runs / "snapshots").iterdir()
    nowhere = url_of(tmp_path / "none.duckdb")
    with pytest.raises(BadInputError, match="scream"):
        train(nowhere, "kg-gat", snapshot=folder, responses="scream", out=tmp_path)
    assert not (tmp_path / "none.duckdb").exists()


def test_a_snapshot_of_another_graph_is_refused(trained: Trained, toy: str, tmp_path: Path) -> None:
    (folder,) = (trained.runs / "snapshots").iterdir()
    with pytest.raises(BadInputError, match="graph"):
        train(toy, "kg-gat", snapshot=folder, out=tmp_path)


def test_unknown_models_and_no_seeds_are_refused(toy: str) -> None:
    with pytest.raises(BadInputError, match="kg-gat"):
        train(toy, "kggat")
    with pytest.raises(UsageError, match="seeds=0"):
        train(toy, "kg-gat", seeds=0)


def test_no_drug_predicts_every_test_drug_of_the_first_split(trained: Trained) -> None:
    found = predict(trained.url, trained.run.folder, [])
    with np.load(trained.run.folder / "split-100" / PREDICTIONS) as saved:
        assert list(found.drugs) == sorted(saved["drugs"].tolist())
    assert set(found.parts) == {"test"}


def test_names_curies_and_molecules_are_understood(trained: Trained) -> None:
    texts = ["drug 7", "drugbank:DB007", "CCOc1ccccc1"]
    found = predict(trained.url, trained.run.folder, texts)
    assert found.drugs == ("drugbank:DB007", "drugbank:DB007", "CCOc1ccccc1")
    assert found.parts[2] == "new"
    np.testing.assert_array_equal(found.values[0], found.values[1])


def test_a_text_that_is_neither_is_refused(trained: Trained) -> None:
    with pytest.raises(BadInputError, match="'aspirine' means no node"):
        predict(trained.url, trained.run.folder, ["aspirine"])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_all_genes_are_written_to_a_file(trained: Trained, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"responses.{ending}"
    found = predict(trained.url, trained.run.folder, ["drug 7"], out=out)
    table = pl.read_csv(out) if ending == "csv" else pl.read_parquet(out)
    assert table.columns == ["drug", "part", *found.genes]
    np.testing.assert_allclose(table[:, 2:].to_numpy(), found.values, rtol=1e-5)


def test_another_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no ending that kgp writes") as caught:
        predict(None, tmp_path, [], out=tmp_path / "responses.xlsx")
    assert caught.value.command.endswith("--out responses.csv")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_that_is_not_there_is_one_clear_error(
    trained: Trained, tmp_path: Path, ending: str
) -> None:
    with pytest.raises(BadInputError, match="Cannot write"):
        predict(trained.url, trained.run.folder, ["drug 7"], out=tmp_path / "no" / f"r.{ending}")


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is not the folder of a run") as caught:
        predict(None, tmp_path, [])
    assert caught.value.command == "kgp train kg-gat"


@pytest.mark.parametrize("text", ["", "{", '{"network": "split-100"}'])
def test_a_run_whose_origin_is_damaged_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "origin.json").write_text(text)
    with pytest.raises(BadInputError, match=r"origin\.json is no Origin"):
        predict(None, tmp_path, [])


def test_a_run_whose_snapshot_is_gone_is_refused(trained: Trained, tmp_path: Path) -> None:
    origin = {"path": str(tmp_path / "gone"), "network": "split-100"}
    (tmp_path / "origin.json").write_text(json.dumps(origin))
    with pytest.raises(BadInputError, match="gone"):
        predict(None, tmp_path, [])


def test_attention_is_shown_for_the_test_drug_with_the_strongest_response(
    trained: Trained,
) -> None:
    with open_store(trained.url) as graph:
        found = attention_summary(graph, trained.runs, "")
    with np.load(trained.run.folder / "split-100" / PREDICTIONS) as saved:
        drug = saved["drugs"][np.linalg.norm(saved["truth"], axis=1).argmax()]
    assert found is not None
    assert found.drug == f"drug {int(drug[-3:])}"
    assert found.held_out
    assert found.shares == {"Gene": 1.0}
    assert sum(item.weight for item in found.neighbours) == pytest.approx(1)
    assert {item.relation for item in found.neighbours} == {"TARGETS"}
    measured = [abs(gene.measured or 0) for gene in found.genes]
    assert len(measured) == 12
    assert measured == sorted(measured, reverse=True)


def test_attention_of_a_drug_that_trained_is_not_called_held_out(trained: Trained) -> None:
    tested = set(predict(trained.url, trained.run.folder, []).drugs)
    seen = next(n for n in range(70) if f"drugbank:DB{n:03d}" not in tested)
    with open_store(trained.url) as graph:
        found = attention_summary(graph, trained.runs, f"drug {seen}")
    assert found is not None
    assert not found.held_out


def test_without_a_run_there_is_no_table_and_no_attention(toy: str, tmp_path: Path) -> None:
    assert newest_model_table(tmp_path) is None
    with open_store(toy) as graph:
        assert attention_summary(graph, tmp_path, "") is None


def copied_run(trained: Trained, folder: Path, drugs: list[str]) -> Path:
    """A copy of the run that tested ``drugs``, each with a weaker response than the one before."""
    shutil.copytree(trained.run.folder, folder / "kg-gat")
    path = folder / "kg-gat" / "split-100" / PREDICTIONS
    with np.load(path) as saved:
        kept = {name: saved[name] for name in saved}
    strength = np.arange(len(drugs), 0, -1, dtype=np.float32)
    kept |= {"drugs": np.array(drugs), "truth": np.repeat(strength[:, None], 60, axis=1)}
    np.savez(path, **kept)
    return folder


def test_a_test_drug_without_neighbours_is_passed_over(trained: Trained, tmp_path: Path) -> None:
    runs = copied_run(trained, tmp_path, [ISOLATED, "drugbank:DB007", "drugbank:DB008"])
    with open_store(trained.url) as graph:
        found = attention_summary(graph, runs, "")
    assert found is not None
    assert found.drug == "drug 7"


def test_where_no_test_drug_has_neighbours_there_is_no_attention(
    trained: Trained, tmp_path: Path
) -> None:
    with open_store(trained.url) as graph:
        assert attention_summary(graph, copied_run(trained, tmp_path, [ISOLATED]), "") is None
        with pytest.raises(BadInputError, match="has no neighbours"):
            attention_summary(graph, tmp_path, ISOLATED)
