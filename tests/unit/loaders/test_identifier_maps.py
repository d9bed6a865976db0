"""HGNC, UniProt's identifier mapping and tables of locus tags."""

from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders import csv_stream
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

HGNC = "hgnc_id symbol name locus_group status location alias_symbol prev_symbol"
HGNC_COLUMNS = [*HGNC.split(), "entrez_id", "ensembl_gene_id", "uniprot_ids"]
TP53 = {
    "hgnc_id": "HGNC:11998",
    "symbol": "TP53",
    "name": "tumor protein p53",
    "locus_group": "protein-coding gene",
    "location": "17p13.1",
    "alias_symbol": '"p53|LFS1"',
    "prev_symbol": "TRP53",
    "entrez_id": "7157",
    "ensembl_gene_id": "ENSG00000141510",
    "uniprot_ids": "P04637",
}


def hgnc(tmp_path, *genes, name="hgnc_complete_set.txt", columns=HGNC_COLUMNS, **options):
    rows = ["\t".join({"status": "Approved", **gene}.get(c, "") for c in columns) for gene in genes]
    return drain("hgnc", {"hgnc": write(tmp_path / name, "\t".join(columns), *rows)}, **options)


def test_a_gene_has_its_approved_symbol_and_name(tmp_path):
    node = hgnc(tmp_path, TP53).nodes["hgnc:11998"]
    assert (node["name"], node["type"], node["full_name"]) == ("TP53", "Gene", TP53["name"])
    assert (node["location"], node["locus_group"]) == ("17p13.1", "protein-coding gene")
    assert node["taxon"] == "ncbitaxon:9606"


def test_the_approved_symbol_is_exact_and_former_ones_and_aliases_are_synonyms(tmp_path):
    symbols = {x for x in hgnc(tmp_path, TP53).xrefs if x[1].startswith("hgnc.symbol:")}
    assert symbols == {
        ("hgnc:11998", "hgnc.symbol:TP53", "exact"),
        ("hgnc:11998", "hgnc.symbol:p53", "synonym"),
        ("hgnc:11998", "hgnc.symbol:LFS1", "synonym"),
        ("hgnc:11998", "hgnc.symbol:TRP53", "synonym"),
    }


def test_identifiers_of_one_gene_are_exact_and_of_two_are_not(tmp_path):
    second = {"hgnc_id": "HGNC:5", "symbol": "A", "uniprot_ids": '"P04637|Q1"', "entrez_id": "9"}
    found = {x for x in hgnc(tmp_path, TP53, second).xrefs if not x[1].startswith("hgnc.symbol:")}
    assert found == {
        ("hgnc:11998", "ncbigene:7157", "exact"),
        ("hgnc:11998", "ensembl:ENSG00000141510", "exact"),
        ("hgnc:11998", "uniprot:P04637", "synonym"),
        ("hgnc:5", "uniprot:P04637", "synonym"),
        ("hgnc:5", "uniprot:Q1", "exact"),
        ("hgnc:5", "ncbigene:9", "exact"),
    }


def test_withdrawn_entries_are_dropped_with_a_reason(tmp_path):
    gone = {"hgnc_id": "HGNC:1", "symbol": "X~withdrawn", "status": "Entry Withdrawn"}
    bad = {"hgnc_id": "12", "symbol": "Y"}
    nameless = {"hgnc_id": "HGNC:2"}
    result = hgnc(tmp_path, TP53, gone, bad, nameless)
    assert result.dropped == {"withdrawn": 1, "not an HGNC id": 1, "no symbol": 1}
    assert list(result.nodes) == ["hgnc:11998"]


def test_a_symbol_listed_as_its_own_alias_is_stated_once(tmp_path):
    gene = {**TP53, "alias_symbol": "TP53", "prev_symbol": ""}
    symbols = [x for x in hgnc(tmp_path, gene).rows(Kind.XREFS) if "symbol" in x["other"]]
    assert [x["kind"] for x in symbols] == ["exact"]


def test_optional_columns_may_be_missing(tmp_path):
    columns = [c for c in HGNC_COLUMNS if c not in ("location", "uniprot_ids")]
    result = hgnc(tmp_path, TP53, columns=columns)
    assert result.nodes["hgnc:11998"]["location"] is None
    assert not [x for x in result.xrefs if x[1].startswith("uniprot:")]


