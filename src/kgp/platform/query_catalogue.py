"""The named queries: their parameters, and each as a question for a graph database.

``cypher`` is also printed in the cook-book. There, what an experiment says of a changed edge is a
relationship ``(:Signature)-[:SUPPORTS|CONTRADICTS {grn, src, layer, version, gain}]->(target)``:
``src`` is the regulator's id, because no relationship can end at another.
"""

from __future__ import annotations

from dataclasses import dataclass

from kgp.platform.nodes import GENES

NODE_KINDS: dict[str, tuple[str, ...]] = {"gene": GENES, "node": (), "signature": ("Signature",)}
"""Kind of a parameter that stands for a node → types that it may have; none means any."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Args:
        name: as the query's text names it.
        kind: ``gene``, ``signature`` or ``node`` (anything that ``kgp find`` understands),
            ``network`` or ``version``.
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
        "between-contexts",
        "What differs now between a network and a fork of it, and why the fork differs",
        (Parameter("network", "network"), Parameter("fork", "network")),
        "MATCH (s)-[r:REGULATES]->(d) WHERE r.grn IN [$network, $fork] AND r.until IS NULL"
        " WITH s, d, r.layer AS layer,"
        " collect(CASE r.grn WHEN $network THEN r.effect END) AS ours,"
        " collect(CASE r.grn WHEN $fork THEN r.effect END) AS theirs"
        " WHERE ours <> theirs RETURN s.name, d.name, layer, ours, theirs",
    ),
    NamedQuery(
        "changed-edges",
        "Edges that a version of a network changed (default: its head)",
        (_NETWORK, _VERSION),
        "MATCH (s)-[r:REGULATES {grn: $network}]->(d)"
        " WHERE r.since = $version OR r.until = $version"
        " RETURN s.name, d.name, r.layer, r.effect, r.since, r.until, r.confidence",
    ),
    NamedQuery(
        "contradicted-edges",
        "Edges of a version that a refinement wrote although experiments speak against them",
        (_NETWORK, _VERSION),
        "MATCH (s)-[r:REGULATES {grn: $network}]->(d)"
        " WHERE r.since <= $version AND (r.until IS NULL OR r.until > $version)"
        " MATCH (x:Signature)-[e:CONTRADICTS"
        " {grn: $network, src: s.id, layer: r.layer, version: r.since}]->(d)"
        " RETURN s.name, d.name, r.layer, r.effect, r.since, count(x), min(e.gain)",
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
        "edges-against-signature",
        "Edges that an experiment helped to change, or whose change it speaks against",
        (Parameter("signature", "signature"), _NETWORK),
        "MATCH (:Signature {id: $signature})-[e:SUPPORTS|CONTRADICTS {grn: $network}]->(d)"
        " MATCH (s {id: e.src})"
        " RETURN s.name, d.name, e.layer, e.version, type(e), e.gain",
    ),
    NamedQuery(
        "evidence-for",
        "Experiments for and against what a network made of one edge up to a version",
        (Parameter("regulator", "gene"), Parameter("target", "gene"), _NETWORK, _VERSION),
        "MATCH (x:Signature)-[e:SUPPORTS|CONTRADICTS {grn: $network, src: $regulator}]->"
        "({id: $target})"
        " WHERE e.version <= $version RETURN e.layer, e.version, type(e), e.gain, x.id",
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
    NamedQuery(
        "unperturbed-regulators",
        "Regulators that no experiment perturbs, those of most targets first",
        (_NETWORK,),
        "MATCH (s)-[r:REGULATES {grn: $network}]->(d)"
        " WHERE r.until IS NULL AND NOT EXISTS { (:Signature)-[:PERTURBS]->(s) }"
        " RETURN s.name, count(DISTINCT d)",
    ),
)

QUERIES: dict[str, NamedQuery] = {query.name: query for query in _ALL}
