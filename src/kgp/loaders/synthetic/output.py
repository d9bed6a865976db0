"""Writing the files of a world: streamed, marked as synthetic, the same bytes for one seed."""

from __future__ import annotations

import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kgp.errors import BadInputError
from kgp.loaders.synthetic.mark import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from kgp.progress import Step

    QuoteStyle = Literal["necessary", "never"]

_LEVEL = 1
"""A world is written once and read a few times: time counts more than a fifth of its size."""

_HAS_COMMENT, _UNKNOWN_SYSTEM = 0x10, 0xFF
_LINES = 50_000


@dataclass(frozen=True, slots=True)
class Output:
    """The folder of a world while it is written.

    Args:
        folder: where the files go.
        seed: named in every file's mark.
        step: counts the rows.
    """

    folder: Path
    seed: int
    step: Step

    @property
    def mark(self) -> str:
        """The sentence that every file starts with."""
        return f"{MARK}, seed {self.seed}. Nothing in this file is a statement about nature."

    def table(
        self,
        name: str,
        frames: Iterable[pl.DataFrame],
        *,
        separator: str = "\t",
        header: str | None = None,
    ) -> str:
        """Write frames of the same columns below each other; return the file's name.

        Args:
            name: path below the folder, ending in ``.gz``.
            frames: the rows, block by block.
            separator: a comma quotes the fields that need it; others are never quoted.
            header: first line where it is not the columns' names; empty for none.
        """
        style: QuoteStyle = "necessary" if separator == "," else "never"
        with self._writing(name) as write:
            if header:
                write(f"{header}\n".encode())
            first = header is None
            for frame in frames:
                text = frame.write_csv(separator=separator, include_header=first, quote_style=style)
                write(text.encode())
                first = False
                self.step.advance(frame.height)
        return name

    def lines(self, name: str, lines: Iterable[str]) -> str:
        """Write lines of text; return the file's name.

        A file that is not compressed must carry the mark among its first lines.
        """
        with self._writing(name) as write:
            block: list[str] = []
            for line in lines:
                block.append(line)
                if len(block) == _LINES:
                    self._flush(block, write)
            self._flush(block, write)
        return name

    def _flush(self, block: list[str], write: Callable[[bytes], object]) -> None:
        write("".join(f"{line}\n" for line in block).encode())
        self.step.advance(len(block))
        block.clear()

    @contextmanager
    def _writing(self, name: str) -> Iterator[Callable[[bytes], object]]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            if not name.endswith(".gz"):
                yield file.write
                return
            packer = Packer(self.mark)
            yield lambda data: file.write(packer.pack(data))
            file.write(packer.end())


class Packer:
    """Makes a gzip member with a comment in its header and no time, so that bytes repeat."""

    def __init__(self, comment: str) -> None:
        head = b"\x1f\x8b\x08" + bytes([_HAS_COMMENT, 0, 0, 0, 0, 0, _UNKNOWN_SYSTEM])
        self._head = head + comment.encode("latin-1") + b"\x00"
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._sum, self._size = 0, 0

    def pack(self, data: bytes) -> bytes:
        """Return what can be written after ``data``."""
        self._sum, self._size = zlib.crc32(data, self._sum), self._size + len(data)
        head, self._head = self._head, b""
        return head + self._deflate.compress(data)

    def end(self) -> bytes:
        """Return the rest of the member."""
        trailer = struct.pack("<II", self._sum, self._size & 0xFFFFFFFF)
        return self.pack(b"") + self._deflate.flush() + trailer


def check_new(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something, unless it is a world that may be replaced.

    Raises:
        BadInputError: naming the folder.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    is_world = (folder / "README.md").is_file() and MARK in (folder / "README.md").read_text(
        "utf-8", errors="replace"
    )
    if force and is_world:
        return
    raise BadInputError(
        f"{folder} exists already" + ("." if is_world else " and is no synthetic world."),
        hint="A world is written into a folder of its own"
        + (", or replaces another world with --force." if is_world else "."),
        command=f"kgp synthetic {folder} --force" if is_world else f"kgp synthetic {folder}-new",
    )
