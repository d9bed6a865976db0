"""GCTX: the matrix and its annotations, or one clear error."""

from __future__ import annotations

import contextlib

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.lincs import gctx
from kgp.loaders.lincs.gctx import GctxFile
from tests.shared_data import shared
from tests.unit.loaders.l1000_files import write_gctx

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)
SIGNATURES = {"id": ["s0", "s1", "s2", "s3"]}
GENES = {"id": ["7157", "4609", "2"]}


def read(file, signatures, genes):
    """Values [n, m] in the order asked for."""
    signatures, genes = np.array(signatures, np.int64), np.array(genes, np.int64)
    blocks = list(file.blocks(signatures, genes))
    held = np.concatenate([positions for positions, _ in blocks])
    values = np.concatenate([block for _, block in blocks])
    return values[np.searchsorted(held, signatures)]


def test_the_matrix_is_signatures_by_genes_and_not_transposed(tmp_path):
    file = GctxFile(write_gctx(tmp_path / "x.gctx", VALUES, SIGNATURES, GENES))
    assert (file.signatures["id"].to_list(), file.genes["id"].to_list()) == (
        SIGNATURES["id"],
        GENES["id"],
    )
    assert read(file, range(4), range(3)).tolist() == VALUES.tolist()


def test_a_transposed_matrix_is_called_so(tmp_path):
    path = write_gctx(tmp_path / "x.gctx", VALUES.T, SIGNATURES, GENES)
    with pytest.raises(BadInputError, match="transposed"):
        GctxFile(path)


def test_a_matrix_of_another_size_is_refused(tmp_path):
    path = write_gctx(tmp_path / "x.gctx", VALUES[:3], SIGNATURES, GENES)
    with pytest.raises(BadInputError, match=r"shape \(3, 3\), but annotates 4 signatures"):
        GctxFile(path)


def test_genes_come_in_the_order_asked_for_and_signatures_in_that_of_the_file(tmp_path):
    file = GctxFile(write_gctx(tmp_path / "x.gctx", VALUES, SIGNATURES, GENES))
    ((positions, values),) = file.blocks(np.array([3, 1]), np.array([2, 0]))
    assert positions.tolist() == [1, 3]
    assert values.tolist() == [[5, 3], [11, 9]]


def test_minus_666_is_unknown_in_annotations_and_a_value_in_the_matrix(tmp_path):
    values = np.array([[-666.0, 1.0]], np.float32)
    about = {"id": ["s"], "t": ["-666"], "i": [-666], "f": [-666.0], "nan": [np.nan], "x": [5]}
    file = GctxFile(write_gctx(tmp_path / "x.gctx", values, about, {"id": ["1", "2"]}))
    assert file.signatures.to_dicts() == [
        {"id": "s", "t": None, "i": None, "f": None, "nan": None, "x": 5}
    ]
    assert read(file, [0], [0, 1]).tolist() == [[-666.0, 1.0]]


def test_identifiers_lose_their_padding_and_numbers_become_text(tmp_path):
    about = {"id": [b"a  ", b"b\0\0", b" c "]}
    file = GctxFile(
        write_gctx(tmp_path / "x.gctx", np.zeros((3, 2)), about, {"id": [5720.0, 466.0]})
    )
    assert file.signatures["id"].to_list() == ["a", "b", "c"]
    assert file.genes["id"].to_list() == ["5720", "466"]


@pytest.mark.parametrize("written", ["10 µM".encode("latin-1"), "10 µM".encode()])
def test_a_dose_in_micromolar_is_read_in_either_encoding(tmp_path, written):
    about = {"id": ["s"], "pert_idose": [written]}
    file = GctxFile(write_gctx(tmp_path / "x.gctx", np.zeros((1, 1)), about, {"id": ["1"]}))
    assert file.signatures["pert_idose"].to_list() == ["10 µM"]


def test_text_of_variable_length_is_read(tmp_path):
    path = write_gctx(tmp_path / "x.gctx", VALUES, SIGNATURES, GENES)
    with h5py.File(path, "r+") as file:
        file["0/META/ROW/name"] = np.array(["TP53", "MYC", "A2M"], h5py.string_dtype())
    assert GctxFile(path).genes["name"].to_list() == ["TP53", "MYC", "A2M"]


@pytest.mark.parametrize("axis", ["signature", "gene"])
def test_an_identifier_listed_twice_is_refused(tmp_path, axis):
    signatures = {"id": ["s", "s" if axis == "signature" else "t"]}
    genes = {"id": ["1", "1" if axis == "gene" else "2"]}
    path = write_gctx(tmp_path / "x.gctx", np.zeros((2, 2)), signatures, genes)
    with pytest.raises(BadInputError, match=f"lists the {axis} .* more than once"):
        GctxFile(path)


def test_an_empty_identifier_is_refused(tmp_path):
    path = write_gctx(tmp_path / "x.gctx", np.zeros((2, 1)), {"id": ["s", " "]}, {"id": ["1"]})
    with pytest.raises(BadInputError, match="signature without an identifier"):
        GctxFile(path)


@pytest.mark.parametrize(
    ("values", "signatures", "found"),
    [
        (np.zeros((0, 1)), [], "no values"),
        (np.array([[b"high"]]), ["s"], "something other than numbers"),
    ],
)
def test_a_matrix_without_numbers_is_refused(tmp_path, values, signatures, found):
    about = {"id": np.array(signatures, "S4")}
    with pytest.raises(BadInputError, match=found):
        GctxFile(write_gctx(tmp_path / "x.gctx", values, about, {"id": ["1"]}))


