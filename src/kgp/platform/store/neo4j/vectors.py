"""Vectors on nodes, in Neo4j."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError, KgpError, StoreBusyError, unknown
from kgp.platform.store.checks import check_vectors, loaded_vectors
from kgp.platform.store.neo4j.ranges import fetch_ahead, key_ranges, one_state
from kgp.platform.store.neo4j.responses import Responses
from kgp.platform.store.neo4j.vector_index import Slot, check_set_name, clear, make_index, slots
from kgp.platform.store.records import VectorSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Row

BATCH = 1_000
"""Vectors that are written or read at once."""

_SETS = "MATCH (v:KgpRecord:VectorSet) RETURN v {.*} AS about"

_COVERED = "MATCH (n:Kgp) WHERE n[$property] IS NOT NULL RETURN count(n) AS covered"

_IDS = """
MATCH (n:Kgp) WHERE n[$property] IS NOT NULL RETURN n.type AS type, collect(n.id) AS ids"""

_VECTORS = """
UNWIND $ids AS id MATCH (n:Kgp {id: id})
RETURN n.id AS id, n.type AS type, n[$property] AS vector"""

_WRITE = """
UNWIND $rows AS r MATCH (n:Kgp {id: r.id})
CALL db.create.setNodeVectorProperty(n, $property, r.vector)"""

_TURN = "MERGE (w:KgpRecord {key: $key}) SET w:VectorWrite, w.token = $token"

_MINE = "MATCH (w:KgpRecord {key: $key}) WHERE w.token = $token SET w.token = $token RETURN w.key"
"""Setting a property takes the record's lock, so that nobody takes the turn meanwhile."""

_END = "MATCH (w:KgpRecord {key: $key}) WHERE w.token = $token DELETE w"

_SWITCH = """
MERGE (v:KgpRecord {key: $key}) SET v = $about, v:VectorSet"""


