"""Downloads against a real server: continued, checked, and refused with one clear error."""

from __future__ import annotations

import bz2
import hashlib
import io
import random
import socket
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError, UsageError
from kgp.loaders.download.fetching import (
    Address,
    FetchedFile,
    access_text,
    addresses,
    fetch_file,
    file_names,
    load_command,
    parse_hash,
)
from kgp.loaders.download.resuming import ATTEMPTS, DownloadError
from kgp.loaders.registry import SOURCES
from kgp.loaders.spec import Download, Role, SourceSpec
from kgp.progress import SilentProgress
from tests.served import Site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = random.Random(7).randbytes(700_000)
NAME = "data.bin"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({f"/{NAME}": CONTENT})) as running:
        yield running


def get(site: Site, folder: Path, known: str = "", path: str = f"/{NAME}") -> FetchedFile:
    address = Address("data", f"{site.url}{path}", known, "")
    return fetch_file(address, folder, path.rpartition("/")[2], SilentProgress())


def test_a_file_comes_whole_with_its_hash_beside_it(site: Site, tmp_path: Path) -> None:
    found = get(site, tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert (found.sha256, found.bytes) == (sha256(CONTENT), len(CONTENT))
    assert (found.downloaded, found.known) == (True, False)
    assert (tmp_path / f"{NAME}.sha256").read_text() == f"{sha256(CONTENT)}  {NAME}\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == [NAME, f"{NAME}.sha256"]


def test_what_is_there_and_unchanged_is_not_downloaded_again(site: Site, tmp_path: Path) -> None:
    get(site, tmp_path)
    again = get(site, tmp_path)
    assert (again.downloaded, again.known) == (False, True)
    assert len(site.asked) == 1


def test_a_file_that_was_damaged_on_disk_is_downloaded_again(site: Site, tmp_path: Path) -> None:
    path = get(site, tmp_path).path
    path.write_bytes(CONTENT[:-1])
    assert get(site, tmp_path).downloaded
    assert path.read_bytes() == CONTENT


def test_a_connection_that_is_cut_is_taken_up_where_it_ended(site: Site, tmp_path: Path) -> None:
    site.cut = 300_000
    assert get(site, tmp_path).path.read_bytes() == CONTENT
    assert [asked for _, asked in site.asked] == ["", "bytes=300000-", "bytes=600000-"]


def test_a_download_that_was_given_up_continues_at_the_next_command(
    site: Site, tmp_path: Path
) -> None:
    site.cut, site.cuts, site.statuses = 300_000, 1, [200, 503]
    part = tmp_path / f"{NAME}.part"
    with pytest.raises(DownloadError, match="503"):
        get(site, tmp_path)
    assert part.read_bytes() == CONTENT[:300_000]
    assert not (tmp_path / NAME).exists()
    site.asked.clear()
    assert get(site, tmp_path).path.read_bytes() == CONTENT
    assert site.asked == [(f"/{NAME}", "bytes=300000-")]
    assert not part.exists()


def test_a_server_that_breaks_off_again_and_again_is_given_up(site: Site, tmp_path: Path) -> None:
    site.cut, site.ranges = 300_000, False
    with pytest.raises(DownloadError, match="breaks off; 300,000 bytes have come") as caught:
        get(site, tmp_path)
    assert "continues where it stopped" in caught.value.command
    assert len(site.asked) == 1 + ATTEMPTS


def test_a_file_that_changed_in_between_starts_anew(site: Site, tmp_path: Path) -> None:
    site.cut, site.cuts, site.statuses = 300_000, 1, [200, 503]
    with pytest.raises(DownloadError):
        get(site, tmp_path)
    site.files[f"/{NAME}"] = CONTENT[::-1]
    assert get(site, tmp_path).path.read_bytes() == CONTENT[::-1]
    assert site.asked[-1] == (f"/{NAME}", "bytes=300000-")


def test_without_a_mark_of_its_version_a_part_is_not_continued(site: Site, tmp_path: Path) -> None:
    site.cut, site.cuts, site.tagged = 300_000, 1, False
    assert get(site, tmp_path).path.read_bytes() == CONTENT
    assert [asked for _, asked in site.asked] == ["", ""]


def test_a_part_from_the_wrong_place_is_not_joined(site: Site, tmp_path: Path) -> None:
    site.cut, site.cuts, site.misplaced = 300_000, 1, True
    assert get(site, tmp_path).path.read_bytes() == CONTENT
    assert [asked for _, asked in site.asked] == ["", "bytes=300000-", ""]


def test_a_part_of_another_address_is_not_continued(site: Site, tmp_path: Path) -> None:
    site.cut, site.cuts, site.statuses = 300_000, 1, [200, 503]
    with pytest.raises(DownloadError):
        get(site, tmp_path)
    site.files[f"/other/{NAME}"] = CONTENT[::-1]
    found = get(site, tmp_path, path=f"/other/{NAME}")
    assert found.path.read_bytes() == CONTENT[::-1]
    assert site.asked[-1] == (f"/other/{NAME}", "")


@pytest.mark.parametrize("note", [b"", b"[]", b"{", b'{"url": 1}'])
def test_a_part_whose_note_is_damaged_starts_anew(site: Site, tmp_path: Path, note: bytes) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"rubbish")
    (tmp_path / f"{NAME}.part.json").write_bytes(note)
    assert get(site, tmp_path).path.read_bytes() == CONTENT


