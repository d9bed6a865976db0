"""``kgp fetch`` as a user types it, from a real server."""

from __future__ import annotations

import hashlib
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import Completed, clean_environment
from tests.served import Site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Run

NETWORK = b"tf\ttarget\tmor\tpubmed_id\nMYC\tCDK4\t1\t1\n" + b"MYC\tCDK6\t1\t1\n" * 100_000
PROGRAM = """\
import sys
from dataclasses import replace
from kgp.cli import run
from kgp.loaders.catalogue import SOURCES
from kgp.loaders.spec import Download
url = sys.argv.pop(1)
SOURCES["trrust"] = replace(SOURCES["trrust"], downloads=(Download("network", url),))
run()
"""
"""The command line, with the address of one source on this machine's own server."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({"/net/trrust.tsv": NETWORK})) as running:
        yield running


def start(site: Site, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, f"{site.url}/net/trrust.tsv", "fetch", *arguments],
        cwd=folder,
        env=clean_environment(folder, {"NO_PROXY": "127.0.0.1"}, covered=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def fetch(site: Site, folder: Path, *arguments: str) -> Completed:
    with start(site, folder, *arguments) as process:
        out, err = process.communicate()
        return Completed(process.returncode, out, err)


def test_a_fetched_file_can_be_loaded_by_the_printed_command(
    site: Site, tmp_path: Path, run: Run
) -> None:
    done = fetch(site, tmp_path, "trrust", "--progress", "log")
    assert done.code == 0, done.err
    assert f"fetch trrust.tsv  {len(NETWORK):,} bytes" in done.err
    assert "Licence: CC-BY-SA-4.0" in done.out
    command = done.out.splitlines()[-1].split()
    assert command == ["kgp", "load", "trrust", "network=downloads/trrust/trrust.tsv"]
    assert run(*command[1:]).code == 0


def test_a_second_fetch_asks_nobody(site: Site, tmp_path: Path) -> None:
    first = fetch(site, tmp_path, "trrust", "--to", "here", "--json").json
    again = fetch(site, tmp_path, "trrust", "--to", "here", "--json").json
    assert len(site.asked) == 1
    assert [r["files"][0]["downloaded"] for r in (first, again)] == [True, False]
    assert again["files"][0]["sha256"] == hashlib.sha256(NETWORK).hexdigest()


def test_an_interrupted_fetch_continues(site: Site, tmp_path: Path) -> None:
    site.pause = 200_000
    with start(site, tmp_path, "trrust", "--to", ".") as process:
        part = tmp_path / "trrust.tsv.part"
        while process.poll() is None and not (part.exists() and part.stat().st_size):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert process.returncode == 130
    kept = part.stat().st_size
    assert 0 < kept < len(NETWORK)
    site.resume()
    assert fetch(site, tmp_path, "trrust", "--to", ".").code == 0
    assert site.asked[-1] == ("/net/trrust.tsv", f"bytes={kept}-")
    assert (tmp_path / "trrust.tsv").read_bytes() == NETWORK


def test_a_wrong_hash_is_refused_and_nothing_kept(site: Site, tmp_path: Path) -> None:
    done = fetch(site, tmp_path, "trrust", "--to", "here", "--hash", "0" * 64)
    assert done.code == 3
    assert "does not serve the expected file" in done.err
    assert list((tmp_path / "here").iterdir()) == []
    right = hashlib.sha256(NETWORK).hexdigest()
    assert fetch(site, tmp_path, "trrust", "--to", "here", "--hash", right).code == 0


def test_a_file_that_is_not_there_is_one_clear_error(site: Site, tmp_path: Path) -> None:
    site.files.clear()
    done = fetch(site, tmp_path, "trrust", "--progress", "none")
    assert done.code == 3
    assert done.err.startswith("kgp: http://127.0.0.1")
    assert "answers 404" in done.err


def test_a_folder_that_cannot_be_written_is_one_clear_error(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = fetch(site, tmp_path, "trrust", "--to", "file/below")
    assert done.code == 3
    assert "Cannot write into file/below" in done.err


def test_without_a_network_it_says_so(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    nowhere = f"http://127.0.0.1:{port}"
    env = {"HTTPS_PROXY": nowhere, "https_proxy": nowhere, "NO_PROXY": "", "no_proxy": ""}
    done = run("fetch", "bindingdb", "--progress", "none", env=env)
    assert done.code == 4
    assert "cannot be reached" in done.err
    assert "Try: the same command" in done.err
    assert "Traceback" not in done.err


def test_a_source_whose_licence_has_to_be_signed_says_where(run: Run) -> None:
    done = run("fetch", "ecocyc")
    assert done.code == 3
    assert "Sign the licence at https://biocyc.org" in done.err
    assert "Try: kgp load ecocyc" in done.err


BAD = {
    "unknown source": (("bindindb",), "Did you mean: bindingdb"),
    "unknown role": (("bindingdb", "--role", "binding"), "Did you mean: bindings"),
    "no hash": (("bindingdb", "--hash", "abc"), "not a SHA-256 hash"),
    "one hash for two files": (("lincs-overexpression", "--hash", "0" * 64), "One hash cannot be"),
    "no taxon": (("string",), "needs a taxon"),
    "a version that leads elsewhere": (
        ("drugbank-vocabulary", "--version", "../x"),
        "needs a version",
    ),
}


@pytest.mark.parametrize(("given", "said"), BAD.values(), ids=BAD.keys())
def test_a_wrong_request_is_one_clear_error(run: Run, given: tuple[str, ...], said: str) -> None:
    done = run("fetch", *given)
    assert done.code == 2
    assert said in done.err
    assert "\nTry: " in done.err
