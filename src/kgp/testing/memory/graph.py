"""Reading the graph from memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.kg_schema.node_types import check_node_type
from kgp.kg_schema.properties import pack, unpack, with_columns
from kgp.kg_schema.relations import RELATIONS, check_relation
from kgp.platform.fingerprint import fingerprint
from kgp.platform.store.records import GraphCounts, SourceRecord
from kgp.testing.memory.base import record_batches
from kgp.testing.memory.content import own_license
from kgp.testing.memory.regulation import Regulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TEXT = pa.string()
_NODES = pa.schema(
    [
        *(("id", _TEXT), ("type", _TEXT), ("name", _TEXT)),
        *(("sources", pa.list_(_TEXT)), ("properties", _TEXT)),
    ]
)
_EDGE_COLUMNS = (
    *("type", "src", "dst", "qualifier", "source"),
    *("source_version", "license", "properties"),
)
_EDGES = pa.schema([(name, _TEXT) for name in _EDGE_COLUMNS])


class Graph(Regulation):
    """The graph reader of the port; each method is documented there."""

    def counts(self) -> GraphCounts:
        """Count nodes and relationships by type."""
        nodes = Counter(node.type for node in self.world.nodes.values())
        edges = Counter(row[0] for row in self._edge_rows())
        return GraphCounts(dict(sorted(nodes.items())), dict(sorted(edges.items())))

    def fingerprint(self) -> str:
        """Hash of the content."""
        return fingerprint(self)  # type: ignore[arg-type]  # the mixed class is the store

    def sources(self) -> list[SourceRecord]:
        """The published loads, by source and version."""
        records = [load.record for load in self.loads.values()]
        return sorted(records, key=lambda r: (r.source, r.version, r.load_id))

    def scan_nodes(
        self, node_type: str | None = None, columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream nodes by type and id."""
        if node_type is not None:
            check_node_type(node_type)
        nodes = sorted(self.world.nodes.values(), key=lambda node: (node.type, node.id))
        rows = [astuple(node) for node in nodes if node_type in (None, node.type)]
        for batch in record_batches(rows, _NODES):
            yield with_columns(batch, columns)

    def scan_edges(self, relation: str | None = None) -> Iterator[pa.RecordBatch]:
        """Stream relationships in canonical order."""
        if relation is not None:
            check_relation(relation)
        rows = sorted(row for row in self._edge_rows() if relation in (None, row[0]))
        yield from record_batches(rows, _EDGES)

    def _edge_rows(self) -> Iterator[tuple[str, ...]]:
        for key, rest in self.world.edges.items():
            yield (*key, *rest)
        for name in self.networks:
            for row in self.current(name):
                about = {k: row[k] for k in ("effect", "layer", "sign", "since")}
                weight = 1.0 if row["weight"] is None else row["weight"]
                yield (
                    *("REGULATES", row["src"], row["dst"], name),
                    *(row["source"], row["source_version"]),
                    own_license(row["evidence"], row["license"]),
                    pack({**about, "weight": weight}),
                )

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Look up nodes by any of their identifiers, in the asked order."""
        self.check_nodes(ids)
        found = [asdict(self.world.nodes[self.world.meaning[node]]) for node in ids]
        return [{**node, "properties": unpack(node["properties"])} for node in found]

    def known(self, ids: Sequence[str]) -> int:
        """Count the identifiers that mean a node."""
        return sum(self.world.node_of(each) is not None for each in set(ids))

    def neighbors(self, node: str, limit: int = 100) -> list[dict[str, Any]]:
        """Neighbours of a node along all relationships."""
        self.check_nodes([node])
        me, found = self.world.node_of(node), set()
        for kind, src, dst, source in self._linked():
            if src == me:
                found.add((kind, "out", self.world.nodes[dst].name, dst, source))
            if dst == me:
                found.add((kind, "in", self.world.nodes[src].name, src, source))
        return [
            {
                "type": kind,
                "direction": direction,
                "id": other,
                "node_type": self.world.nodes[other].type,
                "name": name,
                "source": source,
            }
            for kind, direction, name, other, source in sorted(found)[:limit]
        ]

    def _linked(self) -> Iterator[tuple[str, str, str, str]]:
        for kind, src, dst, _, source in self.world.edges:
            yield kind, src, dst, source
        for name in self.networks:
            for row in self.current(name):
                yield "REGULATES", row["src"], row["dst"], name

    def paths(self, start: str, end: str, max_length: int = 3, limit: int = 20) -> list[list[str]]:
        """Shortest undirected paths between two nodes."""
        self.check_nodes([start, end])
        first, last = self.world.meaning[start], self.world.meaning[end]
        beside: dict[str, set[str]] = defaultdict(set)
        for kind, src, dst, _ in self._linked():
            if kind == "REGULATES" or not RELATIONS[kind].structural:
                beside[src].add(dst)
                beside[dst].add(src)
        paths = [[first]]
        for _ in range(max_length):
            if any(path[-1] == last for path in paths):
                break
            paths = [[*p, n] for p in paths for n in sorted(beside[p[-1]]) if n not in p]
        return sorted(path for path in paths if path[-1] == last)[:limit]
