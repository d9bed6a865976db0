"""The kinds of things that the graph in Neo4j is made of, as queries of the engine."""

from __future__ import annotations

from dataclasses import dataclass

from kgp.platform.store.embedded.summary import OWN_LICENSE


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing in the graph.

    Args:
        name: of its table in each schema.
        sql: what there is of it.
        keys: columns that tell one from another.
        values: further columns; another value is a change.
        carried: further columns that are written but make no change by themselves.
        numbered: keys that are numbers of identifiers, which the plan writes out.
        placed: keys whose node, after the change, the plan tells as ``…_node``, and as ``…_absent``
            whether there is none.
        groups: columns of the plan by which rows are written apart: they are part of a statement.
    """

    name: str
    sql: str
    keys: tuple[str, ...]
    values: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """All columns beside the keys."""
        return (*self.values, *self.carried)


_LINKS = f"""
SELECT g.type, s.rep AS src, d.rep AS dst, g.qualifier, g.source, g.source_version, g.license,
       g.properties
FROM (SELECT e.type, e.src, e.dst, e.qualifier, e.source,
             max(e.source_version) AS source_version,
             max({OWN_LICENSE.format("e", "properties", "e")}) AS license,
             arg_max(e.properties, (e.source_version, e.properties)) AS properties
      FROM edge e GROUP BY e.type, e.src, e.dst, e.qualifier, e.source) g
JOIN node s ON s.nid = g.src JOIN node d ON d.nid = g.dst"""

_VECTORS = """
SELECT v.name, n.rep AS id, arg_min(v.vector, (e.id <> n.id, e.id)) AS vector
FROM vector v JOIN entity e USING (eid) JOIN node n USING (nid) GROUP BY v.name, n.rep"""

_REGULATION = """
SELECT r.grn, r.src, r.dst, r.layer, r.sign, r.effect, r.sign_source, r.weight, r.confidence,
       r.evidence, l.load_id, l.source, l.version AS source_version, l.license
FROM regulation r JOIN load l USING (load)"""

_NETWORKS = """
SELECT DISTINCT v.grn, l.load_id, v.parameters, v.author, v.time
FROM grn_version v JOIN regulation r USING (grn) JOIN load l USING (load)"""

_SETS = """
SELECT v.name, v.node_type, v.encoder, v.revision, v.pooling, v.dimension, v.precision, l.load_id,
       v.created
FROM vector_set v JOIN load l USING (load)"""

_DATASETS = """
SELECT d.dataset AS name, d.space, d.measure, d.censored, d.organism, l.load_id,
       (SELECT count(*) FROM effect e WHERE e.dataset = d.dataset) AS signatures,
       (SELECT count(*) FROM feature f WHERE f.space = d.space AND f.load = d.load) AS features
FROM dataset d JOIN load l USING (load)"""

_IDENTIFIERS = """
SELECT m.eid AS id, m.eid IN (SELECT eid FROM ambiguous) AS ambiguous,
       CASE WHEN m.nid IS NULL AND m.rep <> m.eid THEN r.id END AS stands_for
FROM (SELECT eid FROM xref UNION SELECT other FROM xref) JOIN meaning m USING (eid)
JOIN identifier r ON r.eid = m.rep"""
"""``stands_for``: the identifier that one without a node is another name of."""

_RECORD = ("space", "measure", "censored", "organism", "load_id", "signatures", "features")
_STATED = (
    *("sign", "effect", "sign_source", "weight", "confidence", "evidence"),
    *("load_id", "source", "source_version", "license"),
)
_SET = ("node_type", "encoder", "revision", "pooling", "dimension", "precision", "load_id")

PARTS = {
    part.name: part
    for part in (
        Part(
            "node",
            "SELECT rep AS id, type, name, sources, properties FROM node",
            ("id",),
            ("type", "name", "sources", "properties"),
            numbered=("id",),
            groups=("was_type", "type"),
        ),
        Part(
            "link",
            _LINKS,
            ("type", "qualifier", "source", "src", "dst"),
            ("source_version", "license", "properties"),
            numbered=("src", "dst"),
            groups=("type",),
        ),
        Part(
            "identifier",
            _IDENTIFIERS,
            ("id",),
            ("ambiguous", "stands_for"),
            numbered=("id",),
        ),
        Part(
            "xref",
            "SELECT x.eid AS id, x.other, x.kind, l.load_id FROM xref x JOIN load l USING (load)",
            ("id", "other", "kind", "load_id"),
            numbered=("id", "other"),
        ),
        Part(
            "means",
            """SELECT m.eid AS id, m.rep AS node FROM meaning m
            SEMI JOIN (SELECT eid FROM xref UNION SELECT other FROM xref) x USING (eid)
            WHERE m.nid IS NOT NULL""",
            ("id", "node"),
            numbered=("id", "node"),
        ),
        Part(
            "moved",
            """SELECT m.eid AS id, i.id AS node FROM meaning m JOIN identifier i ON i.eid = m.rep
            WHERE m.nid IS NOT NULL""",
            ("id",),
            ("node",),
            numbered=("id",),
        ),
        Part("network", _NETWORKS, ("grn",), ("load_id",), ("parameters", "author", "time")),
        Part(
            "regulation",
            _REGULATION,
            ("grn", "src", "dst", "layer"),
            _STATED,
            numbered=("src", "dst"),
            placed=("src", "dst"),
            groups=("src_absent", "dst_absent"),
        ),
        Part(
            "dataset",
            _DATASETS,
            ("name",),
            _RECORD,
        ),
        Part(
            "measured",
            """SELECT DISTINCT e.dataset, m.rep AS id FROM effect e JOIN meaning m USING (eid)
            WHERE m.nid IS NOT NULL""",
            ("dataset", "id"),
            numbered=("id",),
        ),
        Part("vector_set", _SETS, ("name",), _SET, ("created",)),
        Part("vector", _VECTORS, ("name", "id"), ("vector",), numbered=("id",), groups=("name",)),
    )
}
"""All kinds, by name."""