@pytest.mark.parametrize("more", [0, 5])
def test_a_part_that_is_as_long_as_the_file_or_longer_starts_anew(
    site: Site, tmp_path: Path, more: int
) -> None:
    site.cut, site.cuts, site.statuses = 300_000, 1, [200, 503]
    with pytest.raises(DownloadError):
        get(site, tmp_path)
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * (len(CONTENT) + more))
    assert get(site, tmp_path).path.read_bytes() == CONTENT


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(0, 2000), cut=st.integers(1, 700), ranges=st.booleans())
def test_however_it_is_cut_the_file_is_whole_or_refused(
    site: Site, tmp_path_factory: pytest.TempPathFactory, size: int, cut: int, ranges: bool
) -> None:
    site.files["/cut.bin"], site.cut, site.ranges = CONTENT[:size], cut, ranges
    folder = tmp_path_factory.mktemp("cut")
    if ranges or cut >= size:
        assert get(site, folder, path="/cut.bin").path.read_bytes() == CONTENT[:size]
    else:
        with pytest.raises(DownloadError):
            get(site, folder, path="/cut.bin")
        assert not (folder / "cut.bin").exists()


def test_a_known_hash_is_checked(site: Site, tmp_path: Path) -> None:
    found = get(site, tmp_path, known=sha256(CONTENT))
    assert (found.known, found.downloaded) == (True, True)


def test_a_file_with_another_hash_than_the_known_one_is_not_kept(
    site: Site, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="does not serve the expected file") as caught:
        get(site, tmp_path, known="0" * 64)
    assert "--hash" in caught.value.command
    assert list(tmp_path.iterdir()) == []


def test_a_release_that_was_replaced_is_noticed_and_the_old_one_kept(
    site: Site, tmp_path: Path
) -> None:
    path = get(site, tmp_path).path
    path.unlink()
    site.files[f"/{NAME}"] = CONTENT[::-1]
    with pytest.raises(BadInputError, match="another file than at the first download") as caught:
        get(site, tmp_path)
    assert f"rm {path}.sha256" in caught.value.command
    (tmp_path / f"{NAME}.sha256").unlink()
    assert get(site, tmp_path).path.read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("note", [b"", b"no hash", b"\xff\xfe"])
