from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError, UsageError
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.perturbations import Perturbations
from kgp.models.refinement.reasoning import (
    predict,
    reach,
    reached_genes,
    responses,
    responses_blocks,
    walk_counts,
)
from kgp.models.refinement.reasoning_rules import (
    CANCEL,
    MAJORITY,
    SHORTEST,
    Conflict,
    Lengths,
    Reasoning,
)
from tests.unit.models.refinement.brute_force import count_walks, experiments, linked_networks
from tests.unit.models.refinement.worlds import network

CONFLICTS = (CANCEL, SHORTEST, MAJORITY, Conflict("majority", 1), Conflict("majority", 3))
LENGTHS = st.sampled_from(["upto", "exact"])


def counted(longest: int, lengths: Lengths) -> list[int]:
    return [longest] if lengths == "exact" else list(range(1, longest + 1))


def settle(by_length: list[np.ndarray], conflict: Conflict) -> np.ndarray:
    """Apply a rule to counts by length, int [n_genes, 2] each, gene by gene."""
    settled = []
    for gene in range(len(by_length[0])):
        walks = [tuple(counts[gene]) for counts in by_length]
        if conflict.rule == "shortest":
            walks = [each for each in walks if any(each)][:1]
        positive, negative = sum(p for p, _ in walks), sum(n for _, n in walks)
        if conflict.rule == "majority":
            led = abs(positive - negative) > conflict.margin
            settled.append(int(np.sign(positive - negative)) if led else 0)
        else:
            settled.append(int(positive > 0) - int(negative > 0))
    return np.array(settled)


@settings(max_examples=80)
@given(linked_networks(), st.data(), st.integers(1, 4), LENGTHS, st.sampled_from(CONFLICTS))
def test_responses_are_those_of_walks_written_down(
    built: SignedNetwork, data: st.DataObject, longest: int, lengths: Lengths, conflict: Conflict
) -> None:
    rows = data.draw(experiments(built.n_genes))
    found = responses(
        built, Perturbations.of(rows), max_length=longest, lengths=lengths, conflict=conflict
    )
    for row, seeds in enumerate(rows):
        walks = [count_walks(built, seeds, length) for length in counted(longest, lengths)]
        np.testing.assert_array_equal(found[row], settle(walks, conflict))


@settings(max_examples=60)
@given(linked_networks(), st.data(), st.integers(1, 4), LENGTHS)
def test_walk_counts_are_those_of_walks_written_down(
    built: SignedNetwork, data: st.DataObject, longest: int, lengths: Lengths
) -> None:
    rows = data.draw(experiments(built.n_genes))
    found = walk_counts(built, Perturbations.of(rows), max_length=longest, lengths=lengths)
    for row, seeds in enumerate(rows):
        expected = sum(count_walks(built, seeds, each) for each in counted(longest, lengths))
        np.testing.assert_array_equal(found[:, row], expected)


@settings(max_examples=60)
@given(linked_networks(), st.data(), st.integers(1, 3), LENGTHS)
def test_a_new_edge_can_start_where_walks_one_shorter_end(
    built: SignedNetwork, data: st.DataObject, longest: int, lengths: Lengths
) -> None:
    rows = data.draw(experiments(built.n_genes))
    shorter = [longest - 1] if lengths == "exact" else list(range(longest))
    found = reach(built, Perturbations.of(rows), max_length=longest, lengths=lengths).toarray()
    for row, seeds in enumerate(rows):
        counts = sum(count_walks(built, seeds, each, carry_on=True) for each in shorter)
        bits = (np.asarray(counts)[:, 0] > 0) + 2 * (np.asarray(counts)[:, 1] > 0)
        np.testing.assert_array_equal(found[row], bits)


@settings(max_examples=40)
@given(linked_networks(), st.data(), st.sampled_from(CONFLICTS), st.integers(1, 3))
def test_the_opposite_perturbation_has_the_opposite_response(
    built: SignedNetwork, data: st.DataObject, conflict: Conflict, longest: int
) -> None:
    rows = data.draw(experiments(built.n_genes))
    opposite = tuple(tuple((gene, -sign) for gene, sign in row) for row in rows)
    how = Reasoning(longest, "upto", conflict)
    there = predict(built, Perturbations.of(rows), how=how)
    np.testing.assert_array_equal(predict(built, Perturbations.of(opposite), how=how), -there)
    np.testing.assert_array_equal(predict(built, Perturbations.of(rows), -1, how), -there)


@settings(max_examples=40)
@given(linked_networks(), st.data(), st.sampled_from(CONFLICTS), st.integers(1, 5))
def test_blocks_are_the_same_rows_whatever_their_size(
    built: SignedNetwork, data: st.DataObject, conflict: Conflict, block: int
) -> None:
    rows = data.draw(experiments(built.n_genes, max_rows=7))
    direction = data.draw(
        st.lists(st.sampled_from([-1, 1]), min_size=len(rows), max_size=len(rows))
    )
    how, perturbed = Reasoning(3, "upto", conflict), Perturbations.of(rows)
    whole = predict(built, perturbed, direction, how)
    blocks = list(responses_blocks(built, perturbed, direction, how, block=block))
    assert [first for first, _ in blocks] == list(range(0, len(rows), block))
    np.testing.assert_array_equal(np.concatenate([b.toarray() for _, b in blocks]), whole)
    assert all(np.all(np.abs(b.data) == 1) for _, b in blocks)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([-1, 1]))))
