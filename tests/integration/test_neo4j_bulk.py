"""Bulk loads into a real Neo4j: equal to online loads, and nothing half-visible after a kill."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from kgp.api import loading
from kgp.api.bulk_loading import BulkFiles, bulk_load
from kgp.api.publishing import Manner
from kgp.api.stores import open_store
from kgp.errors import KgpError, StoreBusyError, StoreError, UsageError
from kgp.loaders.sample import WORLD, sample_folder
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.settings import parse_memory
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j import bulk_server
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.bulk_finish import BulkSession
from kgp.progress import SilentProgress
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import golden
from kgp.testing.loads import source_info
from kgp.testing.server import connected, wipe
from tests.uncovered import uncovered
from tests.unit.platform.store.neo4j.worlds import genes, proteins
from tests.unit.platform.store.neo4j_contents import content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.neo4j_server.home import Home
    from kgp.testing import ListLoader

COMMAND = "kgp load … --bulk"


@pytest.fixture
def url(neo4j_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of an empty server that kgp has started; what kgp remembers of it is in ``tmp_path``."""
    monkeypatch.setenv("KGP_STATE", str(tmp_path / "state"))
    if process.running(neo4j_home) is None:
        process.start(neo4j_home, parse_memory("1g"))
    port = neo4j_home.port()
    assert port is not None
    return wipe(neo4j_home.store(port))


def manner(url: str) -> Manner:
    return Manner(url, SilentProgress())


def in_bulk(url: str, loaders: Sequence[ListLoader]) -> None:
    done = bulk_load(
        [(loader, {"content": loader.digest()}) for loader in loaders], manner(url), COMMAND
    )
    assert not isinstance(done, BulkFiles)


def online(url: str, loaders: Sequence[ListLoader], folder: Path) -> None:
    with open_store(url, create=True) as store:
        for loader in loaders:
            publish(store, loader, folder / "online")


def same(loaded: list[str], wanted: list[str]) -> None:
    """As lists they are equal; what differs is shown first."""
    assert sorted(set(loaded) ^ set(wanted)) == []
    assert loaded == wanted


def fingerprint_of(loaders: Sequence[ListLoader], folder: Path) -> str:
    with EmbeddedStore(":memory:") as store:
        for loader in loaders:
            publish(store, loader, folder / "embedded")
        return store.fingerprint()


def nasty() -> ListLoader:
    """Values and names that break files which are not written carefully."""
    source = SourceBuilder(source_info("own"))
    texts = [
        '"',
        '""',
        "a,b",
        "a\nb",
        "\r\n",
        "\\",
        '\\"',
        "'",
        " x ",
        "",
        "null",
        "NaN",
        "é\u2028😀",
    ]
    for number, text in enumerate(texts):
        given = {"text": text, "items": [text, "b;c|d"], "long name-1.x": text}
        source.node(f"ncbigene:{number}", "Gene", text, **given)
        source.edge(f"ncbigene:{number}", "INTERACTS_WITH", "ncbigene:0", text, note=text)
    odd = {"a:b": 1, 'x",y': "z", "u": "\x1f", "empty": [""], "half": ["", "x", ""], "n": [None]}
    source.node("ncbigene:90", "Gene", "odd", **odd)
    source.edge("ncbigene:90", "INTERACTS_WITH", "ncbigene:1", "odd", **odd)
    source.node("ncbigene:91", "Gene", "mixed", text=1, items=[1.5, 2.0], source="x", lower="y")
    source.node("ncbigene:92", "Gene", "İx", text=2.5, items="one", huge=2**63 - 1, tiny=5e-324)
    source.node("ncbigene:93", "Gene", "yes", text=True, items=[True, False])
    return source.loader()


@pytest.mark.parametrize("loaders", [[*golden(), nasty()], [proteins(), genes()]])
def test_the_graph_is_that_of_duckdb_and_of_an_online_load(
    url: str, tmp_path: Path, loaders: list[ListLoader]
) -> None:
    in_bulk(url, loaders)
    with open_store(url) as store:
        assert store.fingerprint() == fingerprint_of(loaders, tmp_path)
    loaded = content(url)
    wipe(url)
    online(url, loaders, tmp_path)
    same(loaded, content(url))


def test_a_database_that_holds_anything_is_refused(url: str) -> None:
    with connected(url) as session:
        session.run("CREATE (:Someone {name: 'else'})").consume()
    with pytest.raises(StoreError, match="holds 1 nodes; --bulk is for the first load"):
        in_bulk(url, [proteins()])
    with connected(url) as session:
        assert session.run("MATCH (n) RETURN count(n)").single(strict=True).value() == 1


def test_a_second_bulk_load_is_refused_and_an_online_one_works_on_top(
    url: str, tmp_path: Path
) -> None:
    in_bulk(url, [proteins()])
    with pytest.raises(StoreError, match="--bulk is for the first load"):
        in_bulk(url, [genes()])
    with open_store(url) as store:
        assert store.fingerprint() == fingerprint_of([proteins()], tmp_path)
    online(url, [genes()], tmp_path)
    loaded = content(url)
    wipe(url)
    online(url, [proteins(), genes()], tmp_path)
    same(loaded, content(url))


