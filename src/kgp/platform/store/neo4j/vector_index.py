"""Where in Neo4j the vectors of a set lie, and the index that finds similar ones.

A set has two slots: it is written into the one that is not read, and its record is switched over in
one transaction. So readers always see a whole set, whatever becomes of a write.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Session

    Check = Callable[[ManagedTransaction], None]

OPTIONS: dict[str, int | bool] = {
    "vector.quantization.enabled": False,
    "vector.hnsw.m": 16,
    "vector.hnsw.ef_construction": 50,
}
"""Chosen by recall on real embeddings: ``benchmarks/neo4j_recall.py``.

Of the ten nearest of 23,777 embedded names the index finds .94 by itself, and .99 when it is asked
for a hundred that are ranked by their cosine. With 100 instead of 50 candidates while it is built
it finds .999, and takes 1.7 times as long. Quantised it takes as long, and finds fewer by itself.
"""

_WIDEST = 4_096
"""Longest vector that an index takes; longer ones are compared one by one."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_FILLED = """
MATCH (n:Kgp|KgpAbsent) WHERE n[$property] IS NOT NULL RETURN collect(elementId(n)) AS places"""

_CLEAR = """
MATCH (n) WHERE elementId(n) IN $places SET n[$property] = null, n[$borrower] = null"""

_CLEARED = 2_000
"""Nodes that one transaction clears."""

_STATE = "SHOW VECTOR INDEXES YIELD name, state WHERE name = $name RETURN state"

_AWAIT = "CALL db.awaitIndex($index, 300)"

_UNPLACED = """
MATCH (v:KgpRecord:VectorSet) WHERE v.property IS NULL
RETURN v.key AS key, v.name AS name, v.dimension AS dimension"""

_PLACED = """
MATCH (v:KgpRecord {key: $key}) SET v.property = $property, v.index = $index"""


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the two places of a set.

    Args:
        property: the node's property.
        index: name of the index on it.
    """

    property: str
    index: str


def slots(name: str) -> tuple[Slot, Slot]:
    """The two slots of a set; the first has its plain name."""
    return Slot(f"emb_{name}", f"kgp_emb_{name}"), Slot(f"emb_~{name}", f"kgp_emb_~{name}")


def check_set_name(name: str) -> None:
    """Check that a name can be part of a property's and an index's name.

    Raises:
        BadInputError: if it cannot.
    """
    if not is_set_name(name):
        raise BadInputError(
            f"{name!r} cannot be the name of a vector set.",
            hint="Valid are letters, digits, dots, hyphens and underscores, at most 64.",
            command="kgp embed ENCODER --name NAME",
        )


def clear(session: Session, slot: Slot, check: Check) -> None:
    """Remove the vectors and the index of a slot.

    Args:
        session: where.
        slot: of a set with a checked name.
        check: fails in a transaction that must not write.
    """
    session.writing(check)
    session.command(f"DROP INDEX `{slot.index}` IF EXISTS")
    about = {"property": slot.property, "borrower": borrower(slot.property)}
    places = session.write(_FILLED, property=slot.property)[0]["places"]
    for start in range(0, len(places), _CLEARED):
        some = places[start : start + _CLEARED]

        def work(tx: ManagedTransaction, some: list[str] = some) -> None:
            check(tx)
            tx.run(_CLEAR, about, places=some).consume()

        session.writing(work)


def clear_slots(session: Session, names: Iterable[str], check: Check) -> None:
    """Remove what is left of sets that were never whole, before a load brings such sets.

    Args:
        session: where.
        names: of sets of which there is no record.
        check: fails in a transaction that must not write.
    """
    for name in filter(is_set_name, names):
        for slot in slots(name):
            clear(session, slot, check)


def is_set_name(name: str) -> bool:
    """Whether a name can be part of a property's and an index's name."""
    return _NAME.fullmatch(name) is not None


def borrower(place: str) -> str:
    """Property of a stub with a vector in ``place`` that names the node which borrows it."""
    return f"lent_{place}"


def make_index(
    session: Session, slot: Slot, dimension: int, options: dict[str, int | bool] | None = None
) -> None:
    """Begin to index a slot; the server goes on by itself, and searches compare all until then.

    Args:
        session: where.
        slot: of a set with a checked name.
        dimension: length of its vectors.
        options: settings other than ``OPTIONS``.
    """
    if dimension > _WIDEST:
        return
    config = {
        "vector.dimensions": dimension,
        "vector.similarity_function": "cosine",
        **(OPTIONS if options is None else options),
    }
    session.command(
        f"CREATE VECTOR INDEX `{slot.index}` IF NOT EXISTS FOR (n:Kgp) ON n.`{slot.property}`"
        " OPTIONS {indexConfig: $config}",
        config=config,
    )


def await_index(session: Session, slot: Slot) -> None:
    """Give the server time to index a slot; without the index all vectors are compared."""
    with suppress(StoreError):
        session.command(_AWAIT, index=slot.index)


def is_indexed(session: Session, index: str) -> bool:
    """Whether an index is there and complete."""
    return any(row["state"] == "ONLINE" for row in session.read(_STATE, name=index))


def index_loaded(session: Session) -> None:
    """Index the vectors that a load brought, and say in the sets' records where they lie."""
    for row in session.write(_UNPLACED):
        slot, _ = slots(row["name"])
        index = slot.index if is_set_name(row["name"]) else None
        if index:
            # What is left of a removed set may have had another dimension.
            session.command(f"DROP INDEX `{index}` IF EXISTS")
            make_index(session, slot, row["dimension"])
            await_index(session, slot)
        session.write(_PLACED, key=row["key"], property=slot.property, index=index)
