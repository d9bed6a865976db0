"""gene_info, UniProt, DrugBank's vocabulary and LINCS compounds: what resolution stands on."""

from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

OLD_HEADER = (
    "#Format: tax_id GeneID Symbol LocusTag Synonyms dbXrefs chromosome map_location description "
    "type_of_gene Symbol_from_nomenclature_authority Full_name_from_nomenclature_authority "
    "Nomenclature_status Other_designations Modification_date (tab is used as a separator)"
)
NEW_HEADER = "#" + "\t".join(OLD_HEADER.removeprefix("#Format: ").partition(" (")[0].split())


def gene(identifier, symbol, official="-", synonyms="-", xrefs="-", tag="-"):
    middle = ["9606", identifier, symbol, tag, synonyms, xrefs, "17", "17p13", "a gene"]
    return "\t".join([*middle, "protein-coding", official, "-", "O", "-", "20150101"])


def genes(tmp_path, *rows, header=OLD_HEADER):
    return drain("gene-info", {"gene_info": write(tmp_path / "gene_info", header, *rows)})


@pytest.mark.parametrize("header", [OLD_HEADER, NEW_HEADER])
def test_genes_have_symbol_and_properties_in_old_and_new_files(tmp_path, header):
    result = genes(tmp_path, gene("7157", "TP53", official="TP53"), header=header)
    node = result.nodes["ncbigene:7157"]
    assert node["name"] == "TP53"
    assert node["full_name"] == "a gene"
    assert (node["chromosome"], node["taxon"]) == ("17", "ncbitaxon:9606")


def test_official_symbol_and_database_ids_are_exact_and_aliases_are_synonyms(tmp_path):
    row = gene("7157", "TP53", "TP53", "p53|LFS1", "MIM:1|HGNC:HGNC:11998|Ensembl:ENSG1")
    assert genes(tmp_path, row).xrefs == {
        ("ncbigene:7157", "hgnc.symbol:TP53", "exact"),
        ("ncbigene:7157", "hgnc:11998", "exact"),
        ("ncbigene:7157", "ensembl:ENSG1", "exact"),
        ("ncbigene:7157", "hgnc.symbol:p53", "synonym"),
        ("ncbigene:7157", "hgnc.symbol:LFS1", "synonym"),
    }


def test_an_identifier_of_two_genes_never_welds_them(tmp_path):
    rows = (gene("1", "A", "A", xrefs="Ensembl:ENSG1"), gene("2", "B", "B", xrefs="Ensembl:ENSG1"))
    found = {(i, kind) for i, other, kind in genes(tmp_path, *rows).xrefs if "ENSG1" in other}
    assert found == {("ncbigene:1", "synonym"), ("ncbigene:2", "synonym")}


def test_an_official_symbol_outranks_the_same_unofficial_one(tmp_path):
    rows = (gene("1", "TEC"), gene("2", "TEC", official="TEC"))
    found = {(i, kind) for i, other, kind in genes(tmp_path, *rows).xrefs}
    assert found == {("ncbigene:2", "exact"), ("ncbigene:1", "synonym")}


def test_a_symbol_that_the_authority_replaced_stays_as_alias(tmp_path):
    result = genes(tmp_path, gene("1", "OLD", official="NEW"))
    assert result.nodes["ncbigene:1"]["name"] == "NEW"
    assert ("ncbigene:1", "hgnc.symbol:OLD", "synonym") in result.xrefs


def test_locus_tags_are_exact_and_placeholders_are_dropped(tmp_path):
    result = genes(tmp_path, gene("944742", "thrL", tag="b0001"), gene("9", "NEWENTRY"))
    assert ("ncbigene:944742", "locus_tag:b0001", "exact") in result.xrefs
    assert result.dropped == {"placeholder without a gene": 1}


ECOLI_THRL = (
    "511145",
    "944742",
    "thrL",
    "b0001",
    "ECK0001|JW4367",
    "ASAP:ABE-0000006|ECOCYC:EG11277|EcoGene:EG11277|UniProtKB/Swiss-Prot:P0AD86",
)
MOUSE_TRP53 = ("10090", "22059", "Trp53", "-", "p53", "MGI:MGI:98834|Ensembl:ENSMUSG00000059552")


def of_species(*fields):
    taxon, identifier, symbol, tag, synonyms, xrefs = fields
    row = gene(identifier, symbol, synonyms=synonyms, xrefs=xrefs, tag=tag)
    return taxon + row.removeprefix("9606")


