"""A load that is killed leaves the graph as it was; the same command then finishes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgp.errors import ExitCode
from kgp.platform.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable

KGP = Path(sys.executable).with_name("kgp")
KILLS = 8
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


class World:
    """One source file and the stores that it is loaded into."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "kg.csv"
        self.environment = {**os.environ, "KGP_LOGS": str(folder / "logs")}

    def start(self, store: Path) -> subprocess.Popen[str]:
        command = [str(KGP), "load", "primekg", str(self.file), "--store", f"duckdb:{store}"]
        return subprocess.Popen(
            [*command, "--progress", "none"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def load(self, store: Path) -> None:
        """Load to the end."""
        process = self.start(store)
        _, said = process.communicate()
        assert process.returncode == ExitCode.DONE, said


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("kill"))
    write_graph(made.file, ROWS)
    return made


@pytest.fixture(scope="module")
def uninterrupted(world: World) -> tuple[str, float]:
    """The fingerprint of a load that nothing disturbed, and the seconds that it took."""
    store, start = world.folder / "whole.duckdb", time.perf_counter()
    world.load(store)
    seconds = time.perf_counter() - start
    with EmbeddedStore(str(store), create=False) as graph:
        return graph.fingerprint(), seconds


def nodes(store: Path) -> int:
    """Nodes of the graph; 0 where there is no store yet."""
    if not store.exists():
        return 0
    with EmbeddedStore(str(store), create=False) as graph:
        return sum(graph.counts().nodes.values())


def after(seconds: float) -> Callable[[Path], bool]:
    """A moment: so long after the start."""
    end = time.monotonic() + seconds
    return lambda store: time.monotonic() >= end


def strike(
    process: subprocess.Popen[str], store: Path, moment: Callable[[Path], bool], how: int
) -> int:
    """Send a signal at a moment, unless the process has ended before; return its exit code."""
    while process.poll() is None and not moment(store):
        time.sleep(0.002)
    process.send_signal(how)
    process.communicate()
    return process.returncode


def test_a_load_that_is_killed_is_finished_by_the_same_command(
    world: World, uninterrupted: tuple[str, float]
) -> None:
    fingerprint, seconds = uninterrupted
    draw, store, killed = random.Random(7), world.folder / "killed.duckdb", 0
    whole = nodes(world.folder / "whole.duckdb")
    for _ in range(KILLS):
        moment = after(seconds * draw.uniform(0.3, 1.0))
        killed += strike(world.start(store), store, moment, signal.SIGKILL) == -signal.SIGKILL
        assert nodes(store) in (0, whole)
    world.load(store)
    assert killed > 0
    with EmbeddedStore(str(store), create=False) as graph:
        assert graph.fingerprint() == fingerprint
        assert len(graph.sources()) == 1
    assert not list(Path(f"{store}.staging").glob("*"))


@pytest.mark.parametrize(
    "moment",
    [
        lambda store: any(Path(f"{store}.staging").glob("*/*.parquet")),
        lambda store: any(Path(f"{store}.staging").glob("*/load.json")),
        lambda store: store.exists(),
    ],
    ids=["staging", "staged", "publishing"],
)
def test_ctrl_c_ends_with_130_and_leaves_the_graph_as_it_was(
    world: World, tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    store = tmp_path / "graph.duckdb"
    code = strike(world.start(store), store, moment, signal.SIGINT)
    assert (code, nodes(store)) == (ExitCode.INTERRUPTED, 0)
