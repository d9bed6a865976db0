"""What a store holds about the genes of a network beside the network itself."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kgp.kg_schema.properties import unpack
from kgp.models.grn_context_weights import PHYSICAL, SHARED_TERM, string_score
from kgp.models.refinement.groups import Locus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kgp.platform.store.port import KnowledgeStore

FROM_EXPRESSION = frozenset({"IMP", "IEP", "HEP"})
"""GO evidence from mutant phenotypes and expression: the kind of data that is refined with."""

_PUBMED = re.compile(r"(?:PMID|PubMed|pubmed\.ncbi\.nlm\.nih\.gov)[^\d\"]{0,4}(\d{5,9})", re.I)

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\",\\]+")

Pair = tuple[str, str]


class Publications(NamedTuple):
    """Where responses were published.

    Args:
        pubmed: PubMed ids.
        dois: DOIs, in lower case, without a resolver.
    """

    pubmed: frozenset[str]
    dois: frozenset[str]


class Associations(NamedTuple):
    """STRING's links between genes of a network.

    Args:
        score: pair → probability without co-expression and text mining.
        bound: pair → probability by experiments alone.
        without_channels: links that state nothing but a combined score.
    """

    score: dict[Pair, float]
    bound: dict[Pair, float]
    without_channels: int


def read_members(store: KnowledgeStore, node_type: str) -> dict[str, tuple[str, ...]]:
    """Return complexes, or transcription units, with their genes."""
    owners = {row for batch in store.scan_nodes(node_type) for row in batch["id"].to_pylist()}
    members = defaultdict[str, list[str]](list)
    for batch in store.scan_edges("HAS_MEMBER"):
        for owner, gene in zip(batch["src"].to_pylist(), batch["dst"].to_pylist(), strict=True):
            if owner in owners:
                members[owner].append(gene)
    return {owner: tuple(sorted(set(genes))) for owner, genes in sorted(members.items())}


def read_loci(store: KnowledgeStore) -> list[Locus]:
    """Return the genes whose ends and strand are known."""
    columns = ("left", "right", "strand")
    rows = [
        Locus(*row)
        for batch in store.scan_nodes("Gene", columns)
        for row in zip(*(batch[name].to_pylist() for name in ("id", *columns)), strict=True)
    ]
    return [locus for locus in rows if None not in locus]


def read_associations(store: KnowledgeStore, genes: Collection[str]) -> Associations:
    """Return STRING's links between ``genes``, both ways round."""
    score, bound, without = dict[Pair, float](), dict[Pair, float](), 0
    for a, b, text in _between(store, "INTERACTS_WITH", genes, ("string",)):
        scores = {k: v for k, v in unpack(text).items() if isinstance(v, int)}
        combined = string_score(scores)
        if combined is None:
            without += 1
            continue
        seen = string_score({name: scores[name] for name in PHYSICAL if name in scores})
        for pair in ((a, b), (b, a)):
            score[pair] = max(combined, score.get(pair, 0.0))
            bound[pair] = max(seen or 0.0, bound.get(pair, 0.0))
    return Associations(score, bound, without)


def _between(
    store: KnowledgeStore, relation: str, genes: Collection[str], sources: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the ends and properties of the relationships between ``genes`` that sources state."""
    known, stated = pa.array(sorted(genes), pa.string()), pa.array(sorted(sources), pa.string())
    for batch in store.scan_edges(relation):
        inside = pc.and_(
            pc.and_(pc.is_in(batch["src"], known), pc.is_in(batch["dst"], known)),
            pc.is_in(batch["source"], stated),
        )
        kept = batch.filter(inside)
        columns = (kept[name].to_pylist() for name in ("src", "dst", "properties"))
        yield from zip(*columns, strict=True)


def read_terms(store: KnowledgeStore, genes: Collection[str]) -> tuple[dict[str, set[str]], int]:
    """Return specific biological processes, and the number of annotations that were left out.

    A process is specific with at most as many genes as ``SHARED_TERM`` says, counted over all
    genes of the graph. Left out are annotations that rest on ``FROM_EXPRESSION`` alone, and
    those without any evidence code.

    Returns:
        Term → its genes among ``genes``, and the count.
    """
    annotated, left_out = defaultdict[str, set[str]](set), 0
    for batch in store.scan_edges("PARTICIPATES_IN"):
        batch = batch.filter(pc.starts_with(batch["dst"], "go:"))
        columns = (batch[name].to_pylist() for name in ("src", "dst", "properties"))
        for gene, term, text in zip(*columns, strict=True):
            if set(unpack(text).get("evidence", ())) - FROM_EXPRESSION:
                annotated[term].add(gene)
            else:
                left_out += 1
    most, own = max(size for size, _ in SHARED_TERM), set(genes)
    specific = {term: found for term, found in annotated.items() if 1 < len(found) <= most}
    return {term: found for term, found in specific.items() if len(found & own) > 1}, left_out


def read_publications(store: KnowledgeStore, dataset: str) -> Publications:
    """Return the publications that a response set, its signatures or its sources state."""
    texts, first = set[str](), ""
    for batch in store.scan_signatures(dataset):
        first = first or min(batch["signature"].to_pylist(), default="")
        if "properties" in batch.schema.names:
            texts.update(text for text in pc.unique(batch["properties"]).to_pylist() if text)
    stating = set(store.nodes([first])[0]["sources"]) if first else set()
    texts.update(
        f"{record.citation} {record.url}" for record in store.sources() if record.source in stating
    )
    pubmed = frozenset(found for text in texts for found in _PUBMED.findall(text))
    dois = frozenset(found.lower().rstrip(".;)") for text in texts for found in _DOI.findall(text))
    return Publications(pubmed, dois)
