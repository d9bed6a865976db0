"""The folder of a server."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreUnavailableError
from kgp.platform.neo4j_server.home import Home, open_home
from kgp.platform.store.neo4j.address import parse_address

if TYPE_CHECKING:
    from pathlib import Path


def prepared(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    return home


def test_password_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    home = prepared(tmp_path / "server")
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_password_is_long_and_never_the_same(tmp_path: Path) -> None:
    words = {prepared(tmp_path / str(n)).password_file.read_text("ascii") for n in range(20)}
    assert len(words) == 20
    assert min(map(len, words)) >= 32


def test_password_outlives_a_second_preparation(tmp_path: Path) -> None:
    before = prepared(tmp_path / "server").password_file.read_text("ascii")
    assert prepared(tmp_path / "server").password_file.read_text("ascii") == before


@pytest.mark.parametrize("name", ["server", "a folder & more?", "größe#1", "100%"])
def test_url_finds_the_password_by_itself(name: str, tmp_path: Path) -> None:
    home = prepared(tmp_path / name)
    address = parse_address(home.store(7691))
    assert (address.host, address.port) == ("127.0.0.1", 7691)
    assert address.password() == home.password_file.read_text("ascii")


def test_port_is_unknown_before_the_first_start(tmp_path: Path) -> None:
    assert prepared(tmp_path / "server").port() is None


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="Cannot write the server's folder"):
        Home(tmp_path / "file" / "server").prepare()


def test_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_home(tmp_path.relative_to(tmp_path) / "server").folder == tmp_path / "server"
