"""What one asks of a network: the history of an edge, forks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from kgp.api.stores import open_store
from kgp.errors import UsageError
from kgp.platform import grn
from kgp.platform.nodes import GENES, resolve_node

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import GrnVersion


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