def test_the_version_of_an_archived_set_is_in_its_name(tmp_path):
    name = "hgnc_complete_set_2024-07-02.txt"
    assert hgnc(tmp_path, TP53, name=name).info.version == "2024-07-02"
    assert hgnc(tmp_path, TP53).info.version == "unversioned"
    assert hgnc(tmp_path, TP53, name=name, version="mine").info.version == "mine"


def test_the_old_header_of_hgnc_is_refused(tmp_path):
    path = write(tmp_path / "hgnc.txt", "HGNC ID\tApproved Symbol", "HGNC:5\tA1BG")
    with pytest.raises(BadInputError, match="no column 'hgnc_id'"):
        drain("hgnc", {"hgnc": path})


P53_ROWS = (
    ("P04637", "UniProtKB-ID", "P53_HUMAN"),
    ("P04637", "Gene_Name", "TP53"),
    ("P04637", "Gene_Synonym", "P53"),
    ("P04637", "GeneID", "7157"),
    ("P04637", "RefSeq", "NP_000537.3"),
    ("P04637", "NCBI_TaxID", "9606"),
    ("P04637", "HGNC", "HGNC:11998"),
    ("P04637", "Ensembl", "ENSG00000141510.18"),
    ("P04637", "Ensembl_PRO", "ENSP00000269305.4"),
    ("P04637", "STRING", "9606.ENSP00000269305"),
)
P53_XREFS = {
    ("ncbigene:7157", "uniprot:P04637", "exact"),
    ("hgnc:11998", "uniprot:P04637", "exact"),
    ("uniprot:P04637", "ensembl:ENSG00000141510", "exact"),
    ("uniprot:P04637", "ensembl:ENSP00000269305", "exact"),
    ("uniprot:P04637", "string:9606.ENSP00000269305", "exact"),
    ("uniprot:P04637", "hgnc.symbol:TP53", "synonym"),
    ("uniprot:P04637", "hgnc.symbol:P53", "synonym"),
    ("uniprot:P04637", "uniprot.mnemonic:P53_HUMAN", "synonym"),
}


def uniprot(tmp_path, *rows, name="HUMAN_9606_idmapping.dat.gz", **options):
    path = write(tmp_path / name, *("\t".join(row) for row in rows))
    return drain("uniprot", {"idmapping": path}, **options)


def test_a_protein_of_one_gene_is_exact(tmp_path):
    result = uniprot(tmp_path, *P53_ROWS)
    assert result.xrefs == P53_XREFS
    assert result.dropped == {"kind of identifier that is not used": 1}
    assert Kind.NODES not in result.tables


def test_the_selected_table_says_the_same(tmp_path):
    fields = [""] * 22
    fields[0:3] = ["P04637", "P53_HUMAN", "7157"]
    fields[12], fields[18], fields[20] = "9606", "ENSG00000141510.18", "ENSP00000269305.4; ENSP1.1"
    result = uniprot(tmp_path, fields, name="HUMAN_9606_idmapping_selected.tab")
    only_long = ("hgnc", "string", "hgnc.symbol")
    expected = {x for x in P53_XREFS if not {x[0].split(":")[0], x[1].split(":")[0]} & {*only_long}}
    assert result.xrefs == expected | {("uniprot:P04637", "ensembl:ENSP1", "exact")}
    assert (result.tally.rows_in, result.tally.rows_kept) == (1, 1)


def test_all_that_is_said_of_a_protein_of_several_genes_is_a_synonym(tmp_path):
    rows = [
        ("P62805", "GeneID", "8294"),
        ("P62805", "GeneID", "8359"),
        ("P62805", "HGNC", "HGNC:1"),
    ]
    result = uniprot(tmp_path, *rows, ("P62805", "STRING", "9606.ENSP1"))
    assert {kind for *_, kind in result.xrefs} == {"synonym"}
    assert len(result.xrefs) == 4


def test_an_identifier_of_two_proteins_is_a_synonym_of_both(tmp_path):
    rows = [("P00001", "Ensembl", "ENSG1.1"), ("P00002", "Ensembl", "ENSG1.2")]
    assert uniprot(tmp_path, *rows).xrefs == {
        ("uniprot:P00001", "ensembl:ENSG1", "synonym"),
        ("uniprot:P00002", "ensembl:ENSG1", "synonym"),
    }