def test_a_damaged_record_is_written_anew(site: Site, tmp_path: Path, note: bytes) -> None:
    (tmp_path / f"{NAME}.sha256").write_bytes(note)
    assert not get(site, tmp_path).known
    assert (tmp_path / f"{NAME}.sha256").read_text().startswith(sha256(CONTENT))


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (404, BadInputError, "is the version or the taxon right"),
        (410, BadInputError, "not there"),
        (401, BadInputError, "login or a licence"),
        (403, BadInputError, "login or a licence"),
        (400, BadInputError, "does not take this request"),
        (429, DownloadError, "busy"),
        (500, DownloadError, "out of order"),
    ],
)
def test_what_a_server_answers_instead_is_one_clear_error(
    site: Site, tmp_path: Path, status: int, error: type[Exception], hint: str
) -> None:
    site.statuses = [status]
    with pytest.raises(error, match=f"{NAME} answers {status}") as caught:
        get(site, tmp_path)
    assert hint in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    address = Address("data", f"http://127.0.0.1:{port}/{NAME}", "", "")
    with pytest.raises(DownloadError, match=r"cannot be reached: .*refused") as caught:
        fetch_file(address, tmp_path, NAME, SilentProgress())
    assert "Loading itself needs no network" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


@pytest.mark.parametrize("inside", ["table.csv", "folder__table.csv", "..__..__table.csv"])
def test_an_archive_of_one_file_is_unpacked_beside_it(
    site: Site, tmp_path: Path, inside: str
) -> None:
    site.files["/all.zip"] = archive(**{inside: b"a,b\n"})
    found = get(site, tmp_path / "in" / "here", path="/all.zip")
    assert found.path == tmp_path / "in" / "here" / "table.csv"
    assert found.path.read_bytes() == b"a,b\n"
    assert found.sha256 == sha256(site.files["/all.zip"])
    assert not get(site, tmp_path / "in" / "here", path="/all.zip").downloaded


def test_an_archive_that_holds_its_own_name_stays(site: Site, tmp_path: Path) -> None:
    site.files["/all"] = archive(all=b"a,b\n")
    assert get(site, tmp_path, path="/all").path == tmp_path / "all.unpacked"
    assert not get(site, tmp_path, path="/all").downloaded


def test_an_archive_of_several_files_is_left_as_it_is(site: Site, tmp_path: Path) -> None:
    site.files["/all.zip"] = archive(one=b"1", two=b"2")
    assert get(site, tmp_path, path="/all.zip").path.name == "all.zip"


@pytest.mark.parametrize(
    ("name", "plain"), [("t.tsv.bz2", "t.tsv"), ("4797607", "4797607.unpacked")]
)
def test_bzip2_is_unpacked_beside_it(site: Site, tmp_path: Path, name: str, plain: str) -> None:
    site.files[f"/{name}"] = bz2.compress(b"a\tb\n")
    found = get(site, tmp_path, path=f"/{name}")
    assert (found.path.name, found.path.read_bytes()) == (plain, b"a\tb\n")


@pytest.mark.parametrize("content", [bz2.compress(CONTENT)[:-9], b"BZh rubbish"])
def test_bzip2_that_is_damaged_is_refused(site: Site, tmp_path: Path, content: bytes) -> None:
    site.files["/all.bin"] = content
    with pytest.raises(BadInputError, match=r"all\.bin cannot be unpacked") as caught:
        get(site, tmp_path, path="/all.bin")
    assert caught.value.command.startswith(f"rm {tmp_path / 'all.bin'} ")


def test_an_archive_with_a_damaged_member_is_refused(site: Site, tmp_path: Path) -> None:
    whole = bytearray(archive(one=CONTENT))
    whole[1000] ^= 0xFF
    site.files["/all.zip"] = bytes(whole)
    with pytest.raises(BadInputError, match=r"all\.zip cannot be unpacked"):
        get(site, tmp_path, path="/all.zip")


def spec(*downloads: Download, access: str = "") -> SourceSpec:
    roles = (Role("links", "links"), Role("info", "info", required=False))
    about = ("made-up", "Made up", "nothing", roles, "", "MIT", "nobody", "https://example.org")
    return SourceSpec(*about, "m", "L", ("taxon",), downloads, access)


LINKS = Download("links", "https://example.org/{version}/{taxon}.links.gz", "", "12.0")
INFO = Download("info", "https://example.org/info.txt", "a" * 64, "12.0")


