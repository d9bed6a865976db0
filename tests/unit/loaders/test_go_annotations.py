from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

HEADER = "go_id\tgo_name\tgo_domain\ttax_id\tannotation_type\tsize\tgene_ids\tgene_symbols"


def row(term="GO:0000003", domain="biological_process", taxon="9606", genes="1|2", names="A|NA"):
    return f"{term}\treproduction\t{domain}\t{taxon}\tdirect\t2\t{genes}\t{names}"


def annotations(tmp_path, *rows, **options):
    path = write(tmp_path / "GO_annotations.tsv", HEADER, *rows)
    return drain("go-annotations", {"annotations": path}, **options)


def test_every_gene_of_a_term_is_an_edge(tmp_path):
    result = annotations(tmp_path, row())
    assert result.edges == [
        ("ncbigene:1", "PARTICIPATES_IN", "go:0000003"),
        ("ncbigene:2", "PARTICIPATES_IN", "go:0000003"),
    ]
    assert {one: node["name"] for one, node in result.nodes.items()} == {
        "go:0000003": "reproduction",
        "ncbigene:1": "A",
        "ncbigene:2": "NA",
    }
    assert {edge["annotation_type"] for edge in result.rows(Kind.EDGES)} == {"direct"}


def test_the_namespace_gives_node_type_and_relation(tmp_path):
    result = annotations(tmp_path, row(domain="cellular_component"))
    assert result.nodes["go:0000003"]["type"] == "CellularComponent"
    assert {kind for _, kind, _ in result.edges} == {"LOCATED_IN"}


def test_rows_that_do_not_fit_are_counted(tmp_path):
    rows = (
        row(term="GO:3"),
        row(domain="external"),
        row(names="A"),
        row(genes="1|x"),
        row(taxon="10090"),
        row(),
    )
    result = annotations(tmp_path, *rows, taxon=9606)
    assert result.dropped == {
        "not a GO id": 1,
        "not a namespace of GO": 1,
        "another taxon": 1,
        "not as many symbols as genes": 1,
        "not Entrez genes": 1,
    }


def test_another_species_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no annotations of taxon 10090"):
        annotations(tmp_path, row(), taxon=10090)


def test_the_real_table_is_read_whole():
    path = shared("go/GO_annotations-9606-direct-allev.tsv.gz")
    result = drain("go-annotations", {"annotations": path}, taxon="9606")
    assert (result.tally.rows_in, result.dropped) == (result.tally.rows_kept, {})
    edges = result.tables[Kind.EDGES]
    assert edges.select("src", "dst", "type").n_unique() == edges.height > 100_000
