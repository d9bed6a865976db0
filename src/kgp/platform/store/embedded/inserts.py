"""How staged parts become statements: one query per kind of batch."""

from __future__ import annotations

from kgp.kg_schema.batches import Kind
from kgp.platform.store.embedded.schema import EFFECT, SIGN

ENDS = {
    Kind.NODES: ("id",),
    Kind.XREFS: ("id", "other"),
    Kind.EDGES: ("src", "dst"),
    Kind.REGULATION: ("src", "dst"),
    Kind.FEATURES: ("id",),
    Kind.EFFECTS: ("signature",),
    Kind.VECTORS: ("id",),
}
"""Columns that hold identifiers, by kind."""

INSERTS = {
    Kind.NODES: """
        INSERT INTO node_statement
        SELECT DISTINCT e.eid, p.type, p.name, p.properties, $load
        FROM part p JOIN identifier e USING (id)""",
    Kind.XREFS: """
        INSERT INTO xref
        SELECT DISTINCT a.eid, b.eid, p.kind, $load
        FROM part p JOIN identifier a ON a.id = p.id JOIN identifier b ON b.id = p.other""",
    Kind.EDGES: """
        INSERT INTO edge_statement
        SELECT p.type, s.eid, d.eid, p.qualifier, max(p.properties), $load
        FROM part p JOIN identifier s ON s.id = p.src JOIN identifier d ON d.id = p.dst
        GROUP BY p.type, s.eid, d.eid, p.qualifier""",
    Kind.REGULATION: f"""
        INSERT INTO regulation
        SELECT p.grn, s.eid, d.eid, p.layer,
               {SIGN.format("p")}, {EFFECT.format("p")},
               min(p.sign_source), max(p.weight), max(p.confidence), 1, NULL, max(p.evidence),
               $load, NULL, NULL
        FROM part p JOIN identifier s ON s.id = p.src JOIN identifier d ON d.id = p.dst
        GROUP BY p.grn, s.eid, d.eid, p.layer""",
    Kind.DATASETS: """
        INSERT INTO dataset
        SELECT DISTINCT p.dataset, p.space, p.measure, p.censored, p.organism, $load FROM part p""",
    Kind.FEATURES: """
        INSERT INTO feature
        SELECT DISTINCT p.space, p.position, e.eid, $load
        FROM part p JOIN identifier e USING (id)""",
    Kind.EFFECTS: """
        INSERT INTO effect
        SELECT p.dataset, e.eid, p.features, p.values, p.errors, p.df, $load
        FROM part p JOIN identifier e ON e.id = p.signature""",
    Kind.VECTORS: """
        INSERT INTO vector
        SELECT DISTINCT p.name, e.eid, p.values, $load
        FROM part p JOIN identifier e USING (id)""",
}
