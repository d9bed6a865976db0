"""The sheets of what changes in versions, and of the records that describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.neo4j.bulk_columns import Column
from kgp.platform.store.neo4j.bulk_sheet import Sheet, between, named, typed
from kgp.platform.store.neo4j.projection import PARTS
from kgp.platform.store.neo4j.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.embedded.store import EmbeddedStore


def regulation(store: EmbeddedStore) -> Iterator[Sheet]:
    """Versioned regulation, and stubs of the identifiers in it that mean no node."""
    part = PARTS["regulation"]
    stated = part.sql
    yield Sheet(
        "record-absent",
        "KgpRecord:KgpAbsent",
        True,
        f"""SELECT DISTINCT i.eid, '{ABSENT}' || i.id AS key
        FROM (SELECT src AS eid FROM ({stated}) UNION SELECT dst FROM ({stated}))
        JOIN meaning m USING (eid) JOIN identifier i USING (eid) WHERE m.nid IS NULL""",
        (Column(":ID(node)", "eid"), *named("key:string")),
    )
    rows = f"""SELECT r.*, s.id AS src_id, d.id AS dst_id, 1 AS since,
           if(a.nid IS NULL, r.src, a.rep) AS src_node,
           if(b.nid IS NULL, r.dst, b.rep) AS dst_node
    FROM ({stated}) r JOIN identifier s ON s.eid = r.src JOIN identifier d ON d.eid = r.dst
    JOIN meaning a ON a.eid = r.src JOIN meaning b ON b.eid = r.dst"""
    yield Sheet(
        "regulation",
        "REGULATES",
        False,
        rows,
        (
            *between("node", "src_node", "node", "dst_node"),
            *typed(store, rows, {"grn", "layer", *part.values, "src_id", "dst_id", "since"}),
        ),
    )


def records(store: EmbeddedStore) -> Iterator[Sheet]:
    """Networks with their first versions, data sets with their signatures, and vector sets."""
    yield from _networks()
    yield from _datasets(store)
    yield _vector_sets(store)


def _networks() -> Iterator[Sheet]:
    found = PARTS["network"].sql
    grn = f"SELECT *, row_number() OVER (ORDER BY grn) AS number FROM ({found})"
    yield Sheet(
        "record-grn",
        "KgpRecord:Grn",
        True,
        f"SELECT *, 'grn/' || grn AS key, 1 AS head, '' AS nothing FROM ({grn})",
        (
            Column(":ID(grn)", "number"),
            *named("key:string", "head:long", "load_id:string"),
            Column("name:string", "grn"),
            Column("forked_from:string", "nothing"),
            Column("context:string", "nothing"),
        ),
    )
    yield Sheet(
        "record-version",
        "KgpRecord:GrnVersion",
        True,
        f"""SELECT *, 'version/' || grn || '/1' AS key, 1 AS version, 0 AS parent,
               'import' AS method, '' AS data_hash, '{EMPTY}' AS metrics FROM ({grn})""",
        (
            Column(":ID(version)", "number"),
            *named("key:string", "grn:string", "version:long", "parent:long", "method:string"),
            *named("parameters:string", "data_hash:string", "metrics:string", "author:string"),
            *named("time:string"),
        ),
    )
    yield Sheet(
        "version-of", "VERSION_OF", False, grn, between("version", "number", "grn", "number")
    )


def _datasets(store: EmbeddedStore) -> Iterator[Sheet]:
    part = PARTS["dataset"]
    rows = (
        "SELECT *, 'dataset/' || name AS key, row_number() OVER (ORDER BY name) AS number "
        f"FROM ({part.sql})"
    )
    yield Sheet(
        "record-dataset",
        "KgpRecord:Dataset",
        True,
        rows,
        (Column(":ID(dataset)", "number"), *typed(store, rows, {"key", *part.keys, *part.kept})),
    )
    yield Sheet(
        "part-of",
        "PART_OF",
        False,
        f"SELECT m.id, d.number FROM ({PARTS['measured'].sql}) m JOIN ({rows}) d "
        "ON d.name = m.dataset",
        between("node", "id", "dataset", "number"),
    )


def _vector_sets(store: EmbeddedStore) -> Sheet:
    part = PARTS["vector_set"]
    rows = (
        "SELECT *, 'vectors/' || name AS key, row_number() OVER (ORDER BY name) AS number "
        f"FROM ({part.sql})"
    )
    return Sheet(
        "record-vectors",
        "KgpRecord:VectorSet",
        True,
        rows,
        (Column(":ID(vectors)", "number"), *typed(store, rows, {"key", *part.keys, *part.kept})),
    )
