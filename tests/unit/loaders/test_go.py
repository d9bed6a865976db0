from __future__ import annotations

import pytest

from kgp.api.loading import load
from kgp.api.stores import open_store
from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from tests.unit.loaders.drained import drain, write

HEAD = ("format-version: 1.4", "data-version: releases/2024-01-17", "")


def term(identifier, *lines, namespace="biological_process"):
    return ("[Term]", f"id: {identifier}", f"namespace: {namespace}", *lines, "")


ROOT = term("GO:0008150", "name: biological_process")


def go(tmp_path, *stanzas, head=HEAD):
    lines = [line for stanza in (head, *stanzas) for line in stanza]
    return drain("go", {"obo": write(tmp_path / "go.obo", *lines)})


def test_terms_are_nodes_of_their_namespace_with_definition_and_synonyms(tmp_path):
    child = term(
        "GO:0003674",
        "name: molecular_function",
        'def: "A \\"real\\" one! [x]" [GOC:pdt]',
        'synonym: "mf" EXACT []',
        namespace="molecular_function",
    )
    result = go(tmp_path, ROOT, child)
    node = result.nodes["go:0003674"]
    assert node["type"] == "MolecularFunction"
    assert node["definition"] == 'A "real" one! [x]'
    assert node["synonyms"] == ["mf"]
    assert result.nodes["go:0008150"]["definition"] is None
    assert result.info.version == "releases/2024-01-17"


@pytest.mark.parametrize(
    ("line", "relation"),
    [
        ("is_a: GO:0008150 ! root", "IS_A"),
        ("relationship: part_of GO:0008150", "PART_OF"),
        ("relationship: regulates GO:0008150", "REGULATES_TERM"),
        ("relationship: positively_regulates GO:0008150", "POSITIVELY_REGULATES_TERM"),
        ("relationship: negatively_regulates GO:0008150", "NEGATIVELY_REGULATES_TERM"),
    ],
)
def test_relations_point_from_child_to_parent(tmp_path, line, relation):
    result = go(tmp_path, ROOT, term("GO:0000001", line))
    assert result.edges == [("go:0000001", relation, "go:0008150")]


def test_relations_that_must_not_be_followed_are_counted(tmp_path):
    child = term("GO:0000001", "relationship: has_part GO:0008150", "is_a: GO:9999999", "is_a:")
    result = go(tmp_path, ROOT, child)
    assert result.dropped == {
        "relation has_part is not followed": 1,
        "related term is not in the file": 2,
    }
    assert result.tally.rows_kept == 2


def test_relations_that_go_does_not_name_are_counted_together(tmp_path):
    result = go(
        tmp_path, ROOT, term("GO:0000001", "relationship: RO:1 GO:0008150", "relationship:")
    )
    assert result.dropped == {"unknown relation": 2}


def test_cycles_and_loops_are_read_as_they_stand(tmp_path):
    one = term("GO:0000001", "is_a: GO:0000002", "is_a: GO:0000001")
    result = go(tmp_path, one, term("GO:0000002", "relationship: part_of GO:0000001"))
    assert result.edges == [
        ("go:0000001", "IS_A", "go:0000002"),
        ("go:0000001", "IS_A", "go:0000001"),
        ("go:0000002", "PART_OF", "go:0000001"),
    ]


def test_a_second_term_with_the_same_id_is_dropped(tmp_path):
    result = go(tmp_path, ROOT, term("GO:0008150", "name: again"))
    assert result.dropped == {"term with the id of another": 1}
    assert result.nodes["go:0008150"]["name"] == "biological_process"


def test_the_full_ontology_keeps_what_the_basic_one_has(tmp_path):
    lines = ("is_a: GO:0008150", "relationship: occurs_in GO:0008150 ! {x}")
    typedef = ("[Typedef]", "id: occurs_in", "name: occurs in", "is_a: overlaps", "")
    result = go(tmp_path, ROOT, term("GO:0000001", *lines), typedef, ("[Instance]", "id: x", ""))
    assert result.edges == [("go:0000001", "IS_A", "go:0008150")]
    assert result.dropped == {"relation occurs_in is not followed": 1}


