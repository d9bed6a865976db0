"""The named queries: their parameters, and each as a question for a graph database."""

from __future__ import annotations

from dataclasses import dataclass

from kgp.platform.nodes import GENES
from kgp.platform.query_cypher import GRAPH_CYPHER
from kgp.platform.query_cypher_evidence import EVIDENCE_CYPHER

NODE_KINDS: dict[str, tuple[str, ...]] = {"gene": GENES, "node": (), "signature": ("Signature",)}
"""Kind of a parameter that stands for a node → types that it may have; none means any."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query.

    Args:
        name: as the query's text names it.
        kind: ``gene``, ``signature`` or ``node`` (anything that ``kgp find`` understands),
            ``network``, ``version`` or ``vectors`` (the name of a vector set).
        required: False where a default follows from the store.
    """

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One question that every store answers.

    Args:
        name: as the user types it.
        title: what it answers.
        parameters: in the order in which arguments fill them.
        cypher: what the Neo4j store runs; it ends with the order of the rows.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    cypher: str

    @property
    def signature(self) -> str:
        """The parameters as a user types them; optional ones in brackets."""
        shown = (p.name.upper() if p.required else f"[{p.name.upper()}]" for p in self.parameters)
        return " ".join(shown)


_CYPHER = GRAPH_CYPHER | EVIDENCE_CYPHER

_GENE = Parameter("gene", "gene")
_NETWORK = Parameter("network", "network", required=False)
_VERSION = Parameter("version", "version", required=False)

_ALL = (
    NamedQuery(
        "between-contexts",
        "What differs now between a network and a fork of it, and why the fork differs",
        (Parameter("network", "network"), Parameter("fork", "network")),
        _CYPHER["between-contexts"],
    ),
    NamedQuery(
        "changed-edges",
        "Edges that a version of a network changed (default: its head)",
        (_NETWORK, _VERSION),
        _CYPHER["changed-edges"],
    ),
    NamedQuery(
        "contradicted-edges",
        "Edges of a version that a refinement wrote although experiments speak against them",
        (_NETWORK, _VERSION),
        _CYPHER["contradicted-edges"],
    ),
    NamedQuery(
        "drugs-on-changed-regulators",
        "Regulators whose targets a version changed, with the drugs that target them",
        (_NETWORK, _VERSION),
        _CYPHER["drugs-on-changed-regulators"],
    ),
    NamedQuery(
        "drugs-on-targets-of",
        "Drugs that target what a regulator controls now",
        (_GENE, _NETWORK),
        _CYPHER["drugs-on-targets-of"],
    ),
    NamedQuery(
        "drugs-targeting",
        "Drugs linked to a gene: targets, enzymes, carriers, transporters",
        (_GENE,),
        _CYPHER["drugs-targeting"],
    ),
    NamedQuery(
        "edges-against-signature",
        "Edges that an experiment helped to change, or whose change it speaks against",
        (Parameter("signature", "signature"), _NETWORK),
        _CYPHER["edges-against-signature"],
    ),
    NamedQuery(
        "evidence-for",
        "Experiments for and against what a network made of one edge up to a version",
        (Parameter("regulator", "gene"), Parameter("target", "gene"), _NETWORK, _VERSION),
        _CYPHER["evidence-for"],
    ),
    NamedQuery(
        "regulators-of",
        "What regulates a gene now",
        (_GENE, _NETWORK),
        _CYPHER["regulators-of"],
    ),
    NamedQuery(
        "signatures-of",
        "Measured responses to perturbing a gene or a drug",
        (Parameter("node", "node"),),
        _CYPHER["signatures-of"],
    ),
    NamedQuery(
        "similar-to",
        "Nodes whose vectors are most like that of a node, by their cosine",
        (Parameter("node", "node"), Parameter("vectors", "vectors", required=False)),
        _CYPHER["similar-to"],
    ),
    NamedQuery(
        "targets-of",
        "What a regulator controls now",
        (_GENE, _NETWORK),
        _CYPHER["targets-of"],
    ),
    NamedQuery(
        "unperturbed-regulators",
        "Regulators that no experiment perturbs, those of most targets first",
        (_NETWORK,),
        _CYPHER["unperturbed-regulators"],
    ),
)

QUERIES: dict[str, NamedQuery] = {query.name: query for query in _ALL}
