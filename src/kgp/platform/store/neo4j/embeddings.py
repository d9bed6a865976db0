"""Embeddings of nodes that vanish wait on their stubs, as rows of regulation do.

What a load brought goes and comes with the plan; what ``write_vectors`` wrote is in no plan. Like
the moving of rows this is found by where a vector is: done twice it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.schema import ABSENT
from kgp.platform.store.neo4j.vectors import SETS, slot_of

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.session import Row, Session

_GOES = f"""
UNWIND $ids AS id MATCH (n:Kgp {{id: id}}) WHERE n[$place] IS NOT NULL
MERGE (a:KgpRecord {{key: '{ABSENT}' + id}}) ON CREATE SET a:KgpAbsent
SET a[$place] = n[$place]"""

_COMES = f"""
UNWIND $ids AS id MATCH (n:Kgp {{id: id}})
MATCH (a:KgpRecord {{key: '{ABSENT}' + id}}) WHERE a[$place] IS NOT NULL
SET n[$place] = a[$place], a[$place] = null"""


def carry(session: Session, rows: list[Row]) -> None:
    """Keep the embeddings of nodes that go, and give them back to those that come.

    Args:
        session: where they are.
        rows: ``id, was, now``: identifiers with the node that each meant and means.
    """
    goes = [r["id"] for r in rows if r["was"] == r["id"] != r["now"]]
    comes = [r["id"] for r in rows if r["now"] == r["id"] != r["was"]]
    for row in session.write(SETS):
        about = row["about"]
        if about.get("load_id"):
            continue
        place = slot_of(about).property
        for cypher, ids in ((_GOES, goes), (_COMES, comes)):
            if ids:
                session.write(cypher, ids=ids, place=place)
