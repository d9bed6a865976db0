"""Vectors of a user's file: every format, the nodes that ids mean, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.platform.embed_formats import read_table
from kgp.platform.embed_import import VectorFile, import_vectors
from tests.memory_graph import MemoryGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

IDS = ["drugbank:DB1", "drugbank:DB2"]
VECTORS = np.array([[1, 2, 3], [4, 5, 6.5]], np.float32)


class Graph(MemoryGraph):
    """A graph whose first drug is also known by an identifier of ChEMBL."""

    def _node(self, text: str) -> str:
        return "drugbank:DB1" if text == "chembl:1" else text

    def known(self, ids: Sequence[str]) -> int:
        there = {row[0] for row in self.node_rows}
        return len({text for text in ids if self._node(text) in there})

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        return super().nodes([self._node(text) for text in ids])


@pytest.fixture
def graph() -> Graph:
    return Graph(
        [
            ("drugbank:DB1", "Drug", "aspirin", {}),
            ("drugbank:DB2", "Drug", "ibuprofen", {}),
            ("mondo:1", "Disease", "cold", {}),
            ("hp:1", "Phenotype", "cold", {}),
            ("lincs:1", "Signature", "aspirin in A549", {}),
        ]
    )


def _safetensors(path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(dict(zip(IDS, VECTORS, strict=True)), path)


def _torch(path: Path) -> None:
    import torch

    torch.save({"ids": IDS, "vectors": torch.from_numpy(VECTORS).to(torch.float64)}, path)


def _frame(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"node": IDS, **columns})


WRITERS: dict[str, Callable[[Path], object]] = {
    "mapping.pkl": lambda p: p.write_bytes(pickle.dumps(dict(zip(IDS, VECTORS, strict=True)))),
    "named.pickle": lambda p: p.write_bytes(pickle.dumps({"ids": IDS, "embeddings": VECTORS})),
    "pair.pkl": lambda p: p.write_bytes(pickle.dumps((IDS, VECTORS.tolist()))),
    "arrays.npz": lambda p: np.savez(p, ids=np.array(IDS), vectors=VECTORS),
    "each.npz": lambda p: np.savez(p, **dict(zip(IDS, VECTORS, strict=True))),
    "tensors.pt": _torch,
    "tensors.safetensors": _safetensors,
    "lists.parquet": lambda p: _frame(vector=VECTORS.tolist()).write_parquet(p),
    "columns.parquet": lambda p: _frame(**{f"x{n}": VECTORS[:, n] for n in range(3)}).write_parquet(
        p
    ),
    "columns.csv": lambda p: p.write_text("id,a,b,c\ndrugbank:DB1,1,2,3\ndrugbank:DB2,4,5,6.5\n"),
    "columns.tsv.gz": lambda p: p.write_bytes(
        gzip.compress(b"id\ta\tb\tc\ndrugbank:DB1\t1\t2\t3\ndrugbank:DB2\t4\t5\t6.5\n")
    ),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_holds_the_same_vectors(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    table = read_table(tmp_path / name)
    assert table.ids == IDS
    assert table.vectors.dtype == np.float32
    np.testing.assert_array_equal(table.vectors, VECTORS)


@pytest.mark.parametrize("name", ["bare.npy", "bare.pkl"])
def test_a_bare_matrix_takes_its_ids_from_a_second_file(tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "bare.npy", VECTORS)
    (tmp_path / "bare.pkl").write_bytes(pickle.dumps(VECTORS))
    (tmp_path / "ids.txt").write_text("\n".join(IDS) + "\n")
    assert read_table(tmp_path / name, tmp_path / "ids.txt").ids == IDS
    with pytest.raises(BadInputError, match="not what they are of") as caught:
        read_table(tmp_path / name)
    assert "--ids" in caught.value.command


def test_half_precision_that_numpy_does_not_know_is_read(tmp_path: Path) -> None:
    import torch

    torch.save({"a": torch.tensor([1.5, 2], dtype=torch.bfloat16)}, tmp_path / "half.pt")
    np.testing.assert_array_equal(read_table(tmp_path / "half.pt").vectors, [[1.5, 2]])


def test_rows_of_several_modalities_become_one_vector(tmp_path: Path) -> None:
    stored = {"aspirin": np.arange(6.0).reshape(2, 3)}
    (tmp_path / "lm.pickle").write_bytes(pickle.dumps(stored))
    assert read_table(tmp_path / "lm.pickle").vectors.tolist() == [[0, 1, 2, 3, 4, 5]]


def write(path: Path, rows: dict[str, Any]) -> VectorFile:
    path.write_bytes(pickle.dumps(rows))
    return VectorFile(path)


def test_ids_mean_nodes_by_curie_other_curie_and_name(graph: Graph, tmp_path: Path) -> None:
    rows = {"chembl:1": [1.0], "ibuprofen": [2.0], "mondo:1": [3.0]}
    import_vectors(graph, write(tmp_path / "v.pkl", rows), "mine")
    assert graph.vector_rows["mine"][1] == {
        "drugbank:DB1": [1],
        "drugbank:DB2": [2],
        "mondo:1": [3],
    }


def test_a_name_of_several_nodes_means_none_unless_the_type_is_given(
    graph: Graph, tmp_path: Path
) -> None:
    file = write(tmp_path / "v.pkl", {"cold": [1.0], "aspirin": [2.0], "gone": [3.0]})
    report = import_vectors(graph, file, "mine")
    assert report.note == ("1 of 3 ids mean a node; 1 mean none ('gone'); 1 mean several ('cold')")
    assert (report.rejected, report.vector_set.covered) == (2, 1)
    assert import_vectors(graph, file, "cold", "Disease").vector_set.covered == 1


def test_a_prefix_makes_curies_of_bare_identifiers(graph: Graph, tmp_path: Path) -> None:
    file = write(tmp_path / "v.pkl", {"DB1": [1.0], "DB2": [2.0]})
    with pytest.raises(BadInputError, match="None of the 2 ids") as caught:
        import_vectors(graph, file, "mine")
    assert "--prefix" in caught.value.hint
    bare = VectorFile(file.path, prefix="drugbank")
    assert import_vectors(graph, bare, "mine").vector_set.covered == 2


def test_the_set_says_which_file_it_came_from(graph: Graph, tmp_path: Path) -> None:
    file = write(tmp_path / "biobert.pkl", {"aspirin": [1.0, 2.0]})
    found = import_vectors(graph, file, "mine").vector_set
    content = hashlib.sha256(file.path.read_bytes()).hexdigest()
    assert (found.encoder, found.node_type, found.dimension) == ("file biobert.pkl", "Drug", 2)
    assert found.revision.startswith(f"sha256:{content} ")
    assert import_vectors(graph, file, "mine").repeated


def test_two_ids_of_one_node_are_refused_by_name(graph: Graph, tmp_path: Path) -> None:
    file = write(tmp_path / "v.pkl", {"aspirin": [1.0], "chembl:1": [2.0]})
    with pytest.raises(BadInputError, match=r"'aspirin' and 'chembl:1' .* both mean drugbank:DB1"):
        import_vectors(graph, file, "mine")
    assert not graph.vector_rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"a": [1.0, 2.0], "b": [1.0]}, "'b' .* has length 1, that of 'a' has 2"),
        ({"a": [1.0], "b": [float("nan")]}, "'b' .* is not finite"),
        ({"a": [1e300]}, "'a' .* is not finite"),
        ({"a": [[1.0], [1.0, 2.0]]}, "'a' .* is ragged"),
        ({"a": ["x"]}, "'a' .* is not one"),
        ({"a": 1.0}, "'a' .* is not one"),
        ({"a": []}, "'a' .* is not one"),
        ({}, "holds no vector"),
        ({"ids": ["a", "a"], "vectors": [[1.0], [2.0]]}, "'a' is twice"),
        ({"ids": ["a"], "vectors": [[1.0], [2.0]]}, "has 2 vectors, but there are 1 ids"),
    ],
)
def test_rows_that_are_no_vectors_are_refused(
    tmp_path: Path, rows: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        read_table(write(tmp_path / "v.pkl", rows).path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("v.xlsx", b"", "ending is not known"),
        ("v.npy", b"\x93NUMPY", "cannot be read"),
        ("v.npz", b"PK\x03\x04", "cannot be read"),
        ("v.pt", b"x", "not a file of tensors"),
        ("v.safetensors", b"x", "not a safetensors file"),
        ("v.parquet", b"PAR1", "cannot be read as a table"),
        ("v.csv", b"id,a\nx,1\ny,one\n", "holds String, not numbers"),
        ("v.csv", b"id,a\nx,1\ny,\n", "'y' .* is not finite"),
        ("v.csv", b"id\nx\n", "no column beside its ids"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        read_table(tmp_path / name)


def test_an_array_of_objects_is_not_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_table(tmp_path / "v.npy")


def test_a_checkpoint_that_calls_a_function_is_refused(tmp_path: Path) -> None:
    import torch

    torch.save({"a": print}, tmp_path / "v.pt")
    with pytest.raises(BadInputError, match="not a file of tensors"):
        read_table(tmp_path / "v.pt")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="There is no file"):
        read_table(tmp_path / "v.npy")


def test_a_name_that_could_leave_a_folder_is_refused(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        import_vectors(graph, write(tmp_path / "v.pkl", {"aspirin": [1.0]}), "../x")
