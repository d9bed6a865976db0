"""Reading the real data extracts and writing the sample's files, the same bytes each time."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Files:
    """Where the extracts lie and where the sample goes."""

    shared: Path
    out: Path

    def read(self, path: str, delimiter: str = "\t", *, quoted: bool = False) -> pl.DataFrame:
        """Read a table as text."""
        quote = '"' if quoted else None
        return pl.read_csv(
            self.shared / path,
            separator=delimiter,
            infer_schema=False,
            quote_char=quote,
        ).fill_null("")

    def table(self, name: str, frame: pl.DataFrame, delimiter: str = "\t") -> None:
        """Write a table, compressed without a time stamp."""
        quoted = delimiter == ","
        text = frame.write_csv(separator=delimiter, quote_style="necessary" if quoted else "never")
        self.packed(name, text.encode())

    def packed(self, name: str, content: bytes) -> None:
        """Write compressed bytes; the same content gives the same file."""
        buffer = io.BytesIO()
        with gzip.GzipFile(
            filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=9
        ) as file:
            file.write(content)
        (self.out / name).write_bytes(buffer.getvalue())

    def text(self, path: str) -> str:
        """Content of a compressed text."""
        return gzip.decompress((self.shared / path).read_bytes()).decode("utf-8")

    def copy(self, path: str) -> None:
        """Take a whole file."""
        self.packed(Path(path).name, self.text(path).encode())

    def table_of(self, name: str, delimiter: str = "\t") -> pl.DataFrame:
        """Read a table of the sample that is already written."""
        quoted = '"' if delimiter == "," else None
        return pl.read_csv(
            self.out / name, separator=delimiter, infer_schema=False, quote_char=quoted
        )

    def report(self) -> None:
        """Print the sizes; fail if the sample has grown too large."""
        files = sorted(path for path in self.out.rglob("*") if path.is_file())
        for path in files:
            print(f"{path.stat().st_size:>9,}  {path.relative_to(self.out)}")
        total = sum(path.stat().st_size for path in files)
        print(f"{total:>9,}  in all")
        if total > MAX_BYTES:
            raise SystemExit(f"The sample is larger than {MAX_BYTES:,} bytes.")