def test_isoforms_fold_into_their_protein(tmp_path):
    rows = [("P04637", "GeneID", "7157"), ("P04637-2", "GeneID", "7157")]
    result = uniprot(tmp_path, *rows)
    assert result.xrefs == {
        ("ncbigene:7157", "uniprot:P04637", "exact"),
        ("uniprot:P04637", "uniprot:P04637-2", "exact"),
    }
    assert result.tally.rows_merged == 1


def test_locus_tags_of_bacteria_are_exact_and_their_symbols_are_not_hgnc_s(tmp_path):
    rows = [("P0AD86", "Gene_Name", "thrL"), ("P0AD86", "Gene_OrderedLocusName", "b0001")]
    result = uniprot(tmp_path, *rows, name="ECOLI_83333_idmapping.dat")
    assert result.xrefs == {
        ("uniprot:P0AD86", "symbol:thrL", "synonym"),
        ("uniprot:P0AD86", "locus_tag:b0001", "exact"),
    }


MOUSE = (("P02340", "NCBI_TaxID", "10090"), ("P02340", "GeneID", "22059"))


def test_of_a_table_of_many_species_one_is_kept(tmp_path):
    result = uniprot(tmp_path, *MOUSE, *P53_ROWS, name="idmapping.dat.gz", taxon="human")
    assert result.xrefs == P53_XREFS
    assert result.dropped["another taxon"] == 2


def test_without_a_choice_the_first_species_is_kept(tmp_path):
    result = uniprot(tmp_path, *MOUSE, *P53_ROWS, name="idmapping.dat")
    assert result.xrefs == {("ncbigene:22059", "uniprot:P02340", "exact")}


def test_asking_for_human_and_getting_mouse_fails(tmp_path):
    with pytest.raises(BadInputError, match="says nothing about taxon 9606"):
        uniprot(tmp_path, *MOUSE, name="idmapping.dat", taxon=9606)


def test_of_the_selected_table_of_many_species_one_is_kept(tmp_path):
    rows = []
    for accession, taxon, gene in (("P04637", "9606", "7157"), ("P02340", "10090", "22059")):
        fields = [""] * 22
        fields[0], fields[2], fields[12] = accession, gene, taxon
        rows.append(fields)
    result = uniprot(tmp_path, *rows, name="idmapping_selected.tab", taxon="mouse")
    assert result.xrefs == {("ncbigene:22059", "uniprot:P02340", "exact")}
    assert result.dropped == {"another taxon": 1}


def test_a_protein_is_never_parted_by_the_end_of_a_block(tmp_path, monkeypatch):
    whole = uniprot(tmp_path, *MOUSE, *P53_ROWS, name="idmapping.dat", taxon="9606")
    monkeypatch.setattr(csv_stream, "BLOCK_BYTES", 100)
    again = uniprot(tmp_path, *MOUSE, *P53_ROWS, name="idmapping.dat", taxon="9606")
    assert again.xrefs == whole.xrefs
    assert (again.dropped, again.tally.rows_in) == (whole.dropped, whole.tally.rows_in)


def test_broken_rows_are_dropped_with_a_reason(tmp_path):
    rows = [*P53_ROWS, ("tumor", "GeneID", "1"), ("P04637", "GeneID", ""), ("P04637", "GeneID")]
    dropped = uniprot(tmp_path, *rows).dropped
    del dropped["kind of identifier that is not used"]
    assert dropped == {
        "not a UniProt accession": 1,
        "no identifier": 1,
        "wrong number of columns": 1,
    }


@pytest.mark.parametrize(
    ("line", "columns"), [("uniprot\tHGNC", 2), ("P04637\tGeneID", 2), ("From\tTo\tEntry", 3)]
)
def test_what_is_not_a_mapping_is_refused(tmp_path, line, columns):
    with pytest.raises(BadInputError, match=f"first line has {columns} columns"):
        drain("uniprot", {"idmapping": write(tmp_path / "idmapping.dat", line)})


GENES = ("b0001,thrL,,thr operon leader peptide,P0AD86", "b0002,thrA,thrA;thrA1|thrD,,P00561")
TAGS = "locus_tag,gene_name,synonyms,gene_product,uniprot"


def tags(tmp_path, *rows, header=TAGS, **options):
    return drain("locus-tags", {"table": write(tmp_path / "genes.csv", header, *rows)}, **options)


def test_b_numbers_become_genes_of_e_coli(tmp_path):
    nodes = tags(tmp_path, *GENES).nodes
    assert list(nodes) == ["locus_tag:b0001", "locus_tag:b0002"]
    first = nodes["locus_tag:b0001"]
    assert (first["name"], first["product"]) == ("thrL", "thr operon leader peptide")
    assert first["taxon"] == "ncbitaxon:511145"


