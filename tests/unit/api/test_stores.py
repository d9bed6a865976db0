"""Which store a URL means, and where what belongs to it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgp.api.stores import open_store, runs_root, staging_root
from kgp.errors import NoStoreError, UsageError
from tests.unit.api.worlds import url_of


def test_stagings_and_runs_of_a_file_lie_beside_it() -> None:
    assert staging_root("duckdb:lab/graph.duckdb") == Path("lab/graph.duckdb.staging")
    assert runs_root("duckdb:lab/graph.duckdb") == Path("lab/graph.runs")


def test_stagings_and_runs_of_a_server_lie_in_the_users_folder_of_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGP_STATE", str(tmp_path))
    folder = tmp_path / "db.lab.org-7690-genes"
    url = "neo4j+s://curator@db.lab.org:7690/genes?password_file=secret"
    assert staging_root(url) == folder / "staging"
    assert runs_root(url) == folder / "runs"


def test_one_database_by_two_schemes_has_one_folder() -> None:
    assert staging_root("bolt://host") == staging_root("neo4j://host:7687/neo4j")


def test_a_server_of_version_6_has_a_folder_of_a_plain_name() -> None:
    assert staging_root("neo4j://[::1]").parent.name == "__1-7687-neo4j"


def test_the_environment_names_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KGP_STORE", url_of(tmp_path / "a.duckdb"))
    assert staging_root() == tmp_path / "a.duckdb.staging"


def test_a_file_that_is_not_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(NoStoreError, match="There is no store"):
        open_store(url_of(tmp_path / "a.duckdb"))


@pytest.mark.parametrize("url", ["mysql://user:hunter2@host", "duckdb:", "graph.duckdb"])
def test_a_url_of_neither_kind_is_refused_with_both(url: str) -> None:
    with pytest.raises(UsageError, match=r"duckdb:PATH.* or neo4j://HOST:PORT") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


def test_a_file_has_no_place_beside_others(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--into-existing"):
        open_store(url_of(tmp_path / "a.duckdb"), create=True, into_existing=True)
    assert list(tmp_path.iterdir()) == []
