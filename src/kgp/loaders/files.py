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

BLOCK_BYTES = 8 << 20
"""How much of a file is in memory at once, unpacked; no line may be longer."""

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
    """Open a plain or gzip file as bytes."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_gzip(path) else path.open("rb")


@contextmanager
def open_text(path: Path, encoding: str = "utf-8") -> Iterator[Iterator[str]]:
    """Open a plain or gzip file as lines of text; damage is one clear error."""
    with reading(path), io.TextIOWrapper(open_bytes(path), encoding, newline="\n") as lines:
        yield lines


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
                raise BadInputError(
                    f"{path}: line {number} is longer than {BLOCK_BYTES:,} bytes.",
                    hint="Expected is a text file with one record per line.",
                    command=look(path),
                )
            rest = tail
            if newline:
                frame = _numbered(whole, number)
                number += frame.height
                yield _content(frame, skip)
        if rest:
            yield _content(_numbered(rest, number), skip)


def _numbered(block: bytes, start: int) -> pl.DataFrame:
    texts = pl.Series("text", block.decode("utf-8").split("\n"), dtype=pl.String)
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
