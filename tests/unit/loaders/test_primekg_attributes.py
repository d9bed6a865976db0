from __future__ import annotations

import polars as pl
import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import assign_roles, build_loader
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

NODES = (
    "node_index,node_id,node_type,node_name,node_source",
    "5,7157,gene/protein,TP53,NCBI",
    "6,13924_5011,disease,a group,MONDO_grouped",
    "7,5012,disease,alone,MONDO",
    "8,DB00001,drug,Lepirudin,DrugBank",
)
PROTEINS = "node_index,protein_id,protein_name,protein_seq,fasta_id,fasta_description,ncbi_summary"
DISEASES = (
    "node_index,mondo_id,mondo_name,group_name_bert,mondo_definition,umls_description,"
    "orphanet_prevalence,mayo_causes"
)
DRUGS = (
    "node_index,description,mechanism_of_action,molecular_weight,drugbank_ids,generic_name,smiles"
)


def load(tmp_path, header, *rows, indexed=False):
    inputs = {"attributes": write(tmp_path / "attributes.csv", header, *rows)}
    if indexed:
        inputs["nodes"] = write(tmp_path / "nodes.csv", *NODES)
    return drain("primekg-attributes", inputs)


def stated(result, node):
    """What is said of one node, merged over its licences."""
    rows = [row for row in result.rows(Kind.NODES) if row["id"] == node]
    return {k: v for row in rows for k, v in row.items() if v is not None and k != "license"}


def licences(result, column):
    rows = [row for row in result.rows(Kind.NODES) if row.get(column) is not None]
    return {row["license"] for row in rows}


def test_proteins_are_joined_by_their_entrez_id(tmp_path):
    result = load(tmp_path, PROTEINS, '5,7157,TP53,MEEPQ,sp|P04637,"p53, human",acts in DNA repair')
    assert stated(result, "ncbigene:7157") == {
        "id": "ncbigene:7157",
        "type": "Gene",
        "name": "TP53",
        "sequence": "MEEPQ",
        "fasta_id": "sp|P04637",
        "fasta_description": "p53, human",
        "summary": "acts in DNA repair",
    }


def test_nucleotides_are_not_taken_for_a_protein(tmp_path):
    dna = "ACGT" * 6
    result = load(tmp_path, "protein_id,protein_name,protein_seq", f"7157,TP53,{dna}")
    node = stated(result, "ncbigene:7157")
    assert node["dna_sequence"] == dna
    assert "sequence" not in node


def test_the_index_says_the_gene_where_the_file_has_no_id(tmp_path):
    result = load(tmp_path, "node_index,protein_name,protein_seq", "5,xyz,MEEPQ", indexed=True)
    assert stated(result, "ncbigene:7157")["sequence"] == "MEEPQ"


@pytest.mark.parametrize("header", ["protein_name,protein_seq", "node_index,protein_seq"])
def test_a_file_of_names_alone_is_refused(tmp_path, header):
    with pytest.raises(BadInputError, match=r"(?s)only by name.*nodes=nodes\.csv"):
        load(tmp_path, header, "TP53,MEEPQ")


def test_names_are_no_substitute_for_an_index_that_the_file_lacks(tmp_path):
    with pytest.raises(BadInputError, match="only by name"):
        load(tmp_path, "protein_name,protein_seq", "TP53,MEEPQ", indexed=True)


def test_rows_of_one_disease_become_one_and_are_counted(tmp_path):
    result = load(
        tmp_path,
        DISEASES,
        "7,5012,alone,,a definition,,rare,",
        "7,MONDO:0005012,alone,,another,umls text,,causes",
    )
    assert stated(result, "mondo:0005012") == {
        "id": "mondo:0005012",
        "type": "Disease",
        "name": "alone",
        "definition": "a definition",
        "orphanet_prevalence": "rare",
        "umls_description": "umls text",
        "mayo_causes": "causes",
    }
    assert (result.tally.rows_in, result.tally.rows_kept, result.tally.rows_merged) == (2, 2, 1)


def test_a_group_carries_what_is_known_of_its_members(tmp_path):
    result = load(tmp_path, DISEASES, "6,5011,Crohn,a group,inflammation,,,", indexed=True)
    assert stated(result, "mondo.grouped:13924_5011")["definition"] == "inflammation"
    assert stated(result, "mondo:0005011")["definition"] == "inflammation"


def test_every_text_carries_the_licence_of_its_origin(tmp_path):
    result = load(tmp_path, DISEASES, "7,5012,alone,,defined,umls,rare,causes")
    assert licences(result, "definition") == {"CC-BY-4.0"}
    assert licences(result, "umls_description") == {"LicenseRef-academic-UMLS"}
    assert licences(result, "mayo_causes") == {"LicenseRef-Mayo-Clinic"}


def test_drugs_are_not_for_commercial_use(tmp_path):
    result = load(tmp_path, DRUGS, '8,"a text\nof two lines",inhibits,6963.4,DB00001,Lepirudin,CCO')
    node = stated(result, "drugbank:DB00001")
    assert (node["smiles"], node["description"]) == ("CCO", "a text\nof two lines")
    assert licences(result, "smiles") == {"CC-BY-NC-4.0"}


def test_the_drugs_of_primekg_itself_need_the_index(tmp_path):
    header, row = "node_index,description,mechanism_of_action", "8,a text,inhibits"
    assert stated(load(tmp_path, header, row, indexed=True), "drugbank:DB00001")
    with pytest.raises(BadInputError, match="only by name or by PrimeKG's node_index"):
        load(tmp_path, header, row)


