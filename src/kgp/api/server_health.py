"""Is a Neo4j server ready for kgp?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.diagnosis import ServerFacts

State = Literal["ok", "absent", "fails"]

LOW_DISK = 2 * 10**9
"""Free bytes under which a load of PrimeKG's size may not fit."""

_LEAST_HEAP = 512 * 2**20
"""Bytes of heap with which a batch of ten thousand rows is written."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``absent`` is fine without a feature, ``fails`` has to be mended."""

    name: str
    state: State
    found: str
    advice: str = ""


def server_checks(facts: ServerFacts, url: str) -> Iterator[Check]:
    """What to think of a server, and what to do about it.

    Args:
        facts: what it says of itself.
        url: the store's URL, for the commands to type.
    """
    yield Check("server", "ok", f"Neo4j {facts.version}, {facts.edition}")
    yield _heap(facts)
    yield _page_cache(facts)
    yield _schema(facts, url)
    if facts.unindexed:
        yield Check(
            "vector indexes",
            "absent",
            f"none complete for {', '.join(facts.unindexed)}",
            "wait until the server has made them; kgp query similar-to compares all until then",
        )
    yield _disk(facts)
    yield _pending(facts, url)


def _heap(facts: ServerFacts) -> Check:
    found = _amount(facts.heap)
    if facts.heap is None or facts.heap >= _LEAST_HEAP:
        return Check("heap", "ok", found)
    return Check("heap", "fails", found, "set server.memory.heap.max_size=1g or more, restart it")


def _page_cache(facts: ServerFacts) -> Check:
    found = _amount(facts.page_cache)
    if facts.size is None or facts.page_cache is None:
        return Check("page cache", "ok", found)
    found += f" for a store of {_amount(facts.size)}"
    if facts.page_cache >= facts.size:
        return Check("page cache", "ok", found)
    enough = -(-facts.size * 6 // (5 * 2**20))
    advice = f"set server.memory.pagecache.size={enough}m where there is memory: reading gets slow"
    return Check("page cache", "absent", found, advice)


def _schema(facts: ServerFacts, url: str) -> Check:
    if not facts.missing:
        return Check("constraints and indexes", "ok", "all there")
    found = f"missing: {', '.join(facts.missing)}"
    return Check("constraints and indexes", "fails", found, f"kgp doctor --repair --store {url}")


def _disk(facts: ServerFacts) -> Check:
    if facts.free is None:
        return Check("server's disk", "ok", "not to be seen from this machine")
    found = f"{_amount(facts.free)} free in {facts.folder}"
    if facts.free >= LOW_DISK:
        return Check("server's disk", "ok", found)
    return Check("server's disk", "fails", found, "free some space, or move the server's data")


def _pending(facts: ServerFacts, url: str) -> Check:
    if facts.pending is None:
        return Check("pending load", "ok", "none")
    by = f", by {facts.writer}" if facts.writer else ""
    advice = f"the same load again continues it; kgp load --abort --store {url} takes it back"
    return Check("pending load", "fails", f"{facts.pending} is half written{by}", advice)


def _amount(size: int | None) -> str:
    return "not told" if size is None else f"{size / 2**20:,.0f} MiB"
