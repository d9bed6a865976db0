"""Opening a database for kgp: what must be there, and what must not."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from kgp.errors import NoStoreError, StoreBusyError, StoreError
from kgp.platform.store.neo4j.schema import BULK_KEY, OWN_LABELS, STORE_KEY, ddl
from kgp.platform.store.records import FORMAT_VERSION

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.session import Session


def found(session: Session, *, create: bool, into_existing: bool) -> None:
    """Check that the database holds a graph of kgp; found one where ``create`` asks for it.

    Raises:
        NoStoreError: if there is none.
        StoreBusyError: if there is half of one.
        StoreError: if there is a newer one, or nodes of others.
    """
    known = session.record()
    if known:
        _check_format(session, known["format"])
        session.refuse_half_copied(known.get("filling"))
        if create:
            mend_schema(session)
        return
    _refuse_half_done(session)
    if not create:
        raise NoStoreError(
            f"There is no graph of kgp at {session.url}.",
            hint="A store comes into being with the first load, or is named by --store.",
            command=f"kgp load SOURCE PATH --store {session.url}",
        )
    if not into_existing:
        _refuse_others(session)
    mend_schema(session)
    session.write(
        "MERGE (s:KgpRecord {key: $key}) ON CREATE SET s:KgpStore, s.format = $format,"
        " s.uuid = $uuid, s.sequence = 0",
        key=STORE_KEY,
        format=FORMAT_VERSION,
        uuid=str(uuid.uuid4()),
    )


def missing_schema(session: Session) -> list[str]:
    """Names of the constraints and indexes that should be there and are not."""
    rows = session.write("SHOW INDEXES YIELD name RETURN name")
    return sorted(set(ddl()) - {row["name"] for row in rows})


def mend_schema(session: Session) -> list[str]:
    """Make what :func:`missing_schema` names: someone may have dropped it; return the names.

    Raises:
        StoreError: if what was written meanwhile forbids a constraint.
    """
    missing = missing_schema(session)
    for name in missing:
        session.command(ddl()[name])
    if missing:
        session.command("CALL db.awaitIndexes(600)")
    return missing


def _refuse_half_done(session: Session) -> None:
    """Keep away from what an import has brought and nobody has checked yet."""
    rows = session.write("MATCH (b:KgpRecord:KgpBulk {key: $key}) RETURN b.key", key=BULK_KEY)
    if rows:
        raise StoreBusyError(
            f"A bulk load into {session.url} is half done; there is no graph of kgp in it yet.",
            hint="The same load with --bulk again finishes it.",
            command="the same load with --bulk, or kgp load --abort",
        )


def _refuse_others(session: Session) -> None:
    own = " OR ".join(f"n:{label}" for label in OWN_LABELS)
    rows = session.write(f"MATCH (n) WHERE NOT ({own}) RETURN labels(n) AS labels LIMIT 1")
    if rows:
        raise StoreError(
            f"{session.url} holds nodes that kgp did not make, such as one labelled "
            f"{':'.join(rows[0]['labels']) or 'nothing'}.",
            hint="kgp never changes or removes them; with --into-existing its own graph lies "
            "beside them, under labels of its own.",
            command="kgp load … --into-existing",
        )


def _check_format(session: Session, version: int) -> None:
    if version != FORMAT_VERSION:
        raise StoreError(
            f"{session.url} has store format {version}; this kgp reads {FORMAT_VERSION}.",
            hint="Another version of kgp wrote it; nothing was changed.",
            command="pip install --upgrade kgp",
        )
