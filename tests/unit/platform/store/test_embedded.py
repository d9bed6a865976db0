"""The embedded store's file: formats, locks, processes, full disks and damage."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from kgp.errors import (
    BadInputError,
    ExitCode,
    StoreBusyError,
    StoreError,
    StoreUnavailableError,
)
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import publish, stage_list
from kgp.testing.golden import EDGES, NODES, gene_table, golden
from tests.uncovered import uncovered
from tests.unit.platform.store.rows import tuples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RACE = """
import sys
from kgp.errors import KgpError
from kgp.platform.grn import new_version
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import EdgeChange

path, seed = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
change = EdgeChange(
    "ncbigene:7157", "ncbigene:596", "transcriptional", 1, "activation", 0.5, {"seed": seed}
)
try:
    with EmbeddedStore(path, create=False, busy_wait=float(20)) as store:
        store.commit_version(new_version("toy", 1, "refine", {"seed": seed}, "", {}), [change])
    print("won")
except KgpError as error:
    print(type(error).__name__)
"""

FULL = """
import hashlib, resource, signal, sys
from pathlib import Path
from kgp.errors import KgpError
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import SourceBuilder, stage_list
from kgp.testing.loads import source_info

path, folder = sys.argv[1:]
source = SourceBuilder(source_info("primekg"))
for number in range(20_000):
    source.node(f"ncbigene:{number}", "Gene", hashlib.sha256(b"%d" % number).hexdigest())
staged = stage_list(source.loader(), Path(folder))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    with EmbeddedStore(path, create=False) as store:
        store.publish(staged)
    print("no error")
except KgpError as error:
    print(type(error).__name__, int(error.exit_code), error.message)
"""


@pytest.fixture
def path(tmp_path: Path, golden_file: Path) -> str:
    """A store of its own with the golden graph."""
    return shutil.copy(golden_file, tmp_path / "graph.duckdb")


@pytest.fixture
def holder(path: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the file until a line comes on its standard input."""
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(); sys.stdin.readline()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code, path], env=uncovered(), **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_the_graph_outlives_the_process(path: str) -> None:
    for _ in range(2):
        with EmbeddedStore(path, create=False) as store:
            assert tuples(store.scan_nodes()) == NODES


def test_the_fingerprint_is_kept_until_the_next_write(path: str, tmp_path: Path) -> None:
    with EmbeddedStore(path) as store:
        first = store.fingerprint()
        assert store.get_meta("fingerprint") == first == store.fingerprint()
        store.purge(store.sources()[0].load_id)
        assert store.get_meta("fingerprint") is None
        assert store.fingerprint() != first
        publish(store, gene_table(), tmp_path)
        assert store.fingerprint() == first


def test_without_create_a_missing_store_is_an_error_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store at") as raised:
        EmbeddedStore(str(tmp_path / "none.duckdb"), create=False)
    assert "kgp load" in raised.value.command
    assert list(tmp_path.iterdir()) == []


