from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from kgp.errors import BadInputError
from kgp.models.refinement.audit import audit
from kgp.models.refinement.audit_result import Audit, EdgeAudit, MissingResponse, Verdict
from kgp.models.refinement.enrichment import measure_enrichment
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import network, networks

# 0 -> 1 confirmed, 0 -| 2 contradicted, 0 -> 3 silent, 0 -> 4 not measured, 5 never perturbed;
# gene 6 responds without a walk; gene 7 through 1.
NETWORK = network(8, (0, 1, 1), (0, 2, -1), (0, 3, 1), (0, 4, 1), (5, 3, 1), (1, 7, 1))


def seen(*rows: list[int], perturbed: list[int], direction: list[int]) -> Observations:
    labels = np.array(rows, np.int8)
    measured = np.ones(labels.shape, bool)
    measured[:, 4] = False
    return Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        labels,
        measured,
        tuple(map(str, perturbed)),
    )


ONE = seen([1, 1, 1, 0, 0, 0, -1, 1], perturbed=[0], direction=[1])


def test_every_edge_gets_its_verdict() -> None:
    verdicts = {(e.source, e.target): e.verdict for e in audit(NETWORK, ONE).edges}
    assert verdicts == {
        (0, 1): Verdict.CONFIRMED,
        (0, 2): Verdict.CONTRADICTED,
        (0, 3): Verdict.SILENT,
        (0, 4): Verdict.UNTESTABLE,
        (1, 7): Verdict.UNTESTABLE,
        (5, 3): Verdict.UNTESTABLE,
    }


def test_a_regulator_sums_up_its_edges_and_responses() -> None:
    found = {each.gene: each for each in audit(NETWORK, ONE).regulators}
    zero = found[0]
    assert (zero.confirmed, zero.contradicted, zero.silent, zero.untestable) == (1, 1, 1, 1)
    assert (zero.experiments, zero.responding) == (1, 4)
    assert (zero.explained, zero.opposed, zero.ambiguous, zero.missing) == (2, 1, 0, 1)
    assert (found[5].experiments, found[5].responding) == (0, 0)


def test_a_response_without_a_walk_is_listed() -> None:
    result = audit(NETWORK, ONE)
    assert result.missing == (MissingResponse(regulator=0, gene=6, sign=-1, experiments=1),)
    assert (result.n_missing, result.n_responding) == (1, 4)
    assert (result.share_missing, result.share_opposed) == (0.25, 0.25)


def test_walks_of_both_signs_are_ambiguous_and_not_missing() -> None:
    loop = network(3, (0, 1, 1), (1, 2, -1), (0, 2, 1))
    one = np.array([0], np.int32)
    labels = np.array([[0, 1, 1]], np.int8)
    rows = Observations(one, np.array([1], np.int8), labels, labels > -2, ("s",))
    (zero, _) = audit(loop, rows).regulators
    assert (zero.explained, zero.ambiguous, zero.missing) == (1, 1, 0)


def test_a_knock_out_confirms_by_the_opposite_response() -> None:
    result = audit(NETWORK, seen([0, -1, 0, 0, 0, 0, 0, 0], perturbed=[0], direction=[-1]))
    assert result.count(Verdict.CONFIRMED) == 1


def test_repeats_vote_and_a_tie_is_silent() -> None:
    up, down = [0, 1, 0, 0, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0, 0, 0]
    tie = audit(NETWORK, seen(up, down, perturbed=[0, 0], direction=[1, 1]))
    majority = audit(NETWORK, seen(up, up, down, perturbed=[0] * 3, direction=[1] * 3))
    assert (tie.edges[0].verdict, majority.edges[0].verdict) == ("silent", "confirmed")
    assert (majority.edges[0].agreeing, majority.edges[0].opposing) == (2, 1)


def test_perturbed_genes_without_edges_are_no_regulators() -> None:
    rows = seen(
        [0, 1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 0], perturbed=[0, 6], direction=[1, 1]
    )
    assert audit(NETWORK, rows).n_responding == 1


