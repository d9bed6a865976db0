"""Opening the files of sources: compression by content, damage as one clear error."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

import polars as pl
import pyarrow as pa

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

BLOCK_BYTES = 8 << 20
"""How much of a file is in memory at once, unpacked; no line may be longer."""

MAX_RATIO, MAX_UNPACKED = 250, 1 << 30
"""Above the second, and the first times its own size, an unpacked file is no data, but an attack.

Tables of real sources pack to a third or a thirtieth of their size; gzip reaches 1,032.
"""

_GZIP_MAGIC = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Tell by the first bytes, not by the name, whether a file is compressed."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP_MAGIC


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the libraries raise about a damaged file into one clear error."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(path) from error
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path} is not UTF-8 text: byte {error.object[error.start]:#04x}.",
            hint="Expected is UTF-8 text, plain or gzip.",
            command=f"iconv -f LATIN1 -t UTF-8 {path.name}",
        ) from error
    except (pa.ArrowInvalid, pl.exceptions.ComputeError) as error:
        raise BadInputError(
            f"{path} cannot be read as a table: {str(error).splitlines()[0]}",
            hint="Expected is UTF-8 text with one row per line and the same columns throughout.",
            command=look(path),
        ) from error
    except OSError as error:
        if error.errno is None:
            raise _damaged(path) from error
        raise BadInputError(
            f"{path} cannot be read: {error.strerror}.",
            hint="Expected is a file that you may read.",
            command=f"ls -l {path.name}",
        ) from error


def look(path: Path) -> str:
    """The command that shows the start of a file."""
    return f"{'zcat' if path.suffix == '.gz' else 'cat'} {path.name} | head"


def _damaged(path: Path) -> BadInputError:
    return BadInputError(
        f"{path} ends early or is damaged: it cannot be unpacked to its end.",
        hint="Expected is a whole gzip file; the download was probably cut off.",
        command=f"gzip -t {path.name}",
    )


def open_bytes(path: Path) -> IO[bytes]:
    """Open a plain or gzip file as bytes.

    Raises:
        BadInputError: on reading, if it unpacks to far more than any table does.
    """
    if not is_gzip(path):
        return path.open("rb")
    return cast("IO[bytes]", io.BufferedReader(_Unpacked(path)))


class _Unpacked(io.RawIOBase):
    """Passes on what a gzip file unpacks to, up to a bound that no table reaches."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.open(path, "rb")
        self._left = max(MAX_UNPACKED, MAX_RATIO * path.stat().st_size)

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes."""
        n = self._file.readinto(buffer)
        self._left -= n
        if self._left < 0:
            raise BadInputError(
                f"{self._path} unpacks to more than {MAX_RATIO} times its size.",
                hint="Expected is a table; no table is that repetitive. Nothing was kept of it.",
                command=f"gzip -l {self._path.name}",
            )
        return n

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@contextmanager
def open_text(path: Path, encoding: str = "utf-8") -> Iterator[Iterator[str]]:
    """Open a plain or gzip file as lines of text; damage is one clear error."""
    with reading(path), io.TextIOWrapper(open_bytes(path), encoding, newline="\n") as file:
        yield _lines(path, file)


def _lines(path: Path, file: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := file.readline(BLOCK_BYTES):
        number += 1
        if len(line) == BLOCK_BYTES and not line.endswith("\n"):
            raise _too_long(path, number)
        yield line


def _too_long(path: Path, number: int) -> BadInputError:
    return BadInputError(
        f"{path}: line {number} is longer than {BLOCK_BYTES:,} bytes.",
        hint="Expected is a text file with one record per line.",
        command=look(path),
    )


def stream_lines(path: Path, skip: str) -> Iterator[pl.DataFrame]:
    """Yield blocks of ``line`` (its number, from 1) and ``text``, without empty lines.

    Args:
        path: a plain or gzip file.
        skip: lines that start with this are comments.

    Raises:
        BadInputError: if the file is damaged, not UTF-8, or has a line longer than a block.
    """
    number, rest = 1, b""
    with reading(path), open_bytes(path) as file:
        while block := file.read(BLOCK_BYTES):
            whole, newline, tail = (rest + block).rpartition(b"\n")
            if not newline and len(tail) > BLOCK_BYTES:
                raise _too_long(path, number)
            rest = tail
            if newline:
                frame = _numbered(whole, number)
                number += frame.height
                yield _content(frame, skip)
        if rest:
            yield _content(_numbered(rest, number), skip)


def _numbered(block: bytes, start: int) -> pl.DataFrame:
    whole = pl.Series("text", [block.decode("utf-8")], dtype=pl.String)
    texts = whole.str.split("\n").explode()
    return texts.to_frame().with_row_index("line", offset=start)


def _content(lines: pl.DataFrame, skip: str) -> pl.DataFrame:
    lines = lines.with_columns(pl.col("text").str.strip_suffix("\r"))
    return lines.filter(~pl.col("text").str.starts_with(skip) & (pl.col("text") != ""))


def first_line(path: Path) -> str:
    """Return the first line without byte-order mark and line end.

    Raises:
        BadInputError: if the file is empty, binary or damaged.
    """
    with reading(path), open_bytes(path) as file:
        line = file.readline(BLOCK_BYTES).decode("utf-8-sig").rstrip("\r\n")
    if not line.strip():
        raise BadInputError(
            f"{path} is empty.",
            hint="Expected is a table whose first line names its columns.",
            command=f"ls -l {path.name}",
        )
    return line