def test_genes_of_a_bacterium_have_locus_tags_frames_and_symbols_that_are_not_hgnc_s(tmp_path):
    assert genes(tmp_path, of_species(*ECOLI_THRL), header=NEW_HEADER).xrefs == {
        ("ncbigene:944742", "symbol:thrL", "exact"),
        ("ncbigene:944742", "symbol:ECK0001", "synonym"),
        ("ncbigene:944742", "symbol:JW4367", "synonym"),
        ("ncbigene:944742", "locus_tag:b0001", "exact"),
        ("ncbigene:944742", "ecocyc:EG11277", "exact"),
        ("ncbigene:944742", "ecogene:EG11277", "exact"),
        ("ncbigene:944742", "uniprot:P0AD86", "exact"),
    }


def test_identifiers_of_model_organisms_are_understood(tmp_path):
    assert {
        ("ncbigene:22059", "mgi:98834", "exact"),
        ("ncbigene:22059", "symbol:Trp53", "exact"),
    } <= genes(tmp_path, of_species(*MOUSE_TRP53)).xrefs


def test_one_species_of_a_file_of_many_is_kept(tmp_path):
    path = write(tmp_path / "g", OLD_HEADER, of_species(*MOUSE_TRP53), gene("7157", "TP53", "TP53"))
    result = drain("gene-info", {"gene_info": path}, taxon="human")
    assert list(result.nodes) == ["ncbigene:7157"]
    assert result.dropped == {"another taxon": 1}


def test_asking_for_human_and_getting_mouse_fails(tmp_path):
    path = write(tmp_path / "g", OLD_HEADER, of_species(*MOUSE_TRP53))
    with pytest.raises(BadInputError, match="holds no gene of taxon 9606"):
        drain("gene-info", {"gene_info": path}, taxon=9606)


def test_human_gene_info_has_its_known_size():
    result = drain("gene-info", {"gene_info": shared("identifiers/Homo_sapiens.gene_info.gz")})
    assert (result.tally.rows_in, result.tally.rows_kept) == (56_425, 56_424)


def test_accessions_of_one_gene_are_exact_and_of_several_are_not(tmp_path):
    path = write(
        tmp_path / "u.tsv", "uniprot\tHGNC", "P1\tHGNC:5", "P2\tHGNC:5", "P3\tHGNC:6", "P3\t7"
    )
    assert drain("uniprot-hgnc", {"mapping": path}).xrefs == {
        ("hgnc:5", "uniprot:P1", "exact"),
        ("hgnc:5", "uniprot:P2", "exact"),
        ("hgnc:6", "uniprot:P3", "synonym"),
        ("hgnc:7", "uniprot:P3", "synonym"),
    }


def test_rows_without_an_accession_or_a_number_are_dropped(tmp_path):
    path = write(tmp_path / "u.tsv", "uniprot\tHGNC", "P1\tTP53", "\tHGNC:1", "P2\tHGNC:2")
    result = drain("uniprot-hgnc", {"mapping": path})
    assert result.dropped == {"not an accession and an HGNC id": 2}


VOCABULARY = "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key"
KEY = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"


def test_vocabulary_gives_names_synonyms_and_structure(tmp_path):
    row = f'DB00945,X,Aspirin,50-78-2,R16CO5Y76E,"Acetylsalicylic acid | ASA",{KEY}'
    result = drain(
        "drugbank-vocabulary", {"vocabulary": write(tmp_path / "v.csv", VOCABULARY, row)}
    )
    node = result.nodes["drugbank:DB00945"]
    assert (node["name"], node["synonyms"]) == ("Aspirin", ["Acetylsalicylic acid", "ASA"])
    assert result.xrefs == {("drugbank:DB00945", f"inchikey:{KEY}", "exact")}


def test_two_drugs_of_one_structure_stay_two(tmp_path):
    rows = [f"DB0000{i},,n,,,,{KEY}" for i in (1, 2)] + ["aspirin,,n,,,,", "DB00003,,n,,,,"]
    result = drain(
        "drugbank-vocabulary", {"vocabulary": write(tmp_path / "v.csv", VOCABULARY, *rows)}
    )
    assert {kind for *_, kind in result.xrefs} == {"synonym"}
    assert result.dropped == {"not a DrugBank id": 1}
    assert result.nodes["drugbank:DB00003"]["synonyms"] is None


PERTINFO = "pert_id\tpert_iname\tpert_type\tcanonical_smiles\tinchi_key"


def compounds(tmp_path, *rows, drugs=()):
    inputs = {"pertinfo": write(tmp_path / "p.tsv", PERTINFO, *rows)}
    if drugs:
        inputs["drugs"] = write(tmp_path / "v.csv", VOCABULARY, *drugs)
    return drain("lincs-compounds", inputs)


