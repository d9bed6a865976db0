"""Signed networks: merging what is stated about one regulator and its target."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import UsageError
from kgp.kg_schema.tally import Tally
from kgp.loaders.signed import (
    CURATED,
    DEFAULT,
    SIGN_SOURCES,
    check_layer,
    cited_pubmed_ids,
    merge_signs,
    regulation,
)

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


def stated(*rows):
    """Merge statements about one pair, each an effect, its origin, a weight and a resource."""
    table = [("a", "b", "sigma", effect, [], *rest) for effect, *rest in rows]
    schema = {**SCHEMA, "pubmed": pl.List(pl.String), "sign_source": pl.String}
    schema |= {"weight": pl.Float32, "resources": pl.List(pl.String), "level": pl.String}
    tally = Tally()
    merged = merge_signs(pl.DataFrame(table, schema=schema, orient="row"), tally)
    return merged, tally


def test_a_default_sign_yields_to_one_on_evidence():
    merged, _ = stated(
        ("activation", DEFAULT, 1.0, ["x"], "E"), ("repression", CURATED, 0.5, ["w", "x"], "A")
    )
    (row,) = merged.to_dicts()
    assert (row["sign"], row["effect"], row["sign_source"]) == (-1, "repression", CURATED)
    assert (row["weight"], row["resources"], row["level"]) == (1.0, ["w", "x"], "A")


def test_default_signs_alone_are_kept_and_marked():
    merged, _ = stated(("activation", DEFAULT, None, [], None), ("unknown", None, None, [], None))
    (row,) = merged.to_dicts()
    assert (row["sign"], row["sign_source"]) == (1, DEFAULT)


def test_two_default_signs_can_contradict_each_other():
    merged, _ = stated(
        ("activation", DEFAULT, None, [], None), ("repression", DEFAULT, None, [], None)
    )
    assert merged["effect"].to_list() == ["dual"]


@given(st.lists(st.tuples(EFFECTS.map(lambda e: e[0]), st.sampled_from(SIGN_SOURCES)), min_size=1))
def test_the_origin_of_a_sign_does_not_depend_on_order(pairs):
    rows = [(effect, origin, None, [], None) for effect, origin in pairs]
    first, again = stated(*rows)[0], stated(*reversed(rows), *rows)[0]
    columns = ["sign", "effect", "sign_source"]
    assert first.select(columns).equals(again.select(columns))


def test_rows_that_state_one_edge_are_counted_as_merged():
    rows = [("activation", CURATED, None, [], None)] * 3
    assert stated(*rows)[1].rows_merged == 2


def test_an_edge_without_a_sign_has_no_origin_of_one():
    merged, _ = stated(("unknown", CURATED, None, [], None))
    (batch,) = regulation(merged, "g")
    assert batch.data["sign_source"].to_pylist() == [None]


def test_what_else_is_known_becomes_evidence_in_the_order_of_its_names():
    merged, _ = stated(
        ("activation", CURATED, 2.0, ['a "quoted" name'], "A"),
        ("repression", CURATED, 2.0, ["b"], None),
    )
    (batch,) = regulation(merged, "g")
    (evidence,) = batch.data["evidence"].to_pylist()
    assert list(json.loads(evidence).items()) == [
        ("activation", 1),
        ("level", "A"),
        ("repression", 1),
        ("resources", ['a "quoted" name', "b"]),
    ]
    assert batch.data["weight"].to_pylist() == [2.0]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("TRIP:14614461;Lit-BM-17:105;99", ["14614461", "105", "99"]),
        ("PMID:12,13|14 15", ["12", "13", "14", "15"]),
        ("doi:10.1093/nar;PMC123;", []),
        ("", []),
    ],
)
def test_only_numbers_after_their_database_are_pubmed_ids(text, ids):
    assert pl.DataFrame({"r": [text]}).select(cited_pubmed_ids("r"))["r"].to_list() == [ids]


def test_an_unknown_layer_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=r"Unknown layer 'magic'.*sigma"):
        check_layer("magic")
