"""CollecTRI: decoupler's frame and the authors' tables."""

from __future__ import annotations

import json

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from tests.unit.loaders.drained import drain, write

FRAME = ",source,target,weight,resources,references,sign_decision"
ROWS = (
    "0,MYC,TERT,1.0,DoRothEA-A;ExTRI;HTRI,10022128;10491298,PMID",
    "1,SPI1,BGLAP,1.0,ExTRI,10022617,default activation",
    "2,SNAI2,CDH1,-1.0,ExTRI,1,TF role",
    "3,REST,BDNF,-1.0,TRRUST,2,regulon",
    "4,JUN,JUN,1.0,DoRothEA-A,,",
)


def collectri(tmp_path, *rows, header=FRAME, name="c.csv", **options):
    return drain("collectri", {"network": write(tmp_path / name, header, *rows)}, **options)


def test_the_decision_says_where_a_sign_comes_from(tmp_path):
    result = collectri(tmp_path, *ROWS)
    assert list(result.signs.values()) == [
        (1, "activation"),
        (1, "activation"),
        (-1, "repression"),
        (-1, "repression"),
        (1, "activation"),
    ]
    origins = [row["sign_source"] for row in result.rows(Kind.REGULATION)]
    assert origins == ["curated", "default", "inferred", "inferred", "stated"]
    evidence = json.loads(result.rows(Kind.REGULATION)[0]["evidence"])
    assert evidence == {
        "pubmed": ["10022128", "10491298"],
        "resources": ["DoRothEA-A", "ExTRI", "HTRI"],
    }


def test_rows_of_one_restricted_resource_keep_its_licence(tmp_path):
    licenses = [row["license"] for row in collectri(tmp_path, *ROWS).rows(Kind.REGULATION)]
    assert licenses == [None, None, None, "CC-BY-SA-4.0", "LicenseRef-academic-DoRothEA"]


def test_dimers_by_one_name_are_complexes_of_their_subunits(tmp_path):
    result = collectri(
        tmp_path,
        "0,AP1,JUN,1.0,ExTRI,1,PMID",
        "1,COMPLEX:NFKB1_RELA,IL6,1.0,ExTRI,2,PMID",
        "2,NFKB,IL6,1.0,ExTRI,3,PMID",
    )
    assert set(result.signs) == {
        ("collectri:AP1", "hgnc.symbol:JUN"),
        ("collectri:NFKB1_RELA", "hgnc.symbol:IL6"),
        ("collectri:NFKB", "hgnc.symbol:IL6"),
    }
    assert result.nodes["collectri:AP1"]["type"] == "Complex"
    members = {dst for src, _, dst in result.edges if src == "collectri:NFKB1_RELA"}
    assert members == {"hgnc.symbol:NFKB1", "hgnc.symbol:RELA"}
    assert all(dst in result.nodes for _, _, dst in result.edges)


def test_micrornas_by_their_mature_name_are_dropped_and_counted(tmp_path):
    result = collectri(
        tmp_path,
        "0,NFKB,hsa-miR-21,1.0,ExTRI,1,PMID",
        "1,MYC,hsa-let-7a-5p,1.0,ExTRI,1,PMID",
        "2,MYC,TERT,1.0,ExTRI,1,PMID",
    )
    assert result.dropped == {"a mature microRNA, which is no gene": 2}
    assert len(result.signs) == 1


def test_the_authors_table_is_read_by_its_own_names(tmp_path):
    result = collectri(
        tmp_path,
        *("MYC,TERT,1,dbTF,ExTRI;HTRI,PMID:7;8,PMID", "MYC,TERT,-1,dbTF,ExTRI,9,unknown"),
        header="source,target,weight,TF.category,resources,PMID,decision",
    )
    (row,) = result.rows(Kind.REGULATION)
    assert (row["sign"], row["sign_source"]) == (1, "curated")
    assert json.loads(row["evidence"])["pubmed"] == ["7", "8", "9"]
    assert result.tally.rows_merged == 1


def test_without_resources_rows_have_the_licence_of_the_source(tmp_path):
    result = collectri(tmp_path, "MYC\tTERT\t1", header="source\ttarget\tmor", name="c.tsv")
    (row,) = result.rows(Kind.REGULATION)
    assert ("license" in row, row["sign_source"]) == (False, "stated")


def test_what_cannot_be_read_is_dropped_with_its_reason(tmp_path):
    header = "source\ttarget\tweight"
    rows = ("MYC\tTERT\t0", "MYC\tTERT\tnan", "MYC\tTERT\tup", "\tTERT\t1", "MYC\tA B\t1")
    result = collectri(tmp_path, *rows, header=header)
    assert result.dropped == {
        "weight has no sign": 3,
        "no regulator or no target": 1,
        "not a gene symbol": 1,
    }


def test_human_regulons_are_not_taken_for_mouse(tmp_path):
    with pytest.raises(BadInputError, match="symbols of human, not of taxon 10090"):
        collectri(tmp_path, *ROWS, taxon="mouse")
