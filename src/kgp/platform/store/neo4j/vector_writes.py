"""Vectors on nodes, in Neo4j: writing them beside what is there, and switching over when whole."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from kgp.errors import BadInputError, KgpError, StoreBusyError
from kgp.platform.store.checks import check_vectors, loaded_vectors
from kgp.platform.store.neo4j.embeddings import lend
from kgp.platform.store.neo4j.no_load import no_load_since
from kgp.platform.store.neo4j.schema import ABSENT
from kgp.platform.store.neo4j.unlogged import Unlogged
from kgp.platform.store.neo4j.vector_index import (
    Slot,
    await_index,
    check_set_name,
    clear,
    make_index,
    slots,
)
from kgp.platform.store.neo4j.vectors import BATCH, COVERED, SETS, Vectors, slot_of
from kgp.platform.store.records import VectorSet
from kgp.platform.store.similarity import matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa
    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.no_load import Check
    from kgp.platform.store.neo4j.session import Row

_ON_NODES = """
UNWIND $rows AS r MATCH (n:Kgp {id: r.id})
CALL db.create.setNodeVectorProperty(n, $property, r.vector)"""

_ON_STUBS = f"""
UNWIND $rows AS r MERGE (n:KgpRecord {{key: '{ABSENT}' + r.id}}) ON CREATE SET n:KgpAbsent
WITH n, r CALL db.create.setNodeVectorProperty(n, $property, r.vector)"""

_TURN = "MERGE (w:KgpRecord {key: $key}) SET w:VectorWrite, w.token = $token"

_MINE = "MATCH (w:KgpRecord {key: $key}) WHERE w.token = $token SET w.token = $token RETURN w.key"
"""Setting a property takes the record's lock, so that nobody takes the turn meanwhile."""

_END = "MATCH (w:KgpRecord {key: $key}) WHERE w.token = $token DELETE w"

_SWITCH = """
MERGE (v:KgpRecord {key: $key}) SET v = $about, v:VectorSet"""


class VectorWrites(Vectors):
    """The writing half of the port's vector store; documented there."""

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        """Replace a vector set: written beside what is there, and put in its place when whole."""
        check_set_name(spec.name)
        self.reading(lambda tx: _refuse_loaded(tx, spec.name))
        known = self._sets().get(spec.name)
        first, second = slots(spec.name)
        old = slot_of(known) if known else None
        new = second if old == first else first
        no_load = no_load_since(self, spec.name)
        with self._vector_turn(spec.name, new, no_load) as mine:
            self._fill_slot(spec, new, batches, mine)
            make_index(self, new, spec.dimension)
            written = self.writing(lambda tx: self._switch_slot(tx, spec, new, mine))
        await_index(self, new)
        if old:
            # What stays is cleared by the next write.
            with suppress(KgpError):
                clear(self, old, no_load)
        return written

    @contextmanager
    def _vector_turn(self, name: str, slot: Slot, no_load: Check) -> Iterator[Check]:
        """The right to write one set; whoever comes later takes it, and starts with a clean slot.

        Args:
            name: of the set.
            slot: where it is going to lie.
            no_load: fails once a load has begun.

        Yields:
            What makes a transaction fail that is no longer ours.
        """
        turn = {"key": f"vector-write/{name}", "token": uuid4().hex}

        def mine(tx: ManagedTransaction) -> None:
            no_load(tx)
            if tx.run(_MINE, turn).single() is None:
                raise StoreBusyError(
                    f"Another process writes the vectors {name!r} of {self.url}.",
                    hint="What it writes counts.",
                    command="the same command again when it has ended",
                )

        self.write(_TURN, **turn)
        try:
            clear(self, slot, mine)
            yield mine
        except BaseException:
            with suppress(KgpError):
                clear(self, slot, mine)
            raise
        finally:
            with suppress(KgpError):
                self.write(_END, **turn)

    def _fill_slot(
        self,
        spec: VectorSet,
        slot: Slot,
        batches: Iterable[pa.RecordBatch],
        mine: Check,
    ) -> None:
        """Write vectors: those of a node's own id on it, all others on stubs that may lend them."""
        seen: set[str] = set()
        lending = False
        for batch in batches:
            check_vectors(spec, batch)
            ids = batch.column("id").to_pylist()
            meanings = self._meant(ids)
            vectors = matrix(batch.column("vector")).tolist()
            own: list[Row] = []
            other: list[Row] = []
            for identifier, vector in zip(ids, vectors, strict=True):
                if identifier in seen:
                    raise BadInputError(f"Node {identifier!r} has two vectors in {spec.name!r}.")
                seen.add(identifier)
                rows = own if meanings[identifier] == identifier else other
                rows.append({"id": identifier, "vector": vector})
            self._write_rows(_ON_NODES, slot, own, mine)
            self._write_rows(_ON_STUBS, slot, other, mine)
            lending = lending or bool(other)
        if lending:
            lend(self, slot.property, mine)

    def _meant(self, ids: list[str]) -> dict[str, str]:
        meanings = self.meanings(set(ids))
        if len(meanings) < len(set(ids)):
            self.nodes_exist(set(ids))
        return meanings

    def _write_rows(self, cypher: str, slot: Slot, rows: list[Row], mine: Check) -> None:
        for start in range(0, len(rows), BATCH):
            some = Unlogged(rows[start : start + BATCH])

            def work(tx: ManagedTransaction, some: Unlogged[Row] = some) -> None:
                mine(tx)
                tx.run(cypher, rows=some, property=slot.property).consume()

            self.writing(work)

    def _switch_slot(
        self,
        tx: ManagedTransaction,
        spec: VectorSet,
        slot: Slot,
        mine: Check,
    ) -> VectorSet:
        """Let readers see the new vectors."""
        mine(tx)
        self.touched(tx)
        self.refuse_pending(tx)
        _refuse_loaded(tx, spec.name)
        covered = tx.run(COVERED, property=slot.property).single(strict=True)["covered"]
        written = replace(spec, covered=covered)
        about = {field.name: getattr(written, field.name) for field in fields(VectorSet)}
        key = f"vectors/{spec.name}"
        place = {"key": key, "property": slot.property, "index": slot.index}
        tx.run(_SWITCH, key=key, about=about | place)
        return written


def _refuse_loaded(tx: ManagedTransaction, name: str) -> None:
    """Check that no source has brought vectors of that name.

    Raises:
        BadInputError: if one has.
    """
    for row in tx.run(SETS).data():
        about = row["about"]
        if about["name"] == name and about.get("load_id"):
            raise loaded_vectors(name, about["encoder"])
