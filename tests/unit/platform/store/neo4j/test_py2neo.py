"""A client of py2neo, whose users are many and whose project has ended, reads a graph of kgp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.store import Neo4jStore

LAST_RELEASE = "py2neo==2021.2.4"
CLIENT = Path(__file__).with_name("py2neo_client.py")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with py2neo, which is no dependency of ours."""
    folder = tmp_path_factory.mktemp("py2neo")
    install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run(
        [*install, "--target", str(folder), LAST_RELEASE], capture_output=True, text=True
    )
    if done.returncode and os.environ.get("CI") != "true":
        pytest.skip(f"{LAST_RELEASE} cannot be installed here: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_py2neo_client_reads_a_graph_of_kgp(
    server_reader: Neo4jStore, packages: Path, tmp_path: Path
) -> None:
    address = server_reader.address
    secret = tmp_path / "password"
    secret.write_text(address.password())
    url = f"bolt://{address.host}:{address.port}"
    # -S leaves out the packages of this environment: the client has py2neo alone.
    done = subprocess.run(
        [sys.executable, "-S", str(CLIENT), url, address.user, str(secret)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(packages)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "count": 10,
        "labels": ["Gene", "Kgp"],
        "name": "TP53",
        "effects": ["activation", "repression", "unknown"],
        "targets": ["BCL2", "CDKN1A", "MDM2"],
    }
