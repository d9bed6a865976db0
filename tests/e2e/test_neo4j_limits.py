"""What a user is told by a server with little memory, and with a password that has run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.loaders.sample import sample_file
from kgp.testing.server import connected
from tests.e2e.faulty_servers import MARKER, serving
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

LATE = "late-4c1b-password"


def test_a_server_with_too_little_memory_loses_nothing(run: Run, tmp_path: Path) -> None:
    needs_neo4j()
    folder, environment = tmp_path / "server", {"KGP_NEO4J_PASSWORD": MARKER}
    load = ("load", "gene-info", str(sample_file("Homo_sapiens.gene_info.gz")), "--version", "1")
    with serving(folder, {"dbms.memory.transaction.total.max": "10m"}) as server:
        store = f"neo4j://127.0.0.1:{server.port}"
        done = run(*load, "--store", store, env=environment)
    assert done.code == 4
    assert f"{store} has less memory than this needs" in done.err
    assert "dbms.memory.transaction.total.max" in done.err
    with serving(folder, {}) as server:
        store = f"neo4j://127.0.0.1:{server.port}"
        again = run(*load, "--store", store, env=environment)
        assert again.code == 0, again.err


def test_a_password_that_has_to_be_changed_is_named_so(run: Run, neo4j_url: str) -> None:
    with connected(neo4j_url) as session:
        session.run(
            "CREATE OR REPLACE USER late SET PASSWORD $new CHANGE REQUIRED", new=LATE
        ).consume()
    place = neo4j_url.partition("?")[0].replace("://", "://late@")
    done = run("stats", "--store", place, env={"KGP_NEO4J_PASSWORD": LATE})
    with connected(neo4j_url) as session:
        session.run("DROP USER late").consume()
    assert done.code == 4
    assert "password of user 'late'" in done.err
    assert "has to be changed" in done.err
    assert LATE not in done.err
