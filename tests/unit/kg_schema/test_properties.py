"""Properties as canonical JSON."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind, make_batch
from kgp.kg_schema.properties import EMPTY, merge, pack, pack_columns, unpack, unpack_columns

scalar = (
    st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.booleans()
)
values = st.none() | scalar | st.lists(scalar, max_size=3)
rows = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), values, max_size=5)


def stated(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value != []}


@given(rows)
def test_unpacking_gives_what_was_packed_without_nulls(row: dict[str, Any]) -> None:
    assert unpack(pack(row)) == stated(row)
    assert json.loads(pack(row)) == stated(row)


@given(rows)
def test_one_content_has_one_text(row: dict[str, Any]) -> None:
    assert pack(dict(reversed(row.items()))) == pack(row) == pack(unpack(pack(row)))


@given(st.lists(rows, min_size=1, max_size=4))
def test_the_most_trusted_source_wins_key_by_key(ranked: list[dict[str, Any]]) -> None:
    expected: dict[str, Any] = {}
    for row in ranked:
        for key, value in stated(row).items():
            expected.setdefault(key, value)
    assert unpack(merge([pack(row) for row in ranked])) == expected


@given(rows, rows, rows)
def test_merging_is_associative_and_idempotent(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    x, y, z = pack(a), pack(b), pack(c)
    assert merge([merge([x, y]), z]) == merge([x, merge([y, z])]) == merge([x, y, z])
    assert merge([x, x]) == merge([x, EMPTY]) == x


def test_the_text_is_sorted_and_short() -> None:
    row = {"b": 1.0, "a": "ä", "c": None, "d": [], "e": [1, "x"], "f": True}
    assert pack(row) == '{"a":"ä","b":1.0,"e":[1,"x"],"f":true}'
    assert pack({}) == EMPTY


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(BadInputError, match="'dose'"):
        pack({"dose": value})
    with pytest.raises(BadInputError, match="'doses'"):
        pack({"doses": [1.0, value]})


def test_columns_become_one_text_per_row_and_back() -> None:
    batch = make_batch(
        Kind.NODES, {"id": ["a:1", "a:2"], "dose": [0.5, None], "atc": [["A"], None]}
    )
    packed = pack_columns(batch.data, ["dose", "atc"])
    assert packed.to_pylist() == ['{"atc":["A"],"dose":0.5}', "{}"]
    dose, atc, none = unpack_columns(packed, ["dose", "atc", "none"])
    assert (dose.type, dose.to_pylist()) == (pa.float64(), [0.5, None])
    assert atc.to_pylist() == [["A"], None]
    assert none.to_pylist() == [None, None]
    assert pack_columns(batch.data, []).to_pylist() == [EMPTY, EMPTY]