def test_addresses_are_filled_in() -> None:
    found = addresses(spec(LINKS, INFO), version="11.5", taxon="9606")
    assert found == [
        Address("links", "https://example.org/11.5/9606.links.gz", "", "11.5"),
        Address("info", "https://example.org/info.txt", "", ""),
    ]


def test_a_hash_is_that_of_the_release_that_the_catalogue_names() -> None:
    (found,) = addresses(spec(LINKS, INFO), ["info"])
    assert found == Address("info", "https://example.org/info.txt", "a" * 64, "12.0")


def test_the_latest_release_has_no_version_to_state() -> None:
    download = Download("info", "https://example.org/{version}/info", version="latest")
    (found,) = addresses(spec(download))
    assert (found.url, found.version) == ("https://example.org/latest/info", "")


def test_the_first_address_of_a_role_is_taken() -> None:
    other = Download("info", "https://example.org/older.txt")
    assert [a.url for a in addresses(spec(INFO, other))] == ["https://example.org/info.txt"]


def test_what_an_address_lacks_is_asked_for() -> None:
    with pytest.raises(UsageError, match="needs a taxon") as caught:
        addresses(spec(LINKS))
    assert caught.value.command == "kgp fetch made-up --taxon 9606"


@pytest.mark.parametrize("version", ["../..", "a/b", "1?x=", "1 2"])
def test_a_version_that_would_lead_elsewhere_is_refused(version: str) -> None:
    with pytest.raises(UsageError, match="needs a version"):
        addresses(spec(LINKS), version=version, taxon="9606")


def test_an_unknown_role_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"Unknown role of made-up 'link'\. Did you mean: links"):
        addresses(spec(LINKS), ["link"])


def test_a_source_that_cannot_be_fetched_says_how_to_come_by_it() -> None:
    signed = spec(access="Sign the licence at https://example.org.")
    with pytest.raises(BadInputError, match="made-up cannot be fetched") as caught:
        addresses(signed)
    assert caught.value.hint == access_text(signed) == "Sign the licence at https://example.org."
    with pytest.raises(BadInputError, match="made-up info cannot be fetched"):
        addresses(spec(LINKS), ["info"])
    assert access_text(spec()) == "See https://example.org for its files."


@pytest.mark.parametrize("text", ["abc", "g" * 64, "md5:" + "0" * 32, ""])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a SHA-256 hash"):
        parse_hash(text)


def test_a_hash_may_be_written_in_two_ways() -> None:
    assert parse_hash("AB" * 32) == parse_hash("sha256:" + "ab" * 32) == "ab" * 32


def test_files_keep_the_names_of_their_addresses_unless_these_say_nothing() -> None:
    urls = ("https://a.org/x%20y.csv?z=1", "https://a.org/x%20y.csv", "https://a.org/download", "")
    wanted = [Address(f"r{i}", url, "", "") for i, url in enumerate(urls)]
    assert list(file_names("s", wanted).values()) == ["x y.csv", "s-r1", "s-r2", "s-r3"]


def test_the_command_that_loads_names_every_file(tmp_path: Path) -> None:
    files = {"info": tmp_path / "info.txt"}
    words = load_command(spec(), files, "12.0", "9606")
    assert words[:3] == ["kgp", "load", "made-up"]
    assert words[3:5] == ["links=PATH", f"info={tmp_path / 'info.txt'}"]
    assert words[5:] == ["--version", "12.0", "--option", "taxon=9606"]
    assert load_command(spec(), {}, "", None) == ["kgp", "load", "made-up", "links=PATH"]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_can_be_fetched_or_says_how_to_come_by_it(name: str) -> None:
    source = SOURCES[name]
    assert source.downloads or source.access
    roles = {role.name for role in source.roles}
    for download in source.downloads:
        assert download.role in roles
        assert download.url.startswith("https://")
        assert not download.sha256 or parse_hash(download.sha256) == download.sha256
    if source.downloads:
        assert addresses(source, version="1", taxon="9606")
