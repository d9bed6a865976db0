"""Auditing networks against responses, and what else one asks of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from kgp.api.responses import LabelOptions, record_of
from kgp.api.runs import save_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import UsageError
from kgp.platform import grn
from kgp.platform.nodes import GENES, resolve_node

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.models.grn_data import Measured, StoredNetwork
    from kgp.models.refinement.audit_result import Audit, EdgeAudit
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import GrnVersion
    from kgp.report.content import AuditedEdge, AuditSummary, Enrichment, Estimate


@dataclass(frozen=True, slots=True)
class Explanation:
    """The history of one edge.

    Args:
        network: the network's name.
        head: its newest version.
        regulator: CURIE; ``regulator_name`` is what a biologist calls it; likewise the target.
        states: rows that the network ever held for the pair, oldest first.
        ends: version that ended a row → what that version was, in words.
    """

    network: str
    head: int
    regulator: str
    regulator_name: str
    target: str
    target_name: str
    states: list[dict[str, Any]]
    ends: dict[int, str]


def audit(
    store: str | None,
    network: str,
    responses: str,
    *,
    version: int | None = None,
    labels: LabelOptions | None = None,
    out: Path | None = None,
) -> AuditSummary:
    """Hold a network against a response set; the graph is not changed.

    Args:
        store: URL of the store.
        network: the network's name.
        responses: name of the response set.
        version: version of the network; default its head.
        labels: how effects become labels; default as their unit asks.
        out: folder for the result, which a report reads; default beside the store.

    Raises:
        BadInputError: if either is unknown, or they do not meet.
    """
    from kgp.models.grn_data import read_network, read_observations
    from kgp.models.refinement.audit import audit as hold_against

    with open_store(store) as graph:
        stored = read_network(graph, network, version)
        rule = (labels or LabelOptions()).for_set(record_of(graph.datasets(), responses))
        measured = read_observations(graph, responses, stored, rule)
    summary = _summarise(
        stored, measured, responses, hold_against(stored.signed, measured.observations)
    )
    save_result(out or runs_root(store), f"audit-{network}", summary)
    return summary


def _summarise(
    stored: StoredNetwork, measured: Measured, responses: str, audit: Audit
) -> AuditSummary:
    from kgp.models.refinement.audit_result import Verdict
    from kgp.report.content import AuditSummary

    counts = {verdict.value: audit.count(verdict) for verdict in Verdict}
    tested = [edge for edge in audit.edges if edge.verdict is not Verdict.UNTESTABLE]
    rank = {"confirmed": 0, "contradicted": 1, "silent": 2}
    edges = [_audited(stored, measured, responses, edge) for edge in tested]
    edges.sort(key=lambda e: (rank[e.verdict], -abs(e.effect_z or 0), e.regulator, e.target))
    return AuditSummary(
        stored.name,
        responses,
        counts,  # type: ignore[arg-type]  # the enum's values are the literal's
        _enrichment(audit),
        _agreement(audit),
        tuple(edges),
    )


def _audited(
    stored: StoredNetwork, measured: Measured, responses: str, edge: EdgeAudit
) -> AuditedEdge:
    from kgp.report.content import AuditedEdge

    genes = stored.signed.genes
    rows = measured.observations.perturbed == edge.source
    effects = measured.effects[rows, edge.target] * measured.observations.direction[rows]
    strongest = max(effects.tolist(), key=abs, default=0.0)
    return AuditedEdge(
        stored.names[genes[edge.source]],
        stored.names[genes[edge.target]],
        edge.sign,  # type: ignore[arg-type]  # -1 or +1
        edge.verdict.value,
        strongest or None,
        (responses,),
    )


def _enrichment(audit: Audit) -> Enrichment | None:
    from kgp.report.content import Enrichment, Estimate

    found = audit.enrichment
    if not found.edges_tested or not found.others_responding:
        return None
    low, high = (bound / found.background_rate for bound in found.rate_interval)
    fold = Estimate(found.fold, low, high)
    return Enrichment(found.rate, found.background_rate, fold, found.p_value)


def _agreement(audit: Audit) -> Estimate | None:
    from kgp.report.content import Estimate

    found = audit.enrichment
    if not found.edges_responding:
        return None
    return Estimate(found.signs_agreeing / found.edges_responding, *found.sign_interval)


def explain_edge(store: str | None, network: str, regulator: str, target: str) -> Explanation:
    """Tell the history of one edge.

    Args:
        store: URL of the store.
        network: the network's name.
        regulator: symbol, name or CURIE of the regulator.
        target: symbol, name or CURIE of the target.

    Raises:
        BadInputError: if a gene means no node, or several.
    """
    with open_store(store) as graph:
        versions = graph.grn_versions(network)
        src, dst = (resolve_node(graph, text, *GENES) for text in (regulator, target))
        states = [_with_evidence(row) for row in graph.edge_history(network, src, dst)]
        names = names_of(graph, {src, dst})
    ended = {state["until"] for state in states if state["until"]}
    ends = {
        v.version: f"version {v.version} ({v.method}, {v.time})"
        for v in versions
        if v.version in ended
    }
    head = versions[-1].version
    return Explanation(network, head, src, names[src], dst, names[dst], states, ends)


def _with_evidence(row: dict[str, Any]) -> dict[str, Any]:
    read = {key: orjson.loads(row[key] or "{}") for key in ("evidence", "end_evidence")}
    return {**row, **read}


def fork_network(
    store: str | None, network: str, name: str, context: str, *, version: int | None = None
) -> GrnVersion:
    """Start a history of its own for one context.

    Args:
        store: URL of the store.
        network: the network's name.
        name: name of the fork.
        context: KEY=VALUE, such as ``cell=K562``.
        version: the version that it begins with; default the head.

    Raises:
        UsageError: if the context is not KEY=VALUE.
        BadInputError: for an unknown network or version, or a name that is taken.
    """
    key, equals, value = context.partition("=")
    if not (key and equals and value):
        raise UsageError(
            f"Context {context!r} is not KEY=VALUE.",
            command=f"kgp grn fork {network} {name} --context cell=K562",
        )
    with open_store(store) as graph:
        return graph.fork_grn(network, name, context, grn.author(), version)


def names_of(graph: KnowledgeStore, ids: set[str]) -> dict[str, str]:
    """Display names by CURIE; the CURIE itself where a node has none."""
    return {node["id"]: node["name"] or node["id"] for node in graph.nodes(sorted(ids))}
