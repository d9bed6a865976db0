"""A whole run on a small world: the table, prediction, attention, interruption, refusal."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from kgp.errors import BadInputError, StoreError
from kgp.models.kg_gat.api import Config, attention, predict, train
from kgp.models.registry import load_model
from kgp.models.training import METRICS, read_result
from kgp.platform.snapshot import Snapshot, SnapshotConfig, write_snapshot
from tests.unit.models.drug_world import drug_graph, drug_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.models.training import TrainResult
    from kgp.progress import Progress

SMALL = Config(
    seeds=(0, 1),
    hidden=16,
    heads=2,
    coordinates=8,
    components=8,
    max_epochs=6,
    batch_size=32,
    save_every=2,
    learning_rate=0.01,
)


@pytest.fixture(scope="module")
def finished(drug_world: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    return train(drug_world, SMALL, tmp_path_factory.mktemp("runs"))


def test_the_table_has_the_baselines_the_model_and_its_seeds(finished: TrainResult) -> None:
    names = [row.model for row in finished.table]
    assert names[0] == "mean response"
    assert names[-2:] == ["KG-GAT", "KG-GAT, seeds averaged"]
    assert {"ridge on fingerprints", "kNN Tanimoto"} <= set(names)
    assert [row.seeds for row in finished.table] == [0, 0, 0, 0, 2, 2]
    for row in finished.table:
        assert set(row.metrics) == set(METRICS)
        assert all(i.low <= i.mean <= i.high for i in row.metrics.values())
    assert finished.table[0].metrics["centred"].mean == 0


def test_the_split_is_named_with_sizes_hash_and_leakage(finished: TrainResult) -> None:
    assert finished.split["name"] == "scaffold"
    assert sum(finished.split["sizes"].values()) == finished.dataset["drugs"] == 70
    assert len(finished.split["hash"]) == 16
    assert set(finished.split["leakage"].values()) == {0}


def test_the_graph_is_learned_where_responses_follow_the_targets(finished: TrainResult) -> None:
    # Targets are drawn apart from the structure: only the graph can say more than the mean.
    rows = {row.model: row.metrics["centred"].mean for row in finished.table}
    assert rows["KG-GAT, seeds averaged"] > rows["kNN Tanimoto"] + 0.1


def test_the_run_is_read_back_as_it_was_written(finished: TrainResult) -> None:
    again = read_result(finished.run)
    assert again.repeated
    assert again.table == finished.table
    assert again.training == finished.training
    assert sorted(p.name for p in finished.run.iterdir()) == [
        "checkpoint.pt",
        "predictions.npz",
        "result.json",
    ]


def test_predictions_of_the_test_drugs_are_kept(finished: TrainResult) -> None:
    with np.load(finished.run / "predictions.npz") as kept:
        assert kept["values"].shape == (6, finished.split["sizes"]["test"], 60)
        assert kept["models"].tolist() == [row.model for row in finished.table]
        assert kept["truth"].shape == kept["values"].shape[1:]


def test_a_finished_run_is_not_trained_again(finished: TrainResult, drug_world: Snapshot) -> None:
    again = train(drug_world, SMALL, finished.run.parent)
    assert again.repeated
    assert again.table == finished.table


def test_another_run_of_the_same_name_is_refused(
    finished: TrainResult, drug_world: Snapshot
) -> None:
    with pytest.raises(BadInputError, match="differs in hidden, dropout"):
        train(drug_world, replace(SMALL, hidden=8, dropout=0.1), finished.run.parent)


class _StopAfter:
    """Progress that interrupts the run after some epochs, as Ctrl-C does."""

    def __init__(self, epochs: int) -> None:
        self.left = epochs

    @contextmanager
    def step(
        self, title: str, total: int | None = None, unit: str = "rows"
    ) -> Iterator[_StopAfter]:
        yield self

    def advance(self, n: int = 1) -> None:
        pass

    def note(self, text: str) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("epochs", [3, 7])
def test_an_interrupted_run_continues_to_the_same_result(
    finished: TrainResult, drug_world: Snapshot, tmp_path: Path, epochs: int
) -> None:
    stop: Progress = _StopAfter(epochs)
    with pytest.raises(KeyboardInterrupt):
        train(drug_world, SMALL, tmp_path, stop)
    assert not (tmp_path / "kg-gat" / "result.json").exists()
    assert list((tmp_path / "kg-gat" / "states").iterdir())
    continued = train(drug_world, SMALL, tmp_path)
    assert continued.training == finished.training
    assert continued.table == finished.table


def test_a_state_of_another_configuration_is_refused(drug_world: Snapshot, tmp_path: Path) -> None:
    stop: Progress = _StopAfter(3)
    with pytest.raises(KeyboardInterrupt):
        train(drug_world, replace(SMALL, learning_rate=0.1), tmp_path, stop)
    with pytest.raises(BadInputError, match="another run") as caught:
        train(drug_world, SMALL, tmp_path)
    assert "its constants: learning_rate=0.1" in caught.value.hint
    assert "this one's constants: learning_rate=0.01" in caught.value.hint


def test_prediction_repeats_the_run_for_its_test_drugs(
    finished: TrainResult, drug_world: Snapshot
) -> None:
    with np.load(finished.run / "predictions.npz") as kept:
        drugs, values = kept["drugs"].tolist(), kept["values"][-1]
    found = predict(finished.run, drug_world, drugs)
    assert set(found.parts) == {"test"}
    np.testing.assert_allclose(found.values, values, atol=1e-4)


def test_a_molecule_outside_the_graph_is_predicted_from_its_structure(
    finished: TrainResult, drug_world: Snapshot
) -> None:
    found = predict(finished.run, drug_world, ["CCOc1ccccc1", "drugbank:DB001", "drugbank:DB001"])
    assert found.parts[0] == "new"
    assert found.values.shape == (3, 60)
    assert np.isfinite(found.values).all()
    np.testing.assert_array_equal(found.values[1], found.values[2])


@pytest.mark.parametrize(
    ("text", "message"), [("nonsense!", "neither a drug"), ("ncbigene:001", "is not a drug")]
)
def test_what_is_no_drug_is_refused(
    finished: TrainResult, drug_world: Snapshot, text: str, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        predict(finished.run, drug_world, [text])


def test_attention_is_shared_among_the_drugs_targets(
    finished: TrainResult, drug_world: Snapshot
) -> None:
    report = attention(finished.run, drug_world, "drugbank:DB007")
    assert report.type_share == {"Gene": 1.0}
    assert report.learned_shares
    assert len(report.neighbors) == 2 == report.edges[0]
    assert sum(item.weight for item in report.neighbors) == pytest.approx(1)
    assert {item.relation for item in report.neighbors} == {"rev_TARGETS"}
    assert sum(report.type_share_two.values()) == pytest.approx(1)
    assert set(report.type_share_two) == {"Gene", "BiologicalProcess", "Drug"}
    weights = [item.weight for item in report.paths]
    assert weights == sorted(weights, reverse=True)
    assert all(item.path[0].startswith("ncbigene") for item in report.paths)
    assert "drugbank:DB007" not in {item.path[1] for item in report.paths}


def test_attention_needs_neighbours(drug_world: Snapshot, tmp_path: Path) -> None:
    graph = drug_graph()
    graph.edge_rows = [row for row in graph.edge_rows if row[1] != "drugbank:DB007"]
    snapshot = write_snapshot(graph, tmp_path)
    result = train(snapshot, replace(SMALL, max_epochs=1, seeds=(0,), softmax="relation"), tmp_path)
    with pytest.raises(BadInputError, match="has no neighbours"):
        attention(result.run, snapshot, "drugbank:DB007")
    assert not attention(result.run, snapshot, "drugbank:DB008").learned_shares
    assert [row.model for row in result.table][-1] == "KG-GAT"


def test_another_snapshot_is_refused_with_both_lists(finished: TrainResult, tmp_path: Path) -> None:
    graph = drug_graph()
    other = write_snapshot(graph, tmp_path, SnapshotConfig(relations=("TARGETS",)))
    with pytest.raises(BadInputError, match=r"trained on another snapshot") as caught:
        predict(finished.run, other, ["drugbank:DB001"])
    text = str(caught.value)
    assert finished.snapshot in text
    assert other.hash in text
    assert "its relations: BiologicalProcess rev_PARTICIPATES_IN Gene" in text
    assert "this one's relations: Drug TARGETS Gene" in text
    assert "its inputs: Drug.morgan" in text


def test_the_same_graph_in_another_place_is_accepted(finished: TrainResult, tmp_path: Path) -> None:
    copy = drug_snapshot(tmp_path)
    assert predict(finished.run, copy, ["drugbank:DB001"]).values.shape == (1, 60)


def test_a_graph_of_another_size_is_refused(finished: TrainResult, tmp_path: Path) -> None:
    graph = drug_graph()
    graph.node_rows = [row for row in graph.node_rows if row[0] != "go:3"]
    with pytest.raises(BadInputError, match="trained on another snapshot"):
        predict(finished.run, write_snapshot(graph, tmp_path), ["drugbank:DB001"])


def test_a_missing_damaged_or_newer_checkpoint_is_refused(
    finished: TrainResult, drug_world: Snapshot, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="holds no trained model"):
        predict(tmp_path, drug_world, ["drugbank:DB001"])
    (tmp_path / "checkpoint.pt").write_bytes(b"nothing")
    with pytest.raises(BadInputError, match="is damaged"):
        predict(tmp_path, drug_world, ["drugbank:DB001"])
    torch.save({"format": 99}, tmp_path / "checkpoint.pt")
    with pytest.raises(StoreError, match="format 99; this kgp reads 2"):
        predict(tmp_path, drug_world, ["drugbank:DB001"])


def test_a_missing_or_damaged_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no finished run"):
        read_result(tmp_path)
    for text in ("{", json.dumps({"table": []})):
        (tmp_path / "result.json").write_text(text)
        with pytest.raises(BadInputError, match="is damaged"):
            read_result(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": 10, "heads": 4}, "cannot be divided"),
        ({"seeds": ()}, "at least one"),
        ({"seeds": (1, 1)}, "each once"),
        ({"dropout": 1.0}, "below 1"),
        ({"softmax": "edge"}, "'node' and 'relation'"),
        ({"max_epochs": 0}, "max_epochs=0"),
    ],
)
def test_constants_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        Config(**{**asdict(Config()), "baselines": Config().baselines, **changes})


def test_a_graph_without_edges_still_trains(tmp_path: Path) -> None:
    graph = drug_graph()
    graph.edge_rows.clear()
    result = train(
        write_snapshot(graph, tmp_path), replace(SMALL, seeds=(3,), max_epochs=1), tmp_path
    )
    assert result.training[0]["epochs"] == 1


def test_the_registry_knows_the_model() -> None:
    module = load_model("kg-gat")
    assert module.Config is Config
    with pytest.raises(BadInputError, match="kg-gat"):
        load_model("kggat")
