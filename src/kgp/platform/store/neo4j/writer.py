"""Writing a plan into Neo4j: batches, each with its mark in the same transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa

from kgp.platform.store.neo4j.changes import CREATE, INVERSE
from kgp.platform.store.neo4j.fans import walked_types
from kgp.platform.store.neo4j.outline import PARTS, Part
from kgp.platform.store.neo4j.projection import PLAN
from kgp.platform.store.neo4j.ranges import fetch_ahead
from kgp.platform.store.neo4j.statements import statement
from kgp.platform.store.neo4j.unlogged import unlogged

if TYPE_CHECKING:
    from collections.abc import Callable

    from neo4j import ManagedTransaction

    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.changes import Row, Statement
    from kgp.platform.store.neo4j.session import Session
    from kgp.platform.store.neo4j.turn import Turn
    from kgp.progress import Step

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


def write(
    session: Session, store: EmbeddedStore, turn: Turn, todo: list[Batch], step: Step
) -> None:
    """Write the batches that are not written yet, and count their rows."""
    done = turn.marks()
    step.advance(sum(batch.size for batch in todo if batch.number in done))
    _run(session, store, turn, [b for b in todo if b.number not in done], _forward, step)


def take_back(
    session: Session, store: EmbeddedStore, turn: Turn, done: list[Batch], step: Step
) -> None:
    """Undo the batches that are written, the last one first, and count their rows."""
    marks = turn.marks()
    _run(session, store, turn, [b for b in reversed(done) if b.number in marks], _backward, step)


def _forward(batch: Batch) -> tuple[str, bool]:
    return batch.op, True


def _backward(batch: Batch) -> tuple[str, bool]:
    return INVERSE[batch.op], False


def _run(
    session: Session,
    store: EmbeddedStore,
    turn: Turn,
    todo: list[Batch],
    way: Callable[[Batch], tuple[str, bool]],
    step: Step,
) -> None:
    found = [b for b in todo if b.part == "link" and way(b)[0] != CREATE]
    walked = {(op, verb) for op in {b.op for b in found} for verb in walked_types(store, op)}

    def prepare(batch: Batch) -> tuple[Batch, Statement]:
        op, forward = way(batch)
        group = batch.group if forward else _exchanged(batch.group)
        rows = _rows(store, batch, forward=forward)
        most = (batch.op, group.get("type")) in walked
        return batch, statement(batch.part, op, group, rows, walked=most)

    # The rows of the next batch are made while the server writes this one.
    for batch, made in fetch_ahead(prepare, todo, 2):
        session.writing(_work(turn, batch, made, marked=way is _forward))
        step.advance(batch.size)


def _work(
    turn: Turn, batch: Batch, made: Statement, *, marked: bool
) -> Callable[[ManagedTransaction], None]:
    def work(tx: ManagedTransaction) -> None:
        if turn.renewed(tx, batch.number) is marked:
            return
        tx.run(made.cypher, unlogged(made.parameters)).consume()
        turn.mark(tx, batch.number, marked=marked)

    return work


def _exchanged(group: Row) -> Row:
    """New and former values in each other's place."""
    other = {name: name[4:] if name.startswith("was_") else f"was_{name}" for name in group}
    return {name: group.get(other[name], value) for name, value in group.items()}


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


def _rows(store: EmbeddedStore, batch: Batch, *, forward: bool) -> pa.Table:
    """The rows of a batch; for taking it back with new and former values exchanged."""
    part = PARTS[batch.part]
    new, old = ("", "was_") if forward else ("was_", "")
    selected = [
        *part.keys,
        *(f"{new}{name} AS {name}" for name in part.kept),
        *(f"{old}{name} AS was_{name}" for name in part.kept),
        *(f"{key}_node" for key in part.placed),
    ]
    sql = f"SELECT {', '.join(selected)} FROM {PLAN}.{part.name} WHERE n BETWEEN ? AND ? ORDER BY n"
    return pa.Table.from_batches(store.stream(sql, batch.first, batch.last))
