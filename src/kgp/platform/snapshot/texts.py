"""Tables of text as offsets and UTF-8 bytes: memory-mapped, read without copying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TextTable:
    """Texts in rows; a missing text is empty.

    Args:
        offsets: int64 [n + 1], where each text starts.
        data: uint8 [bytes], all texts one after the other.
    """

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Iterable[str | None] | pa.Array | pa.ChunkedArray) -> TextTable:
        """Build a table from texts in memory."""
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        array = texts if isinstance(texts, pa.Array) else pa.array(list(texts), pa.string())
        array = pa.concat_arrays([pc.fill_null(array.cast(pa.large_string()), "")])
        _, offsets, data = array.buffers()
        starts = np.zeros(1, np.int64)
        if len(array):
            starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
        packed = np.frombuffer(data or b"", np.uint8)[starts[0] : starts[-1]]
        return cls(starts - starts[0], packed)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        start, end = self.offsets[row], self.offsets[row + 1]
        return self.data[start:end].tobytes().decode()

    def take(self, rows: Iterable[int] | NDArray[np.integer]) -> list[str]:
        """Return the texts of ``rows`` in their order."""
        return [self[int(row)] for row in rows]

    def to_arrow(self) -> pa.Array:
        """View the table as an Arrow array (large_string) without copying."""
        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)

    def find(self, texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
        """Return the row of each text: int32 [len(texts)], -1 where it is not in the table."""
        wanted = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(list(texts))
        rows = pc.index_in(wanted.cast(pa.large_string()), value_set=self.to_arrow())
        found: NDArray[np.int32] = pc.fill_null(rows, -1).to_numpy().astype(np.int32)
        return found
