"""Removing what one load has stated, and taking back what was left half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.platform.store.neo4j.attach import move
from kgp.platform.store.neo4j.batches import batches, digest
from kgp.platform.store.neo4j.engine import engine, publish_into
from kgp.platform.store.neo4j.ledger import find_load, forget_loads
from kgp.platform.store.neo4j.projection import project
from kgp.platform.store.neo4j.publish import write_plan
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.neo4j.turn import PUBLISH, PURGE, Turn
from kgp.platform.store.neo4j.writer import take_back
from kgp.platform.store.refusals import check_not_built_on
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.session import Row

_GRNS = """
MATCH (g:Grn {load_id: $load_id}) WHERE g.forked_from = ''
OPTIONAL MATCH (f:Grn) WHERE f.forked_from STARTS WITH g.name + '@'
RETURN g.name AS name, g.head AS head, min(f.name) AS fork ORDER BY name"""


class Purging(Session):
    """Removing loads."""

    def purge(self, load_id: str) -> None:
        """Remove what one load stated; facts that other loads state remain.

        Raises:
            BadInputError: for an unknown load, or one whose network has later versions.
            StoreBusyError: if another process writes, or something else is half written.
        """

        def can_go(tx: ManagedTransaction) -> None:
            _check_load(tx, load_id)
            _check_networks(tx, load_id)

        turn = Turn(self, load_id, PURGE)
        with turn.held(can_go):
            with engine(self) as store:
                project(store, lambda: store.purge(load_id))
                write_plan(self, store, turn, can_go, SilentProgress())
            turn.end(lambda tx: _gone(tx, load_id))
            forget_loads(self)

    def half_written(self) -> str | None:
        """Identity of the load that is half written, on its way in."""
        known = self.record()
        return str(known["pending"]) if known.get("pending_kind") == PUBLISH else None

    def abort_pending(self) -> str | None:
        """Take back a load or a removal that was left half written.

        Returns:
            The identity of the load; None if nothing is half written.

        Raises:
            StoreBusyError: if a process is still writing it.
        """
        known = self.record()
        load_id = known.get("pending")
        if not load_id:
            return None
        turn = Turn(self, load_id, known["pending_kind"])
        with turn.held():
            with engine(self) as store:
                self._project_again(store, turn)
                first, rest = batches(store)
                turn.begin(digest(first, rest))
                take_back(self, store, turn, rest, SilentProgress())
                move(self, store, back=True)
                take_back(self, store, turn, first, SilentProgress())
            turn.end(lambda tx: None)
            forget_loads(self)
        return str(load_id)

    def _project_again(self, store: EmbeddedStore, turn: Turn) -> None:
        """Make the plan of what is half written."""
        if turn.kind == PURGE:
            project(store, lambda: store.purge(turn.load_id))
            return
        load: Row | None = self.writing(lambda tx: find_load(tx, turn.load_id))
        project(store, lambda: publish_into(store, self, load or {}))


def _check_load(tx: ManagedTransaction, load_id: str) -> None:
    found = find_load(tx, load_id)
    if found and found["published"]:
        return
    cypher = "MATCH (l:KgpLoad) WHERE l.published RETURN l.load_id AS id ORDER BY l.number"
    known = [row["id"] for row in tx.run(cypher)]
    raise BadInputError(f"No load {load_id!r}. Known: {', '.join(known) or 'none'}.")


def _check_networks(tx: ManagedTransaction, load_id: str) -> None:
    for row in tx.run(_GRNS, load_id=load_id):
        check_not_built_on(row["name"], row["head"], row["fork"])


def _gone(tx: ManagedTransaction, load_id: str) -> None:
    tx.run("MATCH (l:KgpRecord {key: 'load/' + $id}) SET l.published = false", id=load_id)
    Session.touched(tx)
