"""DoRothEA: levels, and which signs are evidence."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.licenses import Use, allows
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

HEADER = "tf\tconfidence\ttarget\tmor"
REAL = "grn/dorothea_hs.tsv.gz"


def dorothea(tmp_path, *rows, header=HEADER, name="d.tsv", **options):
    return drain("dorothea", {"network": write(tmp_path / name, header, *rows)}, **options)


def test_levels_a_to_c_are_kept_and_the_others_counted(tmp_path):
    rows = [f"TP53\t{level}\tG{level}\t1.0" for level in "ABCDE"]
    result = dorothea(tmp_path, *rows)
    assert [dst for _, dst in result.signs] == [f"hgnc.symbol:G{level}" for level in "ABC"]
    assert result.dropped == {
        "confidence level D is left out": 1,
        "confidence level E is left out": 1,
    }
    assert [json.loads(r["evidence"]) for r in result.rows(Kind.REGULATION)] == [
        {"level": level} for level in "ABC"
    ]


@pytest.mark.parametrize("levels", ["a, e", "E A", ("A", "E")])
def test_other_levels_can_be_asked_for(tmp_path, levels):
    rows = [f"TP53\t{level}\tG{level}\t1.0" for level in "ABCDE"]
    assert len(dorothea(tmp_path, *rows, levels=levels).signs) == 2


@pytest.mark.parametrize(("levels", "error"), [("A,F", "Unknown level 'F'"), (" ", "No level")])
def test_unknown_levels_are_refused(tmp_path, levels, error):
    with pytest.raises(UsageError, match=error):
        dorothea(tmp_path, "TP53\tA\tMDM2\t1.0", levels=levels)


def test_a_sign_against_the_regulators_default_is_evidence_and_level_e_has_none(tmp_path):
    result = dorothea(
        tmp_path,
        *("REST\tA\tG1\t-1.0", "REST\tB\tG2\t-1.0", "REST\tC\tG3\t1.0", "REST\tE\tG4\t-1.0"),
        *("TP53\tA\tG1\t1.0", "TP53\tD\tG2\t-1.0", "TP53\tE\tG3\t-1.0", "TP53\tE\tG4\t1.0"),
        levels="A,B,C,D,E",
    )
    origins = {
        (r["src"][12:], r["dst"][12:]): r["sign_source"] for r in result.rows(Kind.REGULATION)
    }
    assert origins == {
        ("REST", "G1"): "stated",
        ("REST", "G2"): "stated",
        ("REST", "G3"): "curated",
        ("REST", "G4"): "default",
        ("TP53", "G1"): "stated",
        ("TP53", "G2"): "curated",
        ("TP53", "G3"): "default",
        ("TP53", "G4"): "default",
    }


def test_the_default_of_a_regulator_does_not_depend_on_the_levels_kept(tmp_path):
    rows = ["TP53\tA\tG1\t1.0", "TP53\tE\tG2\t-1.0", "TP53\tE\tG3\t-1.0"]
    (edge,) = dorothea(tmp_path, *rows).rows(Kind.REGULATION)
    assert edge["sign_source"] == "curated"


def test_decouplers_frame_has_weights_and_other_names(tmp_path):
    result = dorothea(
        tmp_path,
        *("0,TP53,A,MDM2,1.0,0.9", "1,TP53,A;D,BAX,-0.5,", "2,MYC,C,MYC,0.333,nan"),
        header=",source,confidence,target,weight,likelihood",
        name="d.csv",
    )
    assert [sign for sign, _ in result.signs.values()] == [1, -1, 1]
    confidences = [row["confidence"] for row in result.rows(Kind.REGULATION)]
    assert confidences == [pytest.approx(0.9), None, None]


def test_what_cannot_be_read_is_dropped_with_its_reason(tmp_path):
    result = dorothea(
        tmp_path,
        *("TP53\tZ\tMDM2\t1", "TP53\tA\tMDM2\t0", "TP53\tA\tMDM2\tx", "TP53\tA\tMDM2\tinf"),
        *("\tA\tMDM2\t1", "TP53\tA\tMDM2\t1\t1"),
    )
    assert result.dropped == {
        "confidence is not A to E": 1,
        "mode of regulation has no sign": 3,
        "no regulator or no target": 1,
        "wrong number of columns": 1,
    }


def test_mouse_regulons_are_not_taken_for_human_ones(tmp_path):
    row = "Trp53\tA\tMdm2\t1"
    assert list(dorothea(tmp_path, row, taxon=10090).signs) == [("symbol:Trp53", "symbol:Mdm2")]
    with pytest.raises(BadInputError, match="another species, not of taxon 9606"):
        dorothea(tmp_path, row)


def test_the_real_table_has_its_known_sizes():
    result = drain("dorothea", {"network": shared(REAL)})
    assert (result.tally.rows_in, result.tally.rows_kept) == (454_504, 13_223)
    assert sum(result.dropped.values()) == 15_863 + 425_418
    signs = Counter(row["sign"] for row in result.rows(Kind.REGULATION))
    assert signs == {1: 11_173, -1: 2_050}
    assert not allows(result.info.license, Use.COMMERCIAL)


def test_all_425418_signs_of_level_e_are_defaults():
    result = drain("dorothea", {"network": shared(REAL)}, levels="A,B,C,D,E")
    edges = result.tables[Kind.REGULATION]
    assert dict(edges["sign_source"].value_counts().iter_rows()) == {
        "default": 425_418,
        "stated": 28_369,
        "curated": 717,
    }
