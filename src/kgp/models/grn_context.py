"""What a store knows about the genes of a network that makes refining it biologically right.

Every part is optional: from a store that holds nothing but the network come no complexes, no
units and no log-odds, and the notes say so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.models.grn_context_groups import find_complexes, find_units
from kgp.models.grn_context_reading import (
    read_associations,
    read_loci,
    read_members,
    read_publications,
    read_terms,
)
from kgp.models.grn_context_support import (
    knowledge,
    of_associations,
    of_signs,
    of_statements,
    of_terms,
    of_units,
)
from kgp.models.grn_context_weights import SIGN_SOURCES, curation
from kgp.models.refinement.wiring import Regulation
from kgp.platform import grn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kgp.models.grn_context_reading import Associations
    from kgp.models.grn_data import StoredNetwork
    from kgp.models.refinement.prior import Knowledge
    from kgp.platform.grn import EdgeState, Key
    from kgp.platform.store.port import KnowledgeStore


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is known about the genes of one version of a network.

    Args:
        rows: its statements, those without a sign too, for :func:`wiring.wire`.
        complexes: complex → genes of its subunits.
        units: transcription unit → genes that are always transcribed together; disjoint.
        mates: gene → genes that share any transcription unit with it.
        knowledge: log-odds of pairs over the genes of the stored network.
        cites_the_data: statements whose evidence cites a publication of the response set.
        notes: what was and what was not available, in words.
    """

    rows: tuple[Regulation, ...]
    complexes: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    mates: Mapping[str, frozenset[str]]
    knowledge: Knowledge
    cites_the_data: tuple[Key, ...]
    notes: tuple[str, ...]


def read_context(
    store: KnowledgeStore,
    network: StoredNetwork,
    dataset: str | None = None,
    *,
    pubmed: Collection[str] = (),
) -> Context:
    """Read what is known about the genes of a network.

    Args:
        store: where the network is.
        network: the version that is refined.
        dataset: the response set, to find edges whose curation cites it.
        pubmed: PubMed ids of the responses that the response set does not state itself.
    """
    states = list(grn.edges(store, network.name, network.version).values())
    rows = tuple(Regulation(s.src, s.dst, s.sign, s.layer) for s in states)
    genes, regulators = set(network.signed.genes), {state.src for state in states}
    links = read_associations(store, genes)
    terms, left_out = read_terms(store, genes)
    complexes, on_complexes = find_complexes(
        states, read_members(store, "Complex"), links.bound, network.names
    )
    units, mates, on_units = find_units(
        rows, read_members(store, "TranscriptionUnit"), read_loci(store), genes
    )
    cited, on_cited = _cites(store, states, dataset, frozenset(pubmed))
    independent = (
        of_units(states, mates),
        of_associations(links.score, regulators),
        of_terms(terms, regulators, genes),
    )
    notes = (
        on_complexes,
        on_units,
        _on_curation(states),
        _on_links(links),
        _on_terms(terms, left_out),
        on_cited,
    )
    known = knowledge(network.signed.genes, of_statements(states), of_signs(states), independent)
    return Context(rows, complexes, units, mates, known, cited, notes)


def _cites(
    store: KnowledgeStore, states: list[EdgeState], dataset: str | None, pubmed: frozenset[str]
) -> tuple[tuple[Key, ...], str]:
    if dataset is None:
        return (), "No response set was named: not checked whether the curation cites it."
    published = read_publications(store, dataset)
    stated = pubmed | published.pubmed
    if not stated:
        beside = f" but {len(published.dois):,} DOIs" if published.dois else ""
        return (), (
            f"{dataset} states no PubMed id{beside}: not checked whether the curation cites it."
        )
    cited = [s for s in states if stated & set(s.evidence.get("pubmed", ()))]
    keys = tuple((state.src, state.dst, state.layer) for state in cited)
    listed = ", ".join(sorted(stated))
    return keys, f"{len(keys):,} edges cite a publication of {dataset} (PubMed {listed})."


def _on_curation(states: list[EdgeState]) -> str:
    known = sum(bool(curation(state.evidence)) for state in states)
    if not known:
        return f"No edge states how well it is curated.{_on_signs(states)}"
    return f"{known:,} of {len(states):,} edges say how well they are curated.{_on_signs(states)}"


def _on_signs(states: list[EdgeState]) -> str:
    """Count what signs stand on, where that tells them apart."""
    origins = (state.sign_source for state in states if state.sign)
    count = Counter(origin if origin in SIGN_SOURCES else "other" for origin in origins)
    said = ", ".join(f"{count[name]:,} {name}" for name in (*SIGN_SOURCES, "other") if count[name])
    return f" Signs: {said}." if len(count) > 1 else ""


def _on_links(links: Associations) -> str:
    if links.score:
        return (
            f"STRING links {len(links.score) // 2:,} pairs of the network's genes without "
            "co-expression and text mining."
        )
    if links.without_channels:
        return (
            f"STRING's {links.without_channels:,} links state no channels, so co-expression "
            "cannot be taken out: not used. Load protein.links.detailed or .full."
        )
    return "No STRING links between the network's genes."


def _on_terms(terms: Mapping[str, set[str]], left_out: int) -> str:
    without = f"; {left_out:,} annotations from expression or without evidence code were left out"
    if not terms:
        return f"No specific GO process is shared by the network's genes{without * bool(left_out)}."
    return f"{len(terms):,} specific GO processes are shared{without * bool(left_out)}."
