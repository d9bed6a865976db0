"""``kgp copy``: from a file to a server and back, and what it refuses."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from kgp.api.stores import open_store
from kgp.loaders.sample import sample_file
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.owners import new_owner
from kgp.platform.store.neo4j.session import Session
from kgp.testing import publish
from kgp.testing.golden import golden
from kgp.testing.server import connected, wipe
from tests.unit.platform.store.test_copying import all_of, with_history

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a file with the golden graph and a history."""
    folder = tmp_path_factory.mktemp("original")
    with EmbeddedStore(str(folder / "graph.duckdb")) as store:
        for loader in golden():
            publish(store, loader, folder / "staging")
        with_history(store, folder)
    return f"duckdb:{folder / 'graph.duckdb'}"


def test_a_graph_goes_to_a_server_and_comes_back_the_same(
    run: Run, original: str, neo4j_url: str, tmp_path: Path
) -> None:
    wipe(neo4j_url)
    there = run("copy", original, neo4j_url, "--json")
    assert there.code == 0, there.err
    assert (there.json["loads"], there.json["versions"], there.json["forks"]) == (7, 3, 2)
    back = run("copy", neo4j_url, "duckdb:back.duckdb")
    assert back.code == 0, back.err
    assert f"Fingerprint {there.json['fingerprint']}, in both stores" in back.out
    with open_store(original) as one, open_store(f"duckdb:{tmp_path / 'back.duckdb'}") as other:
        assert all_of(one) == all_of(other)
    logs = [run("grn", "log", "toy", "--store", s) for s in (original, neo4j_url)]
    assert logs[0].out == logs[1].out
    assert "curator" in logs[0].out


def test_a_file_that_is_there_is_left_alone(run: Run, original: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken.duckdb"
    taken.write_text("precious")
    done = run("copy", original, f"duckdb:{taken}")
    assert done.code == 3
    assert "holds a graph already; nothing was copied" in done.err
    assert taken.read_text() == "precious"


def test_a_server_that_holds_a_graph_is_left_alone(run: Run, original: str, neo4j_url: str) -> None:
    with connected(wipe(neo4j_url)) as session:
        session.run("CREATE (:KgpRecord:KgpStore {key: 'store', format: 2, sequence: 0})")
        session.run("CREATE (:Kgp:Gene {id: 'ncbigene:1'})").consume()
    done = run("copy", original, neo4j_url)
    assert done.code == 3
    assert "holds a graph already; nothing was copied" in done.err
    with connected(neo4j_url) as session:
        assert session.run("MATCH (n) RETURN count(n) AS n").single(strict=True)["n"] == 2
    wipe(neo4j_url)


def test_half_a_copy_is_taken_for_nothing(run: Run, original: str, neo4j_url: str) -> None:
    begun = Session(parse_address(wipe(neo4j_url)), create=True, filling=True)
    assert begun.begin_filling(new_owner())
    begun.close()
    for command in (("stats",), ("load", "trrust", str(sample_file("trrust_hs.tsv.gz")))):
        refused = run(*command, "--store", neo4j_url)
        assert refused.code == 4
        assert "holds the beginning of a copy; it is not whole" in refused.err
    assert run("copy", original, neo4j_url).code == 0
    assert run("stats", "--store", neo4j_url).code == 0


def test_half_a_copy_is_removed_by_abort(run: Run, original: str, neo4j_url: str) -> None:
    begun = Session(parse_address(wipe(neo4j_url)), create=True, filling=True)
    assert begun.begin_filling(f"{socket.gethostname()}:4194999:x")
    begun.close()
    # Beside it goes what a refused load of another test has staged for this server.
    assert "copy" in run("load", "--abort", "--json", "--store", neo4j_url).json["removed"]
    shown = run("stats", "--store", neo4j_url)
    assert shown.code == 0, shown.err


def test_a_store_is_not_copied_into_itself(run: Run, original: str) -> None:
    done = run("copy", original, original)
    assert done.code == 2
    assert "is the store that would be copied" in done.err
