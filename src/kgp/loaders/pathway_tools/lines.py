"""Lines of Pathway Tools files: block by block, in whatever encoding each release has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import open_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_BYTES = 1 << 20
"""How much of a file is decoded at once."""

MAX_BLOCKS = 16
"""How many blocks a line or a record may span; comments of real records reach 100 kB."""

BOM = b"\xef\xbb\xbf"


def line_blocks(path: Path) -> Iterator[list[str]]:
    """Yield the lines of a file without line ends, block by block."""
    with open_bytes(path) as file:
        rest, spanned, number = file.read(len(BOM)).removeprefix(BOM), 0, 1
        while block := file.read(BLOCK_BYTES):
            whole, newline, tail = block.rpartition(b"\n")
            if newline:
                lines = _lines(rest + whole)
                number += len(lines)
                yield lines
                rest, spanned = tail, 0
            else:
                rest, spanned = rest + block, spanned + 1
            if spanned > MAX_BLOCKS:
                raise too_long(path, f"line {number}")
        if rest:
            yield _lines(rest)


def _lines(block: bytes) -> list[str]:
    """Lines of a block; where it is not UTF-8, each line that is not is Latin-1."""
    block = block.replace(b"\r\n", b"\n").removesuffix(b"\r")
    try:
        return block.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [decoded(line) for line in block.split(b"\n")]


def decoded(raw: bytes) -> str:
    """Text in UTF-8, or else in Latin-1, which reads anything."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def too_long(name: object, what: str) -> BadInputError:
    """The error about a line or a record that no real file has."""
    return BadInputError(
        f"{name}: {what} is longer than {MAX_BLOCKS * BLOCK_BYTES:,} bytes.",
        hint="Expected is a Pathway Tools .dat file: short lines, records that end with //.",
        command="kgp sources",
    )