def test_only_compounds_become_drugs(tmp_path):
    result = compounds(
        tmp_path, f"BRD-K1\taspirin\ttrt_cp\tCC\tInChIKey={KEY}", "C1\tx\ttrt_sh\t\t"
    )
    assert result.nodes["lincs.brd:BRD-K1"]["smiles"] == "CC"
    assert result.xrefs == {("lincs.brd:BRD-K1", f"inchikey:{KEY}", "exact")}
    assert result.dropped == {"not a compound": 1}


@pytest.mark.parametrize("missing", ["-666", "restricted", ""])
def test_lincs_nulls_are_nulls(tmp_path, missing):
    result = compounds(tmp_path, f"BRD-K1\t-666\ttrt_cp\t{missing}\t{missing}")
    node = result.nodes["lincs.brd:BRD-K1"]
    assert (node["name"], node["smiles"]) == (None, None)
    assert result.xrefs == set()


def test_batches_of_one_compound_share_its_structure(tmp_path):
    rows = [f"BRD-K{i}\ta\ttrt_cp\tCC\tInChIKey={KEY}" for i in (1, 2)]
    assert {kind for *_, kind in compounds(tmp_path, *rows).xrefs} == {"exact"}


def other_form(key, block="ABCDEFGHSA"):
    return key.replace("UHFFFAOYSA", block)


def test_a_drug_without_its_full_key_gets_the_structure_of_its_skeleton(tmp_path):
    row = f"BRD-K1\taspirin\ttrt_cp\tCC\tInChIKey={other_form(KEY)}"
    result = compounds(tmp_path, row, drugs=[f"DB00945,,Aspirin,,,,{KEY}", "DB00001,,x,,,,"])
    drug = result.nodes["drugbank:DB00945"]
    assert (drug["smiles"], drug["structure_match"]) == ("CC", "skeleton")
    assert "drugbank:DB00001" not in result.nodes
    assert {i for i, *_ in result.xrefs} == {"lincs.brd:BRD-K1"}


def test_drugs_that_share_a_full_key_both_get_its_structure(tmp_path):
    row = f"BRD-K1\taspirin\ttrt_cp\tCC\tInChIKey={KEY}"
    result = compounds(tmp_path, row, drugs=[f"DB0000{i},,n,,,,{KEY}" for i in (1, 2)])
    matches = [result.nodes[f"drugbank:DB0000{i}"]["structure_match"] for i in (1, 2)]
    assert matches == ["full key", "full key"]


def test_a_drug_that_a_compound_becomes_one_with_needs_no_second_structure(tmp_path):
    rows = [
        f"BRD-K1\ta\ttrt_cp\tCC\tInChIKey={KEY}",
        f"BRD-K2\tb\ttrt_cp\tCN\tInChIKey={other_form(KEY)}",
    ]
    result = compounds(tmp_path, *rows, drugs=[f"DB00945,,Aspirin,,,,{KEY}"])
    assert set(result.nodes) == {"lincs.brd:BRD-K1", "lincs.brd:BRD-K2"}


def test_pertinfo_has_its_known_size():
    result = drain("lincs-compounds", {"pertinfo": shared("lincs/pertinfo.tsv.gz")})
    assert (result.tally.rows_in, result.tally.rows_kept) == (51_385, 20_413)
    assert len(result.rows(Kind.XREFS)) == 20_330


def test_every_drug_with_a_response_in_the_sample_finds_its_structure():
    drugs = sample_file("drugbank_vocabulary.csv.gz")
    vocabulary = drain("drugbank-vocabulary", {"vocabulary": drugs})
    known = drain("lincs-compounds", {"pertinfo": sample_file("pertinfo.tsv.gz"), "drugs": drugs})
    keys = {other for _, other, _ in known.xrefs}
    merged = {drug for drug, other, kind in vocabulary.xrefs if other in keys and kind == "exact"}
    stated = {i for i in known.nodes if i.startswith("drugbank:")}
    responses = drain("lincs", {"consensus": sample_file("consensus_drugbank_978.tsv.gz")})
    assert not merged & stated
    assert merged | stated == {dst for _, kind, dst in responses.edges if kind == "PERTURBS"}


def test_the_wrong_file_is_refused():
    path = sample_file("trrust_hs.tsv.gz")
    for source, role in (
        ("gene-info", "gene_info"),
        ("uniprot-hgnc", "mapping"),
        ("drugbank-vocabulary", "vocabulary"),
        ("lincs-compounds", "pertinfo"),
    ):
        with pytest.raises(BadInputError, match="no column"):
            drain(source, {role: path})