def test_own_names_are_exact_and_synonyms_are_not(tmp_path):
    assert tags(tmp_path, *GENES).xrefs == {
        ("locus_tag:b0001", "symbol:thrL", "exact"),
        ("locus_tag:b0002", "symbol:thrA", "exact"),
        ("locus_tag:b0002", "symbol:thrA1", "synonym"),
        ("locus_tag:b0002", "symbol:thrD", "synonym"),
        ("locus_tag:b0001", "uniprot:P0AD86", "exact"),
        ("locus_tag:b0002", "uniprot:P00561", "exact"),
    }


def test_a_name_of_two_genes_is_a_synonym_of_both_and_a_shared_accession_of_none(tmp_path):
    rows = ("b0001,insA,,,P00001", "b0002,insA,,,P00001")
    assert tags(tmp_path, *rows).xrefs == {
        ("locus_tag:b0001", "symbol:insA", "synonym"),
        ("locus_tag:b0002", "symbol:insA", "synonym"),
    }


def test_a_gene_without_a_name_is_called_by_its_tag(tmp_path):
    result = tags(tmp_path, "b0001,,b0001;-,,UPI000016F239")
    assert result.nodes["locus_tag:b0001"]["name"] == "b0001"
    assert result.xrefs == set()


def test_tags_of_another_bacterium_have_the_taxon_that_is_stated(tmp_path):
    rows = ("BSU00010,dnaA,,,",)
    assert tags(tmp_path, *rows).nodes["locus_tag:BSU00010"]["taxon"] is None
    stated = tags(tmp_path, *rows, taxon=224308)
    assert stated.nodes["locus_tag:BSU00010"]["taxon"] == "ncbitaxon:224308"


def test_empty_and_repeated_tags_are_dropped(tmp_path):
    result = tags(tmp_path, *GENES, ",x,,,", "b0001,y,,,")
    assert result.dropped == {"not a locus tag": 1, "locus tag listed twice": 1}


def test_columns_are_recognised_by_other_headings_and_delimiters(tmp_path):
    result = tags(tmp_path, "b0001\tthrL\tABC", header="Locus Tag\tGene\tAlias")
    assert result.xrefs == {
        ("locus_tag:b0001", "symbol:thrL", "exact"),
        ("locus_tag:b0001", "symbol:ABC", "synonym"),
    }


def test_columns_may_be_named(tmp_path):
    header = "id,what,else"
    options = {"tag": "id", "names": "what", "synonyms": "else"}
    assert len(tags(tmp_path, "b0001,thrL,ABC", header=header, **options).xrefs) == 2
    with pytest.raises(BadInputError, match="no column 'nmae'; it has: id, what, else"):
        tags(tmp_path, "b0001,thrL,ABC", header=header, tag="id", names="nmae")
    with pytest.raises(BadInputError, match="no column of locus tags") as raised:
        tags(tmp_path, "b0001,thrL,ABC", header=header)
    assert raised.value.command == "kgp load locus-tags genes.csv --option tag=COLUMN"


def test_genes_lie_where_the_table_says(tmp_path):
    header = "locus_tag,start,end,strand"
    rows = ("b0001,190,255,+", "b0002,337,2799,forward", "b0003,n/a,,-")
    path = write(tmp_path / "loci.csv", header, *rows)
    nodes = drain("locus-tags", {"table": path}).nodes
    found = [(node["left"], node["right"], node["strand"]) for node in nodes.values()]
    assert found == [(190, 255, "+"), (337, 2799, None), (None, None, "-")]


def test_a_table_of_one_s_own_has_its_own_licence(tmp_path):
    info = tags(tmp_path, *GENES, license="CC0-1.0", title="Mine", citation="me").info
    assert (info.license, info.title, info.citation) == ("CC0-1.0", "Mine", "me")
    assert tags(tmp_path, *GENES).info.license == "MIT"


def test_precise_1k_has_its_known_size():
    result = drain("locus-tags", {"table": shared("ecocyc/precise1k_gene_info.csv.gz")})
    assert (result.tally.rows_in, result.dropped, len(result.nodes)) == (4_355, {}, 4_355)
    exact = [x for x in result.xrefs if x[1].startswith("symbol:") and x[2] == "exact"]
    assert len(exact) == 4_355
