"""A graph in memory with the reading half of the store's port, and small worlds to put in it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.platform.store.records import DatasetRecord, GraphCounts, SourceRecord, VectorSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CHUNK = 3


def source_record(**changes: Any) -> SourceRecord:
    """A source's record; the time of the load differs from call to call where a test says so."""
    plain = SourceRecord(
        load_id="1",
        source="primekg",
        title="PrimeKG",
        version="2",
        license="CC-BY-4.0",
        citation="",
        url="",
        synthetic=False,
        rows_in=1,
        rows_kept=1,
        dropped={},
        nodes=1,
        edges=1,
        merged=0,
        loaded_at="2026-01-01",
    )
    return replace(plain, **changes)


@dataclass
class MemoryGraph:
    """Nodes ``(id, type, name, properties)``, edges ``(type, src, dst, properties)``."""

    node_rows: list[tuple[str, str, str, dict[str, Any]]]
    edge_rows: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    vector_rows: dict[str, tuple[VectorSet, dict[str, list[float]]]] = field(default_factory=dict)
    response_rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    source_rows: list[SourceRecord] = field(default_factory=lambda: [source_record()])
    url: str = "memory:"

    def __post_init__(self) -> None:
        self.node_rows.sort(key=lambda row: (row[1].encode(), row[0].encode()))
        self.edge_rows.sort(key=lambda row: (row[0], row[1].encode(), row[2].encode()))

    def counts(self) -> GraphCounts:
        nodes = Counter(row[1] for row in self.node_rows)
        return GraphCounts(dict(nodes), dict(Counter(row[0] for row in self.edge_rows)))

    def fingerprint(self) -> str:
        text = json.dumps([self.node_rows, self.edge_rows], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def sources(self) -> list[SourceRecord]:
        return self.source_rows

    def scan_nodes(
        self, node_type: str | None = None, columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        rows = [row for row in self.node_rows if node_type in {None, row[1]}]
        for part in _chunks(rows):
            table = {
                "id": [row[0] for row in part],
                "type": [row[1] for row in part],
                "name": [row[2] for row in part],
                "sources": [["primekg"] for _ in part],
                "properties": [json.dumps(row[3], sort_keys=True) for row in part],
            }
            table |= {name: [row[3].get(name) for row in part] for name in columns}
            yield pa.RecordBatch.from_pydict(table)

    def scan_edges(self, relation: str | None = None) -> Iterator[pa.RecordBatch]:
        rows = [row for row in self.edge_rows if relation in {None, row[0]}]
        for part in _chunks(rows):
            yield pa.RecordBatch.from_pydict(
                {
                    "type": [row[0] for row in part],
                    "src": [row[1] for row in part],
                    "dst": [row[2] for row in part],
                    "properties": [json.dumps(row[3], sort_keys=True) for row in part],
                }
            )

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        found = {row[0]: row for row in self.node_rows}
        keys = ("id", "type", "name", "properties")
        return [dict(zip(keys, found[node], strict=True)) for node in ids]

    def find(self, text: str, limit: int = 20) -> list[Any]:
        return []

    def neighbors(self, node: str, limit: int = 100) -> list[dict[str, Any]]:
        return []

    def paths(self, start: str, end: str, max_length: int = 3, limit: int = 20) -> list[list[str]]:
        return []

    def vector_sets(self) -> list[VectorSet]:
        return [self.vector_rows[name][0] for name in sorted(self.vector_rows)]

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        spec, vectors = self.vector_rows[name]
        rows = [row for row in self.node_rows if row[0] in vectors]
        kind = pa.list_(pa.float32(), spec.dimension)
        for part in _chunks(rows):
            values = pa.array([vectors[row[0]] for row in part], kind)
            ids, types = [row[0] for row in part], [row[1] for row in part]
            yield pa.RecordBatch.from_arrays(
                [pa.array(ids), pa.array(types), values], names=["id", "type", "vector"]
            )

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        vectors: dict[str, list[float]] = {}
        for batch in batches:
            vectors |= zip(
                batch.column("id").to_pylist(), batch.column("vector").to_pylist(), strict=True
            )
        written = replace(spec, covered=len(vectors))
        self.vector_rows[spec.name] = (written, vectors)
        return written

    def add_responses(
        self,
        name: str,
        features: list[str],
        rows: list[tuple[str, list[str], list[int], list[float]]],
        *,
        listed: list[list[int]] | None = None,
    ) -> None:
        """Add signatures ``(id, perturbed, direction, values)``; ``listed`` makes it censored."""
        record = DatasetRecord(
            name, "genes", "", "z-score", listed is not None, "9606", len(rows), len(features)
        )
        self.response_rows[name] = {
            "record": record,
            "features": features,
            "rows": rows,
            "listed": listed or [None] * len(rows),
        }

    def datasets(self) -> list[DatasetRecord]:
        return [self.response_rows[name]["record"] for name in sorted(self.response_rows)]

    def features(self, dataset: str) -> list[str]:
        return list(self.response_rows[dataset]["features"])

    def scan_signatures(self, dataset: str) -> Iterator[pa.RecordBatch]:
        for part in _chunks(self.response_rows[dataset]["rows"]):
            yield pa.RecordBatch.from_pydict(
                {
                    "signature": [row[0] for row in part],
                    "perturbed": pa.array([row[1] for row in part], pa.list_(pa.string())),
                    "direction": pa.array([row[2] for row in part], pa.list_(pa.int8())),
                    "context": pa.nulls(len(part), pa.string()),
                }
            )

    def scan_effects(self, dataset: str) -> Iterator[pa.RecordBatch]:
        stored = self.response_rows[dataset]
        for part in _chunks(list(zip(stored["rows"], stored["listed"], strict=True))):
            yield pa.RecordBatch.from_pydict(
                {
                    "signature": [row[0] for row, _ in part],
                    "features": pa.array([listed for _, listed in part], pa.list_(pa.int32())),
                    "values": pa.array([row[3] for row, _ in part], pa.list_(pa.float32())),
                }
            )


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
