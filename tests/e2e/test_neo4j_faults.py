"""What a user is told when something is wrong with a Neo4j server; never the password."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from kgp.errors import KgpError, StoreUnavailableError
from kgp.loaders.sample import sample_file
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.founding import missing_schema
from kgp.platform.store.neo4j.session import Session
from kgp.testing.server import connected, wipe
from tests.e2e.faulty_servers import MARKER, Server, free_port, self_signed, serving
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.address import Address
    from tests.e2e.conftest import Completed, Run

WRONG = f"{MARKER}-wrong"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes TLS alone, under a certificate of its own, and has pages for browsers."""
    needs_neo4j()
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("guarded")
    pages = free_port()
    settings = {
        **self_signed(folder / "certificates"),
        "server.http.enabled": "true",
        "server.http.listen_address": f"127.0.0.1:{pages}",
        "dbms.security.auth_lock_time": "2s",
    }
    with serving(folder / "server", settings) as server:
        (folder / "server" / "pages").write_text(str(pages))
        yield server


def told(run: Run, tmp_path: Path, *arguments: str, password: str = MARKER) -> Completed:
    """Run a command that fails; the password is nowhere, although everything is shown."""
    done = run(*arguments, "--debug", env={"KGP_NEO4J_PASSWORD": password})
    log = (tmp_path / "logs" / "kgp.log").read_text()
    assert done.code == 4, done.err
    assert done.err.count("\nkgp: ") == 1
    assert "Traceback" in done.err
    assert "Traceback" in log
    for text in (done.out, done.err, log):
        assert password not in text
    return done


def test_wrong_port(run: Run, tmp_path: Path) -> None:
    done = told(run, tmp_path, "stats", "--store", f"neo4j://127.0.0.1:{free_port()}")
    assert "Nothing listens at neo4j://127.0.0.1" in done.err
    assert "Try: kgp neo4j status, or kgp neo4j start" in done.err


def test_unknown_machine(run: Run, tmp_path: Path) -> None:
    done = told(run, tmp_path, "stats", "--store", "neo4j://no-such-machine.invalid")
    assert "no machine of the name in neo4j://no-such-machine.invalid:7687" in done.err


def test_pages_for_browsers_instead_of_bolt(run: Run, tmp_path: Path, guarded: Server) -> None:
    pages = (guarded.home.folder / "pages").read_text()
    done = told(run, tmp_path, "stats", "--store", f"neo4j://127.0.0.1:{pages}")
    assert "is no Neo4j server, or one too old" in done.err
    assert "not that of its pages for browsers, 7474" in done.err


def test_plain_url_for_a_server_that_asks_for_tls(
    run: Run, tmp_path: Path, guarded: Server
) -> None:
    done = told(run, tmp_path, "stats", "--store", f"neo4j://127.0.0.1:{guarded.port}")
    assert "it takes TLS alone at this port" in done.err
    assert "neo4j+ssc://" in done.err


def test_certificate_that_nobody_trusts(run: Run, tmp_path: Path, guarded: Server) -> None:
    done = told(run, tmp_path, "stats", "--store", f"neo4j+s://127.0.0.1:{guarded.port}")
    assert "shows a certificate that this machine does not trust" in done.err
    assert "+ssc instead of +s" in done.err


def test_tls_for_a_server_without_it(run: Run, tmp_path: Path, neo4j_url: str) -> None:
    port = parse_address(neo4j_url).port
    done = told(run, tmp_path, "stats", "--store", f"bolt+s://127.0.0.1:{port}")
    assert "asks for TLS, and the server does not speak it" in done.err


def test_wrong_database(run: Run, tmp_path: Path, guarded: Server) -> None:
    store = f"neo4j+ssc://127.0.0.1:{guarded.port}/genes"
    done = told(run, tmp_path, "stats", "--store", store)
    assert "There is no database 'genes'" in done.err
    assert f"neo4j+ssc://127.0.0.1:{guarded.port}/neo4j" in done.err


def test_no_graph_of_kgp_yet(run: Run, tmp_path: Path, guarded: Server) -> None:
    store = f"neo4j+ssc://127.0.0.1:{guarded.port}"
    done = told(run, tmp_path, "stats", "--store", store)
    assert f"There is no graph of kgp at {store}" in done.err
    assert f"Try: kgp load SOURCE PATH --store {store}" in done.err


