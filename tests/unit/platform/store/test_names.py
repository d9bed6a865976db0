"""Every store: what a text may mean, what it was probably meant to be, what means several nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.names import Place, as_curie, most_edits
from kgp.platform.store.records import Ambiguities, AmbiguousAlias
from kgp.testing import MemoryStore, SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, TP53, golden
from kgp.testing.loads import source_info
from kgp.testing.memory.names import damerau_levenshtein
from tests.unit.platform.store.conftest import STORES, Reading

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore
    from kgp.testing import ListLoader

ASPIRIN, CRP_ECOLI, CRP_HUMAN = "drugbank:DB00945", "ecocyc:EG10164", "ncbigene:1401"


def zoo() -> ListLoader:
    """Two species with a gene of one name but for its case, a drug with synonyms, lost symbols."""
    source = SourceBuilder(source_info("zoo"))
    source.node(CRP_HUMAN, "Gene", "CRP", full_name="C-reactive protein")
    source.xref(CRP_HUMAN, "hgnc.symbol:CRP").xref(CRP_HUMAN, "hgnc.symbol:PTX1", "synonym")
    source.node(CRP_ECOLI, "Gene", "crp")
    source.xref(CRP_ECOLI, "symbol:crp").xref(CRP_ECOLI, "locus_tag:b3357")
    source.xref(CRP_ECOLI, "symbol:cap", "synonym").xref(CRP_ECOLI, "symbol:own", "synonym")
    source.node("ncbigene:9", "Gene", "own").xref("ncbigene:9", "symbol:own")
    source.node("ncbigene:8", "Gene", "fur").xref("ncbigene:8", "symbol:cap", "synonym")
    source.node("symbol:cap", "Gene", "cap")
    source.node("symbol:lost", "Gene", "lost")
    source.node(ASPIRIN, "Drug", "Aspirin", synonyms=["Acetylsalicylic acid", "ASA"])
    source.node("go:0008150", "BiologicalProcess", "biological_process")
    return source.loader()


@pytest.fixture(params=STORES)
def animals(request: pytest.FixtureRequest, reading: Reading) -> KnowledgeStore:
    return reading(request.param, "zoo", [zoo()])


@pytest.mark.parametrize(
    ("text", "node", "matched", "how"),
    [
        ("crp", CRP_ECOLI, "crp", "symbol"),
        ("CRP", CRP_HUMAN, "CRP", "symbol"),
        ("b3357", CRP_ECOLI, "locus_tag:b3357", "identifier"),
        ("B3357", CRP_ECOLI, "locus_tag:b3357", "identifier"),
        ("PTX1", CRP_HUMAN, "hgnc.symbol:PTX1", "synonym"),
        ("ptx1", CRP_HUMAN, "hgnc.symbol:PTX1", "synonym"),
        ("hgnc.symbol:CRP", CRP_HUMAN, "hgnc.symbol:CRP", "symbol"),
        ("C-reactive protein", CRP_HUMAN, "C-reactive protein", "name"),
        ("ASA", ASPIRIN, "ASA", "synonym"),
        ("acetylsalicylic ACID", ASPIRIN, "Acetylsalicylic acid", "synonym"),
        ("aspirin", ASPIRIN, "Aspirin", "name"),
        ("DRUGBANK:DB00945", ASPIRIN, ASPIRIN, "identifier"),
        ("db00945", ASPIRIN, ASPIRIN, "identifier"),
        ("GO:0008150", "go:0008150", "go:0008150", "identifier"),
        ("GO:GO:0008150", "go:0008150", "go:0008150", "identifier"),
        ("Entrez:1401", CRP_HUMAN, CRP_HUMAN, "identifier"),
        ("spiri", ASPIRIN, "Aspirin", "part of name"),
    ],
)
def test_the_best_match_says_what_matched_and_how(
    animals: KnowledgeStore, text: str, node: str, matched: str, how: str
) -> None:
    best = animals.find(text)[0]
    assert (best.id, best.matched, best.how) == (node, matched, how)


def test_a_spelling_of_neither_case_means_both(animals: KnowledgeStore) -> None:
    found = animals.find("Crp")
    assert {f.id for f in found if f.place == found[0].place} == {CRP_ECOLI, CRP_HUMAN}


def test_a_symbol_that_found_no_gene_stands_beside_the_genes_that_claim_it(
    animals: KnowledgeStore,
) -> None:
    found = animals.find("cap")
    meant = {f.id for f in found if f.place == found[0].place}
    assert meant == {"symbol:cap", CRP_ECOLI, "ncbigene:8"}


def test_an_identifier_in_full_is_first_of_all_itself(animals: KnowledgeStore) -> None:
    found = animals.find("symbol:cap")
    assert found[0].id == "symbol:cap"
    assert found[1].place > found[0].place


def test_a_gene_s_own_name_outranks_the_synonym_of_another(animals: KnowledgeStore) -> None:
    found = animals.find("own")
    assert [(f.id, f.how) for f in found] == [("ncbigene:9", "symbol"), (CRP_ECOLI, "synonym")]
    assert found[1].place > found[0].place


def test_one_symbol_in_two_species_joins_nothing(empty: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("two species"))
    for gene, tag in (("ecocyc:EG1", "b0001"), ("locus_tag:BSU1", "BSU1")):
        source.node(gene, "Gene", "thrA").xref(gene, "symbol:thrA")
        source.xref(gene, f"uniprot:{tag}")
    publish(empty, source.loader(), tmp_path)
    assert empty.counts().nodes == {"Gene": 2}
    assert [n["id"] for n in empty.nodes(["uniprot:b0001", "uniprot:BSU1"])] == [
        "ecocyc:EG1",
        "locus_tag:BSU1",
    ]
    assert empty.ambiguous().count == 1


def test_a_synonym_that_is_the_name_of_a_gene_not_loaded_is_outranked(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("half"))
    source.node(TP53, "Gene", "TP53").xref(TP53, "hgnc:77", "synonym")
    source.xref(TP53, "hgnc:78", "synonym").xref("ncbigene:77", "hgnc:77")
    # A protein of two genes is neither, but tells that they are genes.
    source.node("uniprot:P0", "Gene", "twins")
    source.xref("ncbigene:77", "uniprot:P0").xref("ncbigene:79", "uniprot:P0")
    publish(empty, source.loader(), tmp_path)
    found = [[(f.id, f.place) for f in empty.find(text)] for text in ("hgnc:77", "hgnc:78")]
    assert found == [[(TP53, Place.OUTRANKED)], [(TP53, Place.IDENTIFIER)]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aspirn", [ASPIRIN]),
        ("Apsirin", [ASPIRIN]),
        ("cpr", [CRP_ECOLI, CRP_HUMAN, "symbol:cap"][:2]),
        ("metformin", []),
    ],
)
def test_names_that_differ_by_few_letters_are_similar(
    animals: KnowledgeStore, text: str, expected: list[str]
) -> None:
    found = animals.similar(text)
    assert [f.id for f in found] == expected
    assert all(f.how == "similar name" for f in found)


def test_similar_names_stop_at_the_limit(animals: KnowledgeStore) -> None:
    assert len(animals.similar("cpr", limit=1)) == 1


def test_ambiguous_aliases_are_counted_and_listed_with_their_candidates(
    reader: KnowledgeStore,
) -> None:
    both = {CDKN1A: "CDKN1A", BCL2: "BCL2"}
    listed = [AmbiguousAlias("symbol:SHARED", both), AmbiguousAlias("uniprot:Q00001", both)]
    assert reader.ambiguous() == Ambiguities(2, listed)
    assert reader.ambiguous(1) == Ambiguities(2, listed[:1])
    assert reader.ambiguous(None).aliases == listed


def test_an_ambiguous_alias_that_is_a_node_is_listed_too(animals: KnowledgeStore) -> None:
    found = animals.ambiguous()
    assert found.aliases == [AmbiguousAlias("symbol:cap", {CRP_ECOLI: "crp", "ncbigene:8": "fur"})]


def test_a_candidate_that_is_not_loaded_has_no_name(empty: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("half"))
    source.node(TP53, "Gene", "TP53").xref(TP53, "symbol:X", "synonym")
    source.xref("ncbigene:1", "symbol:X", "synonym")
    for gene in ("ncbigene:2", "ncbigene:3"):
        source.xref(gene, "symbol:OF NOTHING LOADED", "synonym")
    publish(empty, source.loader(), tmp_path)
    candidates = {TP53: "TP53", "ncbigene:1": ""}
    assert empty.ambiguous() == Ambiguities(1, [AmbiguousAlias("symbol:X", candidates)])


def test_without_cross_references_nothing_is_ambiguous(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    assert empty.ambiguous() == Ambiguities(0, [])
    publish(empty, SourceBuilder(source_info("a")).node(TP53, "Gene", "TP53").loader(), tmp_path)
    assert empty.ambiguous() == Ambiguities(0, [])


def test_an_ambiguity_ends_when_its_load_goes(store: KnowledgeStore) -> None:
    (table,) = (s for s in store.sources() if s.source == "uniprot-hgnc")
    store.purge(table.load_id)
    assert [a.alias for a in store.ambiguous().aliases] == ["symbol:SHARED"]


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("MONDO:0005011", "mondo:0005011"),
        ("HGNC:HGNC:5", "hgnc:5"),
        ("UniProtKB:P04637", "uniprot:P04637"),
        ("ENSG00000141510.18", "ENSG00000141510"),
        ("Ensembl:ENSMUSG00000059552.3", "ensembl:ENSMUSG00000059552"),
        (" crp ", "crp"),
        ("", ""),
    ],
)
def test_a_typed_curie_is_written_as_the_graph_writes_it(text: str, curie: str) -> None:
    assert as_curie(text) == curie


@given(st.sampled_from(["go", "mondo", "drugbank", "locus_tag", "hgnc.symbol"]), st.text("aB1_:"))
def test_the_case_of_a_prefix_says_nothing_and_the_rest_stays(prefix: str, local: str) -> None:
    assert as_curie(f"{prefix.upper()}:{local}") == f"{prefix}:{local}"


@pytest.mark.parametrize(("letters", "edits"), [(1, 1), (4, 1), (8, 2), (12, 3), (99, 3)])
def test_longer_names_may_differ_by_more(letters: int, edits: int) -> None:
    assert most_edits("a" * letters) == edits


words = st.text("abcé", max_size=6)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=20))
def test_both_stores_count_edits_alike(pairs: list[tuple[str, str]]) -> None:
    with EmbeddedStore(":memory:") as store:
        for a, b in pairs:
            (row,) = store.rows("SELECT damerau_levenshtein(?, ?)", a, b)
            assert damerau_levenshtein(a.encode(), b.encode()) == row[0]


@pytest.mark.parametrize(
    "text", ["SHARED", "p53", "Q00001", "tumor", "TP53", "lincs:1", "7157", "K-562", "'\"%_\\"]
)
def test_both_stores_find_alike(reader: KnowledgeStore, tmp_path: Path, text: str) -> None:
    plain = MemoryStore()
    for loader in golden():
        publish(plain, loader, tmp_path)
    assert reader.find(text) == plain.find(text)