def test_the_list_of_missing_responses_is_cut_and_the_strongest_kept() -> None:
    rows = [[0, 0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 1, 0]]
    result = audit(NETWORK, seen(*rows, perturbed=[0, 0], direction=[1, 1]), listed=1)
    assert [(each.gene, each.experiments) for each in result.missing] == [(6, 2)]
    assert result.n_missing == 2


def test_enrichment_counts_edges_against_all_other_pairs() -> None:
    found = audit(NETWORK, ONE).enrichment
    assert (found.edges_tested, found.edges_responding) == (3, 2)
    assert (found.others_tested, found.others_responding) == (3, 2)
    assert (found.signs_agreeing, found.fold) == (1, 1.0)


def test_enrichment_is_the_hypergeometric_tail() -> None:
    # 2 of 2 edges respond, 1 of 2 other pairs: C(3,2)*C(1,0)/C(4,2) = 1/2.
    found = measure_enrichment(2, 2, 2, 1, signs_agreeing=2)
    assert found.p_value == pytest.approx(0.5)
    assert (found.rate, found.background_rate, found.fold) == (1.0, 0.5, 2.0)
    # Clopper-Pearson for 2 of 2: the lower end is (alpha / 2) ** (1 / 2).
    assert found.sign_interval == pytest.approx((0.025**0.5, 1.0))
    assert (found.sign_agreement, found.sign_p_value) == (1.0, 0.5)


def test_without_responses_nothing_is_enriched() -> None:
    found = measure_enrichment(0, 0, 5, 0, signs_agreeing=0)
    assert (found.rate, found.fold, found.sign_interval) == (0.0, 1.0, (0.0, 1.0))
    assert measure_enrichment(2, 1, 5, 0, signs_agreeing=1).fold == float("inf")


def measured(effects: list[list[float]], direction: list[int], groups: str, **more: float) -> Audit:
    """Audit NETWORK with effects of perturbing gene 0 and errors of 0.5."""
    values = np.array(effects)
    labels = np.where(np.abs(values) >= 1, np.sign(values), 0)
    rows = seen(*labels.astype(int).tolist(), perturbed=[0] * len(effects), direction=direction)
    rows = replace(rows, groups=tuple(groups))
    errors = np.full(values.shape, 0.5)
    return audit(NETWORK, rows, effects=values, errors=errors, **more)


def edge(found: Audit, source: int, target: int) -> EdgeAudit:
    return next(e for e in found.edges if (e.source, e.target) == (source, target))


def test_effects_of_repeats_are_combined_and_turned_to_over_expression() -> None:
    # A knock-out that lowers gene 1 by 3 and an over-expression that raises it by 2 share controls:
    # the mean is 2.5, the error stays 0.5.
    rows = [[0.0, -3.0, 0, 0, 0, 0, 0, 0], [0.0, 2.0, 0, 0, 0, 0, 0, 0]]
    found = edge(measured(rows, [-1, 1], "aa"), 0, 1)
    assert (found.effect, found.agreeing, found.independent) == (2.5, 2, 1)
    assert (found.low, found.high) == pytest.approx((2.5 - 1.96 * 0.5, 2.5 + 1.96 * 0.5), abs=1e-4)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(5))


def test_independent_groups_are_counted_beside_experiments() -> None:
    rows = [[0.0, 2.0, 0, 0, 0, 0, 0, 0]] * 3
    found = measured(rows, [1, 1, 1], "aab")
    assert (edge(found, 0, 1).tested, edge(found, 0, 1).independent) == (3, 2)
    regulator = found.regulators[0]
    assert (regulator.experiments, regulator.independent) == (3, 2)


def test_q_values_are_adjusted_over_all_edges_with_a_test() -> None:
    # z = 4, 2, 0 for genes 1, 2, 3 and the unmeasured gene 4 has z = 1 (its label is unknown).
    found = measured([[0.0, 2.0, 1.0, 0.0, 0.5, 0, 0, 0]], [1], "a")
    p = [2 * stats.norm.sf(z) for z in (4, 2, 0, 1)]
    expected = stats.false_discovery_control(p)
    q = [edge(found, 0, target).q_value for target in (1, 2, 3, 4)]
    assert q == pytest.approx(expected.tolist())
    assert edge(found, 0, 4).verdict is Verdict.UNTESTABLE
    assert edge(found, 5, 3).q_value is None


