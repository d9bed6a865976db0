"""What refinements write: of two from one head one wins, and a kill leaves no half version."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from benchmarks.killing import Outcome, fingerprint
from benchmarks.refine_kill import PHASES, RefineTrial

from kgp.errors import ExitCode, StoreBusyError
from kgp.loaders.sample import sample_file
from kgp.platform import grn
from kgp.platform.store.embedded.store import EmbeddedStore
from tests.e2e.conftest import KGP, clean_environment, run_kgp

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 5
DATA = ("--responses", "lincs-overexpression", "--max-length", "2")
REFINE = ("refine", "trrust", *DATA, "--write", "--force")
CONFIDENCES = ("0.5", "0.6")
WORLD = f"""
[[load]]
source = "gene-info"
files = ["{sample_file("Homo_sapiens.gene_info.gz")}"]
version = "2015-06"

[[load]]
source = "trrust"
files = ["{sample_file("trrust_hs.tsv.gz")}"]

[[load]]
source = "lincs-overexpression"
files = [
  "{sample_file("dysreg_overexpression.tsv.gz")}",
  "{sample_file("dysreg_overexpression_summary.tsv.gz")}",
]
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return list(RefineTrial(tmp_path_factory.mktemp("kill")).kills(KILLS, seed=7))


def test_a_refinement_that_is_killed_leaves_no_half_written_version(
    outcomes: list[Outcome],
) -> None:
    assert [outcome.unharmed for outcome in outcomes] == [True] * KILLS
    assert {outcome.phase for outcome in outcomes} == set(PHASES)


def test_a_refinement_that_is_killed_is_the_same_version_when_it_runs_again(
    outcomes: list[Outcome],
) -> None:
    assert [outcome.equal for outcome in outcomes] == [True] * KILLS


@dataclass(frozen=True, slots=True)
class Race:
    """Two refinements of one head: how they ended, and where."""

    base: Path
    store: Path
    processes: dict[str, subprocess.CompletedProcess[str]]

    def ended(self, code: int) -> list[str]:
        """The confidences of those that ended so."""
        return [c for c, process in self.processes.items() if process.returncode == code]


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Race:
    """Both have read version 1 before either may write; then they are let go together."""
    folder = tmp_path_factory.mktemp("race")
    base = folder / "base.duckdb"
    (folder / "world.toml").write_text(WORLD)
    done = run_kgp(folder, "load", "--world", "world.toml", "--store", f"duckdb:{base}")
    assert done.code == ExitCode.DONE, done.err
    store = shutil.copy(base, folder / "race.duckdb")
    running = {}
    for confidence in CONFIDENCES:
        process = start(folder, store, confidence)
        hold = held_after_reading(process, store)
        process.send_signal(signal.SIGSTOP)
        hold.close()
        running[confidence] = process
    for process in running.values():
        process.send_signal(signal.SIGCONT)
    ended = {}
    for confidence, process in running.items():
        out, err = process.communicate()
        ended[confidence] = subprocess.CompletedProcess([], process.returncode, out, err)
    return Race(base, store, ended)


def start(folder: Path, store: Path, confidence: str) -> subprocess.Popen[str]:
    """Start a refinement that waits long for the file and measures no coverage.

    A signal may find the lock of the coverage held, which would then never be let go.
    """
    return subprocess.Popen(
        [str(KGP), *REFINE, "--confidence", confidence, "--store", f"duckdb:{store}"],
        cwd=folder,
        env=clean_environment(folder, {"KGP_BUSY_WAIT": "120"}, covered=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def held_after_reading(process: subprocess.Popen[str], store: Path) -> EmbeddedStore:
    """Hold the file as soon as the process has opened it and let it go again."""
    seen = False
    while process.poll() is None:
        try:
            hold = EmbeddedStore(str(store), create=False, busy_wait=0.0)
        except StoreBusyError:
            seen = True
            time.sleep(0.001)
            continue
        if seen:
            return hold
        hold.close()
        time.sleep(0.02)
    raise AssertionError(process.communicate()[1])


def test_of_two_refinements_from_one_head_exactly_one_wins(race: Race) -> None:
    assert len(race.ended(ExitCode.DONE)) == 1
    assert len(race.ended(ExitCode.STORE)) == 1


def test_the_other_refinement_is_told_that_the_head_moved(race: Race) -> None:
    (loser,) = race.ended(ExitCode.STORE)
    said = race.processes[loser].stderr
    assert "is at version 2 now" in said
    assert "computed from version 1" in said
    assert "Nothing was written" in said
    assert "Traceback" not in said


def test_the_winner_is_written_as_if_it_had_been_alone(race: Race, tmp_path: Path) -> None:
    (winner,) = race.ended(ExitCode.DONE)
    alone = shutil.copy(race.base, tmp_path / "alone.duckdb")
    arguments = (*REFINE, "--confidence", winner, "--store", f"duckdb:{alone}")
    assert run_kgp(tmp_path, *arguments).code == ExitCode.DONE
    assert fingerprint(race.store) == fingerprint(alone)


def test_the_version_that_both_read_is_as_it_was(race: Race) -> None:
    with (
        EmbeddedStore(str(race.store), create=False) as after,
        EmbeddedStore(str(race.base), create=False) as before,
    ):
        assert [v.version for v in after.grn_versions("trrust")] == [1, 2]
        ours, theirs = (grn.edges(store, "trrust", 1) for store in (after, before))
    assert {k: (e.sign, e.evidence) for k, e in ours.items()} == {
        k: (e.sign, e.evidence) for k, e in theirs.items()
    }
