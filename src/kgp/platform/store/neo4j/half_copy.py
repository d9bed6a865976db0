"""Taking back a copy that broke off: nobody has used it, so all that kgp made is removed.

The mark that the graph is being filled goes last: what broke off here is taken back again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgp.errors import StoreBusyError
from kgp.platform.store.neo4j.owners import lives
from kgp.platform.store.neo4j.schema import OWN_LABELS, STORE_KEY

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.session import Session

_INDEX = re.compile(r"kgp_emb_~?[A-Za-z0-9._-]+")

_INDEXES = "SHOW VECTOR INDEXES YIELD name RETURN name"

_OWN = f"MATCH (n:{'|'.join(OWN_LABELS)}) WHERE n.key IS NULL OR n.key <> $key"

# A hub's relationships may be more than one transaction holds, so they go first.
_LINKS = f"{_OWN} MATCH (n)-[x]->() CALL (x) {{ DELETE x }} IN TRANSACTIONS OF 5000 ROWS"
_NODES = f"{_OWN} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 500 ROWS"


def take_back_copy(session: Session) -> bool:
    """Remove what an interrupted copy has brought, and leave a graph that is empty.

    Args:
        session: one that may open what a copy is filling.

    Returns:
        Whether there was any.

    Raises:
        StoreBusyError: if the copy is still running.
    """
    known = session.record()
    if not known.get("filling"):
        return False
    if (owner := known.get("filling_owner")) and lives(owner):
        host, pid, _ = owner.rsplit(":", 2)
        raise StoreBusyError(
            f"A copy (PID {pid} on {host}) is filling {session.url}.",
            hint="It can be taken back when it has ended; nothing was changed.",
            command="kgp load --abort, on that machine, when it has ended",
        )
    for row in session.command(_INDEXES):
        if _INDEX.fullmatch(row["name"]):
            session.command(f"DROP INDEX `{row['name']}` IF EXISTS")
    for statement in (_LINKS, _NODES):
        session.command(statement, key=STORE_KEY)
    session.filled()
    return True