def test_verdicts_stand_at_a_false_discovery_rate_or_do_not() -> None:
    rows = [[0.0, 2.0, 1.0, 0.0, 0.0, 0, 0, 0]]
    loose, strict = (measured(rows, [1], "a", alpha=alpha) for alpha in (0.2, 0.01))
    assert [loose.count_holding(v) for v in (Verdict.CONFIRMED, Verdict.CONTRADICTED)] == [1, 1]
    assert [strict.count_holding(v) for v in (Verdict.CONFIRMED, Verdict.CONTRADICTED)] == [1, 0]


def test_a_majority_that_the_combined_effect_opposes_does_not_stand() -> None:
    rows = [[0.0, 1.0, 0, 0, 0, 0, 0, 0]] * 2 + [[0.0, -9.0, 0, 0, 0, 0, 0, 0]]
    found = edge(measured(rows, [1] * 3, "aaa"), 0, 1)
    assert found.verdict is Verdict.CONFIRMED
    assert found.effect == pytest.approx(-7 / 3)
    assert not found.holds(0.05)


def test_without_errors_the_background_of_the_regulator_is_the_test() -> None:
    # Genes 1 and 2 respond. Besides the targets 1, 2, 3 there are 5, 6 and 7, two of which respond:
    # b = (1 + 2) / (1 + 3).
    found = audit(NETWORK, ONE)
    assert edge(found, 0, 1).p_value == pytest.approx(3 / 4)
    assert edge(found, 0, 3).p_value == 1.0
    assert (edge(found, 0, 1).effect, edge(found, 0, 4).p_value) == (None, None)


def test_groups_and_not_experiments_are_counted_where_there_are_no_errors() -> None:
    row = [0, 1, 0, 0, 0, 0, 0, 0]
    rows = seen(row, row, row, perturbed=[0] * 3, direction=[1] * 3)
    alone, together = (replace(rows, groups=tuple(names)) for names in ("abc", "aaa"))
    # Nothing else responds: b = 1 / (1 + 3 * groups).
    assert edge(audit(NETWORK, alone), 0, 1).p_value == pytest.approx(0.1**3)
    assert edge(audit(NETWORK, together), 0, 1).p_value == pytest.approx(1 / 4)


def test_a_regulator_is_tested_against_its_own_background() -> None:
    # 2 of 3 targets respond and 2 of 3 others: C(4,2) * C(2,1) / C(6,3) + C(4,3) / C(6,3) = 16/20.
    zero = audit(NETWORK, ONE).regulators[0]
    assert (zero.others_tested, zero.others_responding) == (3, 2)
    assert (zero.p_value, zero.q_value, zero.fold) == pytest.approx((0.8, 0.8, 1.0))


def test_a_combination_is_no_test_of_an_edge_but_its_responses_are_counted() -> None:
    rows = seen([0, 1, 1, 0, 0, 0, -1, 0], perturbed=[0], direction=[1])
    pair = replace(rows, partners=(((5, -1),),))
    found = audit(NETWORK, pair)
    assert found.count(Verdict.UNTESTABLE) == NETWORK.n_edges
    assert found.n_responding == 0
    (both,) = found.combinations
    assert both.seeds == ((0, 1), (5, -1))
    assert (both.responding, both.explained, both.opposed, both.missing) == (3, 1, 1, 1)


def test_missing_responses_carry_their_effect() -> None:
    (missing,) = measured([[0.0, 0, 0, 0, 0, 0, -4.0, 0]], [1], "a").missing
    assert (missing.gene, missing.effect, missing.sign) == (6, -4.0, -1)
    assert missing.p_value == pytest.approx(2 * stats.norm.sf(8))


