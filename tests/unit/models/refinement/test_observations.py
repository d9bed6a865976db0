from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import network


def seen(labels: list[list[int]], perturbed: list[int], direction: list[int]) -> Observations:
    array = np.array(labels, np.int8)
    names = tuple(f"s{i}" for i in range(len(perturbed)))
    return Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        array,
        np.ones(array.shape, bool),
        names,
    )


def test_the_perturbed_gene_itself_is_not_scored() -> None:
    assert seen([[1, -1, 0]], [0], [1]).scored().tolist() == [[False, True, True]]


def test_labels_of_a_knock_out_are_turned() -> None:
    assert seen([[0, -1, 1]], [0], [-1]).toward_activation().tolist() == [[0, 1, -1]]


def test_rows_are_taken_with_their_signatures() -> None:
    taken = seen([[0, 1], [1, 0]], [0, 1], [1, -1]).take(np.array([1]))
    assert (taken.signatures, taken.perturbed.tolist()) == (("s1",), [1])
    assert taken.n_observations == 1


@pytest.mark.parametrize(
    ("labels", "perturbed", "direction", "message"),
    [
        ([[0, 2]], [0], [1], "neither"),
        ([[0, 1]], [0], [0], "no direction"),
        ([[0, 1]], [2], [1], "outside"),
        ([[0, 1]], [0, 1], [1, 1], "do not go"),
    ],
)
def test_rows_that_are_no_observations_are_refused(
    labels: list[list[int]], perturbed: list[int], direction: list[int], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        seen(labels, perturbed, direction)


def test_a_mask_of_another_shape_is_refused() -> None:
    one = np.array([1], np.int8)
    with pytest.raises(BadInputError, match="shape"):
        Observations(
            one.astype(np.int32), one, np.zeros((1, 2), np.int8), np.ones((1, 3), bool), ("s",)
        )


def test_responses_of_other_genes_are_refused() -> None:
    with pytest.raises(BadInputError, match="2 genes and the network 3"):
        seen([[0, 1]], [0], [1]).check_fits(network(3))


def test_responses_that_are_all_zero_are_refused() -> None:
    with pytest.raises(BadInputError, match="None of the 1"):
        seen([[1, 0]], [0], [1]).check_fits(network(2))


def test_repeats_in_one_group_weigh_as_one_observation() -> None:
    labels = np.zeros((4, 3), np.int8)
    seen = Observations(
        np.array([0, 0, 0, 1], np.int32),
        np.array([-1, -1, -1, -1], np.int8),
        labels,
        np.ones((4, 3), bool),
        ("a", "b", "c", "d"),
        groups=("one", "one", "other", "one"),
    )
    weight = seen.counted_once().weight
    assert weight is not None
    assert weight[:, 0].tolist() == [0.5, 0.5, 1.0, 1.0]