@pytest.mark.parametrize(
    ("header", "row", "indexed", "reason"),
    [
        (PROTEINS, "5,BRCA1,BRCA1,MEEPQ,,,", False, "no ncbigene identifier"),
        (DISEASES, "7,,a,,b,,,", False, "no mondo identifier"),
        (DRUGS, "8,a,b,1,aspirin,c,d", False, "no drugbank identifier"),
        (PROTEINS, "9,7157,TP53,MEEPQ,,,", True, "node_index is not in nodes"),
        (PROTEINS, "8,7157,TP53,MEEPQ,,,", True, "node_index is of another type"),
        (PROTEINS, "5,7157,TP53,nan,,,None", False, "no attribute"),
    ],
)
def test_what_cannot_be_kept_is_dropped_with_its_reason(tmp_path, header, row, indexed, reason):
    good = {
        PROTEINS: "5,7157,TP53,MEEPQ,,,",
        DISEASES: "7,5012,a,,b,,,",
        DRUGS: "8,a,b,1,DB00001,c,d",
    }
    assert load(tmp_path, header, row, good[header], indexed=indexed).dropped == {reason: 1}


def test_an_index_of_two_nodes_names_none(tmp_path):
    kg = (
        "relation,display_relation,x_index,x_id,x_type,x_name,x_source,"
        "y_index,y_id,y_type,y_name,y_source"
    )
    ends = "5,7157,gene/protein,TP53,NCBI", "5,10000,gene/protein,AKT3,NCBI"
    inputs = {
        "attributes": write(tmp_path / "a.csv", PROTEINS, "5,7157,TP53,MEEPQ,,,"),
        "nodes": write(tmp_path / "kg.csv", kg, f"protein_protein,ppi,{ends[0]},{ends[1]}"),
    }
    assert drain("primekg-attributes", inputs).dropped == {"node_index is not in nodes": 1}


def test_parquet_says_what_csv_says(tmp_path):
    rows = {"protein_id": [7157, None], "protein_seq": ["MEEPQ", "MK"], "ncbi_summary": ["a", None]}
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame(rows).write_csv(tmp_path / "a.csv")
    results = [
        drain("primekg-attributes", {"attributes": tmp_path / f"a.{k}"}) for k in ("parquet", "csv")
    ]
    assert results[0].rows(Kind.NODES) == results[1].rows(Kind.NODES)
    assert results[0].dropped == results[1].dropped == {"no ncbigene identifier": 1}


def test_another_table_is_refused_with_what_is_known(tmp_path):
    with pytest.raises(
        BadInputError, match=r"(?s)no file of attributes.*disease_feature_base\.csv"
    ):
        load(tmp_path, "a,b", "1,2")


def test_nodes_without_an_index_are_refused(tmp_path):
    inputs = {
        "attributes": write(tmp_path / "a.csv", PROTEINS, "5,7157,TP53,MEEPQ,,,"),
        "nodes": write(tmp_path / "nodes.csv", "a,b", "1,2"),
    }
    with pytest.raises(BadInputError, match="no column 'node_index'"):
        build_loader("primekg-attributes", inputs)


def test_files_find_their_roles(tmp_path):
    drugs = write(tmp_path / "drug_feature_base.csv", DRUGS)
    nodes = write(tmp_path / "nodes.csv", *NODES)
    expected = {"attributes": drugs, "nodes": nodes}
    assert assign_roles("primekg-attributes", [str(nodes), str(drugs)]) == expected


EXTRACTS = {
    "ibd_drug.parquet": (748, 511, "smiles", 510),
    "ibd_gene_protein.parquet": (102, 99, "sequence", 99),
    "ibd_biological_process.parquet": (1_615, 1_428, "definition", 1_428),
    "ibd_text_graph.nodes.tsv.gz": (2_991, 560, "description", 559),
}


@pytest.mark.parametrize("name", EXTRACTS)
def test_extracts_of_the_bowel_disease_graph_have_their_known_size(name):
    rows, kept, column, nodes = EXTRACTS[name]
    inputs = {
        "attributes": shared(f"primekg/{name}"),
        "nodes": shared("primekg/kg_ibd_subset.csv.gz"),
    }
    result = drain("primekg-attributes", inputs)
    assert (result.tally.rows_in, result.tally.rows_kept) == (rows, kept)
    table = result.tables[Kind.NODES]
    assert table.drop_nulls(column)["id"].n_unique() == nodes


def test_the_extract_knows_smad3_by_its_number():
    inputs = {
        "attributes": shared("primekg/ibd_gene_protein.parquet"),
        "nodes": shared("primekg/kg_ibd_subset.csv.gz"),
    }
    node = stated(drain("primekg-attributes", inputs), "ncbigene:4088")
    assert node["sequence"].startswith("MSSILPFTPPIVKRLLGWKKGEQNGQEEKWCEKAVKSLVKKLKKTGQ")
    assert node["description"].startswith("SMAD3 is SMAD family member 3.")


def test_drugbank_features_have_their_known_size():
    result = drain("primekg-attributes", {"attributes": shared("primekg/drug_features.tsv.gz")})
    table = result.tables[Kind.NODES]
    assert (result.tally.rows_in, result.dropped) == (7_759, {})
    assert table["smiles"].drop_nulls().len() == 1_170
    assert result.nodes["drugbank:DB00009"]["atc_codes"] == ["B01AD02", "S01XA13"]
