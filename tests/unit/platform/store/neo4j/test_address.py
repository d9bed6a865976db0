"""The URL of a store on a server, and where its password comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreError, UsageError
from kgp.platform.store.neo4j.address import (
    PASSWORD,
    PASSWORD_FILE,
    SCHEMES,
    USER,
    parse_address,
    without_secret,
)

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "hunter2"


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (USER, PASSWORD, PASSWORD_FILE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_bare_url_means_the_usual_port_database_and_user(scheme: str) -> None:
    found = parse_address(f"{scheme}://host")
    assert (found.port, found.database, found.user) == (7687, "neo4j", "neo4j")
    assert found.server == found.url == f"{scheme}://host:7687"


def test_a_url_names_everything_but_the_password(tmp_path: Path) -> None:
    found = parse_address(f"bolt+s://curator@host:17687/genes?password_file={tmp_path}/secret")
    assert (found.port, found.database, found.user) == (17687, "genes", "curator")
    assert found.url == "bolt+s://host:17687/genes"
    assert found.password_file == tmp_path / "secret"


def test_an_address_of_version_6_keeps_its_brackets() -> None:
    assert parse_address("neo4j://[::1]:7688").server == "neo4j://[::1]:7688"


def test_a_user_with_a_sign_of_urls_in_the_name_is_written_in_percent() -> None:
    assert parse_address("neo4j://a%40b@host").user == "a@b"


def test_the_user_in_the_url_counts_before_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(USER, "other")
    assert parse_address("neo4j://host").user == "other"
    assert parse_address("neo4j://curator@host").user == "curator"


@pytest.mark.parametrize(
    "password", [MARKER, f"{MARKER}/{MARKER}", f"{MARKER}@{MARKER}", f"{MARKER}#{MARKER}?x=@"]
)
def test_a_password_in_the_url_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(UsageError, match="holds a password") as caught:
        parse_address(f"neo4j://user:{password}@host")
    assert MARKER not in str(caught.value)
    assert "KGP_NEO4J_PASSWORD_FILE" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "neo4j://",
        "neo4j://:7687",
        "neo4j://host:0",
        "neo4j://host:70000",
        "neo4j://host:port",
        "neo4j://host/a/b",
        "neo4j://host/..",
        "neo4j://host/1genes",
        "neo4j://host?colour=red",
        "neo4j://host#part",
        "neo4j://[host",
        "mysql://host",
    ],
)
def test_what_is_no_such_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the URL of a Neo4j store"):
        parse_address(url)


def test_what_an_unknown_option_holds_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="password_file") as caught:
        parse_address(f"neo4j://host?secretword={MARKER}")
    assert MARKER not in str(caught.value)


def test_a_url_is_shown_without_who_asks() -> None:
    assert without_secret(f"neo4j://user:{MARKER}/@x@host:1") == "neo4j://***@host:1"
    assert without_secret("duckdb:a.duckdb") == "duckdb:a.duckdb"


def test_the_file_in_the_url_counts_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setenv(PASSWORD, "three")
    assert parse_address("neo4j://host").password() == "three"
    monkeypatch.setenv(PASSWORD_FILE, str(tmp_path / "two"))
    assert parse_address("neo4j://host").password() == "two"
    assert parse_address(f"neo4j://host?password_file={tmp_path}/one").password() == "one"


def test_without_a_password_the_three_ways_to_give_one_are_named() -> None:
    with pytest.raises(StoreError, match="needs a password") as caught:
        parse_address("neo4j://host").password()
    for name in (PASSWORD, PASSWORD_FILE, "?password_file="):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b" \n", "it is empty"), (b"hunter2\xff", "it is no text")],
    ids=["absent", "empty", "bytes"],
)
def test_a_file_without_a_password_is_named_and_not_shown(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=why) as caught:
        parse_address(f"neo4j://host?password_file={path}").password()
    assert str(path) in str(caught.value)
    assert MARKER not in str(caught.value)