def test_self_loops_never_matter(edges: list[tuple[int, int, int]]) -> None:
    genes = [f"g:{i}" for i in range(4)]

    def read(rows: list[tuple[int, int, int]]) -> SignedNetwork:
        named = [(genes[a], genes[b], sign) for a, b, sign in rows]
        sources, targets, signs = zip(*named, strict=True) if named else ((), (), ())
        return SignedNetwork.from_edges(sources, targets, signs, genes=genes)[0]

    for conflict in CONFLICTS:
        with_loops, without = (
            responses(read(rows), range(4), max_length=4, conflict=conflict)
            for rows in (edges, [row for row in edges if row[0] != row[1]])
        )
        np.testing.assert_array_equal(with_loops, without)


def test_a_knock_out_turns_the_sign() -> None:
    chain = network(3, (0, 1, 1), (1, 2, -1))
    assert responses(chain, [0, 0], [1, -1]).tolist() == [[0, 1, -1], [0, -1, 1]]


def test_each_rule_settles_a_conflict_in_its_own_way() -> None:
    # Gene 4 is reached by one negative edge and by three positive walks of two steps.
    fan = network(5, *((0, k, 1) for k in (1, 2, 3)), *((k, 4, 1) for k in (1, 2, 3)), (0, 4, -1))
    settled = {str(c): int(responses(fan, 0, conflict=c)[0, 4]) for c in CONFLICTS}
    assert settled == {
        "cancel": 0,
        "shortest": -1,
        "majority(0)": 1,
        "majority(1)": 1,
        "majority(3)": 0,
    }


def test_both_signs_at_the_shortest_length_cancel_although_longer_walks_agree() -> None:
    split = network(5, (0, 1, 1), (0, 2, -1), (1, 3, 1), (2, 3, 1), (1, 4, 1), (4, 3, 1))
    assert responses(split, 0, conflict=SHORTEST)[0, 3] == 0
    assert responses(split, 0, conflict=MAJORITY)[0, 3] == 1


def test_components_that_pull_in_opposite_directions_cancel() -> None:
    pair = network(4, (0, 2, 1), (1, 2, -1), (1, 3, 1))
    both_up = Perturbations.of([((0, 1), (1, 1))])
    opposed = Perturbations.of([((0, 1), (1, -1))])
    assert responses(pair, both_up).tolist() == [[0, 0, 0, 1]]
    assert responses(pair, opposed).tolist() == [[0, 0, 1, -1]]


@settings(max_examples=50)
@given(linked_networks(), st.data(), st.integers(1, 4))
def test_genes_are_reached_where_walks_from_any_perturbed_gene_end(
    built: SignedNetwork, data: st.DataObject, longest: int
) -> None:
    rows = data.draw(experiments(built.n_genes))
    counts = walk_counts(built, Perturbations.of(rows), max_length=longest)
    perturbed = [gene for row in rows for gene, _ in row]
    found = reached_genes(built, perturbed, max_length=longest)
    assert found.tolist() == counts.any(axis=(1, 2)).tolist()


def test_what_is_linked_to_a_gene_goes_on_from_it() -> None:
    unit = network(4, (0, 1, 1), (2, 3, -1))
    linked = replace(unit, links=np.array([[1, 2]], np.int32))
    assert responses(unit, 0, max_length=2).tolist() == [[0, 1, 0, 0]]
    assert responses(linked, 0, max_length=2).tolist() == [[0, 1, 0, -1]]


def test_a_majority_of_astronomically_many_walks_keeps_its_sign() -> None:
    # Two genes in each of 70 layers, each regulating both of the next: 2 ** 69 positive walks.
    layers = 70
    edges = [
        (2 * k + a, 2 * k + 2 + b, 1) for k in range(layers - 1) for a in (0, 1) for b in (0, 1)
    ]
    deep = network(2 * layers, *edges)
    last = responses(deep, 0, max_length=layers - 1, lengths="exact", conflict=MAJORITY)[0, -2:]
    assert last.tolist() == [1, 1]


@pytest.mark.parametrize("conflict", [*CONFLICTS, Conflict("majority", 12)])
def test_a_rule_is_read_as_it_is_written(conflict: Conflict) -> None:
    assert Conflict.parse(str(conflict)) == conflict


def test_a_majority_without_a_margin_is_by_one_walk() -> None:
    assert Conflict.parse("majority") == MAJORITY


@pytest.mark.parametrize("text", ["", "weighted", "cancel(2)", "majority(-1)", "majority(x)"])
def test_an_unknown_rule_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(UsageError, match=r"rule for conflicts"):
        Conflict.parse(text)


def test_a_margin_below_zero_is_refused() -> None:
    with pytest.raises(UsageError, match="-1"):
        Conflict("majority", -1)


def test_walks_without_an_edge_are_refused() -> None:
    with pytest.raises(BadInputError, match="length 0"):
        responses(network(2), 0, max_length=0)
    with pytest.raises(BadInputError, match="length 0"):
        walk_counts(network(2), Perturbations.singles([0]), max_length=0)
    with pytest.raises(BadInputError, match="length 0"):
        reached_genes(network(2), [0], max_length=0)
