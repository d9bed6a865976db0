"""The fingerprint of a graph."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.platform.fingerprint import Fingerprint

rows = st.lists(st.tuples(st.text(max_size=4), st.integers(-5, 5)), max_size=8)


def of(tag: str, *columns: pa.Array) -> str:
    total = Fingerprint()
    total.add(tag, list(columns))
    return total.hex()


def texts(*values: str | None) -> pa.Array:
    return pa.array(list(values), pa.string())


def test_one_row_is_the_hash_of_its_text() -> None:
    digest = hashlib.blake2b(b"node\x1fgo:1\x1f7", digest_size=16).digest()
    expected = int.from_bytes(digest, "little")
    assert of("node", texts("go:1"), pa.array([7])) == f"{expected:032x}"


def test_nothing_is_zero() -> None:
    assert Fingerprint().hex() == of("node") == of("node", texts()) == "0" * 32
    total = Fingerprint()
    total.add_bytes(iter([]))
    assert total.hex() == "0" * 32


@given(rows, st.randoms(use_true_random=False), st.integers(0, 8))
def test_neither_order_nor_batches_count(
    content: list[tuple[str, int]], random: object, cut: int
) -> None:
    shuffled = list(content)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives random.Random
    one, two = Fingerprint(), Fingerprint()
    one.add("t", _columns(content))
    two.add("t", _columns(shuffled[:cut]))
    two.add("t", _columns(shuffled[cut:]))
    assert one.hex() == two.hex()


def _columns(content: list[tuple[str, int]]) -> list[pa.Array]:
    return [
        pa.array([r[0] for r in content], pa.string()),
        pa.array([r[1] for r in content], pa.int32()),
    ]


@given(rows, rows)
def test_different_content_has_different_fingerprints(
    one: list[tuple[str, int]], two: list[tuple[str, int]]
) -> None:
    same = sorted(one) == sorted(two)
    assert (of("t", *_columns(one)) == of("t", *_columns(two))) is same


def test_a_repeated_row_counts_each_time() -> None:
    assert of("t", texts("a", "a")) != of("t", texts("a"))


def test_the_tag_and_the_bounds_of_columns_are_content() -> None:
    assert of("a", texts("b")) != of("b", texts("a"))
    assert of("t", texts("ab"), texts("c")) != of("t", texts("a"), texts("bc"))


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64()])
def test_the_width_of_a_number_is_no_content(kind: pa.DataType) -> None:
    assert of("t", pa.array([1, None], kind)) == of("t", pa.array([1, None], pa.int16()))


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view()])
def test_the_layout_of_a_text_is_no_content(kind: pa.DataType) -> None:
    assert of("t", pa.array(["a", None], kind)) == of("t", texts("a", None))


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 2)]
)
def test_the_layout_of_a_list_is_no_content(kind: pa.DataType) -> None:
    column = pa.array([[0.1, 2.0], None], kind)
    assert of("t", column) == of("t", pa.array([[0.1, 2.0], None], pa.list_(pa.float32())))


def test_the_smallest_change_of_a_number_is_seen() -> None:
    column = pa.array([0.1], pa.float32())
    next_one = pa.array([0.10000000894069672], pa.float32())
    assert of("t", column) != of("t", next_one)
    assert of("t", pa.array([[0.1]])) != of("t", pa.array([[0.1, 0.0]]))


def test_a_null_is_left_out() -> None:
    assert of("t", texts(None)) == of("t", texts(""))
    assert of("t", pa.array([None], pa.int32())) == of("t", texts(""))
    assert of("t", pa.array([True])) != of("t", pa.array([False]))
