"""The plan of a load cut into batches, each of which is one transaction, in their order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING

import orjson

from kgp.platform.store.neo4j.outline import PARTS, Part
from kgp.platform.store.neo4j.projection import PLAN

if TYPE_CHECKING:
    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.changes import Row

BATCH = 10_000
"""Rows of one transaction."""

_BATCHES = {"vector": 500}
"""Fewer where rows are wide."""

BEFORE_MOVING = (("node", "create"), ("node", "update"))
"""What is written before versioned regulation moves to the nodes that it means now."""

AFTER_MOVING = (
    *(("link", op) for op in ("delete", "update", "create")),
    ("means", "delete"),
    ("xref", "delete"),
    *(("identifier", op) for op in ("delete", "update", "create")),
    ("xref", "create"),
    ("means", "create"),
    *(("regulation", op) for op in ("delete", "update", "create")),
    *(("network", op) for op in ("delete", "update", "create")),
    ("measured", "delete"),
    *(("dataset", op) for op in ("delete", "update", "create")),
    ("measured", "create"),
    *(("vector", op) for op in ("delete", "update", "create")),
    *(("vector_set", op) for op in ("delete", "update", "create")),
    ("node", "delete"),
)
"""The order of all else: an end is there before what hangs on it, and goes after it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a plan that one statement writes.

    Args:
        number: its place in the plan.
        part: name of the part.
        op: what it does.
        group: the columns that its rows share.
        first: number of its first row in the part's table.
        last: number of its last row.
    """

    number: int
    part: str
    op: str
    group: Row
    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of its rows."""
        return self.last - self.first + 1


def batches(store: EmbeddedStore) -> tuple[list[Batch], list[Batch]]:
    """Cut the plan into batches: those before and those after regulation moves."""
    runs = {name: _runs(store, PARTS[name]) for name in PARTS if name != "moved"}
    halves: tuple[list[Batch], list[Batch]] = [], []
    number = 0
    for half, order in zip(halves, (BEFORE_MOVING, AFTER_MOVING), strict=True):
        for part, op in order:
            for group, first, last in runs[part].get(op, []):
                for start in range(first, last + 1, size := _BATCHES.get(part, BATCH)):
                    end = min(start + size - 1, last)
                    half.append(Batch(number, part, op, group, start, end))
                    number += 1
    return halves


def digest(*plans: list[Batch]) -> str:
    """Hash of how a plan is cut: what was begun is continued by the same plan alone."""
    cut = [(b.part, b.op, b.group, b.first, b.last) for b in chain(*plans)]
    return hashlib.blake2b(orjson.dumps([version("kgp"), cut]), digest_size=8).hexdigest()


def _runs(store: EmbeddedStore, part: Part) -> dict[str, list[tuple[Row, int, int]]]:
    """For each kind of change the runs of rows that one statement can write."""
    by = ", ".join(("op", *part.groups))
    found: dict[str, list[tuple[Row, int, int]]] = {}
    for row in store.rows(
        f"SELECT {by}, min(n), max(n) FROM {PLAN}.{part.name} GROUP BY {by} ORDER BY min(n)"
    ):
        op, *group, first, last = row
        about = dict(zip(part.groups, group, strict=True))
        found.setdefault(op, []).append((about, first, last))
    return found
