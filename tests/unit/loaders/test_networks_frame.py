"""A user's own network: any table of source, target and weight."""

from __future__ import annotations

import json

import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from tests.unit.loaders.drained import drain, write

GIVEN = {"name": "mine", "layer": "transcriptional"}


def network(tmp_path, header, *rows, file="n.csv", **options):
    path = write(tmp_path / file, header, *rows)
    return drain("network", {"network": path}, **{**GIVEN, **options})


def test_a_decoupler_frame_becomes_a_signed_network(tmp_path):
    result = network(tmp_path, ",source,target,weight", "0,MYC,TERT,1.0", "1,REST,BDNF,-1")
    assert result.signs == {
        ("hgnc.symbol:MYC", "hgnc.symbol:TERT"): (1, "activation"),
        ("hgnc.symbol:REST", "hgnc.symbol:BDNF"): (-1, "repression"),
    }
    rows = result.rows(Kind.REGULATION)
    assert {(r["grn"], r["layer"], r["sign_source"]) for r in rows} == {
        ("mine", "transcriptional", "stated")
    }
    assert [r["weight"] for r in rows] == [None, None]
    assert result.info.license == "LicenseRef-stated-by-user"


def test_weights_other_than_one_are_kept_as_magnitudes(tmp_path):
    result = network(tmp_path, "TF\tGene\tWeight", "MYC\tTERT\t0.25", "A\tB\t-1", file="n.tsv")
    assert [r["weight"] for r in result.rows(Kind.REGULATION)] == [0.25, 1.0]
    assert [sign for sign, _ in result.signs.values()] == [1, -1]


def test_a_column_of_effects_outranks_the_sign_of_the_weight(tmp_path):
    result = network(
        tmp_path,
        "source,target,weight,effect",
        *("A,B,0.5,Repression", "A,C,0.5,+/-", "A,D,0.5,?", "A,E,,activator", "A,F,0.5,-1"),
    )
    assert [effect for _, effect in result.signs.values()] == [
        *("repression", "dual", "unknown", "activation", "repression")
    ]


def test_without_weights_the_signs_are_unknown(tmp_path):
    result = network(tmp_path, "regulator;target", "MYC;TERT")
    (row,) = result.rows(Kind.REGULATION)
    assert (row["effect"], row["sign_source"]) == ("unknown", None)


def test_an_exported_network_keeps_where_its_signs_come_from(tmp_path):
    result = network(
        tmp_path,
        "source,target,weight,layer,effect,confidence,sign_source",
        "ncbigene:1,ncbigene:2,-1.0,sigma,repression,,curated",
        "ncbigene:1,ncbigene:3,1.0,sigma,activation,,mine@2 search",
        "ncbigene:1,ncbigene:4,0.0,sigma,unknown,,",
    )
    origins = [row["sign_source"] for row in result.rows(Kind.REGULATION)]
    assert origins == ["curated", "stated", None]


def test_confidence_and_references_are_kept(tmp_path):
    result = network(
        tmp_path,
        "source,target,weight,likelihood,references",
        *('MYC,TERT,1,0.75,"PMID:1;2"', "MYC,BAX,1,high,", "MYC,JUN,1,,"),
    )
    rows = result.rows(Kind.REGULATION)
    assert [row["confidence"] for row in rows] == [0.75, None, None]
    assert [json.loads(row["evidence"]) for row in rows] == [
        {"pubmed": ["1", "2"]},
        {"level": "high"},
        {},
    ]


@pytest.mark.parametrize(
    ("names", "curies"),
    [
        (("4609", "7015"), ("ncbigene:4609", "ncbigene:7015")),
        (("ENSG00000136997.21", "ENSG00000164362"), ("ensembl:ENSG00000136997",) * 1),
        (("P01106", "O14746"), ("uniprot:P01106", "uniprot:O14746")),
        (("b3357", "b0344"), ("locus_tag:b3357", "locus_tag:b0344")),
        (("ecocyc:EG10164", "ecocyc:EG10527"), ("ecocyc:EG10164", "ecocyc:EG10527")),
        (("MYC", "P01106"), ("hgnc.symbol:MYC", "hgnc.symbol:P01106")),
    ],
)
def test_what_genes_are_named_by_is_told_from_the_names(tmp_path, names, curies):
    result = network(tmp_path, "source,target", ",".join(names))
    assert next(iter(result.signs))[: len(curies)] == curies


def test_what_genes_are_named_by_can_be_said(tmp_path):
    result = network(tmp_path, "source,target", "SAV_1,SAV_2", identifiers="locus_tag")
    assert list(result.signs) == [("locus_tag:SAV_1", "locus_tag:SAV_2")]
    result = network(tmp_path, "source,target", "4609,MYC", identifiers="Entrez")
    assert result.dropped == {"not written as ncbigene is": 1}
    with pytest.raises(UsageError, match="Unknown kind of identifier 'names'"):
        network(tmp_path, "source,target", "A,B", identifiers="names")


def test_a_mouse_symbol_does_not_become_a_human_gene(tmp_path):
    rows = ("Trp53,Mdm2,1", "Myc,Tert,1")
    result = network(tmp_path, "source,target,weight", *rows, taxon="mouse")
    assert next(iter(result.signs)) == ("symbol:Trp53", "symbol:Mdm2")
    with pytest.raises(BadInputError, match="symbols of another species"):
        network(tmp_path, "source,target,weight", *rows)


