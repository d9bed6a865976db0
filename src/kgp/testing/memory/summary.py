"""The summary of the graph in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING

from kgp.kg_schema.batches import Kind
from kgp.platform.store.summary import (
    EXAMPLES,
    HUBS,
    Degrees,
    GraphSummary,
    Hub,
    LicenseCount,
    SharedNames,
)
from kgp.testing.memory.content import own_license
from kgp.testing.memory.graph import Graph

if TYPE_CHECKING:
    from kgp.testing.memory.content import Node


class Summary(Graph):
    """The summary of the port; documented there."""

    def summary(self) -> GraphSummary:
        """Describe the graph."""
        rows = list(self._edge_rows())
        sources: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        degree: Counter[str] = Counter()
        for kind, src, dst, _, source, *_ in rows:
            sources[kind, src, dst].add(source)
            degree.update({src, dst})
        several = Counter(key[0] for key, names in sources.items() if len(names) > 1)
        types: dict[str, list[Node]] = defaultdict(list)
        for node in self.world.nodes.values():
            types[node.type].append(node)
        shared = [_shared(kind, types[kind]) for kind in sorted(types)]
        return GraphSummary(
            [_degrees(kind, types[kind], degree) for kind in sorted(types)],
            self._licenses(Counter(row[6] for row in rows)),
            dict(sorted(several.items())),
            [names for names in shared if names.names],
        )

    def _licenses(self, relationships: Counter[str]) -> list[LicenseCount]:
        nodes: dict[str, set[str]] = defaultdict(set)
        for load, row in self.stated(Kind.NODES):
            license = own_license(row["properties"], load.record.license)
            nodes[license].add(self.world.meaning[row["id"]])
        return [
            LicenseCount(name, len(nodes[name]), relationships[name])
            for name in sorted({*nodes, *relationships})
        ]


def _degrees(kind: str, nodes: list[Node], degree: Counter[str]) -> Degrees:
    counts = [degree[node.id] for node in nodes]
    hubs = sorted((Hub(n.id, n.name, degree[n.id]) for n in nodes), key=lambda h: (-h.degree, h.id))
    named = [hub for hub in hubs[:HUBS] if hub.degree]
    middle = float(median(counts))
    return Degrees(kind, len(nodes), counts.count(0), middle, max(counts), named)


def _shared(kind: str, nodes: list[Node]) -> SharedNames:
    names = Counter(node.name for node in nodes if node.name)
    several = sorted((name for name in names if names[name] > 1), key=lambda n: (-names[n], n))
    total = sum(names[name] for name in several)
    return SharedNames(kind, len(several), total, several[:EXAMPLES])
