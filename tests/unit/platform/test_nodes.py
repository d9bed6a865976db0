"""Which one node a typed text means."""

from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.platform.nodes import GENES, meant_by, resolve_node, shown
from kgp.platform.store.records import Found
from kgp.testing import ListLoader, MemoryStore, SourceBuilder, publish
from kgp.testing.golden import CDKN1A, TP53, golden
from kgp.testing.loads import source_info


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> MemoryStore:
    made = MemoryStore()
    for loader in [*golden(), twins()]:
        publish(made, loader, tmp_path_factory.mktemp("staging"))
    return made


def twins() -> ListLoader:
    """A gene and a drug of one name, a name that is part of another, synonyms that differ in case.

    ``cap`` is a synonym of one gene, and but for its case the name of another.
    """
    source = SourceBuilder(source_info("twins"))
    source.node("ncbigene:1", "Gene", "twin").node("drugbank:1", "Drug", "Twin")
    source.node("ncbigene:2", "Gene", "alone").node("ncbigene:3", "Gene", "alone too")
    source.xref("ncbigene:2", "symbol:q16", "synonym").xref("ncbigene:3", "symbol:Q16", "synonym")
    source.node("ncbigene:4", "Gene", "CAP").node("ncbigene:5", "Gene", "crp")
    source.xref("ncbigene:5", "symbol:cap", "synonym").xref("ncbigene:5", "locus_tag:b3357")
    source.xref("drugbank:1", "chembl.compound:CHEMBL25")
    return source.loader()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TP53, TP53),
        ("TP53", TP53),
        ("tp53", TP53),
        ("P53", TP53),
        ("p53", TP53),
        ("hgnc:11998", TP53),
        ("uniprot:P04637", TP53),
        ("P21", CDKN1A),
        ("alone", "ncbigene:2"),
        ("twin", "ncbigene:1"),
        ("Twin", "drugbank:1"),
    ],
)
def test_a_text_means_its_identifier_symbol_synonym_or_name(
    store: MemoryStore, text: str, expected: str
) -> None:
    assert resolve_node(store, text) == expected


def test_a_text_that_means_several_nodes_lists_them(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="means several nodes") as raised:
        resolve_node(store, "SHARED")
    assert "ncbigene:1026 (CDKN1A, Gene)" in raised.value.hint
    assert "ncbigene:596 (BCL2, Gene)" in raised.value.hint
    with pytest.raises(BadInputError, match="several") as raised:
        resolve_node(store, "TWIN")
    assert "drugbank:1 (Twin, Drug); ncbigene:1 (twin, Gene)" in raised.value.hint


def test_a_type_settles_what_a_name_leaves_open(store: MemoryStore) -> None:
    assert resolve_node(store, "TWIN", "Drug") == "drugbank:1"


def test_a_text_that_means_nothing_shows_what_is_similar(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="no node") as raised:
        resolve_node(store, "alon")
    assert "ncbigene:2 (alone, Gene); ncbigene:3" in raised.value.hint
    with pytest.raises(BadInputError, match="no node") as raised:
        resolve_node(store, "nonsense")
    assert raised.value.hint == "Nothing similar is loaded."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HGNC:11998", TP53),
        ("UniProtKB:P04637", TP53),
        ("Entrez:7157", TP53),
        ("B3357", "ncbigene:5"),
        ("CHEMBL25", "drugbank:1"),
        ("CHEMBL:CHEMBL25", "drugbank:1"),
        ("  TP53 ", TP53),
        ("CAP", "ncbigene:4"),
    ],
)
def test_an_identifier_is_understood_as_databases_write_it(
    store: MemoryStore, text: str, expected: str
) -> None:
    assert resolve_node(store, text) == expected


def test_the_case_settles_nothing_between_two_synonyms(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="'q16' means several nodes") as raised:
        resolve_node(store, "q16")
    assert raised.value.hint == (
        "Candidates: ncbigene:2 (alone, Gene); ncbigene:3 (alone too, Gene)."
    )


def test_the_case_settles_nothing_between_a_synonym_and_another_name(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="several") as raised:
        resolve_node(store, "cap")
    assert "ncbigene:5 (crp, Gene); ncbigene:4 (CAP, Gene)" in raised.value.hint


def test_a_bare_number_lists_what_it_may_be(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="'7157' is a bare number") as raised:
        resolve_node(store, "7157")
    assert raised.value.hint == "Candidates: ncbigene:7157 (TP53, Gene)."


def test_a_bare_number_that_is_nothing_means_no_node(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="'99' means no node"):
        resolve_node(store, "99")


def test_nothing_means_nothing(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="no node") as raised:
        resolve_node(store, "  ")
    assert raised.value.command == "kgp find ''"


def test_a_typing_error_shows_the_nearest_names(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="'TP35' means no node") as raised:
        resolve_node(store, "TP35")
    assert raised.value.hint == "Similar: ncbigene:7157 (TP53, Gene)."


def test_what_a_text_means_of_another_type_is_no_candidate(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="no node of type Gene or Complex or TranscriptionUnit"):
        resolve_node(store, "Nutlin", *GENES)
    with pytest.raises(BadInputError, match="no node of type Drug") as raised:
        resolve_node(store, "TP35", "Drug")
    assert raised.value.hint == "Nothing similar is loaded."


def test_a_command_quotes_a_text_for_the_shell(store: MemoryStore) -> None:
    with pytest.raises(BadInputError) as raised:
        resolve_node(store, "no such; drug")
    assert raised.value.command == "kgp find 'no such; drug'"


def test_only_the_first_candidates_are_shown() -> None:
    many = [Found(f"ncbigene:{i}", "Gene", f"G{i}", "", "synonym", 3) for i in range(8)]
    assert shown(many).endswith("ncbigene:5 (G5, Gene); and 2 more")
    assert shown(many[:1]) == "ncbigene:0 (G0, Gene)"


def test_nothing_found_means_nothing() -> None:
    assert meant_by([]) == []


def test_a_synonym_that_is_another_gene_s_name_counts_where_that_gene_does_not() -> None:
    outranked = Found("drugbank:1", "Drug", "x", "symbol:x", "synonym", 6)
    assert meant_by([outranked]) == [outranked]
