"""Which relationships are found faster by walking along all of their source's than by two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.changes import DELETE
from kgp.platform.store.neo4j.projection import AFTER, BEFORE, PLAN

if TYPE_CHECKING:
    from kgp.platform.store.embedded.store import EmbeddedStore

_WALK = 4
"""As many steps of a walk take the time of finding one relationship by its ends, or less."""

_TYPES = """
SELECT type FROM (
    SELECT type, src, count(*) AS n FROM {plan}.link WHERE op = ?
    GROUP BY type, qualifier, source, src
) JOIN (
    SELECT type, i.id AS src, count(*) AS all_of_them
    FROM {graph}.link l JOIN identifier i ON i.eid = l.src GROUP BY type, i.id
) USING (type, src)
GROUP BY type HAVING sum(all_of_them) <= ? * sum(n)"""


def walked_types(store: EmbeddedStore, op: str) -> set[str]:
    """Types of which most relationships of the concerned sources are in the plan.

    Args:
        store: the engine with the plan.
        op: what the plan does with them; ``create`` where that is taken back.
    """
    sql = _TYPES.format(plan=PLAN, graph=BEFORE if op == DELETE else AFTER)
    return {row[0] for row in store.rows(sql, op, _WALK)}