def test_an_annotation_of_another_length_is_refused(tmp_path):
    about = {"id": ["a", "b", "c"], "dose": [1.0, 2.0]}
    path = write_gctx(tmp_path / "x.gctx", np.zeros((3, 1)), about, {"id": ["1"]})
    with pytest.raises(BadInputError, match="not a whole GCTX file"):
        GctxFile(path)


@pytest.mark.parametrize("missing", ["0/DATA", "0/META/COL/id", "0/META/ROW"])
def test_a_file_without_one_of_its_parts_is_refused(tmp_path, missing):
    path = write_gctx(tmp_path / "x.gctx", VALUES, SIGNATURES, GENES)
    with h5py.File(path, "r+") as file:
        del file[missing]
    with pytest.raises(BadInputError, match="not a whole GCTX file"):
        GctxFile(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_one_clear_error(tmp_path, share):
    values = np.random.default_rng(0).normal(size=(300, 40))
    path = write_gctx(
        tmp_path / "x.gctx",
        values,
        {"id": [f"s{i}" for i in range(300)]},
        {"id": [str(i) for i in range(1, 41)]},
        compression="gzip",
        chunks=(50, 40),
    )
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(BadInputError, match="not a whole GCTX file"):
        read(GctxFile(path), range(300), range(40))


@settings(max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 30)),
    chunk=st.none() | st.tuples(st.integers(1, 40), st.integers(1, 30)),
    budget=st.integers(1, 300),
    data=st.data(),
)
def test_any_choice_from_any_layout_is_what_indexing_gives(
    tmp_path_factory, shape, chunk, budget, data
):
    values = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    options = {} if chunk is None else {"chunks": tuple(map(min, chunk, shape))}
    path = write_gctx(
        tmp_path_factory.mktemp("gctx") / "x.gctx",
        values,
        {"id": [f"s{i}" for i in range(shape[0])]},
        {"id": [str(i) for i in range(shape[1])]},
        **options,
    )
    signatures = data.draw(
        st.lists(st.integers(0, shape[0] - 1), min_size=1, max_size=60, unique=True)
    )
    genes = data.draw(st.lists(st.integers(0, shape[1] - 1), min_size=1, max_size=40, unique=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gctx, "BLOCK_VALUES", budget)
        found = read(GctxFile(path), signatures, genes)
    assert found.dtype == np.float32
    assert found.tolist() == values[np.ix_(signatures, genes)].tolist()


@settings(max_examples=60)
@given(
    layout=st.sampled_from([{}, {"chunks": (5, 3)}, {"chunks": (5, 3), "compression": "gzip"}]),
    flips=st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_file_is_read_or_is_one_clear_error(tmp_path_factory, layout, flips):
    path = tmp_path_factory.mktemp("gctx") / "x.gctx"
    ids = {"id": [f"s{i}" for i in range(20)]}
    write_gctx(path, np.ones((20, 7)), ids, {"id": [str(i) for i in range(7)]}, **layout)
    content = bytearray(path.read_bytes())
    for place, byte in flips:
        content[place % len(content)] = byte
    path.write_bytes(content)
    with contextlib.suppress(BadInputError):
        file = GctxFile(path)
        shapes = [v.shape for _, v in file.blocks(np.arange(20), np.arange(7))]
        assert sum(rows for rows, _ in shapes) == 20


def test_a_matrix_inside_its_header_is_read(tmp_path):
    path = tmp_path / "x.gctx"
    write_gctx(path, VALUES, SIGNATURES, GENES)
    with h5py.File(path, "r+") as file:
        del file["0/DATA/0/matrix"]
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        space, kind = h5py.h5s.create_simple((4, 3)), h5py.h5t.NATIVE_FLOAT
        made = h5py.h5d.create(file["0/DATA/0"].id, b"matrix", kind, space, plist)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, VALUES)
    assert read(GctxFile(path), [3, 0], [2, 1]).tolist() == [[11, 10], [2, 1]]


def test_nothing_wanted_reads_nothing(tmp_path):
    nothing = np.array([], np.int64)
    for name, options in (("a", {}), ("b", {"chunks": (2, 2)})):
        path = write_gctx(tmp_path / f"{name}.gctx", VALUES, SIGNATURES, GENES, **options)
        assert list(GctxFile(path).blocks(nothing, np.arange(3))) == []


def test_the_signatures_of_l1ktools_are_read_whole():
    file = GctxFile(shared("lincs/modzs_n272x978.gctx"))
    assert (file.signatures.height, file.genes.height) == (272, 978)
    assert sorted(file.signatures["pert_idose"].unique()) == [
        "1 µM",
        "10 µM",
        "100 nM",
        "3 µM",
        "500 nM",
    ]
    assert file.signatures["cell_id"].n_unique() == 65
    with h5py.File(file.path) as raw:
        bare = raw["0/DATA/0/matrix"][[5, 100, 271]][:, [977, 0]]
    assert read(file, [5, 100, 271], [977, 0]).tolist() == bare.tolist()


def test_the_layout_of_signature_search_is_read():
    file = GctxFile(shared("lincs/level5_n100x12328.h5"))
    assert (file.signatures.height, file.genes.height) == (100, 12_328)
    assert file.signatures.row(0, named=True) == {
        "id": "vorinostat__SKB__trt_cp",
        "cmap_name": "vorinostat",
        "cell_iname": "SKB",
        "pert_type": "trt_cp",
    }
    with h5py.File(file.path) as raw:
        bare = raw["assay"][99, 12_327]
    assert read(file, [99], [12_327])[0, 0] == np.float32(bare)


def test_other_names_of_signature_search_stay_names(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["assay"] = np.zeros((1, 2))
        file["colnames"], file["rownames"] = np.array([[b"mine"]]), np.array([[b"1", b"2"]])
    assert GctxFile(path).signatures.to_dicts() == [{"id": "mine"}]
