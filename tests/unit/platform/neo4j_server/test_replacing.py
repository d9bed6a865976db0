"""Replacing a graph: an interruption at any point leaves the old one or the new one whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.replacing import replacing, tidy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A server whose graph is the word ``old``."""
    made = Home(tmp_path / "server")
    made.prepare()
    write(made, "old")
    return made


def write(home: Home, word: str) -> None:
    for folder in home.graph_folders:
        folder.mkdir(parents=True)
        (folder / "store").write_text(word)


def words(home: Home) -> set[str]:
    return {(folder / "store").read_text() for folder in home.graph_folders}


def set_aside(home: Home, name: str, moved: int) -> None:
    """Leave the folder as a kill would, after so many parts of the graph were moved."""
    (home.folder / name).mkdir()
    for folder in home.graph_folders[:moved]:
        folder.rename(home.folder / name / folder.parent.name)


def replace_halfway(home: Home) -> None:
    with replacing(home):
        home.database.mkdir(parents=True)
        raise ValueError("half written")


def parts(home: Home) -> set[str]:
    return {path.name for path in home.folder.iterdir()}


def test_new_graph_takes_the_place_of_the_old_one(home: Home) -> None:
    before = parts(home)
    with replacing(home):
        write(home, "new")
    assert words(home) == {"new"}
    assert parts(home) == before


def test_error_brings_the_old_graph_back(home: Home) -> None:
    before = parts(home)
    with pytest.raises(ValueError, match="half"):
        replace_halfway(home)
    assert words(home) == {"old"}
    assert parts(home) == before


def test_server_without_a_graph_has_none_after_an_error(tmp_path: Path) -> None:
    home = Home(tmp_path / "server")
    home.prepare()
    with pytest.raises(ValueError, match="half"):
        replace_halfway(home)
    assert not home.database.exists()


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_kill_while_the_old_graph_is_set_aside_brings_it_back(home: Home, moved: int) -> None:
    set_aside(home, "moving", moved)
    tidy(home)
    assert words(home) == {"old"}
    assert not (home.folder / "moving").exists()


@pytest.mark.parametrize("written", [0, 1, 2])
def test_kill_before_the_new_graph_is_whole_brings_the_old_one_back(
    home: Home, written: int
) -> None:
    set_aside(home, "replaced", 2)
    for folder in home.graph_folders[:written]:
        folder.mkdir()
    tidy(home)
    assert words(home) == {"old"}
    assert not (home.folder / "replaced").exists()


def test_kill_after_the_new_graph_is_whole_keeps_it(home: Home) -> None:
    set_aside(home, "superseded", 2)
    write(home, "new")
    tidy(home)
    assert words(home) == {"new"}
    assert not (home.folder / "superseded").exists()


def test_tidying_what_is_tidy_changes_nothing(home: Home) -> None:
    before = parts(home)
    tidy(home)
    assert words(home) == {"old"}
    assert parts(home) == before
