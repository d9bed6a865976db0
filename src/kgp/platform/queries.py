"""Named queries: what ``kgp query`` offers on every store.

A query declares its parameters here; each adapter owns its text, and ``cypher`` is the same
question for a graph database (also printed in the cook-book). No text of a user ever becomes part
of a query: parameters are bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kgp.errors import BadInputError, UsageError, unknown
from kgp.platform.nodes import GENES, resolve_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kgp.platform.store.port import KnowledgeStore

NODE_KINDS: dict[str, tuple[str, ...]] = {"gene": GENES, "node": ()}
"""Kind of a parameter that stands for a node → types that it may have; none means any."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Args:
        name: as the query's text names it.
        kind: ``gene`` or ``node`` (anything that ``kgp find`` understands), ``network`` or
            ``version``.
        required: False where a default follows from the store.
    """

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One question that every store answers."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    cypher: str

    @property
    def signature(self) -> str:
        """The parameters as a user types them; optional ones in brackets."""
        shown = (p.name.upper() if p.required else f"[{p.name.upper()}]" for p in self.parameters)
        return " ".join(shown)


_GENE = Parameter("gene", "gene")
_NETWORK = Parameter("network", "network", required=False)
_VERSION = Parameter("version", "version", required=False)

_ALL = (
    NamedQuery(
        "changed-edges",
        "Edges that a version of a network changed (default: its head)",
        (_NETWORK, _VERSION),
        "MATCH (s)-[r:REGULATES {grn: $network}]->(d)"
        " WHERE r.since = $version OR r.until = $version"
        " RETURN s.name, d.name, r.layer, r.effect, r.since, r.until, r.confidence",
    ),
    NamedQuery(
        "drugs-on-changed-regulators",
        "Regulators whose targets a version changed, with the drugs that target them",
        (_NETWORK, _VERSION),
        "MATCH (g)-[r:REGULATES {grn: $network}]->(t)"
        " WHERE r.since = $version OR r.until = $version"
        " MATCH (drug:Drug)-[:TARGETS]->(g)"
        " RETURN g.name, count(DISTINCT t) AS changed_targets, collect(DISTINCT drug.name)",
    ),
    NamedQuery(
        "drugs-on-targets-of",
        "Drugs that target what a regulator controls now",
        (_GENE, _NETWORK),
        "MATCH (:Gene {id: $gene})-[r:REGULATES {grn: $network}]->(t)<-[:TARGETS]-(drug:Drug)"
        " WHERE r.until IS NULL RETURN t.name, r.effect, drug.name",
    ),
    NamedQuery(
        "drugs-targeting",
        "Drugs linked to a gene: targets, enzymes, carriers, transporters",
        (_GENE,),
        "MATCH (drug:Drug)-[t]->(:Gene {id: $gene}) RETURN drug.name, type(t), t.source",
    ),
    NamedQuery(
        "regulators-of",
        "What regulates a gene now",
        (_GENE, _NETWORK),
        "MATCH (s)-[r:REGULATES {grn: $network}]->(:Gene {id: $gene})"
        " WHERE r.until IS NULL RETURN s.name, r.effect, r.layer, r.since",
    ),
    NamedQuery(
        "signatures-of",
        "Measured responses to perturbing a gene or a drug",
        (Parameter("node", "node"),),
        "MATCH (s:Signature)-[p:PERTURBS]->({id: $node}) RETURN s.id, p.qualifier, s.dataset",
    ),
    NamedQuery(
        "targets-of",
        "What a regulator controls now",
        (_GENE, _NETWORK),
        "MATCH (:Gene {id: $gene})-[r:REGULATES {grn: $network}]->(d)"
        " WHERE r.until IS NULL RETURN d.name, r.effect, r.layer, r.since",
    ),
)

QUERIES: dict[str, NamedQuery] = {query.name: query for query in _ALL}


def run_query(store: KnowledgeStore, name: str, arguments: Sequence[str]) -> pa.Table:
    """Fill a query's parameters in order and run it.

    Args:
        store: where to ask.
        name: one of ``QUERIES``.
        arguments: texts as typed; nodes may be symbols, names or CURIEs.

    Raises:
        UsageError: for an unknown query or a wrong number of arguments.
        BadInputError: for an argument that means nothing, or several things.
    """
    if name not in QUERIES:
        raise UsageError(unknown("query", name, QUERIES, command="kgp query"))
    query = QUERIES[name]
    needed = [p for p in query.parameters if p.required]
    if not len(needed) <= len(arguments) <= len(query.parameters):
        raise UsageError(
            f"Query {name!r} takes {query.signature}; {len(arguments)} given.",
            command=f"kgp query {name} {query.signature}",
        )
    values: dict[str, Any] = {}
    given = [*arguments, *[""] * (len(query.parameters) - len(arguments))]
    for parameter, text in zip(query.parameters, given, strict=True):
        values[parameter.name] = _value(store, parameter, text, values)
    return store.named_query(name, values)


def _value(store: KnowledgeStore, parameter: Parameter, text: str, known: dict[str, Any]) -> Any:
    if parameter.kind in NODE_KINDS:
        return resolve_node(store, text, *NODE_KINDS[parameter.kind])
    if parameter.kind == "network":
        return _network(store, text)
    versions = store.grn_versions(known["network"])
    if not text:
        return versions[-1].version
    if text.isdecimal() and 1 <= int(text) <= len(versions):
        return int(text)
    raise BadInputError(
        f"Network {known['network']!r} has no version {text!r}.",
        hint=f"Valid are 1 to {len(versions)}.",
        command=f"kgp grn log {known['network']}",
    )


def _network(store: KnowledgeStore, text: str) -> str:
    names = [record.name for record in store.grns()]
    if text and text not in names:
        raise BadInputError(unknown("network", text, names, command="kgp grn log"))
    if not text and len(names) != 1:
        raise UsageError(
            "Which network? " + ("The store holds none." if not names else ", ".join(names)),
            hint="Name one as the argument after the others.",
            command="kgp grn log",
        )
    return text or names[0]
