"""A world large enough for fan-outs to bite, and edge features that say whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from kgp.platform.snapshot import Snapshot, write_snapshot
from kgp.platform.store.records import VectorSet
from tests.memory_graph import MemoryGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRUGS, GENES, DISEASES, ANATOMIES = 30, 80, 20, 5
KINDS = {
    "TARGETS": ("Drug", "Gene", 300),
    "INDICATED_FOR": ("Drug", "Disease", 150),
    "INTERACTS_WITH": ("Gene", "Gene", 400),
    "REGULATES": ("Gene", "Gene", 400),
    "ASSOCIATED_WITH": ("Gene", "Disease", 300),
}
SIZES = {"Drug": DRUGS, "Gene": GENES, "Disease": DISEASES, "Anatomy": ANATOMIES}
PREFIXES = {"Drug": "drugbank:DB", "Gene": "ncbigene:", "Disease": "mondo:", "Anatomy": "uberon:"}


def node_id(kind: str, number: int) -> str:
    return f"{PREFIXES[kind]}{number:03d}"


def random_world(seed: int = 0) -> MemoryGraph:
    """Five relations of four node types; nobody has an edge to an anatomy."""
    rng = np.random.default_rng(seed)
    nodes = [(node_id(k, n), k, f"{k} {n}", {}) for k, size in SIZES.items() for n in range(size)]
    edges: list[tuple[str, str, str, dict[str, Any]]] = []
    for name, (source, target, count) in KINDS.items():
        heads = (rng.random(count) ** 2 * SIZES[source]).astype(int)
        tails = (rng.random(count) ** 2 * SIZES[target]).astype(int)
        for head, tail in sorted(set(zip(heads.tolist(), tails.tolist(), strict=True))):
            sign = {"sign": int(rng.choice([-1, 0, 1]))} if name == "REGULATES" else {}
            ends = node_id(source, head), node_id(target, tail)
            if name == "INTERACTS_WITH":
                ends = min(ends), max(ends)
            edges.append((name, *ends, sign))
    graph = MemoryGraph(nodes, edges)
    vectors = {node_id("Drug", n): [float(n), -1.0, 0.5] for n in range(1, DRUGS)}
    spec = VectorSet("morgan", "Drug", "rdkit", "1", "", 3, "float32", len(vectors), "2026-01-01")
    graph.vector_rows["morgan"] = (spec, vectors)
    every = {node[0]: [float(at)] for at, node in enumerate(graph.node_rows)}
    spec = VectorSet("place", "", "none", "1", "", 1, "float32", len(every), "2026-01-01")
    graph.vector_rows["place"] = (spec, every)
    return graph


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_snapshot(random_world(), tmp_path_factory.mktemp("world"))


def whose(
    src: NDArray[np.integer], relation: NDArray[np.integer] | int, dst: NDArray[np.integer]
) -> NDArray[np.int64]:
    """A number that belongs to one edge only: of its source, relation and destination."""
    return (np.asarray(src, np.int64) * 1_000 + dst) * 100 + relation


def whose_edges(snapshot: Snapshot) -> NDArray[np.int64]:
    """The number of every edge, in the order of the adjacency."""
    graph = snapshot.adjacency
    slot = graph.edge_slot()
    return whose(graph.src, graph.slot_relation[slot], graph.slot_dst()[slot])


def assert_edges_are_their_own(snapshot: Snapshot, batch: Any, feature: str = "whose") -> int:
    """Compare each edge's feature with its ends and relation; return how many there were."""
    seen = 0
    for number, kind in enumerate(snapshot.relations):
        store = batch[kind.source, kind.name, kind.target]
        ends = [
            batch[name].n_id.numpy()[rows.numpy()] + snapshot.numbering.span(name)[0]
            for name, rows in zip((kind.source, kind.target), store.edge_index, strict=True)
        ]
        np.testing.assert_array_equal(store[feature].numpy(), whose(ends[0], number, ends[1]))
        position = snapshot.positions(ends[0], np.full(len(ends[0]), number), ends[1])
        np.testing.assert_array_equal(store.edge_position.numpy(), position)
        np.testing.assert_array_equal(store.edge_sign.numpy(), snapshot.adjacency.sign[position])
        seen += len(position)
    return seen


def assert_same(one: Any, other: Any) -> None:
    """Compare two batches attribute by attribute."""
    mine, theirs = one.to_dict(), other.to_dict()
    assert mine.keys() == theirs.keys()
    for key, store in mine.items():
        assert store.keys() == theirs[key].keys(), key
        for name, value in store.items():
            if isinstance(value, torch.Tensor):
                assert value.dtype == theirs[key][name].dtype, (key, name)
                assert torch.equal(value, theirs[key][name]), (key, name)
            else:
                assert value == theirs[key][name], (key, name)
