"""Who stages the blocks of a load: threads of this process, or others that take blocks alike.

The client reads the blocks in order, hands out a bounded number of them and collects them in
order, so that neither memory nor the account depends on who works or how fast.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kgp.kg_schema.tally import Tally
    from kgp.platform.staging_blocks import Work

_MOST_THREADS = 4
_WAKES = 0.2
"""Seconds."""


class Pending(Protocol):
    """A block that is being staged."""

    def result(self) -> Tally:
        """Wait for the account of the block; raise what its staging raised."""


class Workers(Protocol):
    """Takes blocks."""

    @property
    def width(self) -> int:
        """How many blocks may be under way at once."""

    def submit(self, work: Work, number: int, block: Any) -> Pending:
        """Start to stage a block."""


def stage_blocks(
    work: Work, blocks: Iterable[Any], workers: Workers, check: Callable[[], None]
) -> Iterator[Tally]:
    """Yield the account of every block, in order; what is whole already is not staged again.

    Args:
        work: how a block is staged.
        blocks: the blocks, in order.
        workers: who does it.
        check: raises if the files are no longer those that the load was begun with; called
            between reading and marking a block, so that no mark can tell of another content.
    """
    pending: deque[Pending] = deque()
    for number, block in enumerate(blocks):
        check()
        done = work.done(number)
        pending.append(workers.submit(work, number, block) if done is None else _Done(done))
        if len(pending) >= workers.width:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


@dataclass(frozen=True, slots=True)
class _Done:
    tally: Tally

    def result(self) -> Tally:
        return self.tally


@dataclass(frozen=True, slots=True)
class _Threads:
    """Threads of this process: polars and Arrow let go of the interpreter while they work."""

    pool: ThreadPoolExecutor
    width: int

    def submit(self, work: Work, number: int, block: Any) -> Pending:
        return _Awaited(self.pool.submit(work.stage, number, block))


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A block in a thread. The one who waits for it wakes now and then, to hear Ctrl-C.

    The system may hand a signal to any thread, but only the main one acts on it, and not while it
    waits without an end.
    """

    future: Future[Tally]

    def result(self) -> Tally:
        while not self.future.done():
            wait([self.future], _WAKES)
        return self.future.result()


@contextmanager
def threads() -> Iterator[Workers]:
    """Work in this process; when it is left, the blocks under way have been finished."""
    count = min(_MOST_THREADS, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(count, "staging")
    try:
        yield _Threads(pool, count + 1)
    finally:
        pool.shutdown()
