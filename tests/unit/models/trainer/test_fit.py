"""The loop: exact resumption, early stopping, refusal of another run's state."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
import torch

from kgp.errors import BadInputError, StoreError
from kgp.models.trainer import Fit, FitConfig, StateFile, fit
from kgp.progress import SilentProgress
from tests.unit.models.trainer.line import FACTS, LineTask

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = FitConfig(
    seed=7, learning_rate=0.05, batch_size=8, max_epochs=12, patience=12, device="cpu"
)


def run(task: LineTask, file: Path, config: FitConfig = CONFIG, facts: Any = FACTS) -> Fit[Any]:
    with SilentProgress().step("fit") as step:
        return fit(task, config, StateFile(file, facts), step)


def same(first: Fit[Any], second: Fit[Any]) -> bool:
    pairs = zip(first.module.parameters(), second.module.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_a_line_is_found(tmp_path: Path) -> None:
    done = run(LineTask(dropout=0), tmp_path / "state.pt", replace(CONFIG, max_epochs=60))
    assert done.state.best_score > -0.01
    assert done.state.history[-1][0] < 0.05
    assert done.rows == done.state.epoch * 40


def test_a_weight_that_no_row_reaches_only_decays(tmp_path: Path) -> None:
    kept = run(LineTask(), tmp_path / "a.pt")
    assert kept.module.unused.tolist() == [1, 1]
    decayed = run(LineTask(), tmp_path / "b.pt", replace(CONFIG, weight_decay=0.5))
    assert (decayed.module.unused < 1).all()


@pytest.mark.parametrize("batches", [1, 4, 5, 17, 33])
def test_an_interrupted_run_ends_with_the_same_weights(tmp_path: Path, batches: int) -> None:
    often = replace(CONFIG, save_batches=1)
    whole = run(LineTask(), tmp_path / "whole.pt", often)
    broken = LineTask(stop_at=batches)
    with pytest.raises(KeyboardInterrupt):
        run(broken, tmp_path / "broken.pt", often)
    rest = LineTask()
    continued = run(rest, tmp_path / "broken.pt", often)
    assert same(whole, continued)
    assert continued.state.history == whole.state.history
    assert continued.rows < whole.rows or batches == 1


def test_epochs_between_states_do_not_change_the_result(tmp_path: Path) -> None:
    rare = run(LineTask(), tmp_path / "rare.pt", replace(CONFIG, save_every=5))
    assert same(rare, run(LineTask(), tmp_path / "often.pt"))


def test_threads_of_the_loader_do_not_change_the_result(tmp_path: Path) -> None:
    several = run(LineTask(), tmp_path / "several.pt", replace(CONFIG, loaders=3))
    assert same(several, run(LineTask(), tmp_path / "one.pt"))


def test_every_epoch_sees_each_row_once_in_an_order_of_its_own(tmp_path: Path) -> None:
    task = LineTask(count=20)
    run(task, tmp_path / "state.pt", replace(CONFIG, max_epochs=2))
    first, second = (list(chain(*batches)) for batches in (task.made[:3], task.made[3:]))
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second


def test_training_stops_when_nothing_gets_better(tmp_path: Path) -> None:
    config = replace(CONFIG, learning_rate=0.0, patience=3)
    done = run(LineTask(), tmp_path / "state.pt", config)
    assert (done.state.best_epoch, done.state.epoch) == (0, 3)


def test_the_best_epoch_is_kept_with_its_notes(tmp_path: Path) -> None:
    done = run(LineTask(), tmp_path / "state.pt", replace(CONFIG, learning_rate=0.8))
    scores = [score for _, score in done.state.history]
    assert done.state.best_score == max(scores)
    assert done.state.best_epoch == scores.index(max(scores)) + 1
    assert done.state.best_notes["bias"] == done.state.best_weights["linear.bias"].item()


def test_a_finished_run_trains_no_further(tmp_path: Path) -> None:
    done = run(LineTask(), tmp_path / "state.pt")
    again = run(LineTask(), tmp_path / "state.pt")
    assert (again.rows, again.state.history) == (0, done.state.history)


def test_half_precision_finds_the_line_too(tmp_path: Path) -> None:
    config = replace(CONFIG, precision="bfloat16", max_epochs=60)
    done = run(LineTask(dropout=0), tmp_path / "state.pt", config)
    assert done.state.best_score > -0.05
    assert done.module.linear.weight.dtype == torch.float32


def test_a_state_of_another_run_is_refused_with_both_lists(tmp_path: Path) -> None:
    run(LineTask(), tmp_path / "state.pt")
    other = replace(FACTS, config={"width": 4}, layout={"inputs": ["a", "c", "b"]})
    with pytest.raises(BadInputError) as caught:
        run(LineTask(), tmp_path / "state.pt", facts=other)
    assert caught.value.hint.splitlines() == [
        "its constants: width=3",
        "this one's constants: width=4",
        "its inputs: a, b, c",
        "this one's inputs: a, c, b",
    ]
    assert caught.value.command == f"rm {tmp_path / 'state.pt'}"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a state", b"\x80\x04."])
def test_a_damaged_state_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.pt").write_bytes(content)
    with pytest.raises(BadInputError, match="is damaged"):
        run(LineTask(), tmp_path / "state.pt")


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    run(LineTask(), tmp_path / "state.pt")
    content = torch.load(tmp_path / "state.pt", weights_only=True)
    torch.save(content | {"format": 99}, tmp_path / "state.pt")
    with pytest.raises(StoreError, match="has format 99; this kgp reads 1"):
        run(LineTask(), tmp_path / "state.pt")


class _Large(LineTask):
    """A task whose larger batches exhaust the memory, by really asking for it."""

    def make(self, rows: Any, epoch: int) -> Any:
        if len(rows) > 5:
            torch.empty(2**55, dtype=torch.uint8)
        return super().make(rows, epoch)


def test_an_exhausted_memory_says_how_many_rows_fit(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="A batch of 16 rows") as caught:
        run(_Large(), tmp_path / "state.pt", replace(CONFIG, batch_size=16))
    assert caught.value.hint.startswith("A batch of 4 fits")


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="tpu"):
        run(LineTask(), tmp_path / "state.pt", replace(CONFIG, device="tpu"))


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"patience": 0}, {"loaders": 0}, {"precision": "float8"}]
)
def test_a_wrong_constant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInputError):
        FitConfig(**wrong)


class _Broken(LineTask):
    """A task with an input that is not finite."""

    def make(self, rows: Any, epoch: int) -> Any:
        values, truth = super().make(rows, epoch)
        return values + (float("nan") if epoch == 3 else 0), truth


def test_a_loss_that_is_not_finite_ends_training(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="The loss in epoch 3 is nan"):
        run(_Broken(), tmp_path / "state.pt")
    content = torch.load(tmp_path / "state.pt", weights_only=True)
    assert content["state"]["epoch"] == 2
    assert all(value.isfinite().all() for value in content["weights"].values())
