"""TRRUST: its own files of human and mouse, and tables made of them."""

from __future__ import annotations

import json

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from tests.unit.loaders.drained import drain, write

TRRUST = "tf\ttarget\tmor\tpubmed_id"


def trrust(tmp_path, *rows, **options):
    return drain("trrust", {"network": write(tmp_path / "t.tsv", TRRUST, *rows)}, **options)


def test_trrust_rows_become_regulation_by_symbol(tmp_path):
    result = trrust(tmp_path, "AHR\tCYP1A1\t1.0\t1,2", "AHR\tARNT\t0.0\t3", "NFKB1\tAHR\t-1\t")
    assert result.signs == {
        ("hgnc.symbol:AHR", "hgnc.symbol:CYP1A1"): (1, "activation"),
        ("hgnc.symbol:AHR", "hgnc.symbol:ARNT"): (0, "unknown"),
        ("hgnc.symbol:NFKB1", "hgnc.symbol:AHR"): (-1, "repression"),
    }
    rows = result.rows(Kind.REGULATION)
    assert [json.loads(r["evidence"]) for r in rows] == [
        {"pubmed": ["1", "2"]},
        {"pubmed": ["3"]},
        {},
    ]
    assert [r["sign_source"] for r in rows] == ["curated", None, "curated"]
    assert {r["layer"] for r in rows} == {"transcriptional"}
    assert result.nodes["hgnc.symbol:AHR"]["name"] == "AHR"


def test_a_pair_with_both_signs_is_one_dual_edge(tmp_path):
    result = trrust(tmp_path, "A\tB\t1\t7", "A\tB\t-1\t5")
    (row,) = result.rows(Kind.REGULATION)
    assert (row["sign"], row["effect"]) == (0, "dual")
    evidence = json.loads(row["evidence"])
    assert evidence == {"activation": 1, "pubmed": ["5", "7"], "repression": 1}


def test_self_loops_are_kept(tmp_path):
    assert trrust(tmp_path, "AHR\tAHR\t1\t1").signs == {("hgnc.symbol:AHR",) * 2: (1, "activation")}


def test_name_and_layer_can_be_given(tmp_path):
    result = trrust(tmp_path, "A\tB\t1\t", name="mine", layer="signalling")
    (row,) = result.rows(Kind.REGULATION)
    assert (row["grn"], row["layer"]) == ("mine", "signalling")
    with pytest.raises(UsageError, match="Unknown layer 'magic'"):
        trrust(tmp_path, "A\tB\t1\t", layer="magic")


def test_rows_without_a_mode_are_dropped(tmp_path):
    result = trrust(
        tmp_path, "A\tB\tActivation\t1", "A\tB\t2\t1", "A\tB\t\t1", "\tB\t1\t1", "A\tC\t1\t"
    )
    assert result.dropped == {
        "mode of regulation is not -1, 0 or 1": 3,
        "no regulator or no target": 1,
    }


def test_trrust_has_its_known_size():
    result = drain("trrust", {"network": sample_file("trrust_hs.tsv.gz")})
    signs = [sign for sign, _ in result.signs.values()]
    assert (len(signs), signs.count(1), signs.count(-1), signs.count(0)) == (
        7_041,
        2_774,
        1_241,
        3_026,
    )


MOUSE = ("Ahr\tCyp1a1\tActivation\t1;2", "Trp53\tMdm2\tUnknown\t3", "Myc\tMyc\tRepression\t4")


def test_the_file_of_mouse_has_no_header_and_gives_no_human_genes(tmp_path):
    result = drain("trrust", {"network": write(tmp_path / "trrust_rawdata.mouse.tsv", *MOUSE)})
    assert result.signs == {
        ("symbol:Ahr", "symbol:Cyp1a1"): (1, "activation"),
        ("symbol:Trp53", "symbol:Mdm2"): (0, "unknown"),
        ("symbol:Myc", "symbol:Myc"): (-1, "repression"),
    }
    assert json.loads(result.rows(Kind.REGULATION)[0]["evidence"]) == {"pubmed": ["1", "2"]}
    assert result.tally.rows_in == 3


def test_the_human_file_without_a_header_is_read_like_the_table(tmp_path):
    rows = ("AATF\tBAX\tRepression\t22909821", "AATF\tBAX\tActivation\t1", "X\tY\tPerhaps\t1")
    result = drain("trrust", {"network": write(tmp_path / "trrust_rawdata.human.tsv", *rows)})
    assert result.signs == {("hgnc.symbol:AATF", "hgnc.symbol:BAX"): (0, "dual")}
    assert result.tally.rows_merged == 1
    assert result.dropped == {"mode of regulation is not Activation, Repression, Unknown": 1}


@pytest.mark.parametrize(("taxon", "rows"), [("mouse", ("TP53\tMDM2\tUnknown\t3",)), (9606, MOUSE)])
def test_a_file_of_another_species_than_asked_for_is_refused(tmp_path, taxon, rows):
    path = write(tmp_path / "network.tsv", *rows)
    with pytest.raises(BadInputError, match=r"holds the symbols of (human|another species)"):
        drain("trrust", {"network": path}, taxon=taxon)


def test_a_table_of_another_layout_is_refused():
    with pytest.raises(BadInputError, match="no column"):
        drain("trrust", {"network": sample_file("uniprot_hgnc.tsv.gz")})
