"""How each kind of change is written: one homogeneous statement for all rows of a batch.

Labels and relationship types come from the tables of :mod:`kgp.kg_schema`, checked again here;
everything else is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kgp.kg_schema.node_types import check_node_type
from kgp.kg_schema.relations import check_relation
from kgp.platform.store.neo4j.properties import EMBEDDING, native

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.platform.store.neo4j.session import Row

CREATE, UPDATE, DELETE = "create", "update", "delete"

INVERSE = {CREATE: DELETE, DELETE: CREATE, UPDATE: UPDATE}
"""What takes a change back, with new and former values exchanged."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What writes the rows of one batch.

    Args:
        cypher: its text.
        parameters: the values that it names.
    """

    cypher: str
    parameters: Row


def statement(part: str, op: str, group: Row, rows: list[Row]) -> Statement:
    """The statement that writes changes of one kind.

    Args:
        part: name of the part of the plan.
        op: ``create``, ``update`` or ``delete``.
        group: the columns that all rows share.
        rows: rows of the plan, at least one.
    """
    if part == "link":
        return _link(op, group, rows)
    cypher, row = _STATEMENTS[part](op, group)
    return Statement(f"UNWIND $rows AS r {cypher}", {"rows": [row(found) for found in rows]})


_Made = tuple[str, "Callable[[Row], Row]"]


def _node(op: str, group: Row) -> _Made:
    new, old = group["type"], group["was_type"]
    if op == CREATE:
        return f"CREATE (n:Kgp:{check_node_type(new)}) SET n = r.p", _new_node
    if op == DELETE:
        return "MATCH (n:Kgp {id: r.id}) DETACH DELETE n", _key("id")
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


def _link(op: str, group: Row, rows: list[Row]) -> Statement:
    """Relationships, gathered by their source: it is looked up once for all of them.

    Most batches have the same properties throughout, which are then sent once.
    """
    verb = check_relation(group["type"]).name
    made = [_link_key(row) if op == DELETE else link_properties(row) for row in rows]
    shared = all(properties == made[0] for properties in made)
    item, p = ("i", "$p") if shared else ("i[0]", "i[1]")
    write = {
        CREATE: f"CREATE (s)-[x:{verb}]->(d) SET x = {p}",
        UPDATE: f"{_existing(verb, p)} SET x = {p}",
        DELETE: f"{_existing(verb, p)} DELETE x",
    }
    gathered = [
        [src, [row["dst"] if shared else [row["dst"], about] for row, about in found]]
        for src, found in groupby(zip(rows, made, strict=True), key=lambda pair: pair[0]["src"])
    ]
    return Statement(
        "UNWIND $rows AS r MATCH (s:Kgp {id: r[0]}) WITH s, r[1] AS ends UNWIND ends AS i "
        f"MATCH (d:Kgp {{id: {item}}}) {write[op]}",
        {"rows": gathered, "p": made[0]},
    )


def _existing(verb: str, p: str) -> str:
    key = f"x.qualifier = {p}.qualifier AND x.source = {p}.source"
    return f"MATCH (s)-[x:{verb}]->(d) WHERE {key}"


def _link_key(row: Row) -> Row:
    return {"qualifier": row["qualifier"], "source": row["source"]}


def link_properties(row: Row) -> Row:
    """All properties of a relationship."""
    return native(row["properties"]) | {
        "qualifier": row["qualifier"],
        "source": row["source"],
        "source_version": row["source_version"],
        "license": row["license"],
    }


def _identifier(op: str, group: Row) -> _Made:
    if op == CREATE:
        return "CREATE (n:KgpIdentifier) SET n = r.p", _identifier_row
    found = "MATCH (n:KgpIdentifier {id: r.id})"
    if op == DELETE:
        return f"{found} DETACH DELETE n", _key("id")
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


def _xref(op: str, group: Row) -> _Made:
    key = _key("id", "other", "kind", "load_id")
    if op == CREATE:
        return (
            "MATCH (a:KgpIdentifier {id: r.id}) MATCH (b:KgpIdentifier {id: r.other}) "
            "CREATE (a)-[:XREF {kind: r.kind, load_id: r.load_id}]->(b)",
            key,
        )
    return (
        "MATCH (:KgpIdentifier {id: r.id})-[x:XREF {kind: r.kind, load_id: r.load_id}]->"
        "(:KgpIdentifier {id: r.other}) DELETE x",
        key,
    )


def _means(op: str, group: Row) -> _Made:
    if op == CREATE:
        ends = "MATCH (a:KgpIdentifier {id: r.id}) MATCH (n:Kgp {id: r.node})"
        return f"{ends} CREATE (a)-[:MEANS]->(n)", _key("id", "node")
    found = "MATCH (:KgpIdentifier {id: r.id})-[x:MEANS]->(:Kgp {id: r.node})"
    return f"{found} DELETE x", _key("id", "node")


def _network(op: str, group: Row) -> _Made:
    if op == DELETE:
        return (
            "MATCH (g:KgpRecord {key: 'grn/' + r.grn}) "
            "MATCH (v:KgpRecord {key: 'version/' + r.grn + '/1'}) DETACH DELETE g, v",
            _key("grn"),
        )
    return (
        "MERGE (g:KgpRecord {key: 'grn/' + r.grn}) "
        "SET g:Grn, g.name = r.grn, g.load_id = r.load_id, g.head = 1, "
        "g.forked_from = '', g.context = '' "
        "MERGE (v:KgpRecord {key: 'version/' + r.grn + '/1'}) "
        "SET v:GrnVersion, v += r.p MERGE (v)-[:VERSION_OF]->(g)",
        _first_version,
    )


def _first_version(row: Row) -> Row:
    about = {key: row[key] for key in ("grn", "parameters", "author", "time")}
    rest = {"version": 1, "parent": 0, "method": "import", "data_hash": "", "metrics": "{}"}
    return {"grn": row["grn"], "load_id": row["load_id"], "p": about | rest}


ABSENT = "absent/"
"""How the key begins of what stands for an identifier that means no node."""

_STATED = (
    *("grn", "layer", "sign", "effect", "sign_source", "weight", "confidence", "evidence"),
    *("load_id", "source", "source_version", "license"),
)


def _regulation(op: str, group: Row) -> _Made:
    ends = {end: bool(group[f"{end}_absent"]) for end in ("src", "dst")}
    if op == CREATE:
        placed = " ".join(
            f"MERGE ({e}:KgpRecord {{key: '{ABSENT}' + r.{e}}}) ON CREATE SET {e}:KgpAbsent"
            if absent
            else f"MATCH ({e}:Kgp {{id: r.{e}}})"
            for e, absent in ends.items()
        )
        return f"{placed} CREATE (src)-[x:REGULATES]->(dst) SET x = r.p", _regulation_row
    src, dst = (
        f"(:KgpRecord {{key: '{ABSENT}' + r.{e}}})" if absent else f"(:Kgp {{id: r.{e}}})"
        for e, absent in ends.items()
    )
    key = "grn: r.p.grn, layer: r.p.layer, src_id: r.p.src_id, dst_id: r.p.dst_id, since: 1"
    return f"MATCH {src}-[x:REGULATES {{{key}}}]->{dst} DELETE x", _regulation_row


def _regulation_row(row: Row) -> Row:
    about = {name: row[name] for name in _STATED if row[name] is not None}
    about |= {"src_id": row["src"], "dst_id": row["dst"], "since": 1}
    src, dst = (row[f"{end}_node"] or row[end] for end in ("src", "dst"))
    return {"src": src, "dst": dst, "p": about}


def _record(label: str, prefix: str) -> Callable[[str, Row], _Made]:
    def make(op: str, group: Row) -> _Made:
        if op == DELETE:
            return f"MATCH (n:KgpRecord {{key: '{prefix}' + r.name}}) DETACH DELETE n", _key("name")
        merged = f"MERGE (n:KgpRecord {{key: '{prefix}' + r.name}})"
        return f"{merged} SET n:{label}, n += r.p", _record_row

    return make


def _record_row(row: Row) -> Row:
    former = {name for name in row if name.startswith("was_")}
    return {"name": row["name"], "p": {k: v for k, v in row.items() if k not in former}}


def _measured(op: str, group: Row) -> _Made:
    ends = "MATCH (d:KgpRecord {key: 'dataset/' + r.dataset}) MATCH (n:Kgp {id: r.id})"
    if op == CREATE:
        return f"{ends} CREATE (n)-[:PART_OF]->(d)", _key("dataset", "id")
    return (
        "MATCH (:Kgp {id: r.id})-[x:PART_OF]->(:KgpRecord {key: 'dataset/' + r.dataset}) DELETE x",
        _key("dataset", "id"),
    )


def _vector(op: str, group: Row) -> _Made:
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


def _key(*names: str) -> Callable[[Row], Row]:
    def row(found: dict[str, Any]) -> Row:
        return {name: found[name] for name in names}

    return row


_STATEMENTS: dict[str, Callable[[str, Row], _Made]] = {
    "node": _node,
    "identifier": _identifier,
    "xref": _xref,
    "means": _means,
    "network": _network,
    "regulation": _regulation,
    "dataset": _record("Dataset", "dataset/"),
    "measured": _measured,
    "vector_set": _record("VectorSet", "vectors/"),
    "vector": _vector,
}
