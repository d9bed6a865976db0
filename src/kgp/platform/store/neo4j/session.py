"""A connection to a Neo4j server: reading, writing, and the record of the store itself."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import neo4j
from neo4j import ManagedTransaction

from kgp.errors import StoreBusyError
from kgp.platform.store.neo4j.faults import translated
from kgp.platform.store.neo4j.founding import found
from kgp.platform.store.neo4j.schema import STORE_KEY
from kgp.platform.store.neo4j.unlogged import unlogged
from kgp.platform.store.neo4j.versions import check_version
from kgp.platform.store.refusals import check_none_missing, check_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgp.platform.store.neo4j.address import Address

T = TypeVar("T")
Row = dict[str, Any]

FETCH = 20_000
"""Records that the driver asks for at once."""

_PATIENCE = 15.0
"""Seconds for a connection to come about; what listens there may never answer."""

_STORE = "MATCH (s:KgpRecord:KgpStore {key: $key})"


class Session:
    """A connection to one database of a Neo4j server.

    Args:
        address: where it is.
        create: make kgp's records, constraints and indexes where there are none.
        into_existing: accept a database that holds nodes of others.
        filling: open what a copy is filling; all others keep away until it is whole.

    Raises:
        NoStoreError: if it holds no graph of kgp.
        StoreError: if it holds that of a newer one, or nodes of others, or is too old a server.
        StoreUnavailableError: if the server cannot be reached.
    """

    def __init__(
        self,
        address: Address,
        *,
        create: bool = False,
        into_existing: bool = False,
        filling: bool = False,
    ) -> None:
        self.address, self.url, self._filling = address, address.url, filling
        self._owner = os.getpid()
        # What fails is said once, by the error; the driver would write it to stderr, too.
        logging.getLogger("neo4j").setLevel(logging.CRITICAL)
        self._driver = neo4j.GraphDatabase.driver(
            address.server,
            auth=(address.user, address.password()),
            user_agent="kgp",
            notifications_min_severity="OFF",
            connection_timeout=_PATIENCE,
            connection_acquisition_timeout=_PATIENCE,
        )
        try:
            with self.guarded():
                agent = self._driver.get_server_info().agent
            check_version(self.url, agent.partition("/")[2])
            self._prepare(create=create, into_existing=into_existing)
        except BaseException:
            self._driver.close()
            raise

    def close(self) -> None:
        """Release the connection; safe to call twice, and without effect in a forked process."""
        if os.getpid() == self._owner:
            self._driver.close()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the driver's errors into errors of kgp."""
        with translated(self.address):
            yield

    def read(self, cypher: str, **parameters: Any) -> list[Row]:
        """Run a query in a transaction that cannot write, and fetch all rows.

        Raises:
            StoreBusyError: while a load is half written.
        """

        def work(tx: ManagedTransaction) -> list[Row]:
            result = tx.run(cypher, parameters)
            names = result.keys()
            # Not `data()`: it walks through every element of every list.
            return [dict(zip(names, row, strict=True)) for row in result.values()]

        return self.reading(work)

    def reading(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Run ``work`` in one transaction that cannot write; it may be repeated.

        Raises:
            StoreBusyError: while a load is half written.
        """

        def checked(tx: ManagedTransaction) -> T:
            self.refuse_pending(tx)
            return work(tx)

        with self.guarded(), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(checked)

    def stream(self, cypher: str, **parameters: Any) -> Iterator[neo4j.Record]:
        """Run a query in a transaction that cannot write, and stream its records.

        Raises:
            StoreBusyError: while a load is half written.
        """
        with self.guarded(), self._session(neo4j.READ_ACCESS) as session:
            with session.begin_transaction() as tx:
                self.refuse_pending(tx)
                yield from tx.run(cypher, parameters)

    def writing(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Run ``work`` in one transaction; after a transient error it is run again."""
        with self.guarded(), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(work)

    def write(self, cypher: str, **parameters: Any) -> list[Row]:
        """Run one writing query in a transaction of its own."""
        return self.writing(lambda tx: tx.run(cypher, unlogged(parameters)).data())

    def command(self, cypher: str, **parameters: Any) -> list[Row]:
        """Run a statement that brings its own transaction, such as one about indexes."""
        with self.guarded(), self._session(neo4j.WRITE_ACCESS) as session:
            return session.run(cypher, parameters).data()

    def record(self) -> Row:
        """The record of the store itself: ``format, uuid, pending, sequence, fingerprint``."""
        rows = self.writing(
            lambda tx: tx.run(f"{_STORE} RETURN s {{.*}} AS s", key=STORE_KEY).data()
        )
        found: Row = rows[0]["s"] if rows else {}
        return found

    @staticmethod
    def now() -> str:
        """The time, for records that carry one; never part of the content."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    @staticmethod
    def touched(tx: ManagedTransaction) -> None:
        """Note that the content changes: the cached fingerprint goes with the first write."""
        tx.run(f"{_STORE} REMOVE s.fingerprint SET s.sequence = s.sequence + 1", key=STORE_KEY)

    def nodes_exist(self, ids: set[str]) -> None:
        """Check that every id means a node.

        Raises:
            BadInputError: for the first that does not.
        """
        check_none_missing(self.url, ids - set(self.meanings(ids)))

    def meanings(self, ids: set[str]) -> dict[str, str]:
        """Identifier → id of the node that it means, for those that mean one."""
        rows = self.read(
            """UNWIND $ids AS id
            OPTIONAL MATCH (own:Kgp {id: id})
            OPTIONAL MATCH (:KgpIdentifier {id: id})-[:MEANS]->(other:Kgp)
            WITH id, coalesce(own.id, other.id) AS node WHERE node IS NOT NULL
            RETURN id, node""",
            ids=sorted(ids),
        )
        return {row["id"]: row["node"] for row in rows}

    def _session(self, mode: str, fetch_size: int = FETCH) -> neo4j.Session:
        check_process(self._owner)
        return self._driver.session(
            database=self.address.database, default_access_mode=mode, fetch_size=fetch_size
        )

    def refuse_pending(self, tx: neo4j.Transaction | ManagedTransaction) -> None:
        """Refuse to read or build on what a load or a copy has half written."""
        about = "s.pending AS pending, s.filling AS filling"
        row = tx.run(f"{_STORE} RETURN {about}", key=STORE_KEY).single()
        if row is None:
            return
        self.refuse_half_copied(row["filling"])
        if row["pending"]:
            raise StoreBusyError(
                f"A load into {self.url} is half written: {row['pending']}.",
                hint="The graph can be asked again when it is whole.",
                command="the same load again, which continues, or kgp load --abort",
            )

    def _prepare(self, *, create: bool, into_existing: bool) -> None:
        found(self, create=create, into_existing=into_existing)

    def begin_filling(self, owner: str) -> bool:
        """Keep others away until :meth:`filled`; False, without effect, on a graph of another use.

        What an interrupted copy was filling is filled on.

        Args:
            owner: the process that fills it, ``host:pid:random``.
        """
        empty = "NOT EXISTS { (:KgpLoad) } AND NOT EXISTS { (:Kgp) }"
        rows = self.write(
            f"{_STORE} WITH s, CASE WHEN s.filling OR ({empty}) THEN true END AS free "
            "SET s.filling = free, s.filling_owner = CASE WHEN free THEN $owner END "
            "RETURN free",
            key=STORE_KEY,
            owner=owner,
        )
        return bool(rows[0]["free"])

    def filled(self) -> None:
        """Note that nothing fills the graph any more: from now on others may read it."""
        self.write(f"{_STORE} REMOVE s.filling, s.filling_owner", key=STORE_KEY)

    def refuse_half_copied(self, filling: bool | None) -> None:
        """Refuse what a copy is filling, unless this is the copy."""
        if filling and not self._filling:
            raise StoreBusyError(
                f"{self.url} holds the beginning of a copy; it is not whole.",
                hint="The graph can be used when kgp copy has ended.",
                command=f"the same kgp copy … {self.url} again, which continues, or "
                "kgp load --abort",
            )
