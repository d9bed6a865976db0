"""Keeping vectors and loads apart: a load may remove the nodes that vectors are written on.

A load that begins has precedence: it waits for the batch of vectors that is being written, and the
next one fails. What a load holds is not begun to be written on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import StoreBusyError
from kgp.platform.store.neo4j.owners import refuse_living
from kgp.platform.store.neo4j.schema import STORE_KEY
from kgp.platform.store.neo4j.turn import LEASE, LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Session

    Check = Callable[[ManagedTransaction], None]

_FREE = """
MATCH (s:KgpRecord:KgpStore {key: $key}) REMOVE s.pending_owner, s.pending_lease"""
"""A load that was silent for too long, and wakes up now, finds that its turn is over."""


def no_load_since(session: Session, name: str) -> Check:
    """Begin a time in which no load and no removal takes place.

    Args:
        session: where.
        name: of the vectors that are written meanwhile.

    Returns:
        What makes a transaction fail once one has begun, and keeps any from beginning before the
        transaction has ended.

    Raises:
        StoreBusyError: if a load or a removal is going on, or half written.
    """

    def begin(tx: ManagedTransaction) -> int | None:
        session.refuse_pending(tx)
        row = tx.run(LOOK, key=STORE_KEY).single(strict=True)
        if row["age"] < LEASE:
            refuse_living(row["s"].get("pending_owner"), session.url)
        tx.run(_FREE, key=STORE_KEY)
        turns: int | None = row["s"].get("turns")
        return turns

    turns = session.writing(begin)

    def check(tx: ManagedTransaction) -> None:
        if tx.run(LOOK, key=STORE_KEY).single(strict=True)["s"].get("turns") != turns:
            raise StoreBusyError(
                f"A load into {session.url} began while the vectors {name!r} were written.",
                hint="It may replace their nodes. The vectors that were there before count.",
                command="the same command again when the load has ended",
            )

    return check
