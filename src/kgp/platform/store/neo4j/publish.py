"""Phase 2 of a load into Neo4j: the difference that it makes is written, batch by batch."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pyarrow.dataset as ds

from kgp.kg_schema.batches import Kind
from kgp.platform.store.neo4j.attach import move
from kgp.platform.store.neo4j.batches import batches, digest
from kgp.platform.store.neo4j.engine import engine, times_of
from kgp.platform.store.neo4j.ledger import find_load, forget_loads, write_load
from kgp.platform.store.neo4j.projection import project
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.neo4j.turn import PUBLISH, Turn
from kgp.platform.store.neo4j.vector_index import clear_slots, index_loaded
from kgp.platform.store.neo4j.writer import write
from kgp.platform.store.records import PublishReport
from kgp.platform.store.refusals import check_free
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from neo4j import ManagedTransaction

    from kgp.platform.staging import Staged
    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.progress import Step

_NAMES = (
    (Kind.REGULATION, "grn", "Grn", "network"),
    (Kind.DATASETS, "dataset", "Dataset", "response set"),
    (Kind.VECTORS, "name", "VectorSet", "vector set"),
)


class Publishing(Session):
    """Writing loads."""

    def publish(self, staged: Staged, step: Step | None = None) -> PublishReport:
        """Write a staging: all of it or, after an interruption, the rest of it.

        Args:
            staged: the load.
            step: where to say how many of its changes are written.

        Raises:
            BadInputError: if it names a network, data set or vector set that is there already.
            StoreBusyError: if another process writes, or something else is half written.
        """
        if known := self._published(staged.load_id):
            return known

        def names_are_free(tx: ManagedTransaction) -> None:
            _refuse_taken_names(tx, staged)

        turn = Turn(self, staged.load_id, PUBLISH)
        with turn.held(names_are_free), engine(self) as store:
            report = project(store, lambda: store.publish(staged))
            if not turn.plan:
                clear_slots(self, _names(staged, Kind.VECTORS, "name"), turn.renew)
                forget_loads(self)
                write_load(self, staged, report, times_of(store)[staged.load_id])
            write_plan(self, store, turn, names_are_free, step or SilentProgress())
            index_loaded(self)
            turn.end(lambda tx: _whole(tx, staged.load_id))
        return report

    def _published(self, load_id: str) -> PublishReport | None:
        """The account of a load that is there already, and not on its way out."""

        def look(tx: ManagedTransaction) -> PublishReport | None:
            found = find_load(tx, load_id)
            busy = tx.run("MATCH (s:KgpStore) RETURN s.pending AS pending").single()
            if not found or not found["published"] or (busy and busy["pending"] == load_id):
                return None
            return PublishReport(load_id, True, *(found[k] for k in ("nodes", "edges", "merged")))

        return self.writing(look)


def write_plan(
    session: Session,
    store: EmbeddedStore,
    turn: Turn,
    checked: Callable[[ManagedTransaction], None],
    step: Step,
) -> None:
    """Write all that the engine's plan changes, or what is still missing of it.

    Args:
        session: where to.
        store: the engine with the plan.
        turn: the right to write.
        checked: raises an error, before anything is written, if it must not be.
        step: where to say how many changes are written.
    """
    first, rest = batches(store)
    step.note(f"of {sum(batch.size for batch in chain(first, rest)):,} changes")
    turn.begin(digest(first, rest), checked)
    write(session, store, turn, first, step)
    move(session, store)
    write(session, store, turn, rest, step)


def _whole(tx: ManagedTransaction, load_id: str) -> None:
    tx.run("MATCH (l:KgpRecord {key: 'load/' + $id}) SET l.published = true", id=load_id)
    Session.touched(tx)


def _refuse_taken_names(tx: ManagedTransaction, staged: Staged) -> None:
    for kind, column, label, what in _NAMES:
        names = _names(staged, kind, column)
        if not names:
            continue
        cypher = f"MATCH (n:{label}) WHERE n.name IN $names RETURN n.name AS name"
        taken = sorted(row["name"] for row in tx.run(cypher, names=names))
        check_free(what, taken, staged.info.name)


def _names(staged: Staged, kind: Kind, column: str) -> list[str]:
    """The distinct values of a column in the parts of one kind."""
    parts = staged.parts(kind)
    if not parts:
        return []
    table = ds.dataset(parts, format="parquet").to_table(columns=[column])
    return sorted(set(table[column].to_pylist()))
