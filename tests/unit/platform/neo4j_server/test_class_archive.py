"""The archive of the server's classes: used when it is there, never needed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from kgp.platform.neo4j_server.admin import TOOL, java_environment
from kgp.platform.neo4j_server.class_archive import make_archive
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.jars import install_jars
from kgp.platform.neo4j_server.java import archive_file, find_java, java_command
from kgp.platform.neo4j_server.settings import VERSION
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from pathlib import Path

FROM_ARCHIVE = "source: shared objects file (top)"


@pytest.fixture(scope="module")
def jars() -> Path:
    """The folder of jars, with its archive."""
    needs_neo4j()
    return install_jars()


def run(command: list[str], folder: Path) -> str:
    """What Java says of the classes that it loads, and Neo4j's tool of its version."""
    where = java_environment(Home(folder))
    return subprocess.run(command, env=where, check=True, capture_output=True, text=True).stdout


def tool(jars: Path) -> list[str]:
    """The command that says it."""
    return java_command(jars, "-Xlog:class+load:stdout", *TOOL, "--version")


def test_java_takes_neo4js_classes_from_the_archive(jars: Path, tmp_path: Path) -> None:
    said = [line for line in run(tool(jars), tmp_path).splitlines() if "org.neo4j." in line]
    assert sum(FROM_ARCHIVE in line for line in said) > 0.5 * len(said)


def test_an_archive_is_made_once(jars: Path) -> None:
    archive = archive_file(jars, find_java())
    made = archive.stat().st_mtime_ns
    assert make_archive()
    assert archive.stat().st_mtime_ns == made


def test_a_damaged_archive_is_not_used(jars: Path, tmp_path: Path) -> None:
    archive, damaged = archive_file(jars, find_java()), tmp_path / "damaged.jsa"
    shutil.copy(archive, damaged)
    damaged.chmod(0o600)
    with damaged.open("r+b") as file:
        file.seek(damaged.stat().st_size // 2)
        file.write(b"x" * 1_000_000)
    said = run([part.replace(str(archive), str(damaged)) for part in tool(jars)], tmp_path)
    assert FROM_ARCHIVE not in said
    assert f"\n{VERSION}\n" in said


def test_without_an_archive_everything_works(tmp_path: Path, jars: Path) -> None:
    copy = tmp_path / jars.name
    copy.symlink_to(jars)
    assert FROM_ARCHIVE not in run(tool(copy), tmp_path)


def test_an_archive_that_cannot_be_made_is_not_missed(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = {path.name for path in jars.parent.iterdir()}
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f'#!/bin/sh\n[ "$1" = -version ] && exec {find_java()} -version\nexit 1\n')
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert not make_archive()
    assert "No archive of Neo4j's classes was made" in caplog.text
    assert {path.name for path in jars.parent.iterdir()} == before
