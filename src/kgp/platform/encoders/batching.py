"""Batches of similar length: little is padded, and what one holds is bounded in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def longest_first(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order by length, the longest first; equally long ones keep their order.

    So a batch that does not fit shows at once, and the time left is never estimated too low.
    """
    return np.argsort(-lengths, kind="stable")


def cut(lengths: NDArray[np.int64], budget: int, most: int = 0) -> Iterator[slice]:
    """Cut what is ordered longest first into batches that hold ``budget`` when padded.

    A cut depends only on what follows it: of a sequence whose first batches are done, the rest
    is cut as it would have been.

    Args:
        lengths: [items], falling.
        budget: rows times longest row of a batch; a longer item is alone in its batch.
        most: most rows of a batch; 0 for any number.
    """
    start = 0
    while start < len(lengths):
        rows = max(1, budget // max(1, int(lengths[start])))
        end = min(len(lengths), start + (min(rows, most) if most else rows))
        yield slice(start, end)
        start = end