def test_a_file_is_refused() -> None:
    with pytest.raises(UsageError, match="--bulk is for a Neo4j server"):
        bulk_load([(proteins(), {})], manner("duckdb:kgp.duckdb"), COMMAND)


def test_what_is_imported_is_no_graph_until_nothing_is_missing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(home: Home, begun: bulk_server.UnderWay) -> None:
        start(home, begun)
        with connected(url) as session:
            session.run("MATCH (n:Kgp {id: 'uniprot:5'}) REMOVE n:Gene").consume()

    start = bulk_server.bring_up
    monkeypatch.setattr(bulk_server, "bring_up", losing)
    with pytest.raises(StoreError, match="5 nodes Gene instead of 6"):
        in_bulk(url, [proteins()])
    for create in (False, True):
        with pytest.raises(StoreBusyError, match="is half done"):
            open_store(url, create=create)
    with connected(url) as session:
        session.run("MATCH (n:Kgp {id: 'uniprot:5'}) SET n:Gene").consume()
    in_bulk(url, [proteins()])
    with open_store(url) as store:
        assert store.fingerprint() == fingerprint_of([proteins()], tmp_path)


def test_the_sample_in_one_import_is_finished_by_the_same_command_however_often_it_is_killed(
    url: str, neo4j_home: Home, tmp_path: Path
) -> None:
    # Started by a process of its own, as by a user: its parent, which ends, would have to bury it.
    process.stop(neo4j_home)
    start = [sys.executable, "-m", "kgp", "neo4j", "start", "--home", str(neo4j_home.folder)]
    subprocess.run([*start, "--memory", "1g"], check=True, capture_output=True)
    world = sample_folder() / WORLD
    command = [sys.executable, "-m", "kgp", "load", "--world", str(world), "--bulk", "--json"]
    command += ["--store", url, "--progress", "none"]
    killed = 0
    for name in ("stopped", "importing", "imported"):
        run = subprocess.Popen(command, env=uncovered(), stdout=subprocess.DEVNULL)
        if _reached(name, run, neo4j_home):
            run.send_signal(signal.SIGKILL)
            killed += 1
        run.wait()
        with pytest.raises(KgpError):
            open_store(url)
    assert killed == 3
    reports = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    file = f"duckdb:{tmp_path / 'sample.duckdb'}"
    plain = list(loading.load_world(world, store=file))
    assert [each["rows_kept"] for each in reports] == [each.rows_kept for each in plain]
    with open_store(url) as server, open_store(file) as embedded:
        assert server.fingerprint() == embedded.fingerprint()


def _reached(name: str, run: subprocess.Popen[bytes], home: Home) -> bool:
    """Wait until a bulk load is at a point; tell whether it still runs."""
    while run.poll() is None:
        down = process.read_record(home) is None
        there = {
            "stopped": down,
            "importing": down and (home.database / "neostore.nodestore.db").exists(),
            "imported": bulk_server.under_way(home) is not None and not down,
        }
        if there[name] and (name != "imported" or _began_again(home)):
            return True
        time.sleep(0.05)
    return False


def _began_again(home: Home) -> bool:
    port = home.port()
    if port is None:  # being written at this moment
        return False
    try:
        with closing(BulkSession(parse_address(home.store(port)))) as session:
            return session.begun() is not None
    except KgpError:
        return False


def test_abort_leaves_an_empty_server(url: str, neo4j_home: Home, tmp_path: Path) -> None:
    bulk_server.take_down(neo4j_home, "mark")
    shutil.rmtree(neo4j_home.database)
    loading.abort_loads(url)
    with connected(url) as session:
        assert session.run("MATCH (n) RETURN count(n)").single(strict=True).value() == 0
    assert bulk_server.under_way(neo4j_home) is None
    online(url, [proteins()], tmp_path)


def test_of_another_server_the_commands_are_shown_and_the_same_load_finishes(
    url: str, neo4j_home: Home, tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text(neo4j_home.password_file.read_text(encoding="ascii"), encoding="ascii")
    far = f"{url.partition('?')[0]}?password_file={password}"
    todo = [(proteins(), {})]
    shown = bulk_load(todo, manner(far), COMMAND)
    assert isinstance(shown, BulkFiles)
    assert shown.commands[-1] == COMMAND
    assert bulk_load(todo, manner(far), COMMAND) == shown
    _import_by_hand(neo4j_home, shown)
    done = bulk_load(todo, manner(far), COMMAND)
    assert not isinstance(done, BulkFiles)
    with open_store(far) as store:
        assert store.fingerprint() == fingerprint_of([proteins()], tmp_path)


def _import_by_hand(home: Home, shown: BulkFiles) -> None:
    """What a user types, with the program that runs Neo4j's tool here."""
    from pathlib import Path

    folder, tool = shown.elsewhere.split(" && ")
    assert folder == f"cd {shown.folder}"
    process.stop(home)
    java = bulk_server.java_command(bulk_server.install_jars(), *bulk_server.TOOL)
    arguments = tool.split()[1:]
    subprocess.run(
        [*java, *arguments],
        cwd=Path(shown.folder),
        env=bulk_server.java_environment(home),
        check=True,
        capture_output=True,
    )
    process.start(home, parse_memory("1g"))
