"""Java, Maven, and the jars that it installs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kgp.errors import MissingExtraError, StoreUnavailableError
from kgp.platform.neo4j_server.jars import install_jars
from kgp.platform.neo4j_server.java import find_java
from kgp.platform.neo4j_server.settings import VERSION
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs; empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def java_of(folder: Path, version: str) -> None:
    """A program that says of itself what Java of that version does."""
    java = folder / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-01' >&2\n")
    java.chmod(0o755)


def test_maven_installs_the_pinned_version(tmp_path: Path) -> None:
    needs_neo4j()
    folder = install_jars(tmp_path / "lib")
    for name in ("neo4j-server", "neo4j-import-tool", "neo4j-consistency-check", "neo4j-dbms"):
        assert (folder / f"{name}-{VERSION}.jar").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lib", "lib.lock"]


def test_installed_jars_need_no_maven(tmp_path: Path, programs: Path) -> None:
    (tmp_path / "lib").mkdir()
    assert install_jars(tmp_path / "lib") == tmp_path / "lib"


def test_missing_java_is_named_with_the_command_that_installs_it(programs: Path) -> None:
    with pytest.raises(MissingExtraError, match="no java on the PATH") as missing:
        find_java()
    assert missing.value.command == "sudo apt-get install openjdk-17-jre-headless"


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.21", "16.0.2"])
def test_old_java_is_refused(version: str, programs: Path) -> None:
    java_of(programs, version)
    with pytest.raises(MissingExtraError, match="needs Java 17 or later") as old:
        find_java()
    assert version in old.value.message


@pytest.mark.parametrize("version", ["17.0.15", "21", "25-ea"])
def test_later_java_is_taken(version: str, programs: Path) -> None:
    java_of(programs, version)
    assert find_java() == programs / "java"


def test_java_home_goes_before_the_path(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java_of(programs, "11.0.21")
    (tmp_path / "jdk" / "bin").mkdir(parents=True)
    java_of(tmp_path / "jdk" / "bin", "17.0.15")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert find_java() == tmp_path / "jdk" / "bin" / "java"


def test_missing_maven_is_named_with_the_command_that_installs_it(
    programs: Path, tmp_path: Path
) -> None:
    java_of(programs, "17.0.15")
    with pytest.raises(MissingExtraError, match="no mvn on the PATH") as missing:
        install_jars(tmp_path / "lib")
    assert missing.value.command == "sudo apt-get install maven"


def test_failed_installation_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("mvn") is None:
        needs_neo4j()
    # A repository without the jars, behind a proxy that is not there.
    nowhere = "-D{0}.proxyHost=127.0.0.1 -D{0}.proxyPort=9"
    local = f"-Dmaven.repo.local={tmp_path / 'repository'}"
    monkeypatch.setenv(
        "MAVEN_OPTS", " ".join([local, nowhere.format("http"), nowhere.format("https")])
    )
    with pytest.raises(StoreUnavailableError, match="Maven could not get the jars") as failed:
        install_jars(tmp_path / "lib")
    assert "[ERROR]" in failed.value.message
    assert not (tmp_path / "lib").exists()