class Vectors(Responses):
    """The vector store of the port; each method is documented there."""

    def vector_sets(self) -> list[VectorSet]:
        """All vector sets, by name."""
        return [self._vector_set(about) for about in self._sets().values()]

    def vector_features(self, name: str) -> list[str]:
        """Feature ids of a vector set, in their order."""
        about = self._set(name)
        return self.space(about["load_id"], name) if about.get("load_id") else []

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        """Stream vectors by type and id."""
        with one_state(self):
            about = self._set(name)
            place = slot_of(about).property
            found = {row["type"]: row["ids"] for row in self.read(_IDS, property=place)}
            ranges = [
                ids
                for kind in sorted(found)
                for ids in key_ranges(((i, 1) for i in found.pop(kind)), BATCH)
            ]

            def fetch(ids: list[str]) -> pa.RecordBatch:
                rows = {row["id"]: row for row in self.read(_VECTORS, ids=ids, property=place)}
                return _batch([rows[i] for i in ids], about["dimension"])

            yield from fetch_ahead(fetch, ranges)

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        """Replace a vector set: written beside what is there, and put in its place when whole."""
        check_set_name(spec.name)
        self.reading(lambda tx: _refuse_loaded(tx, spec.name))
        known = self._sets().get(spec.name)
        first, second = slots(spec.name)
        old = slot_of(known) if known else None
        new = second if old == first else first
        with self._vector_turn(spec.name, new) as mine:
            self._fill_slot(spec, new, batches, mine)
            make_index(self, new, spec.dimension)
            written = self.writing(lambda tx: self._switch_slot(tx, spec, new, mine))
        if old:
            clear(self, old)
        return written

    def _sets(self) -> dict[str, Row]:
        """Name → record of each set, by name."""
        found = [row["about"] for row in self.read(_SETS)]
        return {about["name"]: about for about in sorted(found, key=lambda a: a["name"].encode())}

    def _set(self, name: str) -> Row:
        known = self._sets()
        if name not in known:
            raise BadInputError(unknown("vector set", name, known, command="kgp embed"))
        return known[name]

    def _vector_set(self, about: Row) -> VectorSet:
        """A set as the port tells it; what a load brought covers the nodes that there are now."""
        if about.get("load_id"):
            place = slot_of(about).property
            about = {**about, "covered": self.read(_COVERED, property=place)[0]["covered"]}
        return VectorSet(**{field.name: about[field.name] for field in fields(VectorSet)})

    @contextmanager
    def _vector_turn(self, name: str, slot: Slot) -> Iterator[Callable[[ManagedTransaction], None]]:
        """The right to write one set; whoever comes later takes it, and starts with a clean slot.

        Yields:
            What makes a transaction fail that is no longer ours.
        """
        turn = {"key": f"vector-write/{name}", "token": uuid4().hex}

        def mine(tx: ManagedTransaction) -> None:
            if tx.run(_MINE, turn).single() is None:
                raise StoreBusyError(
                    f"Another process writes the vectors {name!r} of {self.url}.",
                    hint="What it writes counts.",
                    command="the same command again when it has ended",
                )

        self.write(_TURN, **turn)
        clear(self, slot)
        try:
            yield mine
        except BaseException:
            with suppress(KgpError):
                self.writing(mine)
                clear(self, slot)
            raise
        finally:
            with suppress(KgpError):
                self.write(_END, **turn)

    def _fill_slot(
        self,
        spec: VectorSet,
        slot: Slot,
        batches: Iterable[pa.RecordBatch],
        mine: Callable[[ManagedTransaction], None],
    ) -> None:
        """Write vectors; of two identifiers of one node the preferred one's counts."""
        seen: set[str] = set()
        best: dict[str, tuple[bool, str]] = {}
        for batch in batches:
            check_vectors(spec, batch)
            ids = batch.column("id").to_pylist()
            meanings = self._meant(ids)
            vectors = batch.column("vector").to_pylist()
            rows: dict[str, Row] = {}
            for identifier, vector in zip(ids, vectors, strict=True):
                if identifier in seen:
                    raise BadInputError(f"Node {identifier!r} has two vectors in {spec.name!r}.")
                seen.add(identifier)
                node = meanings[identifier]
                rank = identifier != node, identifier
                if rank <= best.get(node, rank):
                    best[node] = rank
                    rows[node] = {"id": node, "vector": vector}
            self._write_vectors(slot, list(rows.values()), mine)

    def _meant(self, ids: list[str]) -> dict[str, str]:
        meanings = self.meanings(set(ids))
        if len(meanings) < len(set(ids)):
            self.nodes_exist(set(ids))
        return meanings

    def _write_vectors(
        self, slot: Slot, rows: list[Row], mine: Callable[[ManagedTransaction], None]
    ) -> None:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]

            def work(tx: ManagedTransaction, some: list[Row] = some) -> None:
                mine(tx)
                tx.run(_WRITE, rows=some, property=slot.property).consume()

            self.writing(work)

    def _switch_slot(
        self,
        tx: ManagedTransaction,
        spec: VectorSet,
        slot: Slot,
        mine: Callable[[ManagedTransaction], None],
    ) -> VectorSet:
        """Let readers see the new vectors."""
        mine(tx)
        self.touched(tx)
        self._refuse_pending(tx)
        _refuse_loaded(tx, spec.name)
        covered = tx.run(_COVERED, property=slot.property).single(strict=True)["covered"]
        written = replace(spec, covered=covered)
        about = {field.name: getattr(written, field.name) for field in fields(VectorSet)}
        key = f"vectors/{spec.name}"
        place = {"key": key, "property": slot.property, "index": slot.index}
        tx.run(_SWITCH, key=key, about=about | place)
        return written


def slot_of(about: Row) -> Slot:
    """Where the vectors of a set lie; those that a load brought are always in the first slot."""
    first, second = slots(about["name"])
    return second if about.get("property") == second.property else first


def _refuse_loaded(tx: ManagedTransaction, name: str) -> None:
    """Check that no source has brought vectors of that name.

    Raises:
        BadInputError: if one has.
    """
    for row in tx.run(_SETS).data():
        about = row["about"]
        if about["name"] == name and about.get("load_id"):
            raise loaded_vectors(name, about["encoder"])


def _batch(rows: list[Row], width: int) -> pa.RecordBatch:
    """Rows as ``id, type, vector``."""
    values = np.array([row["vector"] for row in rows], np.float32).reshape(-1)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values), width)
    texts = [pa.array([row[name] for row in rows], pa.string()) for name in ("id", "type")]
    return pa.RecordBatch.from_arrays([*texts, vectors], names=["id", "type", "vector"])
