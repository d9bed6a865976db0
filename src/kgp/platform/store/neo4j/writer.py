"""Writing a plan into Neo4j: batches, each with its mark in the same transaction."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from threading import Semaphore
from typing import TYPE_CHECKING

from kgp.platform.store.embedded.connection import translated
from kgp.platform.store.neo4j.changes import CREATE, INVERSE, UPDATE
from kgp.platform.store.neo4j.fans import walked_types
from kgp.platform.store.neo4j.outline import PARTS
from kgp.platform.store.neo4j.projection import PLAN
from kgp.platform.store.neo4j.ranges import fetch_ahead
from kgp.platform.store.neo4j.statements import statement
from kgp.platform.store.neo4j.unlogged import unlogged

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from neo4j import ManagedTransaction

    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.batches import Batch
    from kgp.platform.store.neo4j.changes import Row, Statement
    from kgp.platform.store.neo4j.session import Session
    from kgp.platform.store.neo4j.turn import Turn
    from kgp.progress import Step

_WRITERS = 2
"""Transactions at once: one is run while the other one is committed; the rows of a third are made.
"""

_SIDE_BY_SIDE = {(part, op) for part in ("node", "link") for op in (CREATE, UPDATE)}
"""What two transactions write at once without waiting for each other's locks.

Removing a relationship locks its neighbours at a node as well, of which the other one may hold some
while it waits to renew the lease.
"""


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

    def prepare(batch: Batch) -> Statement:
        op, forward = way(batch)
        group = batch.group if forward else _exchanged(batch.group)
        rows = _rows(store, batch, forward=forward)
        most = (batch.op, group.get("type")) in walked
        return statement(batch.part, op, group, rows, walked=most)

    def apply(batch: Batch, free: Semaphore) -> Batch:
        made = prepare(batch)
        with free:
            session.writing(_work(turn, batch, made, marked=way is _forward))
        return batch

    for what, some in groupby(todo, lambda batch: (batch.part, way(batch)[0])):
        free = Semaphore(_WRITERS if what in _SIDE_BY_SIDE else 1)
        for batch in fetch_ahead(partial(apply, free=free), some, _WRITERS + 1):
            step.advance(batch.size)


def _work(
    turn: Turn, batch: Batch, made: Statement, *, marked: bool
) -> Callable[[ManagedTransaction], None]:
    def work(tx: ManagedTransaction) -> None:
        if turn.marked(tx, batch.number) is marked:
            return
        tx.run(made.cypher, unlogged(made.parameters)).consume()
        # Last, because from here on until the end no other transaction gets further than here.
        turn.renew(tx)
        turn.mark(tx, batch.number, marked=marked)

    return work


def _exchanged(group: Row) -> Row:
    """New and former values in each other's place."""
    other = {name: name[4:] if name.startswith("was_") else f"was_{name}" for name in group}
    return {name: group.get(other[name], value) for name, value in group.items()}


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
    # Not a stream: that one takes three times as long for so few rows.
    with store.connection().cursor() as cursor, translated(store.path, cursor):
        rows: pa.Table = cursor.execute(sql, [batch.first, batch.last]).to_arrow_table()
        return rows
