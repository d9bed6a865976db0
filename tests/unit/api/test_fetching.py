"""Fetching a source: where its files go, and how they are loaded."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgp.api.fetching import FOLDER, fetch
from kgp.errors import BadInputError, UsageError
from kgp.loaders.catalogue import SOURCES
from kgp.loaders.spec import Download
from tests.served import Site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKS, INFO = b"links", b"info"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    files = {"/12.0/9606.links.txt": LINKS, "/12.0/9606.info.txt": INFO}
    with serving(Site(files)) as running:
        downloads = tuple(
            Download(role, f"{running.url}/{{version}}/{{taxon}}.{role}.txt", version="12.0")
            for role in ("links", "info")
        )
        monkeypatch.setitem(SOURCES, "string", replace(SOURCES["string"], downloads=downloads))
        yield running


def test_files_go_into_a_folder_of_their_source_and_version(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = fetch("string", taxon="9606")
    folder = Path(FOLDER, "string", "12.0")
    assert [file.path.read_bytes() for file in report.files] == [LINKS, INFO]
    assert report.license == SOURCES["string"].license
    assert report.load == [
        *("kgp", "load", "string"),
        *(f"links={folder / '9606.links.txt'}", f"info={folder / '9606.info.txt'}"),
        *("--version", "12.0", "--option", "taxon=9606"),
    ]


def test_only_the_asked_roles_are_fetched_and_the_rest_is_named(site: Site, tmp_path: Path) -> None:
    report = fetch("string", tmp_path, roles=["info"], taxon="9606")
    assert [file.role for file in report.files] == ["info"]
    assert report.load[3] == "links=PATH"


def test_a_hash_is_that_of_one_file(site: Site, tmp_path: Path) -> None:
    right = hashlib.sha256(INFO).hexdigest()
    (file,) = fetch("string", tmp_path, roles=["info"], taxon="9606", sha256=right).files
    assert (file.sha256, file.known) == (right, True)
    with pytest.raises(UsageError, match="One hash cannot be that of 2 files"):
        fetch("string", tmp_path, taxon="9606", sha256=right)


def test_a_folder_that_is_a_file_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInputError, match="Cannot write into"):
        fetch("string", tmp_path / "file", taxon="9606")
