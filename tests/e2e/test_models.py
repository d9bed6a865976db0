"""Train, predict and report: one short run, and what must hold of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from tests.e2e.conftest import KGP, Completed, clean_environment, run_kgp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

pytest.importorskip("torch_geometric", reason="needs the extra 'train'")


@dataclass(frozen=True, slots=True)
class Trained:
    """A short run, and the folder in which it was made."""

    folder: Path
    run: Path
    said: dict[str, Any]


@pytest.fixture(scope="session")
def trained(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """KG-GAT after one epoch on one split."""
    folder = tmp_path_factory.mktemp("trained")
    shutil.copy(built / "kgp.duckdb", folder)
    assert run_kgp(folder, "snapshot", "snapshots").code == 0
    short = ("--seeds", "1", "--epochs", "1", "--out", "runs", "--json")
    done = run_kgp(folder, "train", "kg-gat", "--snapshot", "snapshots", *short)
    assert done.code == 0, done.err
    return Trained(folder, folder / done.json["folder"], done.json)


def test_training_puts_the_baselines_into_the_same_table(trained: Trained) -> None:
    models = [row["name"] for row in trained.said["table"]["rows"]]
    assert models[0] == "mean response"
    assert models[-1] == "KG-GAT"
    assert {"ridge on fingerprints", "kNN Tanimoto"} <= set(models)


def test_training_again_finds_the_run(trained: Trained) -> None:
    short = ("--seeds", "1", "--epochs", "1", "--out", "runs")
    again = run_kgp(trained.folder, "train", "kg-gat", "--snapshot", "snapshots", *short)
    assert "there already; nothing was trained" in again.out


def test_training_refuses_a_snapshot_of_another_graph(
    run: Run, trained: Trained, own_store: str
) -> None:
    run("grn", "rollback", "trrust-planted", "1", "--store", own_store)
    snapshots = trained.folder / "snapshots"
    done = run("train", "kg-gat", "--snapshot", snapshots, "--store", own_store)
    assert done.code == 3
    assert "Traceback" not in done.err
    assert str(snapshots) in done.err


def test_predict_gives_every_measured_gene(trained: Trained, tmp_path: Path) -> None:
    file = tmp_path / "genes.csv"
    done = run_kgp(trained.folder, "predict", trained.run, "Tamoxifen", "--out", file)
    assert done.code == 0, done.err
    assert "Tamoxifen" in done.out
    assert pl.read_csv(file).width >= 978


def test_predict_does_not_guess_an_unknown_drug(trained: Trained) -> None:
    done = run_kgp(trained.folder, "predict", trained.run, "Tamoxifin")
    assert done.code == 3
    assert "'Tamoxifin'" in done.err


def test_report_is_one_page_with_the_same_figures_as_json(trained: Trained) -> None:
    done = run_kgp(trained.folder, "report", "page.html", "--runs", "runs", "--drug", "Tamoxifen")
    assert done.code == 0, done.err
    page = (trained.folder / "page.html").read_text()
    assert page.count("<html") == 1
    assert "<script src" not in page
    assert "kNN Tanimoto" in page
    assert json.loads((trained.folder / "page.json").read_text())


def torchrun(folder: Path, *arguments: str) -> Completed:
    """Start two processes of the command line, as a user with two GPUs does."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*launcher, "--no-python", str(KGP), *arguments],
        cwd=folder,
        env=clean_environment(folder, {"OMP_NUM_THREADS": "1"}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Completed(done.returncode, done.stdout, done.stderr)


def test_two_processes_train_one_run(trained: Trained) -> None:
    short = ("--seeds", "1", "--epochs", "1", "--out", "both", "--json")
    done = torchrun(trained.folder, "train", "kg-gat", "--snapshot", "snapshots", *short)
    assert done.code == 0, done.err
    one, both = (said["table"]["rows"] for said in (trained.said, done.json))
    assert [row["name"] for row in both] == [row["name"] for row in one]
    assert both[0] == one[0]
    again = run_kgp(trained.folder, "train", "kg-gat", "--snapshot", "snapshots", *short)
    assert again.json["repeated"]


def test_two_processes_need_a_snapshot_that_is_there(trained: Trained) -> None:
    done = torchrun(trained.folder, "train", "kg-gat")
    assert done.code != 0
    assert "2 processes cannot export one snapshot" in done.err
