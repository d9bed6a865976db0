"""Every parser on damaged copies of its real files: one clear error or a counted loss, no more."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from benchmarks.accounts import EXTRACTS, Extract
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import KgpError
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import assign_roles, build_loader
from tests.shared_data import shared

HEAD = 80_000
"""Bytes of a text that are kept: damage shows in the first rows as well as in the last."""

_GZIP = b"\x1f\x8b"


def named(extract: Extract) -> str:
    return f"{extract.source}-{Path(extract.files[0]).name.partition('.')[0]}"


def plain(path: Path) -> bytes:
    """The unpacked start of a text file, up to a whole line; another file whole."""
    content = path.read_bytes()
    if content.startswith(_GZIP):
        with gzip.open(path) as file:
            content = file.read(HEAD)
    if path.suffix in (".parquet", ".h5ad"):
        return content
    return content[:HEAD].rpartition(b"\n")[0] + b"\n"


def read(extract: Extract, content: bytes) -> Tally | None:
    """Drain a copy of the extract whose first file holds ``content``; None for a clear error."""
    paths = [shared(file) for file in extract.files]
    with TemporaryDirectory() as folder:
        changed = Path(folder) / paths[0].name
        changed.write_bytes(content)
        tally = Tally()
        try:
            inputs = assign_roles(extract.source, [str(changed), *map(str, paths[1:])])
            loader = build_loader(extract.source, inputs, **extract.options)
            for _ in loader.batches(tally):
                pass
        except KgpError:
            return None
        return tally


def long_line(text: bytes) -> bytes:
    return text + b"x" * (10 << 20)


def bomb(text: bytes) -> bytes:
    line = text.splitlines(keepends=True)[-1]
    return gzip.compress(text + line * ((16 << 20) // len(line)))


DAMAGE = {
    "empty": lambda text: b"",
    "only its first line": lambda text: text.splitlines(keepends=True)[0],
    "cut in half": lambda text: text[: len(text) // 2],
    "gzip cut in half": lambda text: gzip.compress(text)[: len(gzip.compress(text)) // 2],
    "Windows line ends": lambda text: text.replace(b"\n", b"\r\n"),
    "old Mac line ends": lambda text: text.replace(b"\n", b"\r"),
    "another delimiter": lambda text: text.replace(b"\t", b";").replace(b",", b"\t"),
    "another encoding": lambda text: text.replace(b"a", b"\xe9"),
    "two-byte characters": lambda text: text.decode("utf-8", "replace").encode("utf-16"),
    "byte-order mark": lambda text: b"\xef\xbb\xbf" + text,
    "null bytes": lambda text: text.replace(b"e", b"\0", 50),
    "a line of 10 MB": long_line,
    "quotes that never close": lambda text: text.replace(b"\n", b'\n"', 20),
    "another file's bytes": lambda text: bytes(range(256)) * 64,
}


@pytest.mark.parametrize("extract", EXTRACTS, ids=named)
def test_the_undamaged_start_of_a_file_is_read(extract: Extract) -> None:
    tally = read(extract, plain(shared(extract.files[0])))
    assert tally is not None
    assert tally.rows_kept > 0


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("extract", EXTRACTS, ids=named)
def test_damage_is_one_clear_error_or_a_counted_loss(extract: Extract, damage: str) -> None:
    read(extract, DAMAGE[damage](plain(shared(extract.files[0]))))


@pytest.mark.parametrize(
    "extract", [each for each in EXTRACTS if not each.files[0].endswith(".parquet")], ids=named
)
def test_a_gzip_of_terabytes_is_refused_before_it_is_unpacked(
    extract: Extract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgp.loaders.files.MAX_UNPACKED", 1 << 20)
    monkeypatch.setattr("kgp.loaders.files.MAX_RATIO", 20)
    assert read(extract, bomb(plain(shared(extract.files[0])))) is None


@pytest.mark.parametrize("extract", EXTRACTS, ids=named)
@settings(max_examples=12)
@given(data=st.data())
def test_flipped_bits_never_surface_as_a_traceback(extract: Extract, data: st.DataObject) -> None:
    content = bytearray(plain(shared(extract.files[0])))
    places = st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=8)):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    read(extract, bytes(content))
