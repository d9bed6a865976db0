"""GCT 1.2 and 1.3: the matrix and its annotations, or one clear error."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.lincs import gct
from kgp.loaders.lincs.gct import GctFile
from tests.shared_data import shared
from tests.unit.loaders.drained import write
from tests.unit.loaders.l1000_files import write_gct

LINES = (
    "#1.3",
    "2\t3\t1\t2",
    "id\tsymbol\ta\tb\tc",
    "dose\tna\t10 µM\t-666\t3",
    "id\tna\ta\tb\tc",
    "7157\tTP53\t1\t2\t3",
    "4609\tMYC\t-666\t5\t6",
)


def read(file, signatures, genes):
    blocks = list(file.blocks(np.array(signatures), np.array(genes)))
    return np.concatenate([values for _, values in blocks]).tolist()


def test_genes_are_rows_and_samples_columns(tmp_path):
    file = GctFile(write(tmp_path / "x.gct", *LINES))
    assert file.signatures.to_dicts() == [
        {"id": "a", "dose": "10 µM"},
        {"id": "b", "dose": None},
        {"id": "c", "dose": "3"},
    ]
    assert file.genes.rows() == [("7157", "TP53"), ("4609", "MYC")]
    assert read(file, [2, 0], [1, 0]) == [[-666, 1], [6, 3]]


def test_version_1_2_has_a_description(tmp_path):
    lines = ("#1.2", "1\t2", "NAME\tDescription\ta\tb", "1\twhat\t0.5\t2")
    file = GctFile(write(tmp_path / "x.gct.gz", *lines))
    assert file.genes.to_dicts() == [{"id": "1", "description": "what"}]
    assert read(file, [0, 1], [0]) == [[0.5], [2.0]]


def test_latin_1_line_ends_of_windows_and_a_mark_are_understood(tmp_path):
    path = tmp_path / "x.gct"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(LINES).encode("latin-1"))
    assert GctFile(path).signatures["dose"][0] == "10 µM"


def test_a_missing_value_is_not_a_number(tmp_path):
    lines = [*LINES[:-1], "4609\tMYC\tNA\t\tNaN"]
    values = read(GctFile(write(tmp_path / "x.gct", *lines)), [0, 1, 2], [1])
    assert np.isnan(values).all()


def test_of_two_annotations_with_one_name_the_first_counts(tmp_path):
    lines = [LINES[0], "2\t3\t1\t2", LINES[2], LINES[3], "dose\tna\t1\t1\t1", *LINES[5:]]
    assert GctFile(write(tmp_path / "x.gct", *lines)).signatures["dose"][0] == "10 µM"


def test_rows_come_in_bounded_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(gct, "_BLOCK", 4)
    file = GctFile(write(tmp_path / "x.gct", *LINES))
    blocks = [held.tolist() for held, _ in file.blocks(np.array([0, 1, 2]), np.array([0, 1]))]
    assert blocks == [[0, 1], [2]]


def changed(line, text):
    return [*LINES[:line], *([] if text is None else [text]), *LINES[line + 1 :]]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["#1.1", *LINES[1:]], "begins with '#1.1'"),
        (changed(1, "2\t3\t1"), "gives its sizes as"),
        (changed(1, "2\tx\t1\t2"), "gives its sizes as"),
        (changed(1, "0\t3\t1\t2"), "holds no values"),
        (changed(1, "999999\t999999\t1\t2"), "claims 999999 x 999999 values"),
        (changed(2, "id\tsymbol\ta\tb"), "has 4 columns in line 3"),
        (changed(3, "dose\tna\t1"), "has 3 columns in line 4"),
        (changed(6, None), "ends after 1 of 2 genes"),
        (changed(6, "4609\tMYC\t4\t5"), "has 4 columns in line 7"),
        (changed(6, "4609\tMYC\t4\t5\thigh"), "holds 'high' in line 7"),
        ([*LINES, "5\tX\t1\t2\t3"], "goes on after 2 genes"),
        (changed(2, "id\tsymbol\ta\tb\ta"), "lists the sample 'a' more than once"),
        (changed(6, "7157\tTP53\t4\t5\t6"), "lists the gene '7157' more than once"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, lines, found):
    with pytest.raises(BadInputError, match=found):
        GctFile(write(tmp_path / "x.gct", *lines))


@settings(max_examples=40)
@given(cut=st.integers(0, 200), packed=st.booleans())
def test_a_file_cut_short_is_refused(tmp_path_factory, cut, packed):
    content = "\n".join(LINES).encode()
    content = gzip.compress(content) if packed else content
    path = tmp_path_factory.mktemp("gct") / "x.gct"
    path.write_bytes(content[:cut])
    if content[:cut] == content or content[:cut] == content[:-1]:
        return
    with pytest.raises(BadInputError):
        GctFile(path)


@given(
    values=st.lists(
        st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3), min_size=1, max_size=5
    )
)
def test_what_is_written_is_read(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("gct") / "x.gct"
    ids = [f"s{i}" for i in range(len(values))]
    write_gct(path, values, {"id": ids}, {"id": ["1", "2", "3"]})
    assert read(GctFile(path), range(len(values)), range(3)) == values


def test_the_plate_of_l1ktools_has_its_known_size():
    file = GctFile(shared("lincs/LJP009_A375_24H_X1_B20_QNORM_n371x978.gct.gz"))
    assert (file.signatures.height, file.genes.height) == (371, 978)
    counts = dict(file.signatures["pert_type"].value_counts().iter_rows())
    assert counts == {"trt_cp": 345, "ctl_vehicle": 22, "trt_poscon": 4}