def test_symbols_of_other_species_than_mouse_and_rat_are_taken_as_they_are(tmp_path):
    result = network(tmp_path, "source,target,weight", "crp,lacZ,1", taxon="511145")
    assert list(result.signs) == [("symbol:crp", "symbol:lacZ")]


def test_a_column_of_taxa_is_checked(tmp_path):
    header, rows = "source,target,taxon", ("Myc,Tert,10090", "MYC,TERT,9606")
    result = network(tmp_path, header, *rows, taxon=10090)
    assert (list(result.signs), result.dropped) == (
        [("symbol:Myc", "symbol:Tert")],
        {"of another species": 1},
    )
    with pytest.raises(BadInputError, match="holds taxon 9606, not 10090"):
        network(tmp_path, header, rows[1], taxon=10090)
    with pytest.raises(UsageError, match="Unknown species 'mous'"):
        network(tmp_path, header, rows[1], taxon="mous")


def test_a_column_of_layers_says_the_layer_of_each_edge(tmp_path):
    rows = ("A,B,1,Sigma", "A,C,1,", "A,D,1,magic")
    result = network(tmp_path, "source,target,weight,layer", *rows)
    layers = [row["layer"] for row in result.rows(Kind.REGULATION)]
    assert layers == ["sigma", "transcriptional"]
    assert result.dropped == {"unknown layer": 1}
    alone = network(tmp_path, "source,target,weight,layer", *rows, layer=None)
    assert alone.dropped == {"unknown layer": 2}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"name": None}, "no name"),
        ({"layer": None}, "no layer"),
        ({"layer": "magic"}, "Unknown layer"),
    ],
)
def test_name_and_layer_have_to_be_said(tmp_path, options, error):
    with pytest.raises(UsageError, match=error):
        network(tmp_path, "source,target", "A,B", **options)


def test_title_licence_and_citation_can_be_said(tmp_path):
    said = {"title": "Mine", "license": "CC-BY-NC-4.0", "citation": "Me (2024)", "version": "3"}
    info = network(tmp_path, "source,target", "A,B", **said).info
    assert (info.title, info.license, info.citation, info.version) == tuple(said.values())


def test_parquet_is_read_like_text(tmp_path):
    frame = pl.DataFrame(
        {"Source": ["MYC", "MYC", None], "Target": ["TERT", "BAX", "X"], "MOR": [1.0, -0.5, 1.0]}
    )
    frame.write_parquet(tmp_path / "n.parquet")
    result = drain("network", {"network": tmp_path / "n.parquet"}, **GIVEN)
    assert [sign for sign, _ in result.signs.values()] == [1, -1]
    assert (result.tally.rows_in, result.dropped) == (3, {"no regulator or no target": 1})


def test_integers_in_parquet_are_entrez_identifiers(tmp_path):
    pl.DataFrame({"source": [4609], "target": [7015]}).write_parquet(tmp_path / "n.parquet")
    result = drain("network", {"network": tmp_path / "n.parquet"}, **GIVEN)
    assert list(result.signs) == [("ncbigene:4609", "ncbigene:7015")]


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (pl.DataFrame({"source": [["a"]], "target": ["b"]}), "cannot be read as Parquet"),
        (
            pl.DataFrame(
                {"source": [], "target": []}, schema={"source": pl.String, "target": pl.String}
            ),
            "holds no rows",
        ),
        (pl.DataFrame({"source": ["a"]}), "no column 'target'"),
    ],
)
def test_parquet_that_is_no_network_is_refused(tmp_path, frame, error):
    frame.write_parquet(tmp_path / "n.parquet")
    with pytest.raises(BadInputError, match=error):
        drain("network", {"network": tmp_path / "n.parquet"}, **GIVEN)


def test_a_cut_off_parquet_file_is_refused(tmp_path):
    (tmp_path / "n.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(BadInputError, match="cannot be read as Parquet"):
        drain("network", {"network": tmp_path / "n.parquet"}, **GIVEN)


def test_a_header_that_is_no_csv_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read as a table"):
        network(tmp_path, "source\rold,target", "A,B")


def test_what_cannot_be_read_is_dropped_with_its_reason(tmp_path):
    rows = ("A,B,x", "A,B,inf", "A,,1", "A,B C,1", "A,B,1,2", "A,B,1")
    result = network(tmp_path, "source,target,weight", *rows)
    assert result.dropped == {
        "sign is not readable": 2,
        "no regulator or no target": 1,
        "not written as symbol is": 1,
        "wrong number of columns": 1,
    }


def test_a_file_of_nothing_but_broken_rows_yields_nothing(tmp_path):
    result = network(tmp_path, "source,target,weight", "A,B", "C,D")
    assert (result.tables, result.dropped) == ({}, {"wrong number of columns": 2})


def test_a_real_network_is_read_by_its_columns():
    path = sample_file("trrust_hs.tsv.gz")
    result = drain("network", {"network": path}, **GIVEN)
    assert (result.tally.rows_in, len(result.signs)) == (7_041, 7_041)
