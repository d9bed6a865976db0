from __future__ import annotations

import pytest
import yaml

from kgp.errors import BadInputError
from kgp.loaders.table.guess import guess_mapping, write_guess
from kgp.loaders.table.mapping import read_mapping
from kgp.loaders.table.patterns import node_type, recognise, relation, relations_between
from tests.shared_data import shared
from tests.unit.loaders.drained import write


def guess(tmp_path, *lines):
    return yaml.safe_load(guess_mapping(write(tmp_path / "my table.csv", *lines)))


@pytest.mark.parametrize(
    ("column", "values", "prefix", "kind"),
    [
        ("x", ["ENSG00000141510", "ENSG00000012048.23"], "ensembl", "Gene"),
        ("x", ["P04637", "Q9NQC7", "A0A024R161"], "uniprot", "Gene"),
        ("x", ["DB00001", "DB00002"], "drugbank", "Drug"),
        ("x", ["CHEMBL25"], "chembl.compound", "Drug"),
        ("x", ["BRD-K12345678"], "lincs.brd", "Drug"),
        ("x", ["BSYNRYMUTXBXSQ-UHFFFAOYSA-N"], "inchikey", "Drug"),
        ("x", ["R-HSA-109581"], "reactome", "Pathway"),
        ("x", ["b0001", "b4403"], "locus_tag", "Gene"),
        ("x", ["9606.ENSP00000269305"], "string", "Gene"),
        ("gene_id", ["7157", "672"], "ncbigene", "Gene"),
        ("symbol", ["TP53", "BRCA1", "HLA-A"], "hgnc.symbol", "Gene"),
    ],
)
def test_bare_identifiers_are_recognised(column, values, prefix, kind):
    found = recognise(column, values)
    assert (found.prefix, found.bare, found.type) == (prefix, True, kind)


@pytest.mark.parametrize(
    ("values", "prefix", "kind"),
    [
        (["GO:0008150", "GO:0003674"], "go", "BiologicalProcess"),
        (["mondo:0005011"], "mondo", "Disease"),
        (["hp:1", "mondo:2"], "", ""),
    ],
)
def test_curies_keep_their_prefix(values, prefix, kind):
    found = recognise("x", values)
    assert (found.prefix, found.bare, found.type) == (prefix, False, kind)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("score", ["7157", "672"]),
        ("weight", ["12.5", "100.25"]),
        ("gene", ["", "NA", "-666"]),
        ("note", ["TP53", "BRCA1"]),
        ("x", ["DB00001", "aspirin", "ibuprofen"]),
    ],
)
def test_what_is_no_identifier_is_left_alone(column, values):
    assert recognise(column, values) is None


def test_gaps_do_not_hide_identifiers():
    assert recognise("x", ["DB00001", "", "NA", "", "-666"]).prefix == "drugbank"


@pytest.mark.parametrize(
    ("word", "kind"),
    [("gene/protein", "Gene"), ("Genes", "Gene"), ("small molecule", "Drug"), ("planet", "")],
)
def test_types_are_recognised_in_other_words(word, kind):
    assert node_type(word) == kind


@pytest.mark.parametrize(
    ("word", "name"),
    [("targets", "TARGETS"), ("off-label use", "USED_OFF_LABEL_FOR"), ("enzyme", "METABOLIZED_BY"),
     ("admires", "")],
)  # fmt: skip
def test_relations_are_recognised_in_other_words(word, name):
    assert relation(word) == name


def test_the_usual_relation_comes_first_and_regulation_never():
    assert relations_between("Drug", "Gene")[0] == "TARGETS"
    assert relations_between("Gene", "Gene") == ["INTERACTS_WITH"]
    assert relations_between("Disease", "Drug") == []


def test_one_column_of_identifiers_makes_nodes(tmp_path):
    found = guess(
        tmp_path, "ensembl,name,length,score,core,note", "ENSG00000141510,TP53,3,1.5,true,x"
    )
    assert found["title"] == "my table.csv"
    assert found["nodes"] == {
        "id": {"column": "ensembl", "prefix": "ensembl"},
        "type": "Gene",
        "name": {"column": "name"},
        "properties": {
            "length": {"column": "length", "type": "integer"},
            "score": {"column": "score", "type": "number"},
            "core": {"column": "core", "type": "boolean"},
            "note": {"column": "note", "type": "text"},
        },
    }