def test_annotations_of_an_alternative_id_are_the_primary_term_s_in_the_store(tmp_path):
    store = f"duckdb:{tmp_path / 'kgp.duckdb'}"
    root = (*ROOT[:-1], "alt_id: GO:0000004", "")
    obsolete = term("GO:0000005", "is_obsolete: true", "replaced_by: GO:0008150")
    advised = term("GO:0000006", "is_obsolete: true", "consider: GO:0008150")
    lines = [line for stanza in (HEAD, root, obsolete, advised) for line in stanza]
    load("go", [write(tmp_path / "go.obo", *lines)], store=store)
    fields = (
        "UniProtKB\tP{0}\tA\tinvolved_in\tGO:000000{0}\tR\tIDA\t\tP\t\t\tprotein\ttaxon:9606\t1\tX"
    )
    rows = [fields.format(n) for n in (4, 5, 6)]
    load("gaf", [write(tmp_path / "x.gaf", "!gaf-version: 2.1", *rows)], store=store)
    with open_store(store) as graph:
        edges = [r for b in graph.scan_edges("PARTICIPATES_IN") for r in b.to_pylist()]
    found = {(edge["src"], edge["dst"]) for edge in edges}
    assert found == {
        ("uniprot:P4", "go:0008150"),
        ("uniprot:P5", "go:0008150"),
        ("uniprot:P6", "go:0000006"),
    }


def test_logical_definitions_are_no_edges(tmp_path):
    assert go(tmp_path, ROOT, term("GO:0000001", "intersection_of: GO:0008150")).edges == []


def test_obsolete_terms_are_dropped_and_one_replacement_takes_their_place(tmp_path):
    replaced = term("GO:0000002", "is_obsolete: true", "replaced_by: GO:0008150")
    considered = term("GO:0000003", "is_obsolete: true", "consider: GO:0008150")
    split = term("GO:0000004", "is_obsolete: true", "replaced_by: GO:0008150", "replaced_by: GO:1")
    result = go(tmp_path, ROOT, replaced, considered, split)
    assert result.dropped == {"obsolete term": 3}
    assert result.xrefs == {("go:0008150", "go:0000002", "synonym")}


def test_alternative_ids_are_synonyms_of_the_primary_term(tmp_path):
    result = go(tmp_path, (*ROOT[:-1], "alt_id: GO:0000004", ""))
    assert result.xrefs == {("go:0008150", "go:0000004", "synonym")}


def test_a_typedef_is_no_term(tmp_path):
    typedef = ("[Typedef]", "id: part_of", "name: part of", "namespace: external", "")
    assert set(go(tmp_path, ROOT, typedef).nodes) == {"go:0008150"}


def test_foreign_terms_are_dropped(tmp_path):
    foreign = (term("CHEBI:1"), term("GO:0000009", namespace="external"))
    assert go(tmp_path, ROOT, *foreign).dropped == {"not a GO id": 1, "not a namespace of GO": 1}


def test_the_default_namespace_stands_in(tmp_path):
    head = (*HEAD[:-1], "default-namespace: cellular_component", "")
    result = go(tmp_path, ("[Term]", "id: GO:0005575"), head=head)
    assert result.nodes["go:0005575"]["type"] == "CellularComponent"


def test_the_date_stands_in_for_a_release(tmp_path):
    head = ("format-version: 1.2", "date: 24:05:2017 10:33", "")
    assert go(tmp_path, ROOT, head=head).info.version == "2017-05-24"


def test_another_file_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no header line 'format-version:'"):
        go(tmp_path, ROOT, head=())
    with pytest.raises(BadInputError, match=r"holds no \[Term\]"):
        go(tmp_path)
    with pytest.raises(BadInputError, match="is not a tag"):
        drain("go", {"obo": sample_file("trrust_hs.tsv.gz")})


def test_the_slim_has_its_known_size():
    result = drain("go", {"obo": sample_file("goslim_generic.obo.gz")})
    assert len(result.nodes) == result.tally.rows_kept == 149
    assert len(result.rows(Kind.EDGES)) == 217
    assert all(node["definition"] for node in result.nodes.values())
