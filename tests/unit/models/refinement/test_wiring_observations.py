from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.wiring import Regulation, Wired, wire

GENES = ("a", "b", "c", "r", "x")
UNIT = {"abc": ("a", "b", "c")}


def wired() -> Wired:
    return wire([Regulation("r", gene, 1, "transcriptional") for gene in "abcx"], units=UNIT)


def seen(
    labels: list[list[int]],
    perturbed: str = "r",
    direction: int = 1,
    *,
    unmeasured: str = "",
    weight: list[list[float]] | None = None,
) -> Observations:
    """Responses of a, b, c, r, x to the same perturbation in every row."""
    table, n = np.array(labels, np.int8), len(labels)
    measured = np.array([[gene not in unmeasured for gene in GENES]] * n)
    return Observations(
        np.full(n, GENES.index(perturbed), np.int32),
        np.full(n, direction, np.int8),
        table,
        measured,
        tuple(f"s:{i}" for i in range(n)),
        weight=None if weight is None else np.array(weight, np.float32),
    )


def unit_of(observed: Observations) -> list[tuple[int, bool, float]]:
    """Label, whether it counts, and weight of the unit in each row."""
    node = wired().position["abc"]
    assert observed.weight is not None
    columns = observed.labels[:, node], observed.measured[:, node], observed.weight[:, node]
    return [(int(a), bool(b), round(float(c), 3)) for a, b, c in zip(*columns, strict=True)]


def test_a_unit_has_the_label_of_most_of_its_genes_and_the_share_as_weight() -> None:
    rows = [[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, -1, 0, 0], [0, 0, 0, 0, 1]]
    assert unit_of(wired().observations(seen(rows))) == [
        (1, True, 1.0),
        (1, True, 0.667),
        (0, False, 0.0),
        (0, True, 1.0),
    ]


def test_genes_that_were_not_measured_do_not_vote() -> None:
    assert unit_of(wired().observations(seen([[0, 1, 1, 0, 0]], unmeasured="a"))) == [
        (1, True, 1.0)
    ]
    split = wired().observations(seen([[0, 1, -1, 0, 0]], unmeasured="a"))
    assert unit_of(split) == [(0, False, 0.0)]
    nothing = wired().observations(seen([[1, 1, 1, 0, 0]], unmeasured="abc"))
    assert unit_of(nothing) == [(0, False, 0.0)]


def test_votes_count_by_their_weight() -> None:
    observed = seen([[1, 0, 0, 0, 0]], weight=[[1.0, 0.25, 0.25, 1, 1]])
    assert unit_of(wired().observations(observed)) == [(1, True, 0.333)]


def test_genes_of_a_unit_are_not_scored_apart_from_it() -> None:
    folded = wired().observations(seen([[1, 1, 1, 0, 0]]))
    assert folded.measured[0].tolist() == [False, False, False, True, True, True]


@pytest.mark.parametrize(("direction", "scored"), [(-1, False), (1, True)])
def test_the_mates_of_a_gene_that_is_knocked_out_are_not_scored(
    direction: int, scored: bool
) -> None:
    folded = wired().observations(seen([[-1, 1, 1, 0, 0]], "a", direction))
    assert bool(folded.measured[0, wired().position["abc"]]) == scored
    if scored:
        assert unit_of(folded) == [(1, True, 1.0)]


def test_mates_may_be_more_than_the_genes_of_the_unit() -> None:
    folded = wired().observations(seen([[0, 0, 0, 0, 1]], direction=-1), {"r": ["x"]})
    assert not folded.measured[0, GENES.index("x")]


def test_subunits_perturb_their_complex_as_well() -> None:
    rows = [Regulation(gene, "x", 1, "transcriptional") for gene in ("a", "b")]
    complex_ = wire(rows, {"AB": ("a", "b")}, genes=GENES)
    folded = complex_.observations(seen([[0, 0, 0, 0, -1]], "b", -1))
    assert folded.seeds() == (((1, -1), (complex_.position["AB"], -1)),)


def test_responses_to_a_plain_network_stay_as_they_are() -> None:
    plain = wire([Regulation("r", "x", 1, "transcriptional")], genes=GENES)
    observed = seen([[1, 0, -1, 0, 1]])
    folded = plain.observations(observed)
    np.testing.assert_array_equal(folded.labels, observed.labels)
    np.testing.assert_array_equal(folded.measured, observed.measured)
    assert (folded.weight, folded.partners) == (None, ())


def test_responses_over_other_genes_are_refused() -> None:
    with pytest.raises(BadInputError, match="cover 5 genes and the network 2"):
        wire([Regulation("r", "x", 1, "transcriptional")]).observations(seen([[0] * 5]))
