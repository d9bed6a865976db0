"""From polars frames to Arrow batches, with every dropped row counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Batch, Kind, make_batch
from kgp.kg_schema.tally import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgp.kg_schema.tally import Tally

BATCH_ROWS = 65_536
EXAMPLE_CHARACTERS = 120
"""How much of a dropped row is shown."""


def drop_rows(
    frame: pl.DataFrame, bad: pl.Expr, reason: str, tally: Tally, show: Sequence[str]
) -> pl.DataFrame:
    """Return the rows for which ``bad`` is not true; count the others, show the first few."""
    dropped = frame.filter(bad)
    if dropped.is_empty():
        return frame
    for row in dropped.head(EXAMPLES).select(show).iter_rows():
        tally.drop(reason, example=" ".join(str(value) for value in row)[:EXAMPLE_CHARACTERS])
    tally.drop(reason, dropped.height - min(dropped.height, EXAMPLES))
    return frame.filter(~bad | bad.is_null())


def emit(kind: Kind, frame: pl.DataFrame) -> Iterator[Batch]:
    """Yield a frame as batches of at most ``BATCH_ROWS`` rows; an empty frame yields none."""
    for part in frame.iter_slices(BATCH_ROWS):
        if part.height:
            table = part.to_arrow(compat_level=pl.CompatLevel.oldest())
            columns = {name: _plain(table.column(name)) for name in table.column_names}
            yield make_batch(kind, columns)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """One array with 32-bit offsets, which is what the schemas and Parquet readers expect."""
    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    return array.cast(_small(array.type))


def _small(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_list(kind):
        return pa.list_(_small(kind.value_type))
    return kind


class Unseen:
    """Passes each distinct row once over a whole stream.

    Memory grows with the number of distinct rows (nodes), not with the rows of the file (edges).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        self._seen: pl.DataFrame | None = None

    def new(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of ``frame`` whose keys have not passed before, in their order."""
        fresh = frame.unique(self._keys, keep="first", maintain_order=True)
        if self._seen is None:
            self._seen = fresh.select(self._keys)
            return fresh
        fresh = fresh.join(self._seen, on=self._keys, how="anti", maintain_order="left")
        if fresh.height:
            self._seen = self._seen.vstack(fresh.select(self._keys))
        return fresh


def ordered(frame: pl.DataFrame, undirected: pl.Expr | None = None) -> pl.DataFrame:
    """Swap ``src`` and ``dst`` of undirected edges where ``src > dst`` bytewise."""
    swap = pl.col("src") > pl.col("dst")
    swap = swap if undirected is None else swap & undirected
    return frame.with_columns(
        src=pl.when(swap).then("dst").otherwise("src"),
        dst=pl.when(swap).then("src").otherwise("dst"),
    )


def node_rows(ids: pl.Series, node_type: str, names: pl.Series | None = None) -> pl.DataFrame:
    """Nodes of one type, each id once, in the order of their first mention."""
    frame = pl.DataFrame({"id": ids})
    named = pl.lit(None, pl.String) if names is None else names
    frame = frame.with_columns(type=pl.lit(node_type), name=named)
    return frame.unique("id", keep="first", maintain_order=True)


def exact_where_unique(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``kind`` to pairs ``id, other``: exact where one id alone claims ``other``.

    An identifier that several things claim would weld them into one; it stays a synonym, which
    resolution treats as ambiguous.
    """
    owners = pl.col("id").n_unique().over("other")
    kind = pl.when(owners == 1).then(pl.lit(XREF_EXACT)).otherwise(pl.lit(XREF_SYNONYM))
    return frame.with_columns(kind=kind)
