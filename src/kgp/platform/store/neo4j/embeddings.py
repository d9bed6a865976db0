"""Written vectors follow the identifiers that they were stated with, as rows of regulation do.

A vector that was stated with a node's own id lies on the node. Any other waits on the stub of its
identifier. Where that identifier means a node without a vector of its own, the node borrows it: it
carries a copy, of several identifiers that of the least one, and the stub names the borrower.

What a load brought goes and comes with the plan; what ``write_vectors`` wrote is in no plan. Like
the moving of rows this is found by where a vector is: done twice it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.schema import ABSENT
from kgp.platform.store.neo4j.vector_index import borrower
from kgp.platform.store.neo4j.vectors import BATCH, SETS, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Row, Session

    Check = Callable[[ManagedTransaction], None]

_STUB = f"MATCH (a:KgpRecord {{key: '{ABSENT}' + r.id}})"
_NODE = "MATCH (n:Kgp {id: r.node})"

_GOES = f"""
UNWIND $rows AS r {_NODE} WHERE n[$place] IS NOT NULL
MERGE (a:KgpRecord {{key: '{ABSENT}' + r.id}}) ON CREATE SET a:KgpAbsent
SET a[$place] = n[$place]"""

_COMES = f"""
UNWIND $rows AS r {_NODE} {_STUB} WHERE a[$place] IS NOT NULL
SET n[$place] = a[$place], a[$place] = null"""

_LENDS = f"""
UNWIND $rows AS r {_NODE} WHERE n[$place] IS NULL {_STUB}
SET n[$place] = a[$place], a[$borrower] = r.node"""

_TAKES_BACK = f"""
UNWIND $rows AS r {_STUB} SET a[$borrower] = null
WITH r {_NODE} SET n[$place] = null"""

_WAITING = f"""
MATCH (a:KgpAbsent) WHERE a[$place] IS NOT NULL
RETURN substring(a.key, {len(ABSENT)}) AS id, a[$borrower] AS node"""

_MEANT = """
UNWIND $ids AS id MATCH (:KgpIdentifier {id: id})-[:MEANS]->(n:Kgp) RETURN id, n.id AS node"""


def carry(session: Session, rows: list[Row]) -> None:
    """Bring every written vector to the node that its identifier means now.

    Args:
        session: where they are.
        rows: ``id, was, now``: all identifiers whose meaning changes, with the node that each
            meant and means, where it is or was a node or a stub is there for it.
    """
    goes = {row["id"] for row in rows if row["was"] == row["id"] != row["now"]}
    comes = [row["id"] for row in rows if row["now"] == row["id"] != row["was"]]
    meant = {row["id"]: row["now"] for row in rows}
    for row in session.write(SETS):
        about = row["about"]
        if not about.get("load_id"):
            vectors = _Place(session, slot_of(about).property)
            vectors.change(_GOES, {i: i for i in goes.difference(vectors.waiting().values())})
            vectors.lend(meant, comes)


def lend(session: Session, place: str, check: Check) -> None:
    """Let the nodes of a set that has just been written borrow what waits for them.

    Args:
        session: where they are.
        place: property of the set's vectors.
        check: fails in a transaction that must not write.
    """
    _Place(session, place, check).lend({}, [])


class _Place:
    """The vectors of one set, on nodes and stubs.

    Args:
        session: where they are.
        place: the property that holds them.
        check: fails in a transaction that must not write.
    """

    def __init__(self, session: Session, place: str, check: Check | None = None) -> None:
        self.session, self.check = session, check
        self.names = {"place": place, "borrower": borrower(place)}

    def change(self, cypher: str, nodes: Mapping[str, str]) -> None:
        """Run a statement for identifiers with a node each."""
        rows = [{"id": i, "node": node} for i, node in sorted(nodes.items())]
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]

            def work(tx: ManagedTransaction, some: list[Row] = some) -> None:
                if self.check:
                    self.check(tx)
                tx.run(cypher, {"rows": some, **self.names}).consume()

            self.session.writing(work)

    def waiting(self) -> dict[str, str | None]:
        """Identifier of each vector on a stub → the node that borrows it."""
        return {row["id"]: row["node"] for row in self.session.write(_WAITING, **self.names)}

    def lend(self, meant: Mapping[str, str | None], comes: Iterable[str]) -> None:
        """Take back what is lent wrongly, put vectors on nodes of their own id, and lend the rest.

        Args:
            meant: identifier → the node that it means now, where that changes.
            comes: identifiers that are nodes now and were not.
        """
        now = self.waiting()
        wanted = self._wanted(now, meant)
        lent = {i: node for i, node in now.items() if node is not None}
        self.change(_TAKES_BACK, {i: n for i, n in lent.items() if wanted.get(i) != n})
        self.change(_COMES, {i: i for i in comes})
        self.change(_LENDS, {i: n for i, n in wanted.items() if lent.get(i) != n})

    def _wanted(self, waiting: Iterable[str], meant: Mapping[str, str | None]) -> dict[str, str]:
        """Identifier → node that would borrow its vector if it has none of its own."""
        ids = sorted(waiting, key=str.encode)
        rows = self.session.write(_MEANT, ids=[i for i in ids if i not in meant])
        means = {row["id"]: row["node"] for row in rows} | dict(meant)
        best: dict[str, str] = {}
        for identifier in ids:
            node = means.get(identifier)
            if node is not None and node != identifier:
                best.setdefault(node, identifier)
        return {identifier: node for node, identifier in best.items()}
