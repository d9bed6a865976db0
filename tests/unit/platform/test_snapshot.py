"""The export: what it holds, that it is reproducible, and that damage is seen."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError, StoreError, StoreUnavailableError
from kgp.platform.snapshot import RelationType, Snapshot, SnapshotConfig, write_snapshot
from kgp.platform.store.records import VectorSet
from tests.memory_graph import MemoryGraph, source_record

if TYPE_CHECKING:
    from pathlib import Path

DRUGS = [
    ("drugbank:DB1", "Drug", "aspirin", {"smiles": "CC(=O)Oc1ccccc1C(=O)O"}),
    ("drugbank:DB2", "Drug", "ethanol", {"smiles": "CCO"}),
]
GENES = [(f"ncbigene:{n}", "Gene", f"G{n}", {}) for n in (1, 2, 3)]
SIGNATURE = ("lincs:1", "Signature", "", {})
EDGES = [
    ("TARGETS", "drugbank:DB1", "ncbigene:1", {}),
    ("TARGETS", "drugbank:DB1", "ncbigene:2", {}),
    ("INTERACTS_WITH", "ncbigene:1", "ncbigene:2", {}),
    ("INTERACTS_WITH", "ncbigene:1", "ncbigene:2", {"source": "again"}),
    ("REGULATES", "ncbigene:1", "ncbigene:3", {"sign": 1}),
    ("REGULATES", "ncbigene:2", "ncbigene:3", {"sign": 1}),
    ("REGULATES", "ncbigene:2", "ncbigene:3", {"sign": -1}),
    ("REGULATES", "ncbigene:3", "ncbigene:1", {"sign": -1}),
    ("REGULATES", "ncbigene:3", "ncbigene:2", {}),
    ("PERTURBS", "lincs:1", "drugbank:DB1", {}),
]
MORGAN = VectorSet("morgan", "Drug", "rdkit", "1", "", 2, "float32", 1, "2026-01-01")


def small_graph() -> MemoryGraph:
    graph = MemoryGraph([*DRUGS, *GENES, SIGNATURE], list(EDGES))
    graph.vector_rows["morgan"] = (MORGAN, {"drugbank:DB2": [1.5, 2.0]})
    rows = [
        ("s1", ["drugbank:DB1"], [0], [1.0, -2.0]),
        ("s2", ["ncbigene:1", "ncbigene:9"], [1, -1], [3.0, 4.0]),
    ]
    graph.add_responses("lincs", ["ncbigene:1", "ncbigene:77"], rows)
    return graph


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_snapshot(small_graph(), tmp_path / "out")


def edges_of(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    """Return (source id, relation name, target id) of every exported edge."""
    graph = snapshot.adjacency
    slot = graph.edge_slot()
    ids, names = snapshot.numbering.ids, [relation.name for relation in snapshot.relations]
    rows = zip(graph.src, graph.slot_relation[slot], graph.slot_dst()[slot], strict=True)
    return {(ids[int(s)], names[r], ids[int(d)]) for s, r, d in rows}


def test_directed_relations_get_a_reverse_type_and_undirected_ones_both_directions(
    snapshot: Snapshot,
) -> None:
    found = edges_of(snapshot)
    assert ("drugbank:DB1", "TARGETS", "ncbigene:1") in found
    assert ("ncbigene:1", "rev_TARGETS", "drugbank:DB1") in found
    assert ("ncbigene:1", "INTERACTS_WITH", "ncbigene:2") in found
    assert ("ncbigene:2", "INTERACTS_WITH", "ncbigene:1") in found
    assert not any(name == "rev_INTERACTS_WITH" for _, name, _ in found)


def test_parallel_edges_become_one(snapshot: Snapshot) -> None:
    # TARGETS 2, INTERACTS_WITH 1, REGULATES 4 stored edges, each in both directions.
    assert snapshot.adjacency.edges == 2 * (2 + 1 + 4) == snapshot.manifest["counts"]["edges"]


def test_experiments_stay_out_of_message_passing(snapshot: Snapshot) -> None:
    assert "Signature" not in snapshot.numbering.types
    assert not any("PERTURBS" in name for _, name, _ in edges_of(snapshot))


def test_a_sign_survives_and_a_contradiction_has_none(snapshot: Snapshot) -> None:
    graph = snapshot.adjacency
    slot = graph.edge_slot()
    ids, number = snapshot.numbering.ids, [r.name for r in snapshot.relations].index("REGULATES")
    signs = {
        (ids[int(s)], ids[int(d)]): int(sign)
        for s, d, r, sign in zip(
            graph.src, graph.slot_dst()[slot], graph.slot_relation[slot], graph.sign, strict=True
        )
        if r == number
    }
    assert signs == {
        ("ncbigene:1", "ncbigene:3"): 1,
        ("ncbigene:2", "ncbigene:3"): 0,
        ("ncbigene:3", "ncbigene:1"): -1,
        ("ncbigene:3", "ncbigene:2"): 0,
    }


def test_types_are_contiguous_and_ids_ordered(snapshot: Snapshot) -> None:
    numbering = snapshot.numbering
    assert numbering.types == ("Drug", "Gene")
    assert numbering.offsets.tolist() == [0, 2, 5]
    assert numbering.ids.take(range(5)) == [row[0] for row in [*DRUGS, *GENES]]
    assert numbering.names[0] == "aspirin"


def test_vectors_are_half_precision_with_a_mask(snapshot: Snapshot) -> None:
    vectors = snapshot.vectors("morgan")
    assert vectors.values.dtype == np.float16
    assert vectors.values.tolist() == [[0.0, 0.0], [1.5, 2.0]]
    assert vectors.mask.tolist() == [False, True]
    assert (vectors.node_type, vectors.first) == ("Drug", 0)


def test_responses_name_what_they_perturb(snapshot: Snapshot) -> None:
    responses = snapshot.responses("lincs")
    assert responses.values.tolist() == [[1.0, -2.0], [3.0, 4.0]]
    assert responses.perturbed_ptr.tolist() == [0, 1, 3]
    assert responses.perturbed.tolist() == [0, 2, -1]
    assert responses.direction.tolist() == [0, 1, -1]
    assert responses.feature_node.tolist() == [2, -1]
    assert responses.signatures.take([0, 1]) == ["s1", "s2"]
    assert responses.context[0] == ""


def test_a_censored_set_is_exported_on_request_with_zeros_where_nothing_is_listed(
    tmp_path: Path,
) -> None:
    graph = small_graph()
    rows = [("x", ["ncbigene:1"], [1], [2.5])]
    graph.add_responses("over", ["ncbigene:1", "ncbigene:2"], rows, listed=[[1]])
    assert set(write_snapshot(graph, tmp_path).datasets) == {"lincs"}
    chosen = write_snapshot(graph, tmp_path, SnapshotConfig(datasets=("over",)))
    assert chosen.responses("over").values.tolist() == [[0.0, 2.5]]


def test_texts_are_exported_with_missing_ones_empty(tmp_path: Path) -> None:
    config = SnapshotConfig(texts=(("Drug", "smiles"), ("Drug", "brand")))
    snapshot = write_snapshot(small_graph(), tmp_path, config)
    assert snapshot.text("Drug", "smiles")[1] == "CCO"
    assert snapshot.text("Drug", "brand").take([0, 1]) == ["", ""]


def test_equal_graphs_give_equal_bytes(tmp_path: Path) -> None:
    first = write_snapshot(small_graph(), tmp_path / "a")
    again = small_graph()
    again.source_rows = [source_record(load_id="other", loaded_at="2027-12-31")]
    second = write_snapshot(again, tmp_path / "b")
    files = sorted(file.relative_to(first.path) for file in first.path.rglob("*.*"))
    assert first.hash == second.hash
    assert files == sorted(file.relative_to(second.path) for file in second.path.rglob("*.*"))
    assert all((first.path / f).read_bytes() == (second.path / f).read_bytes() for f in files)


def test_another_configuration_or_other_vectors_are_another_snapshot(tmp_path: Path) -> None:
    graph = small_graph()
    first = write_snapshot(graph, tmp_path)
    assert write_snapshot(graph, tmp_path, SnapshotConfig(reverse=False)).hash != first.hash
    spec = VectorSet("morgan", "Drug", "rdkit", "2", "", 2, "float32", 1, "")
    graph.vector_rows["morgan"] = (spec, {"drugbank:DB2": [1.0, 2.0]})
    assert write_snapshot(graph, tmp_path).hash != first.hash


def test_a_snapshot_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    first = write_snapshot(small_graph(), tmp_path)
    before = (first.path / "manifest.json").stat().st_mtime_ns
    assert (write_snapshot(small_graph(), tmp_path).path / "manifest.json").stat().st_mtime_ns == (
        before
    )


def test_chosen_types_leave_edges_out_and_count_them(tmp_path: Path) -> None:
    only = write_snapshot(small_graph(), tmp_path, SnapshotConfig(node_types=("Gene",)))
    assert only.manifest["counts"]["edges_left_out"] == 2
    assert all(source.startswith("ncbigene") for source, _, _ in edges_of(only))


def test_edges_read_in_many_chunks_are_the_same(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgp.platform.snapshot.parts._CHUNK_ROWS", 1)
    assert edges_of(write_snapshot(small_graph(), tmp_path)) == edges_of(snapshot)


def test_a_type_without_nodes_spans_nothing(snapshot: Snapshot) -> None:
    assert snapshot.numbering.span("Pathway") == (0, 0)
    assert snapshot.numbering.span("") == (0, 5)


def test_chosen_relations_only(tmp_path: Path) -> None:
    config = SnapshotConfig(relations=("INTERACTS_WITH",), reverse=False)
    only = write_snapshot(small_graph(), tmp_path, config)
    assert only.relations == (RelationType("Gene", "INTERACTS_WITH", "Gene"),)
    assert only.adjacency.sign.tolist() == []


def test_a_graph_without_edges_is_exported(tmp_path: Path) -> None:
    bare = write_snapshot(MemoryGraph(list(GENES)), tmp_path)
    assert bare.adjacency.edges == 0
    assert bare.adjacency.node_slot_ptr.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (SnapshotConfig(relations=("TARGET",)), "TARGETS"),
        (SnapshotConfig(relations=("PERTURBS",)), "may not carry messages"),
        (SnapshotConfig(node_types=("Genes",)), "Gene"),
        (SnapshotConfig(vectors=("morgam",)), "morgan"),
        (SnapshotConfig(datasets=("linc",)), "lincs"),
        (SnapshotConfig(node_types=("Strain",)), "no nodes"),
    ],
)
def test_an_unknown_name_is_answered_with_the_valid_ones(
    tmp_path: Path, config: SnapshotConfig, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        write_snapshot(small_graph(), tmp_path, config)


def test_vectors_beyond_half_precision_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    graph = small_graph()
    graph.vector_rows["morgan"] = (MORGAN, {"drugbank:DB2": [1e6, 0.0]})
    with pytest.raises(BadInputError, match="half precision"):
        write_snapshot(graph, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_open_finds_the_only_snapshot_and_lists_several(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no snapshot"):
        Snapshot.open(tmp_path)
    first = write_snapshot(small_graph(), tmp_path)
    assert Snapshot.open(tmp_path).hash == first.hash
    other = write_snapshot(small_graph(), tmp_path, SnapshotConfig(reverse=False))
    with pytest.raises(BadInputError, match=other.hash):
        Snapshot.open(tmp_path)


def test_a_truncated_array_is_named(snapshot: Snapshot) -> None:
    file = snapshot.path / "adjacency" / "src.npy"
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(BadInputError, match=r"adjacency/src\.npy has"):
        Snapshot.open(snapshot.path)


def test_a_missing_array_is_named(snapshot: Snapshot) -> None:
    (snapshot.path / "node_offsets.npy").unlink()
    with pytest.raises(BadInputError, match=r"node_offsets\.npy has 0 of"):
        Snapshot.open(snapshot.path)


def test_a_changed_byte_is_found_by_verify(snapshot: Snapshot) -> None:
    snapshot.verify()
    file = snapshot.path / "ids.data.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(BadInputError, match=r"ids\.data"):
        Snapshot.open(snapshot.path).verify()


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("[]", "states no format"), ('{"format": 2}', "lacks arrays")],
)
def test_a_broken_manifest_is_refused(snapshot: Snapshot, text: str, message: str) -> None:
    (snapshot.path / "manifest.json").write_text(text)
    with pytest.raises(BadInputError, match=message):
        Snapshot.open(snapshot.path)


def test_another_format_is_refused(snapshot: Snapshot) -> None:
    (snapshot.path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(StoreError, match="format 99; this kgp reads 2"):
        Snapshot.open(snapshot.path)


def test_another_graph_is_refused_with_both_fingerprints(snapshot: Snapshot) -> None:
    snapshot.check_graph(small_graph().fingerprint())
    with pytest.raises(BadInputError, match=snapshot.fingerprint) as caught:
        snapshot.check_graph("f" * 32)
    assert "f" * 32 in str(caught.value)


def test_unknown_ids_vectors_texts_and_datasets_are_refused(snapshot: Snapshot) -> None:
    assert snapshot.index(["ncbigene:1"]).tolist() == [2]
    with pytest.raises(BadInputError, match="1 of 2 ids"):
        snapshot.index(["ncbigene:1", "ncbigene:9"])
    with pytest.raises(BadInputError, match="vector set"):
        snapshot.vectors("nothing")
    with pytest.raises(BadInputError, match="exported property"):
        snapshot.text("Gene", "sequence")
    with pytest.raises(BadInputError, match="data set"):
        snapshot.responses("nothing")


def test_workers_get_the_path(snapshot: Snapshot) -> None:
    copy = pickle.loads(pickle.dumps(snapshot))
    assert copy.path == snapshot.path
    assert edges_of(copy) == edges_of(snapshot)


def test_a_folder_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(BadInputError, match="Cannot write the snapshot"):
        write_snapshot(small_graph(), tmp_path / "taken")


def test_a_full_disk_is_said_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kgp.platform.snapshot.files.os.fsync", full)
    with pytest.raises(StoreUnavailableError, match="No space left"):
        write_snapshot(small_graph(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_neither_the_snapshot_nor_the_sampler_imports_torch() -> None:
    code = (
        "import sys, kgp.platform.snapshot, kgp.platform.sampler.sampler;"
        "assert not {'torch', 'numba', 'rdkit'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
