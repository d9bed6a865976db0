"""Pictures of a network: a regulon in two versions, evidence for its edges, one edge's data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kgp.api.auditing import AuditOptions, audit
from kgp.api.edge_experiments import edge_experiments
from kgp.api.networks import names_of
from kgp.api.stores import open_store
from kgp.errors import BadInputError, unknown
from kgp.models.grn_data import read_network
from kgp.platform import grn
from kgp.platform.nodes import GENES, resolve_node
from kgp.report.content.evidence import EvidenceCell, EvidenceMap, Regulon, RegulonEdge
from kgp.report.plots.evidence_cells import evidence_of
from kgp.report.plots.evidence_map import evidence_map
from kgp.report.plots.regulon import regulon_plot
from kgp.report.plots.replicates import replicates_plot
from kgp.report.plots.save import check_ending, save_picture

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.grn import EdgeState, Key
    from kgp.platform.store.port import KnowledgeStore
    from kgp.report.content import AuditSummary
    from kgp.report.content.evidence import EdgeExperiments


def regulon_picture(
    store: str | None, network: str, old: int, new: int, regulator: str, out: Path
) -> Regulon:
    """Draw the targets of one regulator in two versions, and return what was drawn.

    Args:
        store: URL of the store.
        network: the network's name.
        old: the earlier version.
        new: the later version.
        regulator: symbol, name or CURIE; empty means the one with most changes.
        out: the picture; its name ends in ``.svg`` or ``.html``.

    Raises:
        UsageError: for another ending.
        BadInputError: if a name or version is unknown, the gene regulates nothing, or none is named
            and the versions are equal.
    """
    check_ending(out)
    with open_store(store) as graph:
        before, after = grn.edges(graph, network, old), grn.edges(graph, network, new)
        chosen = (
            resolve_node(graph, regulator, *GENES)
            if regulator
            else _most_changed(network, before, after)
        )
        keys = sorted(key for key in before.keys() | after.keys() if key[0] == chosen)
        if not keys:
            raise _regulates_nothing(graph, network, regulator, {*before, *after})
        names = names_of(graph, {node for key in keys for node in key[:2]})
        planted = any(
            v.parameters.get("planted")
            for v in graph.grn_versions(network)
            if old < v.version <= new
        )
    pairs = Counter(key[:2] for key in keys)
    edges = tuple(
        _regulon_edge(key, before.get(key), after.get(key), names, pairs[key[:2]] > 1)
        for key in keys
    )
    remark = "Planted truth: the network was damaged on purpose." if planted else ""
    regulon = Regulon(network, old, new, edges, remark)
    figure = regulon_plot(regulon)
    assert figure is not None, "there are edges"
    save_picture(figure, out)
    return regulon


def _most_changed(network: str, before: dict[Key, EdgeState], after: dict[Key, EdgeState]) -> str:
    keys = before.keys() | after.keys()
    counts = Counter(key[0] for key in keys if _sign(before.get(key)) != _sign(after.get(key)))
    if not counts:
        raise BadInputError(
            f"No edge of {network!r} differs between the two versions.",
            hint="Name other versions, or a regulator to see as it is.",
            command=f"kgp grn log {network}",
        )
    return min(counts, key=lambda name: (-counts[name], name))


def _sign(state: EdgeState | None) -> int | None:
    return None if state is None else state.sign


def _regulates_nothing(
    graph: KnowledgeStore, network: str, regulator: str, keys: set[Key]
) -> BadInputError:
    names = names_of(graph, {key[0] for key in keys})
    return BadInputError(
        unknown(f"regulator of {network!r}", regulator, names.values()),
        command=f"kgp grn show {network}",
    )


def _regulon_edge(
    key: Key,
    before: EdgeState | None,
    after: EdgeState | None,
    names: dict[str, str],
    layered: bool,
) -> RegulonEdge:
    """One row; where a pair has edges in several layers, the target's name says which."""
    target = f"{names[key[1]]} ({key[2]})" if layered else names[key[1]]
    changed = _sign(before) != _sign(after)
    sure = grn.EdgeDiff(*key, before, after).confidence if changed else None
    states = (_sign(before), _sign(after))
    return RegulonEdge(names[key[0]], target, *states, sure)  # type: ignore[arg-type]  # -1, 0, +1


def evidence_picture(
    store: str | None,
    network: str,
    responses: str,
    out: Path,
    *,
    version: int | None = None,
    summary: AuditSummary | None = None,
) -> EvidenceMap:
    """Draw what a response set says about a network's edges, and return what was drawn.

    Args:
        store: URL of the store.
        network: the network's name.
        responses: name of the response set.
        out: the picture; its name ends in ``.svg`` or ``.html``.
        version: version of the network; default its head.
        summary: an audit of the same that is there already; by default one is made and saved.

    Raises:
        UsageError: for another ending.
        BadInputError: if a name is unknown, the two do not meet, or no edge could be tested.
    """
    check_ending(out)
    found = summary or audit(store, network, responses, AuditOptions(version))
    with open_store(store) as graph:
        stored = read_network(graph, network, version)
    tested = evidence_of(found)
    known = {(cell.regulator, cell.target) for cell in tested.cells}
    genes = stored.signed.genes
    named = (
        (stored.names[genes[source]], stored.names[genes[target]], sign)
        for (source, target), sign in stored.signed.signs().items()
    )
    untested = tuple(
        EvidenceCell(regulator, target, sign, "untestable", None)  # type: ignore[arg-type]  # -1, +1
        for regulator, target, sign in named
        if (regulator, target) not in known
    )
    evidence = replace(tested, cells=tested.cells + untested)
    figure = evidence_map(evidence)
    if figure is None:
        raise BadInputError(
            f"No edge of {network!r} can be tested with {responses!r}.",
            hint="No regulator with measured targets was perturbed; there is nothing to draw.",
            command="kgp stats",
        )
    save_picture(figure, out)
    return evidence


def edge_picture(
    store: str | None, network: str, regulator: str, target: str, responses: str, out: Path
) -> EdgeExperiments:
    """Draw every experiment behind one edge of a network's head, and return what was drawn.

    Args:
        store: URL of the store.
        network: the network's name; the pair may have no edge in it.
        regulator: symbol, name or CURIE.
        target: symbol, name or CURIE.
        responses: name of the response set.
        out: the picture; its name ends in ``.svg`` or ``.html``.

    Raises:
        UsageError: for another ending.
        BadInputError: if a name is unknown, or no experiment has a value to draw.
    """
    check_ending(out)
    with open_store(store) as graph:
        edge = edge_experiments(graph, network, regulator, target, responses)
    figure = replicates_plot(edge)
    if figure is None:
        raise BadInputError(
            f"{responses!r} lists no value of {edge.target} for {edge.regulator}.",
            hint="It lists only what responds, so the edge is silent and there is nothing to draw.",
            command=f"kgp grn audit {network} --responses {responses}",
        )
    save_picture(figure, out)
    return edge