def test_creating_leaves_the_store_alone_in_its_folder(tmp_path: Path) -> None:
    EmbeddedStore(str(tmp_path / "new.duckdb")).close()
    assert [item.name for item in tmp_path.iterdir()] == ["new.duckdb"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        EmbeddedStore(str(tmp_path / "nowhere" / "new.duckdb"))


def test_a_store_made_meanwhile_by_another_process_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, target = os.link, tmp_path / "graph.duckdb"

    def slower(source: object, path: object) -> None:
        with EmbeddedStore(str(tmp_path / "other.duckdb")) as store:
            publish(store, gene_table(), tmp_path / "staging")
        link(tmp_path / "other.duckdb", target)
        link(source, path)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("kgp.platform.store.embedded.connection.os.link", _once(slower, link))
        with EmbeddedStore(str(target)) as store:
            assert store.counts().nodes == {"Gene": 4}


def test_a_file_system_without_hard_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(source: object, path: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("kgp.platform.store.embedded.connection.os.link", unsupported)
    with EmbeddedStore(str(tmp_path / "new.duckdb")) as store:
        publish(store, gene_table(), tmp_path / "staging")
    with EmbeddedStore(str(tmp_path / "new.duckdb"), create=False) as store:
        assert store.counts().nodes == {"Gene": 4}


def _once(first: Callable[..., None], then: Callable[..., None]) -> Callable[..., None]:
    calls = iter([first])
    return lambda *arguments: next(calls, then)(*arguments)


@pytest.mark.parametrize(("format_", "exact"), [("3", "format 3"), ("99", "format 99")])
def test_a_newer_format_is_refused_and_not_touched(path: str, format_: str, exact: str) -> None:
    with duckdb.connect(path) as con:
        con.execute("UPDATE meta SET value = ? WHERE key = 'format'", [format_])
    before = Path(path).read_bytes()
    with pytest.raises(StoreError, match=exact) as raised:
        EmbeddedStore(path)
    assert raised.value.exit_code == ExitCode.STORE
    assert "upgrade" in raised.value.command
    assert Path(path).read_bytes() == before


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE mine (a INTEGER)", "CREATE TABLE meta (key VARCHAR, value VARCHAR)", ""]
)
def test_a_database_of_others_is_refused_and_not_touched(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "mine.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(sql or "SELECT 1")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a kgp store"):
        EmbeddedStore(str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"id,name\n1,a\n", os.urandom(50_000)])
