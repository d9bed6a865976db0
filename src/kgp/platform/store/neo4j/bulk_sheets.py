"""What a bulk load writes: sheets of nodes and of relationships, as queries on the engine.

They say the same as :mod:`~kgp.platform.store.neo4j.statements` does row by row. Nodes are numbered
by the engine's numbers of identifiers: those of the graph and stubs of identifiers that mean no
node in the group ``node``, what cross-references name in ``identifier``, records in one group for
each kind.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.kg_schema.node_types import check_node_type
from kgp.kg_schema.relations import check_relation
from kgp.platform.store.neo4j.bulk_columns import MACRO, SEPARATOR, Column
from kgp.platform.store.neo4j.bulk_records import records, regulation
from kgp.platform.store.neo4j.bulk_sheet import JSON, Sheet, between, named, typed
from kgp.platform.store.neo4j.projection import PARTS
from kgp.platform.store.neo4j.properties import EMBEDDING
from kgp.platform.store.neo4j.schema import BULK_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.embedded.store import EmbeddedStore


@contextmanager
def prepared(store: EmbeddedStore) -> Iterator[None]:
    """Make what the queries of all sheets stand on, for a while.

    ``bulk_link`` are the relationships, ``bulk_lower`` the lower-cased names that are not ASCII:
    of those DuckDB and Python, by which they are looked up, do not always think alike.
    """
    # Which row comes first in a file is nobody's business, and keeping order costs memory.
    store.execute("SET preserve_insertion_order = false")
    store.execute(MACRO)
    store.execute(f"CREATE OR REPLACE TEMP TABLE bulk_link AS {PARTS['link'].sql}")
    texts = "SELECT name AS text FROM node UNION SELECT id FROM identifier"
    found = store.table(f"SELECT text FROM ({texts}) WHERE strlen(text) <> length(text)")
    lower = pa.array([text.lower() for text in found["text"].to_pylist()], pa.string())
    ambiguous = pa.table({"eid": np.flatnonzero(store.resolution().ambiguous)})
    with (
        store.registered("bulk_lower", found.append_column("lower", lower)),
        store.registered("ambiguous", ambiguous),
    ):
        yield


def sheets(store: EmbeddedStore, mark: str) -> Iterator[Sheet]:
    """All sheets of a graph; ``prepared`` holds.

    Args:
        store: the engine.
        mark: what tells this bulk load from others.
    """
    yield Sheet(
        "record-bulk",
        "KgpRecord:KgpBulk",
        True,
        f"SELECT '{BULK_KEY}' AS key, '{mark}' AS mark",
        (Column(":ID(bulk)", "0"), *named("key:string", "mark:string")),
    )
    yield from _nodes(store)
    yield from _links(store)
    yield from _identifiers(store)
    yield from regulation(store)
    yield from records(store)


def _nodes(store: EmbeddedStore) -> Iterator[Sheet]:
    names = [row[0] for row in store.rows("SELECT DISTINCT name FROM vector ORDER BY name")]
    columns = (
        Column(":ID(node)", "rep"),
        *named("id:string", "type:string", "name:string", "lower:string"),
        Column("sources:string[]", f"array_to_string(sources, chr({SEPARATOR}))"),
        JSON,
    )
    for (node_type,) in store.rows("SELECT DISTINCT type FROM node ORDER BY type"):
        label = check_node_type(node_type)
        rows = (
            "SELECT n.*, coalesce(l.lower, lower(n.name)) AS lower FROM node n "
            f"LEFT JOIN bulk_lower l ON l.text = n.name WHERE n.type = '{label}'"
        )
        held = [name for name in names if _carries(store, name, label)]
        for place, name in enumerate(held):
            # Names of sets are text of a user's; the name in the header was checked when the set
            # was described, and a quote cannot end the text here.
            of = name.replace("'", "''")
            rows = (
                f"SELECT r{place}.*, v.vector AS vector_{place} FROM ({rows}) r{place} LEFT JOIN "
                f"(SELECT id, vector FROM ({PARTS['vector'].sql}) WHERE name = '{of}') v "
                f"ON v.id = r{place}.rep"
            )
        vectors = [
            Column(
                f"{EMBEDDING}{name}:float[]",
                f"array_to_string(vector_{place}, chr({SEPARATOR}))",
            )
            for place, name in enumerate(held)
        ]
        yield Sheet(f"node-{label}", f"Kgp:{label}", True, rows, (*columns, *vectors), packed=True)


def _carries(store: EmbeddedStore, name: str, node_type: str) -> bool:
    """Whether nodes of a type have vectors of a set."""
    sql = f"SELECT 1 FROM ({PARTS['vector'].sql}) v JOIN node n ON n.rep = v.id"
    return bool(store.rows(f"{sql} WHERE v.name = ? AND n.type = ? LIMIT 1", name, node_type))


def _links(store: EmbeddedStore) -> Iterator[Sheet]:
    columns = (
        *between("node", "src", "node", "dst"),
        *named("qualifier:string", "source:string", "source_version:string", "license:string"),
        JSON,
    )
    for (relation,) in store.rows("SELECT DISTINCT type FROM bulk_link ORDER BY type"):
        verb = check_relation(relation).name
        rows = f"SELECT * FROM bulk_link WHERE type = '{verb}'"
        yield Sheet(f"link-{verb}", verb, False, rows, columns, packed=True)


def _identifiers(store: EmbeddedStore) -> Iterator[Sheet]:
    part = PARTS["identifier"]
    lower = "coalesce(l.lower, lower(i.id))"
    rows = f"""SELECT p.* REPLACE (if(p.ambiguous, true, NULL) AS ambiguous, i.id AS id),
               p.id AS number, {lower} AS lower,
               if(contains(i.id, ':'), substr({lower}, instr({lower}, ':') + 1), '') AS local
        FROM ({part.sql}) p JOIN identifier i ON i.eid = p.id
        LEFT JOIN bulk_lower l ON l.text = i.id"""
    own = {"id", "lower", "local", *part.values}
    columns = (Column(":ID(identifier)", "number"), *typed(store, rows, own))
    yield Sheet("identifier", "KgpIdentifier", True, rows, columns)
    yield Sheet(
        "xref",
        "XREF",
        False,
        PARTS["xref"].sql,
        (
            *between("identifier", "id", "identifier", "other"),
            *named("kind:string", "load_id:string"),
        ),
    )
    yield Sheet(
        "means", "MEANS", False, PARTS["means"].sql, between("identifier", "id", "node", "node")
    )
