"""Suggesting the next perturbation of a network's regulators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.responses import LabelOptions, record_of
from kgp.api.stores import open_store
from kgp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.models.grn_data import StoredNetwork
    from kgp.models.refinement.suggest import Suggestion
    from kgp.platform.store.port import KnowledgeStore


@dataclass(frozen=True, slots=True)
class SuggestedPerturbation:
    """One perturbation that could come next; see :class:`kgp.models.refinement.suggest.Suggestion`.

    Args:
        regulator: what a biologist calls it.
        gene: its CURIE.
        bits: expected information about edges and likely additions.
        direct: its own edges whose target is measured.
        indirect: edges further on that it would test by walks.
        doubted: those of both that the responses so far speak against.
        additions: likely missing edges that it would test.
        perturbed: how often it was perturbed alone so far.
        essential: whether the graph says that cells cannot live without it; None where it does
            not say.
    """

    regulator: str
    gene: str
    bits: float
    direct: int
    indirect: int
    doubted: int
    additions: int
    perturbed: int
    essential: bool | None


@dataclass(frozen=True, slots=True)
class SuggestReport:
    """Perturbations by what they would settle, most first.

    Args:
        network: the network's name.
        version: its version.
        responses: the response set so far; empty where none was named.
        suggestions: every regulator once.
    """

    network: str
    version: int
    responses: str
    suggestions: tuple[SuggestedPerturbation, ...]


def suggest(
    store: str | None,
    network: str,
    responses: str = "",
    *,
    labels: LabelOptions | None = None,
    max_length: int = 3,
    seed: int = 0,
) -> SuggestReport:
    """Rank the regulators of a network by what perturbing each would settle.

    Args:
        store: URL of the store.
        network: the network's name.
        responses: name of the responses so far; without them every edge is as sure as its prior.
        labels: how effects become labels; default as their unit asks.
        max_length: longest walk that carries an effect.
        seed: of the networks that are drawn.

    Raises:
        BadInputError: if either is unknown, or they do not meet.
    """
    from kgp.models.grn_data import read_network, read_observations
    from kgp.models.refinement.result import RefineConfig
    from kgp.models.refinement.suggest import suggest as rank

    if max_length < 1:
        raise UsageError(f"Walks of length {max_length} reach nothing.", hint="Give 1 or more.")
    seen = None
    with open_store(store) as graph:
        stored = read_network(graph, network)
        if responses:
            rule = (labels or LabelOptions()).for_set(record_of(graph.datasets(), responses))
            seen = read_observations(graph, responses, stored, rule).observations
        config = RefineConfig(max_length=max_length, seed=seed)
        ranked = rank(stored.signed, seen, config)
        essential = _essential(graph, (stored.signed.genes[each.gene] for each in ranked))
    found = tuple(_named(stored, each, essential) for each in ranked)
    return SuggestReport(network, stored.version, responses, found)


def _essential(graph: KnowledgeStore, genes: Iterable[str]) -> dict[str, bool]:
    """Return what the graph says of these genes; those of which it says nothing are left out."""
    found = {}
    for node in graph.nodes(sorted(genes)):
        said = node["properties"].get("essential")
        if isinstance(said, bool):
            found[node["id"]] = said
    return found


def _named(
    stored: StoredNetwork, found: Suggestion, essential: dict[str, bool]
) -> SuggestedPerturbation:
    gene = stored.signed.genes[found.gene]
    return SuggestedPerturbation(
        stored.names.get(gene, gene),
        gene,
        found.bits,
        found.direct,
        found.indirect,
        found.doubted,
        found.additions,
        found.perturbed,
        essential.get(gene),
    )
