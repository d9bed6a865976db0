"""Whose turn it is to write: one load or purge at a time, and what is known of a half-written one.

Whoever writes holds a lease that each batch renews; a process that has died loses it, and another
takes over. ``pending`` is set with the first batch: until then the graph can be read.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from kgp.errors import KgpError, StoreBusyError
from kgp.platform.store.neo4j.owners import new_owner, refuse_living
from kgp.platform.store.neo4j.schema import STORE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Row, Session

PUBLISH, PURGE = "publish", "purge"

LEASE = 60
"""Seconds after which a writer of whom nothing was heard counts as gone."""

_STORE = "MATCH (s:KgpRecord:KgpStore {key: $key})"

LOOK = f"""{_STORE} SET s.sequence = s.sequence
RETURN s {{.*}} AS s, datetime().epochSeconds
       - datetime(coalesce(s.pending_lease, '1970-01-01T00:00:00Z')).epochSeconds AS age"""
"""Setting a property takes the lock of the record."""

_TAKE = f"""{_STORE} SET s.pending_owner = $owner, s.pending_lease = toString(datetime()),
s.turns = coalesce(s.turns, 0) + 1"""
"""``turns`` tells whoever writes vectors that nodes may have come and gone meanwhile."""

_RENEW = f"""{_STORE} SET s.sequence = s.sequence WITH s WHERE s.pending_owner = $owner
SET s.pending_lease = toString(datetime()) RETURN s.key"""
"""The owner is read behind the lock: another process may have taken over before."""

_SEE = f"""{_STORE} OPTIONAL MATCH (b:KgpRecord {{key: $mark}})
RETURN s.pending_owner = $owner AS mine, b IS NOT NULL AS marked"""

_RELEASE = f"""{_STORE} WHERE s.pending_owner = $owner
REMOVE s.pending_owner, s.pending_lease"""

_END = f"""{_STORE} WHERE s.pending_owner = $owner
REMOVE s.pending, s.pending_kind, s.pending_plan RETURN s.key"""

_PURPOSE = {PUBLISH: "load of", PURGE: "removal of"}


class Turn:
    """The right to write one load or its removal.

    Args:
        session: where.
        load_id: the load.
        kind: ``publish`` or ``purge``.
    """

    def __init__(self, session: Session, load_id: str, kind: str) -> None:
        self._session, self.load_id, self.kind = session, load_id, kind
        self.owner = new_owner()
        self.plan = ""
        """Digest of the plan of which batches may be written already; empty if none are."""

    def take(self, checked: Callable[[ManagedTransaction], None] | None = None) -> None:
        """Begin, or continue what a dead process has begun.

        Args:
            checked: raises an error if what begins now must not be.

        Raises:
            StoreBusyError: if another process writes, or has left something else half written.
        """

        def work(tx: ManagedTransaction) -> None:
            row = tx.run(LOOK, key=STORE_KEY).single(strict=True)
            known = row["s"]
            if row["age"] < LEASE:
                refuse_living(known.get("pending_owner"), self._session.url)
            self._refuse_other(known)
            self.plan = known.get("pending_plan") or ""
            if checked and not self.plan:
                checked(tx)
            tx.run(_TAKE, key=STORE_KEY, owner=self.owner)

        self._session.writing(work)

    def begin(self, plan: str, checked: Callable[[ManagedTransaction], None] | None = None) -> None:
        """Note that from now on the graph is half written.

        Args:
            plan: digest of what is being written.
            checked: raises an error if what begins now must not be.

        Raises:
            StoreBusyError: if another plan is half written, or another process has taken over.
        """
        if self.plan not in ("", plan):
            raise StoreBusyError(
                f"The {_PURPOSE[self.kind]} {self.load_id} into {self._session.url} was begun by "
                "another version of kgp, which cut it otherwise.",
                hint="It cannot be continued by this one; nothing was changed.",
                command="the same command with that version, or with it: kgp load --abort",
            )

        def work(tx: ManagedTransaction) -> None:
            self.renew(tx)
            if checked and not self.plan:
                checked(tx)
            tx.run(
                f"{_STORE} SET s.pending = $load_id, s.pending_kind = $kind,"
                " s.pending_plan = $plan",
                key=STORE_KEY,
                load_id=self.load_id,
                kind=self.kind,
                plan=plan,
            )

        self._session.writing(work)
        self.plan = plan

    def marked(self, tx: ManagedTransaction, number: int) -> bool:
        """Whether batch ``number`` is written; locks nothing.

        Raises:
            StoreBusyError: if another process has taken over.
        """
        about = {"owner": self.owner, "mark": self._mark(number)}
        row = tx.run(_SEE, about, key=STORE_KEY).single(strict=True)
        if not row["mine"]:
            raise self._lost()
        return bool(row["marked"])

    def renew(self, tx: ManagedTransaction) -> None:
        """Renew the lease, and let no other transaction renew it until this one ends.

        Raises:
            StoreBusyError: if another process has taken over.
        """
        if tx.run(_RENEW, key=STORE_KEY, owner=self.owner).single() is None:
            raise self._lost()

    def mark(self, tx: ManagedTransaction, number: int, *, marked: bool) -> None:
        """Note that a batch is written, or taken back."""
        cypher = "CREATE (:KgpRecord:KgpBatch {key: $mark, load_id: $load_id})"
        if not marked:
            cypher = "MATCH (b:KgpRecord {key: $mark}) DELETE b"
        tx.run(cypher, mark=self._mark(number), load_id=self.load_id)

    def marks(self) -> set[int]:
        """Numbers of the batches that are written."""
        rows = self._session.write("MATCH (b:KgpBatch) RETURN b.key AS key")
        return {int(row["key"].rpartition("/")[2]) for row in rows}

    def end(self, work: Callable[[ManagedTransaction], None]) -> None:
        """Run the last transaction, after which the graph is whole."""

        def last(tx: ManagedTransaction) -> None:
            self.renew(tx)
            work(tx)
            tx.run("MATCH (b:KgpBatch) DELETE b")
            tx.run("MATCH (a:KgpAbsent) WHERE NOT (a)--() AND size(keys(a)) = 1 DELETE a")
            tx.run(_END, key=STORE_KEY, owner=self.owner)

        self._session.writing(last)
        self.plan = ""

    @contextmanager
    def held(self, checked: Callable[[ManagedTransaction], None] | None = None) -> Iterator[None]:
        """Take the turn, keep its lease alive, and give it back however it ends."""
        self.take(checked)
        ended = Event()
        beat = Thread(target=self._keep_alive, args=(ended,), daemon=True)
        beat.start()
        try:
            yield
        finally:
            ended.set()
            beat.join()
            # Where the server is gone, the lease runs out by itself.
            with suppress(KgpError):
                self._session.write(_RELEASE, key=STORE_KEY, owner=self.owner)

    def _keep_alive(self, ended: Event) -> None:
        about = {"key": STORE_KEY, "owner": self.owner}
        while not ended.wait(LEASE / 4):
            with suppress(KgpError):
                self._session.write(_RENEW, **about)

    def _lost(self) -> StoreBusyError:
        return StoreBusyError(
            f"Another process has taken over the {_PURPOSE[self.kind]} {self.load_id}.",
            hint="Nothing of it is lost.",
            command="the same command when the other one has ended",
        )

    def _mark(self, number: int) -> str:
        return f"batch/{self.load_id}/{number}"

    def _refuse_other(self, known: Row) -> None:
        pending, kind = known.get("pending"), known.get("pending_kind")
        if pending and (pending, kind) != (self.load_id, self.kind):
            raise half_written(self._session.url, pending, str(kind))


def half_written(url: str, load_id: str, kind: str) -> StoreBusyError:
    """The error of beginning something while something else is half written."""
    return StoreBusyError(
        f"The {_PURPOSE[kind]} {load_id} in {url} is half written.",
        hint="The same command again continues it; kgp load --abort takes it back.",
        command="kgp load --abort",
    )
