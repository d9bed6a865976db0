"""A load that is killed leaves the graph as it was; the same command then finishes it."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks.kill import PHASES, load_trial
from benchmarks.killing import Outcome, Trial, fingerprint

from kgp.errors import ExitCode
from kgp.platform.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

KILLS = 5
ROWS = 30_000
COLUMNS = (
    "relation,display_relation,x_index,x_id,x_type,x_name,x_source,"
    "y_index,y_id,y_type,y_name,y_source"
)


def write_graph(path: Path, rows: int) -> None:
    """Write a graph in PrimeKG's layout: random interactions of 9,000 genes."""
    draw = random.Random(1)
    with path.open("w") as out:
        out.write(COLUMNS + "\n")
        for _ in range(rows):
            x, y = draw.randrange(9000), draw.randrange(9000)
            ends = (f"{n},{n},gene/protein,gene {n},NCBI" for n in (x, y))
            out.write(f"protein_protein,ppi,{','.join(ends)}\n")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("kill")
    write_graph(folder / "kg.csv", ROWS)
    return load_trial(folder, "primekg", folder / "kg.csv")


@pytest.fixture(scope="module")
def outcomes(trial: Trial) -> list[Outcome]:
    return list(trial.kills(KILLS, seed=7))


def test_a_load_that_is_killed_leaves_the_graph_as_it_was_or_whole(outcomes: list[Outcome]) -> None:
    assert [outcome.unharmed for outcome in outcomes] == [True] * KILLS


def test_a_load_that_is_killed_is_finished_by_the_same_command(outcomes: list[Outcome]) -> None:
    assert [outcome.equal for outcome in outcomes] == [True] * KILLS


def test_loads_are_killed_while_reading_and_while_publishing(outcomes: list[Outcome]) -> None:
    assert {outcome.phase for outcome in outcomes} == set(PHASES)


def test_a_load_that_is_killed_again_and_again_is_finished_in_the_end(trial: Trial) -> None:
    store, seconds = trial.copy("again"), sum(trial.windows.values())
    draw = random.Random(3)
    for _ in range(KILLS):
        process, end = trial.start(store), time.monotonic() + draw.uniform(0.5, 1.0) * seconds
        strike(process, store, lambda store, end=end: time.monotonic() >= end, signal.SIGKILL)
        assert fingerprint(store) in (trial.before, trial.whole)
    trial.finish(store)
    assert fingerprint(store) == trial.whole


def strike(
    process: subprocess.Popen[str], store: Path, moment: Callable[[Path], bool], how: int
) -> tuple[int, str]:
    """Send a signal at a moment, unless the process has ended before.

    Returns its exit code and what it said.
    """
    while process.poll() is None and not moment(store):
        time.sleep(0.002)
    process.send_signal(how)
    said = process.communicate()[1]
    return process.returncode, said


@pytest.mark.parametrize(
    "pattern", ["begun.json", "*.parquet", "load.json"], ids=["begun", "reading", "publishing"]
)
def test_ctrl_c_ends_with_130_and_leaves_the_graph_as_it_was(trial: Trial, pattern: str) -> None:
    def moment(store: Path) -> bool:
        return any(Path(f"{store}.staging").glob(f"*/{pattern}"))

    # A load that ends before the signal comes tells nothing: then the next one is struck.
    for attempt in range(5):
        store = trial.copy(f"interrupted-{pattern.partition('.')[2]}-{attempt}")
        code, said = strike(trial.start(store), store, moment, signal.SIGINT)
        if code != ExitCode.DONE:
            break
    assert (code, fingerprint(store)) == (ExitCode.INTERRUPTED, trial.before), said
    trial.finish(store)
    assert fingerprint(store) == trial.whole


def test_the_second_of_two_equal_loads_at_once_is_told_so(trial: Trial) -> None:
    store = trial.copy("twice")
    first = trial.start(store)
    while first.poll() is None and not any(Path(f"{store}.staging").glob("*/begun.json")):
        time.sleep(0.002)
    second = trial.start(store)
    _, said = second.communicate()
    first.communicate()
    assert first.returncode == ExitCode.DONE
    if second.returncode != ExitCode.DONE:
        assert second.returncode == ExitCode.STORE
        assert "process" in said
        assert str(first.pid) in said
    assert fingerprint(store) == trial.whole


def test_a_load_into_a_file_that_another_process_holds_is_told_so_and_continues(
    trial: Trial,
) -> None:
    store = trial.copy("held")
    with EmbeddedStore(str(store), create=False):
        second = trial.start(store)
        _, said = second.communicate()
    assert second.returncode == ExitCode.STORE
    assert f"PID {os.getpid()}" in said
    assert any(Path(f"{store}.staging").glob("*/load.json"))
    assert fingerprint(store) == trial.before
    trial.finish(store)
    assert fingerprint(store) == trial.whole