def test_wrong_password_and_too_many_of_them(
    run: Run, tmp_path: Path, guarded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = f"neo4j+ssc://127.0.0.1:{guarded.port}"
    first = told(run, tmp_path, "stats", "--store", store, password=WRONG)
    assert "does not accept the password of user 'neo4j'" in first.err
    address = parse_address(store)
    monkeypatch.setenv("KGP_NEO4J_PASSWORD", WRONG)
    errors = [_refusal(address) for _ in range(4)]
    assert "too many wrong passwords" in errors[-1]
    assert WRONG not in "".join(errors)


def _refusal(address: Address) -> str:
    with pytest.raises(KgpError, match="user 'neo4j'") as caught:
        Session(address)
    return str(caught.value)


def test_password_in_the_url(run: Run) -> None:
    done = run("stats", "--store", f"neo4j://neo4j:{MARKER}@127.0.0.1", "--debug")
    assert done.code == 2
    assert "holds a password" in done.err
    assert MARKER not in done.err + done.out


def test_read_only_server(run: Run, tmp_path: Path) -> None:
    needs_neo4j()
    folder = tmp_path / "server"
    with serving(folder, {}):
        pass
    with serving(folder, {"server.databases.default_to_read_only": "true"}) as server:
        store = f"neo4j://127.0.0.1:{server.port}"
        load = ("load", "trrust", str(sample_file("trrust_hs.tsv.gz")), "--version", "2")
        done = told(run, tmp_path, *load, "--store", store)
    assert f"{store} can be read only; nothing was written" in done.err


def test_constraint_that_someone_dropped_is_made_again(neo4j_url: str) -> None:
    address = parse_address(wipe(neo4j_url))
    Session(address, create=True).close()
    with connected(neo4j_url) as session:
        session.run("DROP CONSTRAINT kgp_node_id").consume()
    reading = Session(address)
    assert missing_schema(reading) == ["kgp_node_id"]
    Session(address, create=True).close()
    assert missing_schema(reading) == []
    reading.close()


def test_constraint_that_cannot_be_made_again_is_named(
    run: Run, tmp_path: Path, neo4j_url: str
) -> None:
    address = parse_address(wipe(neo4j_url))
    Session(address, create=True).close()
    with connected(neo4j_url) as session:
        session.run("DROP CONSTRAINT kgp_node_id").consume()
        session.run("UNWIND [1, 2] AS i CREATE (:Kgp {id: 'ncbigene:1'})").consume()
    done = run("doctor", "--store", neo4j_url, "--repair")
    wipe(neo4j_url)
    assert done.code == 4
    assert "holds what a constraint of kgp's forbids" in done.err


def test_server_that_stops_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_neo4j()
    monkeypatch.setenv("KGP_NEO4J_PASSWORD", MARKER)
    with serving(tmp_path / "server", {}) as server:
        session = Session(parse_address(f"bolt://127.0.0.1:{server.port}"), create=True)
        rows = session.stream("UNWIND range(1, 10000000) AS i RETURN i")
        next(rows)
        server.kill()
        with pytest.raises(StoreUnavailableError, match="what was committed is safe"):
            list(rows)
        session.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 160 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(run: Run, tmp_path: Path, small_disk: Path) -> None:
    needs_neo4j()
    folder, filler = small_disk / "server", small_disk / "filler"
    load = ["load", "gene-info", str(first_genes(tmp_path, 1_500)), "--version", "2015-06"]
    with serving(folder, {"db.tx_log.rotation.size": "1m"}) as server:
        store = f"neo4j://127.0.0.1:{server.port}"
        Session(
            parse_address(f"{store}?password_file={server.home.password_file}"), create=True
        ).close()
        filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 200_000))
        try:
            done = told(run, tmp_path, *load, "--store", store)
        finally:
            # A server that is stopped tries for ever to write the transaction that did not fit.
            # With room again it writes it anew, behind the part of it that is there already, and
            # such a log it cannot read at its next start. So it dies before there is room.
            server.kill()
            filler.unlink()
    assert "cannot write to its disk: it is full, or fails" in done.err
    with serving(folder, {}) as server:
        store = f"neo4j://127.0.0.1:{server.port}"
        again = run(*load, "--store", store, env={"KGP_NEO4J_PASSWORD": MARKER})
    assert again.code == 0, again.err


def first_genes(folder: Path, count: int) -> Path:
    """A file with the first genes of the sample."""
    path = folder / "Homo_sapiens.gene_info"
    with gzip.open(sample_file("Homo_sapiens.gene_info.gz"), "rb") as genes:
        path.write_bytes(b"".join(islice(genes, count + 1)))
    return path
