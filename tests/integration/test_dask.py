"""A load on a real Dask cluster: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from kgp.errors import BadInputError, ExitCode, StoreUnavailableError
from kgp.kg_schema.tally import Tally
from kgp.loaders.sample import sample_file
from kgp.platform import spread
from kgp.platform.staging import Staged, stage, stagings
from kgp.platform.staging_blocks import Work
from kgp.platform.staging_folder import Begun, begin
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.progress import SilentProgress
from tests.e2e.conftest import run_kgp
from tests.integration.slow_genes import SlowGenes, write_genes
from tests.uncovered import uncovered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

distributed = pytest.importorskip("distributed", reason="the extra kgp[dask] is not installed")

HERE = Path(__file__).parents[2]
BLOCKS = 16


class Cluster:
    """A scheduler and its workers.

    Args:
        folder: for their files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        said = folder / "scheduler.json"
        command = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler = self._start(*command, "--scheduler-file", str(said))
        wait_until(lambda: said.exists() and bool(said.read_bytes()))
        self.address = str(orjson.loads(said.read_bytes())["address"])

    def add_worker(self) -> None:
        """Start a worker with one thread, and nothing that would start it again."""
        command = ["worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        self.workers.append(self._start(*command, "--local-directory", str(self.folder)))

    def stop(self) -> None:
        """End all of them."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "dask.log").open("ab")
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=self.folder,
            env={**uncovered(), "PYTHONPATH": str(HERE)},
            stdout=log,
            stderr=log,
        )


def wait_until(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that has to happen."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def dask(scheduler: Cluster) -> Cluster:
    """The cluster with two workers that live."""
    scheduler.workers = [each for each in scheduler.workers if each.poll() is None]
    while len(scheduler.workers) < 2:
        scheduler.add_worker()
    with distributed.Client(scheduler.address, set_as_default=False) as client:
        client.wait_for_workers(2)
        wait_until(lambda: len(client.nthreads()) == 2)
    return scheduler


@pytest.fixture
def genes(tmp_path: Path) -> SlowGenes:
    return SlowGenes(write_genes(tmp_path / "genes.txt", BLOCKS), seconds=0.05)


def run(loader: SlowGenes, root: Path, dask: str | None = None) -> Staged:
    return stage(loader, root, {}, SilentProgress(), dask=dask)


def fingerprint(staged: Staged) -> str:
    with EmbeddedStore(":memory:") as store:
        store.publish(staged)
        return store.fingerprint()


@contextmanager
def meanwhile(root: Path, marks: int, act: Callable[[], None]) -> Iterator[None]:
    """Do something as soon as so many blocks are done."""

    def watch() -> None:
        wait_until(lambda: len(list(root.glob("*/*.done"))) >= marks)
        act()

    watching = threading.Thread(target=watch)
    watching.start()
    yield
    watching.join()


def test_a_cluster_gives_the_parts_of_a_plain_run(
    dask: Cluster, genes: SlowGenes, tmp_path: Path
) -> None:
    plain, spread_out = run(genes, tmp_path / "a"), run(genes, tmp_path / "b", dask.address)
    assert fingerprint(spread_out) == fingerprint(plain)
    assert spread_out.tally == plain.tally
    parts = [
        {path.name: path.read_bytes() for path in staged.folder.glob("*.parquet")}
        for staged in (plain, spread_out)
    ]
    assert parts[0] == parts[1]
    assert len(parts[0]) == 2 * BLOCKS


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    dask: Cluster, genes: SlowGenes, tmp_path: Path
) -> None:
    root = tmp_path / "spread"
    with meanwhile(root, 4, dask.workers[0].kill):
        staged = run(genes, root, dask.address)
    assert dask.workers[0].wait() < 0
    assert dask.workers[1].poll() is None
    plain = run(genes, tmp_path / "plain")
    assert (fingerprint(staged), staged.tally) == (fingerprint(plain), plain.tally)


def test_a_cluster_that_loses_all_workers_is_left_and_a_plain_run_continues(
    dask: Cluster, genes: SlowGenes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill() -> None:
        for worker in dask.workers:
            worker.kill()

    monkeypatch.setattr(spread, "PATIENCE", 5.0)
    root = tmp_path / "spread"
    with (
        meanwhile(root, 4, kill),
        pytest.raises(StoreUnavailableError, match=dask.address) as raised,
    ):
        run(genes, root, dask.address)
    assert raised.value.exit_code == ExitCode.STORE
    (folder,) = stagings(root)
    kept = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.done")}
    assert len(kept) >= 4
    staged = run(genes, root)
    assert {name: (folder / name).stat().st_mtime_ns for name in kept} == kept
    assert fingerprint(staged) == fingerprint(run(genes, tmp_path / "plain"))


def test_what_a_worker_had_done_before_it_died_is_not_lost(
    dask: Cluster, genes: SlowGenes, tmp_path: Path
) -> None:
    work = Work(tmp_path / "spread", genes.parse)
    work.folder.mkdir()
    begin(work.folder, Begun("primekg", spread.program(), {}))
    with spread.cluster(dask.address, patience=2.0) as workers:
        blocks = enumerate(genes.blocks(Tally()))
        tasks = [workers.submit(work, number, block) for number, block in blocks]
        wait_until(lambda: len(list(work.folder.glob("*.done"))) == BLOCKS)
        for worker in dask.workers:
            worker.kill()
            worker.wait()
        assert [task.result() for task in tasks] == [work.done(n) for n in range(BLOCKS)]


def test_a_broken_block_is_the_same_error_as_in_a_plain_run(dask: Cluster, tmp_path: Path) -> None:
    loader = SlowGenes(write_genes(tmp_path / "genes.txt", 3))
    with loader.path.open("a") as file:
        file.write("\nbroken")
    with pytest.raises(BadInputError, match=r"genes\.txt is broken") as raised:
        run(loader, tmp_path / "spread", dask.address)
    assert raised.value.hint == "Expected are numbers."
    assert list(stagings(tmp_path / "spread")) == []


def test_the_command_line_spreads_a_load_over_the_cores(tmp_path: Path) -> None:
    stores = {"plain": (), "dask": ("--dask", "local")}
    found = set()
    for name, arguments in stores.items():
        store = f"duckdb:{tmp_path / name}.duckdb"
        done = run_kgp(
            tmp_path, "load", "primekg", sample_file("kg.csv.gz"), "--store", store, *arguments
        )
        assert (done.code, "Traceback" in done.err) == (0, False), done.err
        with EmbeddedStore(store.partition(":")[2], create=False) as graph:
            found.add(graph.fingerprint())
    assert len(found) == 1


def test_the_command_line_says_what_an_address_is(tmp_path: Path) -> None:
    done = run_kgp(tmp_path, "load", "primekg", sample_file("kg.csv.gz"), "--dask", "nonsense")
    assert done.code == ExitCode.USAGE
    assert "tcp://HOST:PORT" in done.err
