"""Vectors and responses in memory."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.checks import loaded_vectors
from kgp.platform.store.records import DatasetRecord, VectorSet
from kgp.testing.memory.base import Base, check_known, record_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgp.testing.memory.content import Load, Row

_SIGNATURES = pa.schema(
    [
        ("signature", pa.string()),
        ("perturbed", pa.list_(pa.string())),
        ("direction", pa.list_(pa.int32())),
        ("context", pa.string()),
        ("properties", pa.string()),
    ]
)
_EFFECTS = pa.schema(
    [
        ("signature", pa.string()),
        ("features", pa.list_(pa.int32())),
        ("values", pa.list_(pa.float32())),
        ("errors", pa.list_(pa.float32())),
        ("df", pa.float32()),
    ]
)


class Measured(Base):
    """The vector and response stores of the port; each method is documented there."""

    def vector_sets(self) -> list[VectorSet]:
        """All vector sets, by name."""
        written = {name: spec for name, (spec, _) in self.vectors.items()}
        found = written | {name: self._loaded_set(name) for name in self._loaded()}
        return [found[name] for name in sorted(found)]

    def vector_features(self, name: str) -> list[str]:
        """Feature ids of a vector set, in their order."""
        check_known("vector set", name, [spec.name for spec in self.vector_sets()])
        loaded = self._loaded().get(name)
        return self._space(loaded, name) if loaded else []

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        """Stream vectors by type and id; of two names of one node the preferred one's counts."""
        sets = {spec.name: spec for spec in self.vector_sets()}
        check_known("vector set", name, sets)
        spec, held = sets[name], self._held(name)
        chosen: dict[str, list[float]] = {}
        for identifier in sorted(held, key=lambda i: (i != self.world.meaning.get(i), i)):
            if node := self.world.node_of(identifier):
                chosen.setdefault(node, held[identifier])
        rows = [(i, self.world.nodes[i].type, vector) for i, vector in chosen.items()]
        rows.sort(key=lambda row: (row[1], row[0]))
        width = pa.list_(pa.float32(), spec.dimension)
        schema = pa.schema([("id", pa.string()), ("type", pa.string()), ("vector", width)])
        yield from record_batches(rows, schema)

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        """Replace a vector set."""
        if spec.name in self._loaded():
            raise loaded_vectors(spec.name, self._loaded_set(spec.name).encoder)
        held: dict[str, list[float]] = {}
        for batch in batches:
            ids = batch.column("id").to_pylist()
            for identifier, vector in zip(ids, batch.column("vector").to_pylist(), strict=True):
                _check(spec, identifier, vector, held)
                held[identifier] = vector
        self.check_nodes(held)
        covered = {self.world.node_of(identifier) for identifier in held}
        written = replace(spec, covered=len(covered))
        self.vectors[spec.name] = written, held
        return written

    def datasets(self) -> list[DatasetRecord]:
        """All data sets, by name."""
        found = []
        for name, (load, row) in sorted(self._datasets().items()):
            features = self.features(name)
            digest = hashlib.blake2b("\n".join(features).encode(), digest_size=8).hexdigest()
            signatures = len([e for e in load.rows[Kind.EFFECTS] if e["dataset"] == name])
            about = row["measure"], row["censored"], row["organism"]
            counts = signatures, len(features)
            found.append(DatasetRecord(name, row["space"], digest, *about, *counts))
        return found

    def features(self, dataset: str) -> list[str]:
        """Feature ids of a data set, in their order."""
        check_known("response set", dataset, self._datasets())
        load, about = self._datasets()[dataset]
        return self._space(load, about["space"])

    def _space(self, load: Load, space: str) -> list[str]:
        rows = {
            (row["position"], row["id"])
            for row in load.rows[Kind.FEATURES]
            if row["space"] == space
        }
        return [self.world.node_of(identifier) or identifier for _, identifier in sorted(rows)]

    def scan_signatures(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream what was perturbed, by signature."""
        rows = []
        for node, _ in self._effects(dataset):
            perturbed = sorted(
                {
                    (dst, {"1": 1, "-1": -1}.get(qualifier, 0))
                    for kind, src, dst, qualifier, _ in self.world.edges
                    if kind == "PERTURBS" and src == node
                }
            )
            contexts = [
                dst
                for kind, src, dst, *_ in self.world.edges
                if kind == "MEASURED_IN" and src == node
            ]
            known = self.world.nodes.get(node)
            rows.append(
                (
                    node,
                    [identifier for identifier, _ in perturbed],
                    [direction for _, direction in perturbed],
                    min(contexts, default=None),
                    known.properties if known else EMPTY,
                )
            )
        yield from record_batches(rows, _SIGNATURES)

    def scan_effects(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream the effects, by signature."""
        columns = _EFFECTS.names[1:]
        rows = [(node, *(row[name] for name in columns)) for node, row in self._effects(dataset)]
        yield from record_batches(rows, _EFFECTS)

    def _effects(self, dataset: str) -> list[tuple[str, Row]]:
        check_known("response set", dataset, self._datasets())
        rows = [row for _, row in self.stated(Kind.EFFECTS) if row["dataset"] == dataset]
        named = [(self.world.node_of(row["signature"]) or row["signature"], row) for row in rows]
        return sorted(named, key=lambda item: item[0])

    def _loaded(self) -> dict[str, Load]:
        """Vector set → the load that brought it."""
        return {row["name"]: load for load, row in self.stated(Kind.VECTORS)}

    def _held(self, name: str) -> dict[str, list[float]]:
        load = self._loaded().get(name)
        if load is None:
            return self.vectors[name][1]
        return vectors_of(load.rows[Kind.VECTORS], name)

    def _loaded_set(self, name: str) -> VectorSet:
        load, held = self._loaded()[name], self._held(name)
        types = {row["type"] for row in load.rows[Kind.NODES] if row["id"] in held}
        node_type = types.pop() if len(types) == 1 else ""
        nodes = {self.world.node_of(identifier) for identifier in held} - {None}
        about = load.record.source, load.record.version, ""
        length = len(next(iter(held.values())))
        created = load.record.loaded_at[:10]
        return VectorSet(name, node_type, *about, length, "float32", len(nodes), created)

    def _datasets(self) -> dict[str, tuple[Load, Row]]:
        return {row["dataset"]: (load, row) for load, row in self.stated(Kind.DATASETS)}


def vectors_of(rows: Iterable[Row], name: str) -> dict[str, list[float]]:
    """Vectors of one set, by identifier.

    Raises:
        BadInputError: if a node has two.
    """
    held: dict[str, list[float]] = {}
    for row in rows:
        if row["name"] == name and held.setdefault(row["id"], row["values"]) != row["values"]:
            raise BadInputError(f"Node {row['id']!r} has two vectors in {name!r}.")
    return held


def check_vectors(rows: dict[Kind, list[Row]]) -> None:
    """Check the vectors that a load brings.

    Raises:
        BadInputError: if those of a set differ in length, or from the number of its features.
    """
    for name in {row["name"] for row in rows[Kind.VECTORS]}:
        lengths = {len(vector) for vector in vectors_of(rows[Kind.VECTORS], name).values()}
        features = {row["position"] for row in rows[Kind.FEATURES] if row["space"] == name}
        if len(lengths | ({len(features)} - {0})) != 1:
            raise BadInputError(f"Vectors of {name!r} have lengths {sorted(lengths)}.")


def _check(
    spec: VectorSet, identifier: str, vector: list[float] | None, held: dict[str, list[float]]
) -> None:
    if vector is None or len(vector) != spec.dimension:
        raise BadInputError(f"The vector of {identifier!r} has not length {spec.dimension}.")
    if not np.isfinite(np.array(vector, np.float64).astype(np.float32)).all():
        raise BadInputError(f"The vector of {identifier!r} in {spec.name!r} is not finite.")
    if identifier in held:
        raise BadInputError(f"Node {identifier!r} has two vectors in {spec.name!r}.")
