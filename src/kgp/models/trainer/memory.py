"""What to say when a batch does not fit into memory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from kgp.errors import BadInputError
from kgp.platform.device import out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def fitting(rows: int, attempt: Callable[[int], object]) -> Iterator[None]:
    """Turn an exhausted memory into an error that says how many rows fit.

    Args:
        rows: rows of the batches inside.
        attempt: makes one step with so many rows and throws it away.

    Raises:
        BadInputError: if the memory does not hold a batch.
    """
    try:
        yield
        return
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
    # Outside of the handler: its traceback holds the tensors of the step that failed.
    most = _largest(rows // 2, attempt)
    hint = f"A batch of {most} fits; so may {rows} with fewer neighbours per relation."
    if not most:
        hint = "Not even one row does: draw fewer neighbours per relation, or narrow the layers."
    raise BadInputError(
        f"A batch of {rows} rows with its neighbourhood does not fit into memory.", hint=hint
    )


def _largest(rows: int, attempt: Callable[[int], object]) -> int:
    """Halve until a step fits; 0 where none does."""
    while rows:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        try:
            attempt(rows)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
        else:
            return rows
        rows //= 2
    return 0
