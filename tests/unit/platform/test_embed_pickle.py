"""A pickle is read for its arrays; nothing that it names is ever called."""

from __future__ import annotations

import collections
import contextlib
import datetime
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from kgp.errors import BadInputError
from kgp.platform.embed_pickle import read_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, content: bytes) -> Any:
    (folder / "file.pkl").write_bytes(content)
    return read_pickle(folder / "file.pkl")


def equal(found: Any, stored: Any) -> bool:
    if isinstance(stored, dict):
        return list(found) == list(stored) and all(equal(found[k], stored[k]) for k in stored)
    if isinstance(stored, list | tuple):
        return len(found) == len(stored) and all(map(equal, found, stored))
    if isinstance(stored, np.ndarray):
        return found.shape == stored.shape and bool((found == stored).all())
    return bool(found == stored)


arrays = npst.arrays(
    st.sampled_from(["<f4", ">f8", "f2", "i8", "u1", "?", "<U3", "S4"]),
    npst.array_shapes(min_dims=0, max_dims=3, max_side=4),
)
leaves = st.one_of(
    arrays,
    st.text(max_size=5),
    st.binary(max_size=5),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
)
contents = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    max_leaves=6,
)


@same_folder
@given(content=contents, protocol=st.sampled_from(PROTOCOLS))
def test_arrays_texts_and_numbers_come_back(tmp_path: Path, content: Any, protocol: int) -> None:
    found = read(tmp_path, pickle.dumps(content, protocol))
    again = pickle.loads(pickle.dumps(content, protocol))
    assert repr(_listed(found)) == repr(_listed(again))


def _listed(found: Any) -> Any:
    """Tuples and arrays as lists, so that what was read can be compared."""
    if isinstance(found, np.ndarray):
        return (found.dtype.str.lstrip("<>|="), found.shape, found.tolist())
    if isinstance(found, list | tuple):
        return [_listed(each) for each in found]
    if isinstance(found, dict):
        return {key: _listed(value) for key, value in found.items()}
    return found


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_fortran_order_slices_and_numpy_numbers_come_back(tmp_path: Path, protocol: int) -> None:
    grid = np.arange(12, dtype=np.float32).reshape(3, 4)
    stored = {"f": np.asfortranarray(grid), "slice": grid[:, ::2], "one": np.float32(2.5)}
    found = read(tmp_path, pickle.dumps(stored, protocol))
    assert equal(found, stored)


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.arguments


