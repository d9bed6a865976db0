"""A few nodes and identifiers of a graph, in an embedded store of their own that ranks them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from kgp.platform.store.embedded.connection import MEMORY
from kgp.platform.store.embedded.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgp.platform.store.neo4j.session import Row


@dataclass(frozen=True, slots=True)
class Xref:
    """One cross-reference: ``other`` is an identifier of ``id``, ``exact`` or a ``synonym``."""

    id: str
    other: str
    kind: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a text may mean, and what it takes to rank it.

    Args:
        meanings: identifier → the one that represents it, for those with cross-references.
        xrefs: cross-references between them.
        nodes: id → ``id, type, name, properties`` of a node.
    """

    meanings: Mapping[str, str]
    xrefs: Sequence[Xref]
    nodes: Mapping[str, Row]


@contextmanager
def ranked(candidates: Candidates) -> Iterator[Names]:
    """Open the lookups of the embedded store on candidates alone."""
    tables = _tables(candidates)
    store = Names(MEMORY)
    try:
        for name, table in tables.items():
            with store.registered("incoming", table):
                store.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming")
        yield store
    finally:
        store.close()


def _tables(found: Candidates) -> dict[str, pa.Table]:
    """The rows of the embedded store's tables."""
    ids = sorted({*found.meanings, *found.meanings.values(), *found.nodes})
    number = {identifier: place for place, identifier in enumerate(ids)}
    rep = [number[found.meanings.get(i, i)] for i in ids]
    node = {number[i] for i in found.nodes}
    rows = list(found.nodes.values())
    nid = [number[row["id"]] for row in rows]
    numbers, text = pa.int32(), pa.string()
    return {
        "identifier": pa.table(
            {"eid": pa.array(range(len(ids)), numbers), "id": pa.array(ids, text)}
        ),
        "meaning": pa.table(
            {
                "eid": pa.array(range(len(ids)), numbers),
                "rep": pa.array(rep, numbers),
                "nid": pa.array([r if r in node else None for r in rep], numbers),
            }
        ),
        "xref": pa.table(
            {
                "eid": pa.array([number[x.id] for x in found.xrefs], numbers),
                "other": pa.array([number[x.other] for x in found.xrefs], numbers),
                "kind": pa.array([x.kind for x in found.xrefs], text),
            }
        ),
        "node": pa.table(
            {
                "nid": pa.array(nid, numbers),
                "rep": pa.array(nid, numbers),
                **{
                    name: pa.array([row[name] for row in rows], text)
                    for name in ("id", "type", "name", "properties")
                },
            }
        ),
    }
