"""Signed networks: merging statements, TRRUST, OmniPath."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from kgp.loaders.signed import merge_signs
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

SCHEMA = {"src": pl.String, "dst": pl.String, "layer": pl.String, "effect": pl.String}


def merged(*effects):
    rows = [("a", "b", "sigma", effect, [str(i)]) for i, effect in enumerate(effects)]
    schema = {**SCHEMA, "pubmed": pl.List(pl.String)}
    (row,) = merge_signs(pl.DataFrame(rows, schema=schema, orient="row")).to_dicts()
    return row


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        (["activation"], (1, "activation")),
        (["repression", "repression"], (-1, "repression")),
        (["activation", "repression"], (0, "dual")),
        (["unknown", "repression"], (-1, "repression")),
        (["unknown"], (0, "unknown")),
        (["dual", "activation"], (0, "dual")),
        (["dual", "unknown"], (0, "dual")),
    ],
)
def test_statements_about_one_pair_merge_to_one_sign(effects, expected):
    row = merged(*effects)
    assert (row["sign"], row["effect"]) == expected
    assert len(row["pubmed"]) == len(effects)


EFFECTS = st.lists(st.sampled_from(["activation", "repression", "dual", "unknown"]), min_size=1)


@given(EFFECTS)
def test_merging_does_not_depend_on_order_or_repetition(effects):
    first, again = merged(*effects), merged(*reversed(effects), *effects)
    assert (first["sign"], first["effect"]) == (again["sign"], again["effect"])


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


OMNIPATH = "source\ttarget\tdirection\tstimulation\tinhibition\tsources\treferences"


def omnipath(tmp_path, *rows):
    return drain("omnipath", {"interactions": write(tmp_path / "o.tsv", OMNIPATH, *rows)})


def test_flags_become_signs_and_references_lose_their_databases(tmp_path):
    result = omnipath(
        tmp_path,
        "Q13255\tP48995\t1\t1\t0\tTRIP\tTRIP:14614461;Lit-BM-17:105;99",
        "P49137\tQ16539\t1\t0\t1\tSIGNOR\t",
        "P49137\tP48995\t1\t1\t1\tSIGNOR\t",
        "O75762\tQ9NQC7\t1\t0\t0\tInnateDB\t",
    )
    assert list(result.signs.values()) == [
        (1, "activation"),
        (-1, "repression"),
        (0, "dual"),
        (0, "unknown"),
    ]
    evidence = json.loads(result.rows(Kind.REGULATION)[0]["evidence"])
    assert evidence == {"pubmed": ["105", "14614461", "99"]}
    assert {r["layer"] for r in result.rows(Kind.REGULATION)} == {"signalling"}
    assert result.nodes["uniprot:Q13255"]["type"] == "Gene"


def test_what_is_no_directed_interaction_of_proteins_is_dropped(tmp_path):
    result = omnipath(
        tmp_path,
        "COMPLEX:P1_P2\tP48995\t1\t1\t0\tx\t",
        "Q13255\tP48995\t0\t0\t0\tx\t",
        "Q13255\tP48995\t1\tTrue\t0\tx\t",
    )
    assert result.dropped == {
        "not a UniProt accession": 1,
        "a flag is neither 0 nor 1": 1,
        "no direction": 1,
    }


def test_omnipath_has_its_known_size():
    result = drain("omnipath", {"interactions": shared("grn/omnipath_signor_signed.tsv.gz")})
    assert result.tally.rows_kept == 12_899
    assert len(result.signs) == 12_127
    assert len(result.nodes) == 2_059


def test_a_network_of_another_layout_is_refused():
    for source, role in (("trrust", "network"), ("omnipath", "interactions")):
        with pytest.raises(BadInputError, match="no column"):
            drain(source, {role: sample_file("uniprot_hgnc.tsv.gz")})
