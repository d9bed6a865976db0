from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.network import DroppedEdges, SignedNetwork
from tests.unit.models.refinement.worlds import network


def test_what_scoring_leaves_out_is_counted_by_reason() -> None:
    sources = ["a", "a", "a", "b", "b", "c", "c"]
    targets = ["a", "b", "b", "c", "a", "a", "a"]
    signs = [1, 1, 2.5, 0, -1, 1, -1]
    built, dropped = SignedNetwork.from_edges(sources, targets, signs)
    assert built.genes == ("a", "b", "c")
    assert built.signs() == {(0, 1): 1, (1, 0): -1}
    assert dropped == DroppedEdges(self_loops=1, unsigned=1, repeated=1, conflicting=1)


def test_genes_keep_the_order_they_are_given_in() -> None:
    built, _ = SignedNetwork.from_edges(["b"], ["a"], [-1], genes=["c", "b", "a"])
    assert built.signs() == {(1, 2): -1}


def test_a_matrix_has_regulators_in_rows() -> None:
    assert network(3, (0, 2, -1)).to_matrix().tolist() == [[0, 0, -1], [0, 0, 0], [0, 0, 0]]


def test_zero_signs_leave_a_changed_network() -> None:
    source, target = np.array([2, 0, 1], np.int32), np.array([0, 1, 0], np.int32)
    changed = network(3).with_edges(source, target, np.array([1, -1, 0], np.int8))
    assert changed.signs() == {(0, 1): -1, (2, 0): 1}
    assert changed.regulators.tolist() == [0, 2]


def test_the_sign_of_an_absent_edge_is_zero() -> None:
    keys = np.array([1, 2, 5], np.int64)
    assert network(3, (0, 2, -1)).sign_at(keys).tolist() == [0, -1, 0]
    assert network(3).sign_at(keys).tolist() == [0, 0, 0]


def test_an_edge_of_an_unlisted_gene_is_refused_by_name() -> None:
    with pytest.raises(BadInputError, match="names x"):
        SignedNetwork.from_edges(["x"], ["a"], [1], genes=["a"])


def test_a_sign_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadInputError, match="a -> b"):
        SignedNetwork.from_edges(["a"], ["b"], [float("nan")])


@pytest.mark.parametrize(
    ("genes", "source", "target", "sign", "message"),
    [
        (("a", "b"), [0], [0], [1], "self-loops"),
        (("a", "b"), [0], [1], [2], "signs"),
        (("a", "b"), [0], [2], [1], "outside"),
        (("a", "b"), [1, 0], [0, 1], [1, 1], "sorted"),
        (("a", "a"), [0], [1], [1], "twice"),
        (("a", "b"), [0], [1], [1, 1], "length"),
    ],
)
def test_arrays_that_are_no_network_are_refused(
    genes: tuple[str, ...], source: list[int], target: list[int], sign: list[int], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        SignedNetwork(
            genes,
            np.array(source, np.int32),
            np.array(target, np.int32),
            np.array(sign, np.int8),
        )
