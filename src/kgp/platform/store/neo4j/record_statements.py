"""How networks, their first rows, data sets and sets of vectors are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.changes import CREATE, DELETE, key
from kgp.platform.store.neo4j.schema import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.platform.store.neo4j.changes import Row, Writing

_STATED = (
    *("grn", "layer", "sign", "effect", "sign_source", "weight", "confidence", "evidence"),
    *("load_id", "source", "source_version", "license"),
)


def network(op: str, group: Row) -> Writing:
    """How a network is written, with its version 1."""
    if op == DELETE:
        return (
            "MATCH (g:KgpRecord {key: 'grn/' + r.grn}) "
            "MATCH (v:KgpRecord {key: 'version/' + r.grn + '/1'}) DETACH DELETE g, v",
            key("grn"),
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


def regulation(op: str, group: Row) -> Writing:
    """How the rows of a network's version 1 are written, on stubs where no node is meant."""
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


def record(label: str, prefix: str) -> Callable[[str, Row], Writing]:
    """How records are written that have a name: one label and the beginning of their keys."""

    def make(op: str, group: Row) -> Writing:
        if op == DELETE:
            return f"MATCH (n:KgpRecord {{key: '{prefix}' + r.name}}) DETACH DELETE n", key("name")
        merged = f"MERGE (n:KgpRecord {{key: '{prefix}' + r.name}})"
        return f"{merged} SET n:{label}, n += r.p", _record_row

    return make


def _record_row(row: Row) -> Row:
    former = {name for name in row if name.startswith("was_")}
    return {"name": row["name"], "p": {k: v for k, v in row.items() if k not in former}}


def measured(op: str, group: Row) -> Writing:
    """How it is written which signatures a data set holds effects of."""
    ends = "MATCH (d:KgpRecord {key: 'dataset/' + r.dataset}) MATCH (n:Kgp {id: r.id})"
    if op == CREATE:
        return f"{ends} CREATE (n)-[:PART_OF]->(d)", key("dataset", "id")
    return (
        "MATCH (:Kgp {id: r.id})-[x:PART_OF]->(:KgpRecord {key: 'dataset/' + r.dataset}) DELETE x",
        key("dataset", "id"),
    )
