"""What the graph looks like in Neo4j: labels, relationship types, constraints and indexes.

The graph itself is what a user sees and asks in Cypher:

* ``(:Kgp:<NodeType> {id, type, name, sources, properties, …})``: a node; ``properties`` is the
  canonical JSON, and each of its scalars and lists stands beside it as a property of its own.
* ``[:<RELATION> {qualifier, source, source_version, license, properties, …}]``: a relationship
  between two of them, one per key (type, source, target, qualifier, source name).
* ``[:REGULATES {grn, layer, sign, effect, …, since, until, src_id, dst_id, load}]``: one row of
  versioned regulation, between the nodes that its two stated identifiers mean.
* ``(:Signature)-[:SUPPORTS|CONTRADICTS {grn, src, layer, version, gain, …}]->(target)``.
* ``(:KgpIdentifier {id, lower, local})-[:MEANS]->(:Kgp)`` and ``-[:XREF {kind, load}]->`` between
  them: what cross-references state of identifiers.

Everything else is a record of kgp, ``(:KgpRecord {key})`` with a second label: ``KgpStore``,
``KgpLoad``, ``KgpPart``, ``KgpBatch``, ``Grn``, ``GrnVersion``, ``Dataset``, ``VectorSet``.
Whatever has neither ``Kgp``, ``KgpIdentifier`` nor ``KgpRecord`` belongs to someone else and is
never touched.

No text of a user ever becomes part of a query: labels and types come from the tables of
:mod:`kgp.kg_schema`, everything else is a parameter.
"""

from __future__ import annotations

NODE, IDENTIFIER, RECORD = "Kgp", "KgpIdentifier", "KgpRecord"
OWN_LABELS = (NODE, IDENTIFIER, RECORD)
"""One of these is on every node that kgp made."""

STORE_KEY = "store"
"""Key of the record of the store itself."""

BULK_KEY = "bulk"
"""Key of the record that stands for it until a bulk load is whole."""

ABSENT = "absent/"
"""How the key begins of what stands for an identifier that means no node."""

CONSTRAINTS: dict[str, str] = {
    "kgp_node_id": f"FOR (n:{NODE}) REQUIRE n.id IS UNIQUE",
    "kgp_identifier_id": f"FOR (n:{IDENTIFIER}) REQUIRE n.id IS UNIQUE",
    "kgp_record_key": f"FOR (n:{RECORD}) REQUIRE n.key IS UNIQUE",
}
"""Uniqueness constraints by name; each is online before the first row."""

INDEXES: dict[str, str] = {
    "kgp_node_name": f"RANGE INDEX kgp_node_name IF NOT EXISTS FOR (n:{NODE}) ON (n.name)",
    "kgp_node_lower": f"RANGE INDEX kgp_node_lower IF NOT EXISTS FOR (n:{NODE}) ON (n.lower)",
    "kgp_identifier_lower": (
        f"RANGE INDEX kgp_identifier_lower IF NOT EXISTS FOR (n:{IDENTIFIER}) ON (n.lower)"
    ),
    "kgp_identifier_local": (
        f"RANGE INDEX kgp_identifier_local IF NOT EXISTS FOR (n:{IDENTIFIER}) ON (n.local)"
    ),
    "kgp_regulates_grn": (
        "RANGE INDEX kgp_regulates_grn IF NOT EXISTS FOR ()-[r:REGULATES]-() ON (r.grn)"
    ),
    "kgp_supports_grn": (
        "RANGE INDEX kgp_supports_grn IF NOT EXISTS FOR ()-[r:SUPPORTS]-() ON (r.grn)"
    ),
    "kgp_contradicts_grn": (
        "RANGE INDEX kgp_contradicts_grn IF NOT EXISTS FOR ()-[r:CONTRADICTS]-() ON (r.grn)"
    ),
}
"""Further indexes by name."""


def ddl() -> dict[str, str]:
    """The statements that make constraints and indexes where they are missing, by name."""
    made = {n: f"CREATE CONSTRAINT {n} IF NOT EXISTS {what}" for n, what in CONSTRAINTS.items()}
    return made | {name: f"CREATE {what}" for name, what in INDEXES.items()}
