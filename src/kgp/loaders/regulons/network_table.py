"""Tables of networks as people write them: the columns found by any of their names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kgp.errors import BadInputError
from kgp.loaders.files import first_line, look, reading
from kgp.loaders.tables import columns_by_role, quoted_fields, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

_PARQUET_MAGIC = b"PAR1"


class NetworkTable:
    """A CSV, TSV or Parquet table whose columns are known by several names.

    Args:
        path: the table, with a header.
        names: role → the names that its column may have, in any case, the first found counting.
        needed: roles that the table must have.

    Raises:
        BadInputError: naming a column that is missing and those that are there.
    """

    def __init__(
        self, path: Path, names: Mapping[str, Sequence[str]], needed: Sequence[str]
    ) -> None:
        self._path, self._roles = path, list(names)
        with reading(path), path.open("rb") as file:
            self._parquet = file.read(4) == _PARQUET_MAGIC
        self._delimiter = ","
        header = self._parquet_header() if self._parquet else self._text_header()
        self._header = _distinct(header)
        self._written = dict(zip(self._header, header, strict=True))
        self._found = columns_by_role({name: name for name in self._header}, names)
        for role in needed:
            if role not in self._found:
                raise _missing(path, role, names[role], header)

    def has(self, role: str) -> bool:
        """Tell whether the table has a column for ``role``."""
        return role in self._found

    def read(self, tally: Tally) -> pl.DataFrame:
        """Return all rows by role, as text without blanks around it; null for absent roles.

        Raises:
            BadInputError: if the file is damaged, or holds no row.
        """
        columns = list(dict.fromkeys(self._found.values()))
        frame = self._parquet_rows(columns, tally) if self._parquet else self._rows(columns, tally)
        picked = {role: pl.col(name).str.strip_chars() for role, name in self._found.items()}
        absent = {r: pl.lit(None, pl.String) for r in self._roles if r not in self._found}
        return frame.select(**picked, **absent)

    def _text_header(self) -> list[str]:
        line = first_line(self._path)
        self._delimiter = next((mark for mark in "\t,;" if mark in line), ",")
        if self._delimiter == "\t":
            return [name.strip().strip('"') for name in line.split("\t")]
        return quoted_fields(self._path, line, self._delimiter)

    def _rows(self, columns: Sequence[str], tally: Tally) -> pl.DataFrame:
        mark = self._delimiter
        return read_table(
            self._path, columns, tally, delimiter=mark, names=self._header, quoted=mark != "\t"
        )

    def _parquet_header(self) -> list[str]:
        with _reading_parquet(self._path):
            return list(pq.read_schema(self._path).names)

    def _parquet_rows(self, columns: Sequence[str], tally: Tally) -> pl.DataFrame:
        with _reading_parquet(self._path):
            written = [self._written[name] for name in columns]
            table = pq.read_table(self._path, columns=written)
            texts = [pc.fill_null(pc.cast(table[name], pa.string()), "") for name in written]
            texts_only = pa.table(texts, names=list(columns))
            texts_only.validate(full=True)  # Parquet is not checked to hold UTF-8.
            frame = pl.from_arrow(texts_only)
        assert isinstance(frame, pl.DataFrame)
        tally.read(frame.height)
        if frame.is_empty():
            raise BadInputError(
                f"{self._path} holds no rows.",
                hint="Expected is at least one edge.",
                command=f"ls -l {self._path.name}",
            )
        return frame


@contextmanager
def _reading_parquet(path: Path) -> Iterator[None]:
    """Turn what pyarrow raises about a damaged file into one clear error."""
    try:
        yield
    except (pa.ArrowException, LookupError, OSError, ValueError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInputError(
            f"{path} cannot be read as Parquet: {said[:200]}",
            hint="Expected is a table of texts and numbers: CSV, TSV or Parquet.",
            command=f"ls -l {path.name}",
        ) from error


def _distinct(header: Sequence[str]) -> list[str]:
    """Header in lower case; names that are empty or come again become ones that nobody seeks."""
    names: list[str] = []
    for place, name in enumerate(header):
        plain = name.strip().lower()
        names.append(plain if plain and plain not in names else f"#{place}")
    return names


def _missing(path: Path, role: str, known: Sequence[str], header: Sequence[str]) -> BadInputError:
    shown = ", ".join(header[:12]) + (" …" if len(header) > 12 else "")
    return BadInputError(
        f"{path} has no column {role!r}; it has: {shown[:300]}.",
        hint=f"It may be called {', '.join(known)}, in upper or lower case.",
        command=look(path),
    )
