"""Vectors on nodes, in Neo4j: reading them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError, unknown
from kgp.platform.store.neo4j.ranges import fetch_ahead, key_ranges, one_state
from kgp.platform.store.neo4j.responses import Responses
from kgp.platform.store.neo4j.vector_index import Slot, slots
from kgp.platform.store.records import VectorSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.session import Row

BATCH = 1_000
"""Vectors that are written or read at once."""

SETS = "MATCH (v:KgpRecord:VectorSet) RETURN v {.*} AS about"

COVERED = "MATCH (n:Kgp) WHERE n[$property] IS NOT NULL RETURN count(n) AS covered"

_IDS = """
MATCH (n:Kgp) WHERE n[$property] IS NOT NULL RETURN n.type AS type, collect(n.id) AS ids"""

_VECTORS = """
UNWIND $ids AS id MATCH (n:Kgp {id: id}) WHERE n[$property] IS NOT NULL
RETURN collect(n.id) AS ids, collect(n[$property]) AS vectors"""
"""One row: the driver takes as long for a row as for a hundred numbers."""


class Vectors(Responses):
    """The reading half of the port's vector store; each method is documented there."""

    def vector_sets(self) -> list[VectorSet]:
        """All vector sets, by name."""
        return [self._vector_set(about) for about in self._sets().values()]

    def vector_features(self, name: str) -> list[str]:
        """Feature ids of a vector set, in their order."""
        about = self.vector_set_record(name)
        return self.space(about["load_id"], name) if about.get("load_id") else []

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        """Stream vectors by type and id."""
        with one_state(self):
            about = self.vector_set_record(name)
            place = slot_of(about).property
            found = {row["type"]: row["ids"] for row in self.read(_IDS, property=place)}
            ranges = [
                (kind, ids)
                for kind in sorted(found)
                for ids in key_ranges(((i, 1) for i in found.pop(kind)), BATCH)
            ]

            def fetch(wanted: tuple[str, list[str]]) -> pa.RecordBatch:
                kind, ids = wanted
                [row] = self.read(_VECTORS, ids=ids, property=place)
                return _batch(kind, ids, row, about["dimension"])

            yield from fetch_ahead(fetch, ranges)

    def _sets(self) -> dict[str, Row]:
        """Name → record of each set, by name."""
        found = [row["about"] for row in self.read(SETS)]
        return {about["name"]: about for about in sorted(found, key=lambda a: a["name"].encode())}

    def vector_set_record(self, name: str) -> Row:
        """The record of a set: its fields, and where its vectors lie.

        Raises:
            BadInputError: for a set that is not there.
        """
        known = self._sets()
        if name not in known:
            raise BadInputError(unknown("vector set", name, known, command="kgp embed"))
        return known[name]

    def _vector_set(self, about: Row) -> VectorSet:
        """A set as the port tells it; what a load brought covers the nodes that there are now."""
        if about.get("load_id"):
            place = slot_of(about).property
            about = {**about, "covered": self.read(COVERED, property=place)[0]["covered"]}
        return VectorSet(**{field.name: about[field.name] for field in fields(VectorSet)})


def slot_of(about: Row) -> Slot:
    """Where the vectors of a set lie; those that a load brought are always in the first slot."""
    first, second = slots(about["name"])
    return second if about.get("property") == second.property else first


def _batch(kind: str, order: list[str], row: Row, width: int) -> pa.RecordBatch:
    """Vectors of one type as ``id, type, vector``; what has vanished meanwhile is left out."""
    found = dict(zip(row["ids"], row["vectors"], strict=True))
    ids = [node for node in order if node in found]
    values = np.array([found[node] for node in ids], np.float32).reshape(-1)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values), width)
    types = pa.repeat(pa.scalar(kind), len(ids))
    return pa.RecordBatch.from_arrays(
        [pa.array(ids, pa.string()), types, vectors], names=["id", "type", "vector"]
    )
