"""What the sources state, and the graph that follows from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.kg_schema.identifiers import BARE_NAMES, preference, prefix_of
from kgp.kg_schema.properties import EMPTY, merge, unpack
from kgp.kg_schema.provenance import source_rank
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.resolve import components, part_names, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgp.platform.staging import Staged
    from kgp.platform.store.records import SourceRecord

Row = dict[str, Any]
EdgeKey = tuple[str, str, str, str, str]
"""Type, source node, target node, qualifier, source name: the canonical order of edges."""

IDENTIFIERS = {
    Kind.NODES: ("id",),
    Kind.XREFS: ("id", "other"),
    Kind.EDGES: ("src", "dst"),
    Kind.REGULATION: ("src", "dst"),
    Kind.FEATURES: ("id",),
    Kind.EFFECTS: ("signature",),
    Kind.VECTORS: ("id",),
}
"""Columns that hold identifiers, by kind."""


@dataclass(frozen=True, slots=True)
class Load:
    """One published load: its record and its rows by kind."""

    record: SourceRecord
    rows: dict[Kind, list[Row]]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the graph; the order of the fields is the order of the columns."""

    id: str
    type: str
    name: str
    sources: list[str]
    properties: str


@dataclass(frozen=True, slots=True)
class World:
    """The graph as it follows from all loads, whatever their order.

    Args:
        meaning: identifier → identifier of the node that it means.
        nodes: identifier → node.
        ambiguous: identifiers that several nodes claim, so that they mean none.
        edges: key → version, licence and properties of the relationship.
    """

    meaning: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[EdgeKey, tuple[str, str, str]] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()

    def node_of(self, identifier: str) -> str | None:
        """The node that an identifier means; None where there is none."""
        meant = self.meaning.get(identifier)
        return meant if meant in self.nodes else None


def read_rows(staged: Staged) -> dict[Kind, list[Row]]:
    """All staged rows by kind."""
    return {
        kind: [row for part in staged.parts(kind) for row in pq.read_table(part).to_pylist()]
        for kind in Kind
    }


def own_license(text: str | None, license: str) -> str:
    """The licence that a row states in its JSON, else that of its source."""
    return str(unpack(text or EMPTY).get("license", license))


def derive(loads: Iterable[Load]) -> World:
    """Build the graph anew."""
    loads = list(loads)
    meaning, ambiguous = _meaning(loads)
    nodes = _nodes(loads, meaning)
    return World(meaning, nodes, _edges(loads, meaning, nodes), ambiguous)


def _meaning(loads: list[Load]) -> tuple[dict[str, str], frozenset[str]]:
    ids = sorted(
        {
            row[column]
            for load in loads
            for kind, columns in IDENTIFIERS.items()
            for row in load.rows[kind]
            for column in columns
        }
    )
    place = {identifier: i for i, identifier in enumerate(ids)}
    pairs: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for load in loads:
        for row in load.rows[Kind.XREFS]:
            pairs[row["kind"] == XREF_EXACT].add((place[row["id"]], place[row["other"]]))
    exact, synonym = (np.array(sorted(pairs[k]), np.int64).reshape(-1, 2) for k in (True, False))
    bare = np.array([prefix_of(identifier) in BARE_NAMES for identifier in ids], bool)
    exact, named = part_names(exact, bare)
    component = components(len(ids), exact)
    types: dict[int, str] = {}
    for load in loads:
        for row in load.rows[Kind.NODES]:
            key = int(component[place[row["id"]]])
            types[key] = min(types.get(key, row["type"]), row["type"])
    rank = [preference(types.get(int(c), ""), i)[0] for i, c in zip(ids, component, strict=True)]
    found = resolve(np.array(rank, np.int64), component, exact, synonym, named)
    meaning = {identifier: ids[found.representative[i]] for identifier, i in place.items()}
    return meaning, frozenset(ids[i] for i in np.flatnonzero(found.ambiguous))


def _nodes(loads: list[Load], meaning: Mapping[str, str]) -> dict[str, Node]:
    facts: dict[str, list[tuple[Row, str, str]]] = defaultdict(list)
    for load in loads:
        for row in load.rows[Kind.NODES]:
            fact = row, load.record.source, load.record.version
            facts[meaning[row["id"]]].append(fact)
    return {node: _node(node, facts[node]) for node in sorted(facts)}


def _node(identifier: str, facts: list[tuple[Row, str, str]]) -> Node:
    """One node from its facts: the most trusted source first, of one source the newest version."""
    facts.sort(key=lambda f: (f[0]["name"], f[0]["properties"]), reverse=True)
    facts.sort(key=lambda f: (f[0]["id"], f[0]["type"]))
    facts.sort(key=lambda f: f[2], reverse=True)
    facts.sort(key=lambda f: (source_rank(f[1]), f[1]))
    rows = [fact[0] for fact in facts]
    name = next((row["name"] for row in rows if row["name"]), "")
    sources = sorted({fact[1] for fact in facts})
    merged = merge([row["properties"] for row in rows])
    return Node(identifier, rows[0]["type"], name, sources, merged)


def _edges(
    loads: list[Load], meaning: Mapping[str, str], nodes: Mapping[str, Node]
) -> dict[EdgeKey, tuple[str, str, str]]:
    found: dict[EdgeKey, list[tuple[str, str, str]]] = defaultdict(list)
    for load in loads:
        record = load.record
        for row in load.rows[Kind.EDGES]:
            src, dst = meaning[row["src"]], meaning[row["dst"]]
            if src not in nodes or dst not in nodes:
                continue
            if not RELATIONS[row["type"]].directed:
                src, dst = sorted((src, dst))
            key = row["type"], src, dst, row["qualifier"], record.source
            license = own_license(row["properties"], record.license)
            found[key].append((record.version, row["properties"], license))
    return {key: _newest(found[key]) for key in sorted(found)}


def _newest(stated: list[tuple[str, str, str]]) -> tuple[str, str, str]:
    version, properties, _ = max(stated)
    return version, max(license for *_, license in stated), properties