@pytest.mark.parametrize(
    ("effects", "errors", "df", "message"),
    [
        (np.zeros((1, 3)), None, None, "do not go with labels"),
        (np.zeros((1, 8)), np.zeros((2, 8)), None, "do not go with labels"),
        (np.zeros((1, 8)), None, [1.0, 2.0], "do not go with labels"),
        (np.full((1, 8), np.inf), None, None, "infinite"),
    ],
)
def test_effects_that_do_not_go_with_the_labels_are_refused(
    effects: object, errors: object, df: object, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        audit(NETWORK, ONE, effects=effects, errors=errors, df=df)  # type: ignore[arg-type]  # object


def test_effects_that_are_not_numbers_are_left_out() -> None:
    nothing = np.full((1, 8), np.nan)
    assert edge(audit(NETWORK, ONE, effects=nothing, errors=nothing), 0, 1).effect is None


def test_a_network_without_edges_is_audited_to_nothing() -> None:
    found = audit(network(8), ONE)
    assert (found.edges, found.regulators, found.n_responding) == ((), (), 0)
    assert not found.enrichment.is_enriched


@st.composite
def experiments(draw: st.DrawFn) -> tuple[SignedNetwork, Observations, np.ndarray]:
    """A network, one to five perturbations with effects, and their labels."""
    net = draw(networks())
    n, rows = net.n_genes, draw(st.integers(1, 5))
    numbers = st.lists(st.integers(-3, 3), min_size=n, max_size=n)
    values = np.array([draw(numbers) for _ in range(rows)], np.float64)
    perturbed = np.array([draw(st.integers(0, n - 1)) for _ in range(rows)], np.int32)
    direction = np.array([draw(st.sampled_from([-1, 1])) for _ in range(rows)], np.int8)
    labels = np.where(np.abs(values) > 1, np.sign(values), 0).astype(np.int8)
    groups = tuple(draw(st.sampled_from("ab")) for _ in range(rows))
    names = tuple(f"s{i}" for i in range(rows))
    mask = np.ones(labels.shape, bool)
    found = Observations(perturbed, direction, labels, mask, names, groups=groups)
    assume(np.any(found.labels[found.scored()]))
    return net, found, values


def verdicts(net: SignedNetwork, rows: Observations, values: np.ndarray) -> list[object]:
    """All that an audit says of edges and regulators, by gene name."""
    found = audit(net, rows, effects=values, errors=np.ones(values.shape))
    about = [(net.genes[e.source], net.genes[e.target], *astuple(e)[2:]) for e in found.edges] + [
        (net.genes[r.gene], *astuple(r)[1:]) for r in found.regulators
    ]
    return sorted(
        tuple(f"{x:.6f}" if isinstance(x, float) else str(x) for x in row) for row in about
    )


@settings(max_examples=15)
@given(experiments(), st.data())
def test_the_order_of_signatures_changes_nothing(
    given_: tuple[SignedNetwork, Observations, np.ndarray], data: st.DataObject
) -> None:
    net, rows, values = given_
    order = np.array(data.draw(st.permutations(range(rows.n_observations))))
    assert verdicts(net, rows.take(order), values[order]) == verdicts(net, rows, values)


@settings(max_examples=15)
@given(experiments())
def test_a_knock_out_is_an_over_expression_with_the_opposite_responses(
    given_: tuple[SignedNetwork, Observations, np.ndarray],
) -> None:
    net, rows, values = given_
    turned = replace(rows, direction=-rows.direction, labels=-rows.labels)
    assert verdicts(net, turned, -values) == verdicts(net, rows, values)


@settings(max_examples=15)
@given(experiments(), st.data())
def test_the_order_of_genes_changes_nothing(
    given_: tuple[SignedNetwork, Observations, np.ndarray], data: st.DataObject
) -> None:
    net, rows, values = given_
    order = np.array(data.draw(st.permutations(range(net.n_genes))))
    new = np.argsort(order)
    genes = tuple(net.genes[i] for i in order)
    names = [(net.genes[s], net.genes[t]) for s, t in net.signs()]
    other, _ = SignedNetwork.from_edges(
        [s for s, _ in names], [t for _, t in names], net.sign.tolist(), genes=genes
    )
    moved = replace(
        rows,
        perturbed=new[rows.perturbed].astype(np.int32),
        labels=rows.labels[:, order],
        measured=rows.measured[:, order],
    )
    assert verdicts(other, moved, values[:, order]) == verdicts(net, rows, values)
