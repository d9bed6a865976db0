"""How nodes, identifiers and vectors are written.

Labels come from the tables of :mod:`kgp.kg_schema`, checked again here;
everything else is a parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.kg_schema.node_types import check_node_type
from kgp.platform.store.neo4j.changes import CREATE, DELETE, key
from kgp.platform.store.neo4j.properties import EMBEDDING, native

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.changes import Row, Writing


def node(op: str, group: Row) -> Writing:
    """How nodes are written; an update leaves the properties that hold vectors."""
    new, old = group["type"], group["was_type"]
    if op == CREATE:
        return f"CREATE (n:Kgp:{check_node_type(new)}) SET n = r.p", _new_node
    if op == DELETE:
        return "MATCH (n:Kgp {id: r.id}) DETACH DELETE n", key("id")
    label = ""
    if new != old:
        label = f"REMOVE n:{check_node_type(old)} SET n:{check_node_type(new)} "
    return f"MATCH (n:Kgp {{id: r.id}}) {label}SET n += r.p", _changed_node


def node_properties(row: Row) -> Row:
    """All properties of a node."""
    return native(row["properties"]) | {
        "id": row["id"],
        "type": row["type"],
        "name": row["name"],
        "lower": row["name"].lower(),
        "sources": row["sources"],
    }


def _new_node(row: Row) -> Row:
    return {"p": node_properties(row)}


def _changed_node(row: Row) -> Row:
    # A property that is null is removed; vectors are properties, too, and stay.
    gone = dict.fromkeys(native(row["was_properties"]))
    return {"id": row["id"], "p": gone | node_properties(row)}


def identifier(op: str, group: Row) -> Writing:
    """How identifiers are written that occur in cross-references."""
    if op == CREATE:
        return "CREATE (n:KgpIdentifier) SET n = r.p", _identifier_row
    found = "MATCH (n:KgpIdentifier {id: r.id})"
    if op == DELETE:
        return f"{found} DETACH DELETE n", key("id")
    changed = "SET n.ambiguous = r.p.ambiguous, n.stands_for = r.p.stands_for"
    return f"{found} {changed}", lambda row: {
        "id": row["id"],
        **_identifier_row(row),
    }


def _identifier_row(row: Row) -> Row:
    name = row["id"]
    about = {"id": name, "lower": name.lower(), "local": name.partition(":")[2].lower()}
    about |= {"ambiguous": row["ambiguous"] or None, "stands_for": row["stands_for"]}
    return {"p": about}


def xref(op: str, group: Row) -> Writing:
    """How cross-references are written, each with the load that states it."""
    row = key("id", "other", "kind", "load_id")
    if op == CREATE:
        return (
            "MATCH (a:KgpIdentifier {id: r.id}) MATCH (b:KgpIdentifier {id: r.other}) "
            "CREATE (a)-[:XREF {kind: r.kind, load_id: r.load_id}]->(b)",
            row,
        )
    return (
        "MATCH (:KgpIdentifier {id: r.id})-[x:XREF {kind: r.kind, load_id: r.load_id}]->"
        "(:KgpIdentifier {id: r.other}) DELETE x",
        row,
    )


def means(op: str, group: Row) -> Writing:
    """How it is written which node an identifier means."""
    if op == CREATE:
        ends = "MATCH (a:KgpIdentifier {id: r.id}) MATCH (n:Kgp {id: r.node})"
        return f"{ends} CREATE (a)-[:MEANS]->(n)", key("id", "node")
    found = "MATCH (:KgpIdentifier {id: r.id})-[x:MEANS]->(:Kgp {id: r.node})"
    return f"{found} DELETE x", key("id", "node")


def vector(op: str, group: Row) -> Writing:
    """How vectors of nodes are written that a load brings."""
    found = "MATCH (n:Kgp {id: r.id})"
    if op == DELETE:
        return f"{found} SET n[r.name] = null", lambda row: {
            "id": row["id"],
            "name": EMBEDDING + row["name"],
        }
    return f"{found} CALL db.create.setNodeVectorProperty(n, r.name, r.vector)", lambda row: {
        "id": row["id"],
        "name": EMBEDDING + row["name"],
        "vector": row["vector"],
    }