def test_types_and_relations_in_columns_are_translated(tmp_path):
    found = guess(
        tmp_path,
        "x_id,x_type,relation,y_id,y_type",
        "drugbank:DB00001,drug,enzyme,ncbigene:1,gene/protein",
        "drugbank:DB00001,drug,admires,ncbigene:2,gene/protein",
    )["edges"]
    assert found["source"]["type"] == {"column": "x_type", "values": {"drug": "Drug"}}
    assert found["relation"]["values"] == {"enzyme": "METABOLIZED_BY", "admires": "CHOOSE"}


def test_edges_are_turned_to_the_way_that_a_relation_leads(tmp_path):
    rows = ("ncbigene:1,DB00001", "ncbigene:1,DB00002", "ncbigene:2,DB00001")
    found = guess(tmp_path, "gene,drug", *rows)["edges"]
    assert found["source"]["id"] == {"column": "drug", "prefix": "drugbank"}
    assert found["relation"] == "TARGETS"


def test_genes_with_signs_make_regulation(tmp_path):
    found = guess(tmp_path, "tf,target,mor,score", "CRP,LACZ,1,2", "FNR,NDH,-1,3")["regulation"]
    assert (found["network"], found["sign"]) == ("my-table", {"column": "mor"})
    assert found["weight"] == {"column": "score"}


def test_positive_weights_alone_are_no_signs(tmp_path):
    found = guess(tmp_path, "source,target,weight", "TP53,BRCA1,0.5", "TP53,MDM2,0.25")
    assert found["edges"]["properties"] == {"weight": {"column": "weight", "type": "number"}}


def test_where_nothing_is_recognised_a_person_chooses(tmp_path):
    text = guess_mapping(write(tmp_path / "t.csv", "colour,size", "red,1"))
    assert "prefix: CHOOSE" in text
    with pytest.raises(BadInputError, match="'CHOOSE' is no prefix"):
        read_mapping(write(tmp_path / "m.yaml", text))


def test_rows_that_do_not_fit_the_header_are_nothing_to_guess_from(tmp_path):
    with pytest.raises(BadInputError, match="no row has as many fields as the header, 2"):
        guess_mapping(write(tmp_path / "t.csv", "a,b", "1"))


def test_types_are_read_beyond_the_first_rows(tmp_path):
    rows = ["x:1,drug"] * 6_000 + ["x:2,disease"]
    found = guess(tmp_path, "id,type", *rows)["nodes"]["type"]
    assert found["values"] == {"disease": "Disease", "drug": "Drug"}


def test_names_of_properties_are_plain_and_distinct(tmp_path):
    header = 'id,"µ: {x}",name of it,Name of it,1st,type'
    found = guess(tmp_path, header, "DB00001,a,b,c,d,e")["nodes"]["properties"]
    assert [each["column"] for each in found.values()] == [
        "µ: {x}",
        "name of it",
        "Name of it",
        "1st",
        "type",
    ]
    assert len(found) == 5


def test_the_guess_is_written_beside_the_table_once(tmp_path):
    table = write(tmp_path / "t.csv", "id", "DB00001")
    target = write_guess(table)
    assert target == tmp_path / "t.csv.map.yaml"
    assert read_mapping(target).holds == "nodes"
    with pytest.raises(BadInputError, match=r"(?s)is there already.*--map t\.csv\.map\.yaml"):
        write_guess(table)


def test_a_mapping_that_cannot_be_written_is_one_clear_error(tmp_path):
    longest = write(tmp_path / f"{'t' * 250}.csv", "id", "DB00001")
    with pytest.raises(BadInputError, match="cannot be written: File name too long"):
        write_guess(longest)


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("grn/dorothea_hs.tsv.gz", "regulation"),
        ("grn/omnipath_signor_signed.tsv.gz", "edges"),
        ("ecocyc/precise1k_gene_info.csv.gz", "nodes"),
        ("identifiers/uniprot_hgnc.tsv.gz", "nodes"),
        ("primekg/drug_features.tsv.gz", "nodes"),
    ],
)
def test_real_tables_are_recognised(tmp_path, name, holds):
    assert read_mapping(write(tmp_path / "m.yaml", guess_mapping(shared(name)))).holds == holds