def malicious(ran: Path) -> dict[str, Any]:
    command = f"touch {ran}"
    return {
        "posix.system": Calls(os.system, command),
        "builtins.eval": Calls(eval, f"open({str(ran)!r}, 'w')"),
        "builtins.exec": [1, {"a": Calls(exec, f"open({str(ran)!r}, 'w')")}],
        "builtins.getattr": Calls(getattr, Calls(__import__, "os"), "system"),
        "builtins.__import__": Calls(__import__, "os"),
        "collections.OrderedDict": collections.OrderedDict(a=1),
        "datetime.date": datetime.date(2020, 1, 1),
        "pathlib": Calls(Path.touch, ran),
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", malicious(Path("x")))
def test_a_call_is_refused_by_its_name_and_not_made(
    tmp_path: Path, name: str, protocol: int
) -> None:
    content = pickle.dumps(malicious(tmp_path / "ran")[name], protocol)
    with pytest.raises(BadInputError, match=r"calls |is not a pickle of arrays") as caught:
        read(tmp_path, content)
    last = name.rpartition(".")[2]
    assert last in str(caught.value) or "calls" in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_tensors_and_tables_are_refused_with_what_to_do(tmp_path: Path) -> None:
    import pandas as pd
    import torch

    with pytest.raises(BadInputError, match=r"calls torch\._utils") as caught:
        read(tmp_path, pickle.dumps({"a": torch.zeros(2)}))
    assert "torch.save" in caught.value.hint
    with pytest.raises(BadInputError, match=r"calls pandas\.") as caught:
        read(tmp_path, pickle.dumps(pd.DataFrame({"a": [1]})))
    assert "to_parquet" in caught.value.hint


@pytest.mark.parametrize(
    "stored",
    [
        np.array([{"a": 1}, None], dtype=object),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        {1, 2},
        bytearray(b"x"),
        1j,
    ],
    ids=["objects", "records", "dates", "set", "bytearray", "complex"],
)
def test_what_is_no_number_and_no_text_is_refused(tmp_path: Path, stored: Any) -> None:
    for protocol in PROTOCOLS:
        with pytest.raises(BadInputError, match="pickle"):
            read(tmp_path, pickle.dumps(stored, protocol))


RECONSTRUCT = b"cnumpy._core.multiarray\n_reconstruct\n"
DTYPE = b"cnumpy\ndtype\n"
INSTANCE = RECONSTRUCT + b"(tR"


def state(shape: bytes, kind: bytes, raw: bytes) -> bytes:
    """Set the state of an array: version, shape, type, order, bytes."""
    return b"(K\x01" + shape + kind + b"\x89" + raw + b"tb."


FLOAT = DTYPE + b"(X\x02\x00\x00\x00f4K\x00K\x01tR"
EIGHT = b"C\x08" + bytes(8)

CRAFTED = {
    "bytes beyond the shape": INSTANCE + state(b"(K\x03t", FLOAT, EIGHT),
    "negative shape": INSTANCE + state(b"(J\xff\xff\xff\xff" + b"t", FLOAT, EIGHT),
    "huge shape": INSTANCE + state(b"(" + b"J\xff\xff\xff\x7f" * 4 + b"t", FLOAT, EIGHT),
    "type that is a text": INSTANCE + state(b"(K\x02t", b"X\x02\x00\x00\x00f4", EIGHT),
    "bytes that are a list": INSTANCE + state(b"(K\x02t", FLOAT, b"(lK\x01a"),
    "object type": DTYPE + b"(X\x02\x00\x00\x00O8tR.",
    "type of types": DTYPE + b"(X\x05\x00\x00\x00f4,O8tR.",
    "state of a name": RECONSTRUCT + b"}X\x05\x00\x00\x00_callNsb.",
    "slots of a name": RECONSTRUCT + b"N}X\x05\x00\x00\x00_callNs\x86b.",
    "new object of a name": DTYPE + b")\x81.",
    "ndarray itself": b"cnumpy\nndarray\n(K\x02tR.",
    "codec that unpacks": b"c_codecs\nencode\n(X\x01\x00\x00\x00xX\x03\x00\x00\x00zlibtR.",
    "persistent object": b"Pobject\n.",
    "extension": b"\x82\x01.",
    "attribute of a module": b"\x8c\x05numpy\x8c\x0bdtype.__new__\x93.",
    "nothing on the stack": b".",
    "list that holds itself": b"]q\x00h\x00a.",
    "not a pickle": b"PK\x03\x04",
    "empty": b"",
    "cut short": pickle.dumps({"a": np.zeros(100)})[:80],
    "name as a value": DTYPE + b".",
}


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_crafted_pickle_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInputError, match="pickle"):
        read(tmp_path, content)


def test_crafting_by_hand_can_make_a_good_array(tmp_path: Path) -> None:
    # The counterpart of the cases above: with the right bytes the same stream is an array.
    raw = b"C\x08" + struct.pack("<2f", 1.5, -2)
    assert read(tmp_path, INSTANCE + state(b"(K\x02t", FLOAT, raw)).tolist() == [1.5, -2]


def test_references_that_multiply_are_read_in_a_moment(tmp_path: Path) -> None:
    nested: list[Any] = ["x"]
    for _ in range(100):
        nested = [nested, nested]
    found = read(tmp_path, pickle.dumps(nested))
    assert found[0] is found[1]


@same_folder
@given(content=st.binary(max_size=60))
def test_random_bytes_are_read_or_refused_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    with contextlib.suppress(BadInputError):
        read(tmp_path, content)


names = st.sampled_from([b"builtins\neval", b"os\nsystem", b"numpy\ndtype", b"numpy\nload"])
operations = st.sampled_from([b"(", b")", b"R", b"b", b"t", b"}", b"]", b"a", b"s", b"\x81", b"0"])
steps = st.one_of(operations, names.map(lambda n: b"c" + n + b"\n"), st.just(b"X\x01\x00\x00\x00x"))


@same_folder
@given(program=st.lists(steps, max_size=20).map(b"".join))
def test_no_chain_of_operations_reaches_a_function(tmp_path: Path, program: bytes) -> None:
    try:
        found = read(tmp_path, program + b".")
    except BadInputError:
        return
    assert isinstance(found, str | bytes | int | float | list | dict | np.ndarray | None)
