"""Versioned regulation and evidence follow the identifiers that they were stated with.

A row keeps the identifiers as stated. Where a load changes which node one of them means, the row
moves to that node; where it means none, to a stub that no reader sees, and back when it means one
again. Moving is found by where a row is, not by what was done before: done twice it is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pyarrow as pa

from kgp.platform.store.neo4j.embeddings import carry
from kgp.platform.store.neo4j.projection import PLAN
from kgp.platform.store.neo4j.schema import ABSENT

if TYPE_CHECKING:
    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.session import Row, Session

_AT_ONCE = 2_000
"""Moved identifiers of one transaction; each may bring many rows."""

_STUBS = "MATCH (a:KgpAbsent) RETURN a.key AS key"

_ROWS = f"""
SELECT id, {{was}} AS was, {{now}} AS now FROM {PLAN}.moved
WHERE {{was}} IS NOT NULL OR id IN (SELECT id FROM stub) ORDER BY id"""


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a row, and the property that holds the identifier as stated."""

    verb: str
    stated: str
    leaving: bool


_ENDS = (
    _End("REGULATES", "src_id", leaving=True),
    _End("REGULATES", "dst_id", leaving=False),
    *(
        _End(verb, stated, leaving)
        for verb in ("SUPPORTS", "CONTRADICTS")
        for stated, leaving in (("signature_id", True), ("dst_id", False))
    ),
)

_NODE = "MATCH ({0}:Kgp {{id: r.{1}}})"
_STUB = f"MATCH ({{0}}:KgpRecord {{{{key: '{ABSENT}' + r.id}}}})"
_NEW_STUB = f"MERGE ({{0}}:KgpRecord {{{{key: '{ABSENT}' + r.id}}}}) ON CREATE SET {{0}}:KgpAbsent"

_REGULATOR = """
MATCH ()-[x:{0}]->() WHERE x.src_id IN $ids SET x.src = $now[x.src_id]"""


def move(session: Session, store: EmbeddedStore, *, back: bool = False) -> None:
    """Move the rows of all identifiers whose meaning the plan changes, and carry embeddings.

    Args:
        session: where the rows are.
        store: the engine with the plan.
        back: to the nodes that were meant before.
    """
    moved = _moved(session, store, back=back)
    if moved:
        carry(session, moved)
    for start in range(0, len(moved), _AT_ONCE):
        rows = moved[start : start + _AT_ONCE]
        for end, (was, now) in product(_ENDS, product((True, False), repeat=2)):
            some = [r for r in rows if (r["was"] is None, r["now"] is None) == (was, now)]
            if some and not (was and now):
                session.write(_text(end, from_stub=was, to_stub=now), rows=some)
        now_by_id = {row["id"]: row["now"] for row in rows}
        for verb in ("SUPPORTS", "CONTRADICTS"):
            session.write(_REGULATOR.format(verb), ids=list(now_by_id), now=now_by_id)


def _moved(session: Session, store: EmbeddedStore, *, back: bool) -> list[Row]:
    if not session.write("MATCH (r:Grn|VectorSet) RETURN 1 LIMIT 1"):
        return []
    keys = [row["key"].removeprefix(ABSENT) for row in session.write(_STUBS)]
    was, now = ("node", "was_node") if back else ("was_node", "node")
    with store.registered("stub", pa.table({"id": pa.array(keys, pa.string())})):
        rows: list[Row] = store.table(_ROWS.format(was=was, now=now)).to_pylist()
    return rows


def _text(end: _End, *, from_stub: bool, to_stub: bool) -> str:
    found = (_STUB if from_stub else _NODE).format("o", "was")
    target = (_NEW_STUB if to_stub else _NODE).format("n", "now")
    left, right = ("", ">") if end.leaving else ("<", "")
    old = f"MATCH (o){left}-[x:{end.verb} {{{end.stated}: r.id}}]-{right}(other)"
    return (
        f"UNWIND $rows AS r {found} {old} WITH r, x, other {target} "
        f"CREATE (n){left}-[y:{end.verb}]-{right}(other) SET y = properties(x) DELETE x"
    )
