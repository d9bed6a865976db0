"""Reading relationships in pieces: key ranges of their sources, fetched ahead by some threads."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from kgp.errors import StoreBusyError
from kgp.platform.store.neo4j.schema import STORE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from kgp.platform.store.neo4j.session import Session

K = TypeVar("K")
T = TypeVar("T")

RANGE_ROWS = 20_000
"""About so many relationships are fetched at once."""

CONNECTIONS = 3
"""Ranges that are fetched at the same time: one is decoded while the server gathers others."""


def key_ranges(degrees: Iterable[tuple[str, int]], rows: int = RANGE_ROWS) -> list[list[str]]:
    """Cut sources into ranges of about ``rows`` relationships, in bytewise order of their ids.

    Args:
        degrees: id of a source and how many relationships leave it.
        rows: a range ends with the source that fills it.
    """
    ranges: list[list[str]] = []
    room = 0
    for key, degree in sorted(degrees, key=lambda pair: pair[0].encode()):
        if room <= 0:
            ranges.append([])
            room = rows
        ranges[-1].append(key)
        room -= degree
    return ranges


def fetch_ahead(
    fetch: Callable[[K], T], keys: Iterable[K], connections: int = CONNECTIONS
) -> Iterator[T]:
    """Give ``fetch(key)`` of every key in their order, with up to ``connections`` under way."""
    with ThreadPoolExecutor(connections) as pool:
        under_way: deque[Future[T]] = deque()
        try:
            for key in keys:
                under_way.append(pool.submit(fetch, key))
                if len(under_way) == connections:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def one_state(session: Session) -> Iterator[None]:
    """Make sure that all queries of the block saw one state of the graph.

    Raises:
        StoreBusyError: if the graph was written meanwhile.
    """
    before = _sequence(session)
    yield
    if _sequence(session) != before:
        raise StoreBusyError(
            f"{session.url} was changed while it was read.",
            hint="What was read belongs to no one state of the graph.",
            command="the same command again",
        )


def _sequence(session: Session) -> int:
    asked = "MATCH (s:KgpRecord:KgpStore {key: $key}) RETURN s.sequence AS sequence"
    return int(session.read(asked, key=STORE_KEY)[0]["sequence"])
