"""A loader that makes batches in background threads, in the order of the seeds."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import torch

from kgp.errors import BadInputError
from kgp.platform.pyg.transfer import DeviceCopy, Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kgp.platform.pyg.epochs import SeedBatch, SeedOrder

T = TypeVar("T")


class PrefetchLoader(Generic[T]):
    """Iterates the batches of an epoch; each ``for`` loop is one epoch.

    The batches are the same, in the same order, for any number of threads, as long as ``make`` is
    a function of its argument. A loop that follows another starts the next epoch, also where the
    other was left early; a loop after :meth:`load_state_dict` goes on behind the last batch that
    had been handed out.

    Args:
        order: which seeds make up which batch.
        make: makes a batch from its seeds, in a background thread in which torch's own operations
            use one thread: sampling, gathering, index packing, all of it.
        threads: background threads.
        ahead: batches that may be waiting or in the making; default two more than threads.
        device: where the batches go. On CUDA through pinned memory and a copy stream.
        finish: what is left to do on the device, in the caller's thread, such as gathering
            features that live there.
        identity: what else must be equal where a state is loaded: the snapshot, the fan-outs.

    Raises:
        BadInputError: for fewer than one thread or batch ahead.
    """

    def __init__(
        self,
        order: SeedOrder,
        make: Callable[[SeedBatch], T],
        *,
        threads: int = 1,
        ahead: int | None = None,
        device: torch.device | str = "cpu",
        finish: Callable[[T], T] | None = None,
        identity: Mapping[str, Any] | None = None,
    ) -> None:
        self.order, self.make, self.finish = order, make, finish
        self.threads, self.ahead = threads, threads + 2 if ahead is None else ahead
        if self.threads < 1 or self.ahead < 1:
            raise BadInputError(
                f"{self.threads} threads with {self.ahead} batches ahead make no batch.",
                hint="Give at least one of each.",
            )
        self.device = torch.device(device)
        self.waited = self.busy = 0.0
        self._facts = order.facts() | dict(identity or {})
        self._epoch = self._done = 0
        self._begun = False

    def __len__(self) -> int:
        return len(self.order)

    @property
    def epoch(self) -> int:
        """The epoch that is running, or that comes next where none is."""
        return self._epoch

    @property
    def waiting_share(self) -> float:
        """Share of the newest loop's time in which the caller waited for batches.

        Time on the host: work that a GPU still has in its queue counts for the caller.
        """
        total = self.waited + self.busy
        return self.waited / total if total else 0.0

    def __iter__(self) -> Iterator[T]:
        if self._begun:
            self._epoch, self._done = self._epoch + 1, 0
        self._begun = True
        self.waited = self.busy = 0.0
        return self._run(self._epoch)

    def _run(self, epoch: int) -> Iterator[T]:
        order, copies = self.order.order(epoch), DeviceCopy(self.device)

        def produce(number: int) -> Sent:
            return copies.send(self.make(self.order.batch(order, epoch, number)))

        with _background(self.threads) as pool:
            numbers = iter(range(self._done, len(self)))
            waiting = deque(pool.submit(produce, n) for n in islice(numbers, self.ahead))
            while waiting:
                batch = self._next(waiting, copies)
                waiting.extend(pool.submit(produce, n) for n in islice(numbers, 1))
                self._done += 1
                handed_out = perf_counter()
                yield batch
                del batch  # the caller alone decides how long it lives
                self.busy += perf_counter() - handed_out
        self._epoch, self._done, self._begun = epoch + 1, 0, False

    def _next(self, waiting: deque[Future[Sent]], copies: DeviceCopy) -> T:
        asked = perf_counter()
        batch: T = copies.receive(waiting.popleft().result())
        self.waited += perf_counter() - asked
        return batch if self.finish is None else self.finish(batch)

    def state_dict(self) -> dict[str, Any]:
        """Return the position: epoch, batches handed out in it, and what they depend on."""
        return {"epoch": self._epoch, "batch": self._done, "facts": dict(self._facts)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue behind the last batch that had been handed out.

        Raises:
            BadInputError: if the state belongs to other seeds, another snapshot or another
                configuration, with both lists.
        """
        theirs = state["facts"]
        if theirs != self._facts:
            names = sorted(theirs.keys() | self._facts.keys())
            rows = [(n, theirs.get(n), self._facts.get(n)) for n in names]
            differ = [(n, *pair) for n, *pair in rows if pair[0] != pair[1]]
            raise BadInputError(
                "The position was saved by a loader with other data or another configuration.",
                hint="\n".join(f"{n}: saved {old}, here {new}" for n, old, new in differ),
            )
        self._epoch, self._done = int(state["epoch"]), int(state["batch"])
        self._begun = False


@contextmanager
def _background(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Run threads in which torch uses one thread each; on leaving, wait until all have ended.

    Torch keeps the number per thread, but setting it anywhere sets it for MKL and for threads to
    come, so the caller's number is set again once all have theirs.
    """
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="kgp-prefetch")
    started = threading.Barrier(threads + 1)

    def start() -> None:
        torch.get_num_threads()  # the first call in a thread sets the number of the process
        torch.set_num_threads(1)
        started.wait()

    try:
        for _ in range(threads):
            pool.submit(start)
        started.wait()
        torch.set_num_threads(before)
        yield pool
    finally:
        started.abort()  # interrupted at the start, the threads would wait for each other
        pool.shutdown(wait=True, cancel_futures=True)