def test_a_file_of_something_else_is_refused_and_not_touched(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "garbage.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="Cannot open"):
        EmbeddedStore(str(path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
def test_a_truncated_store_is_an_error(path: str, share: float) -> None:
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(StoreError, match="Cannot open"):
        read_all(path)


def read_all(path: str) -> list[tuple[object, ...]]:
    with EmbeddedStore(path, create=False) as store:
        return tuples(store.scan_nodes()) + tuples(store.scan_edges())


def test_damage_is_reported_or_harmless_never_a_wrong_answer(path: str) -> None:
    whole = Path(path).read_bytes()
    for place in range(4096, len(whole), len(whole) // 23):
        Path(path).write_bytes(whole[:place] + bytes(64) + whole[place + 64 :])
        with suppress(StoreError, StoreUnavailableError):
            assert read_all(path) == [*NODES, *EDGES]


def test_a_file_that_another_process_holds_is_busy_and_names_it(
    path: str, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(StoreBusyError, match=rf"PID {holder.pid}\)") as raised:
        EmbeddedStore(path, busy_wait=0.2)
    assert raised.value.exit_code == ExitCode.STORE


def test_a_file_that_is_released_in_time_is_opened(
    path: str, holder: subprocess.Popen[str]
) -> None:
    threading.Timer(0.3, holder.kill).start()
    with EmbeddedStore(path, busy_wait=30) as store:
        assert tuples(store.scan_nodes()) == NODES


def test_of_two_processes_at_one_head_one_wins_and_the_other_is_refused(path: str) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [
        subprocess.Popen([sys.executable, "-c", RACE, path, seed], **pipes) for seed in ("1", "2")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    ends = []
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        ends.append(racer.communicate()[0].strip())
    assert sorted(ends) == ["HeadMovedError", "won"]
    with EmbeddedStore(path) as store:
        versions = store.grn_versions("toy")
        assert [v.version for v in versions] == [1, 2]
        assert versions[1].parameters == {"seed": str(ends.index("won") + 1)}


def test_a_forked_process_is_refused_and_the_parent_goes_on(path: str) -> None:
    with EmbeddedStore(path) as store:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, _refusals(store).encode())
            os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as answer:
            assert answer.read() == "counts nodes table vectors closed"
        assert tuples(store.scan_nodes()) == NODES


def _refusals(store: EmbeddedStore) -> str:
    """What a forked process is refused with the error that says so."""
    tries: dict[str, Callable[[], object]] = {
        "counts": store.counts,
        "nodes": lambda: list(store.scan_nodes()),
        "table": lambda: store.table("SELECT 1"),
        "vectors": lambda: list(store.scan_vectors("none")),
    }
    refused = []
    for name, read in tries.items():
        try:
            read()
        except StoreError as error:
            refused += [name] if "forked" in error.message else []
    store.close()
    return " ".join([*refused, "closed"])


def test_a_store_cannot_be_pickled() -> None:
    with EmbeddedStore(":memory:") as store, pytest.raises(TypeError, match="pickle"):
        pickle.dumps(store)


def test_closing_twice_is_safe() -> None:
    store = EmbeddedStore(":memory:")
    store.close()
    store.close()


def test_a_failed_publish_leaves_the_graph_as_it_was(path: str, tmp_path: Path) -> None:
    with EmbeddedStore(path) as store:
        before = store.fingerprint()
        store.purge(next(s.load_id for s in store.sources() if s.source == "primekg"))
        without = store.fingerprint()
        staged = stage_list(golden()[2], tmp_path)
        part = next(staged.folder.glob("*.edges.parquet"))
        part.write_bytes(part.read_bytes()[:-20])
        with pytest.raises(duckdb.Error):
            store.publish(staged)
        assert store.fingerprint() == without
        publish(store, golden()[2], tmp_path / "again")
        assert store.fingerprint() == before


def test_a_full_disk_leaves_the_graph_as_it_was(path: str, tmp_path: Path) -> None:
    with EmbeddedStore(path) as store:
        before = store.fingerprint()
    command = [sys.executable, "-c", FULL, path, str(tmp_path / "staging")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("StoreUnavailableError 4 The disk of"), ended.stdout
    with EmbeddedStore(path) as store:
        assert tuples(store.scan_nodes()) == NODES
        assert store.fingerprint() == before


def test_two_store_objects_in_one_process_share_the_file(path: str) -> None:
    with EmbeddedStore(path) as one, EmbeddedStore(path) as two:
        one.purge(next(s.load_id for s in one.sources() if s.source == "lincs"))
        assert two.counts() == one.counts()
        with one.transaction():
            one.execute("UPDATE grn SET head = 5")
            with pytest.raises(StoreBusyError, match="another connection"), two.transaction():
                two.execute("UPDATE grn SET head = 6")


def test_too_little_memory_is_said_and_changes_nothing(path: str) -> None:
    with EmbeddedStore(path) as store:
        store.execute("SET memory_limit = '20MB'")
        with pytest.raises(StoreUnavailableError, match="memory"), store.transaction():
            store.execute("SELECT string_agg(md5(range::VARCHAR), '') FROM range(1000000)")
        store.execute("SET memory_limit = '1GB'")
        assert tuples(store.scan_nodes()) == NODES


def test_a_defect_of_ours_is_no_error_of_the_store(path: str) -> None:
    with EmbeddedStore(path) as store, pytest.raises(duckdb.BinderException):
        store.rows("SELECT nothing FROM node")


def test_ctrl_c_stops_the_query_and_rolls_back(path: str) -> None:
    code = """
import os, signal, sys, threading
from kgp.platform.store.embedded.store import EmbeddedStore
with EmbeddedStore(sys.argv[1]) as store:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        with store.transaction():
            store.execute("DELETE FROM load")
            store.execute("CREATE TABLE x AS SELECT sum(a.range * b.range % 7)"
                          " FROM range(1000000) a, range(10000000) b")
    except KeyboardInterrupt:
        print("interrupted", len(store.sources()))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "interrupted 6\n"


def test_an_unknown_vector_set_is_bad_input_and_not_the_store(path: str) -> None:
    with EmbeddedStore(path) as store, pytest.raises(BadInputError) as raised:
        list(store.scan_vectors("none"))
    assert raised.value.exit_code == ExitCode.BAD_INPUT
