"""Edges that are held out of a snapshot, and numbers that hang on edges."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.platform.snapshot import Snapshot, SnapshotConfig, write_snapshot
from kgp.platform.snapshot.lookup import ends_of
from tests.memory_graph import MemoryGraph
from tests.unit.platform.test_snapshot import small_graph

if TYPE_CHECKING:
    from pathlib import Path

GENES = [f"ncbigene:{n}" for n in range(120)]
PAIRS = [(a, b) for a in range(120) for b in range(a + 1, a + 11) if b < 120]


def large_graph(**changes: Any) -> MemoryGraph:
    """Eleven hundred symmetric and as many directed edges between 120 genes."""
    nodes = [(gene, "Gene", "", {}) for gene in changes.get("genes", GENES)]
    ends = [sorted((GENES[a], GENES[b])) for a, b in PAIRS]
    kept = {row[0] for row in nodes}
    edges = [("INTERACTS_WITH", a, b, {}) for a, b in ends if {a, b} <= kept]
    edges += [("REGULATES", b, a, {"sign": 1}) for a, b in ends if {a, b} <= kept]
    return MemoryGraph(nodes, edges)


def config(share: float = 0.2, **changes: Any) -> SnapshotConfig:
    return SnapshotConfig(hold_out=(("INTERACTS_WITH", share), ("REGULATES", share)), **changes)


def held(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    """Return (source id, relation, target id) of every edge that is held out."""
    out, ids = snapshot.held_out, snapshot.numbering.ids
    names = [snapshot.relations[number].name for number in out.relation]
    return set(zip(ids.take(out.src), names, ids.take(out.dst), strict=True))


def test_held_out_edges_are_in_the_adjacency_in_neither_direction(tmp_path: Path) -> None:
    whole = write_snapshot(large_graph(), tmp_path)
    snapshot = write_snapshot(large_graph(), tmp_path, config())
    out = snapshot.held_out
    assert 0 < len(out) < len(PAIRS)
    assert (snapshot.positions(out.src, out.relation, out.dst) == -1).all()
    there = whole.positions(out.src, out.relation, out.dst)
    gone = np.concatenate([there, whole.reverse_positions(there)])
    assert gone.min() >= 0
    kept = np.delete(np.arange(whole.adjacency.edges), gone)
    for one, other in zip(
        ends_of(whole.adjacency, kept),
        ends_of(snapshot.adjacency, np.arange(snapshot.adjacency.edges)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    assert snapshot.manifest["counts"]["edges_held_out"] == len(out)


def test_about_the_share_of_each_relation_is_held_out_with_its_signs(tmp_path: Path) -> None:
    snapshot = write_snapshot(large_graph(), tmp_path, config(0.2))
    counts = Counter(name for _, name, _ in held(snapshot))
    # 5 standard deviations of a binomial with p = .2 are about 67 of 1,145.
    assert abs(counts["INTERACTS_WITH"] - 0.2 * len(PAIRS)) < 67
    assert abs(counts["REGULATES"] - 0.2 * len(PAIRS)) < 67
    names = [snapshot.relations[number].name for number in snapshot.held_out.relation]
    assert snapshot.held_out.sign.tolist() == [int(name == "REGULATES") for name in names]


def test_relations_and_seeds_hold_different_edges_out(tmp_path: Path) -> None:
    first = held(write_snapshot(large_graph(), tmp_path, config()))
    interacting = {frozenset((a, b)) for a, name, b in first if name == "INTERACTS_WITH"}
    regulating = {frozenset((a, b)) for a, name, b in first if name == "REGULATES"}
    assert interacting != regulating
    assert held(write_snapshot(large_graph(), tmp_path, config(hold_out_seed=1))) != first


def test_an_edge_is_held_out_whatever_else_the_graph_holds(tmp_path: Path) -> None:
    first = held(write_snapshot(large_graph(), tmp_path / "a", config()))
    fewer = held(write_snapshot(large_graph(genes=GENES[:60]), tmp_path / "b", config()))
    assert fewer == {(a, r, b) for a, r, b in first if {a, b} <= set(GENES[:60])}


def test_a_larger_share_holds_out_the_same_and_more(tmp_path: Path) -> None:
    some, more = (held(write_snapshot(large_graph(), tmp_path, config(s))) for s in (0.1, 0.3))
    assert some < more


def test_nothing_and_everything_may_be_held_out(tmp_path: Path) -> None:
    assert len(write_snapshot(large_graph(), tmp_path, config(0)).held_out) == 0
    all_out = write_snapshot(large_graph(), tmp_path, config(1))
    assert (all_out.adjacency.edges, len(all_out.held_out)) == (0, 2 * len(PAIRS))


def test_without_the_option_nothing_is_held_out(tmp_path: Path) -> None:
    assert len(write_snapshot(small_graph(), tmp_path).held_out) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ((("INTERACTS", 0.1),), "Unknown exported relation 'INTERACTS'"),
        ((("TARGETS", 0.1),), "Unknown exported relation 'TARGETS'"),
        ((("REGULATES", 1.5),), r"share 1\.5 of REGULATES"),
        ((("REGULATES", -0.1),), "Valid are 0 to 1"),
        ((("REGULATES", float("nan")),), "share nan"),
        ((("REGULATES", 0.1), ("REGULATES", 0.2)), "Two shares of REGULATES"),
    ],
)
def test_a_share_that_cannot_be_held_out_is_refused(
    tmp_path: Path, wrong: tuple[tuple[str, float], ...], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        write_snapshot(large_graph(), tmp_path, SnapshotConfig(hold_out=wrong))
    assert list(tmp_path.iterdir()) == []


def scored(*scores: Any) -> MemoryGraph:
    """One gene that interacts with as many others, each edge with a score where there is one."""
    nodes = [(f"ncbigene:{n}", "Gene", "", {}) for n in range(1 + len(scores))]
    rows = [
        ("INTERACTS_WITH", "ncbigene:0", f"ncbigene:{n}", {} if s is None else {"score": s})
        for n, s in enumerate(scores, 1)
    ]
    return MemoryGraph(nodes, rows)


def test_numbers_lie_in_the_order_of_the_adjacency_in_both_directions(tmp_path: Path) -> None:
    chosen = SnapshotConfig(edge_properties=("score",))
    snapshot = write_snapshot(scored(0.5, None, 3), tmp_path, chosen)
    src, _, dst = ends_of(snapshot.adjacency, np.arange(6))
    found = {
        (int(s), int(d)): float(x)
        for s, d, x in zip(src, dst, snapshot.edge_property("score"), strict=True)
        if not np.isnan(x)
    }
    assert found == {(0, 1): 0.5, (1, 0): 0.5, (0, 3): 3.0, (3, 0): 3.0}
    assert snapshot.edge_property("score").dtype == np.float32


def test_parallel_edges_get_the_largest_of_their_numbers(tmp_path: Path) -> None:
    graph = scored(0.5, 2)
    graph.edge_rows += [("INTERACTS_WITH", "ncbigene:0", "ncbigene:1", {"score": 0.9})]
    graph.edge_rows += [("INTERACTS_WITH", "ncbigene:0", "ncbigene:2", {})]
    snapshot = write_snapshot(graph, tmp_path, SnapshotConfig(edge_properties=("score",)))
    there = snapshot.positions(np.array([0, 0]), np.array([0, 0]), np.array([1, 2]))
    np.testing.assert_allclose(snapshot.edge_property("score")[there], [0.9, 2])


@pytest.mark.parametrize("value", ["high", [1.0], 1e300])
def test_what_is_no_number_is_named_and_nothing_is_left(tmp_path: Path, value: Any) -> None:
    with pytest.raises(BadInputError, match="'score' of an edge ncbigene:0 → ncbigene:1"):
        write_snapshot(scored(value), tmp_path, SnapshotConfig(edge_properties=("score",)))
    assert list(tmp_path.iterdir()) == []


def test_a_property_that_no_edge_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="property 'scor'"):
        write_snapshot(scored(1), tmp_path, SnapshotConfig(edge_properties=("scor",)))


def test_a_property_that_was_not_exported_is_answered_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="--edge-property score"):
        write_snapshot(scored(1), tmp_path).edge_property("score")
