from __future__ import annotations

from dataclasses import replace

import pytest

from kgp.report.content import Enrichment, Estimate, Metric, ModelRow, ScoreChange
from kgp.report.findings import (
    audit_findings,
    best,
    model_findings,
    outcome,
    refinement_findings,
)
from kgp.report.headlines import headlines
from tests.unit.report import made_up

ERROR = Metric("mse", "mean squared error", higher_is_better=False)


@pytest.mark.parametrize(
    ("difference", "higher", "result"),
    [
        (Estimate(0.1, 0.05, 0.2), True, "better"),
        (Estimate(-0.1, -0.2, -0.05), True, "worse"),
        (Estimate(-0.1, -0.2, -0.05), False, "better"),
        (Estimate(0.1, 0.05, 0.2), False, "worse"),
        (Estimate(0.1, -0.05, 0.2), True, "open"),
        (Estimate(0.1, 0.0, 0.2), True, "open"),
        (Estimate(0.1), True, "open"),
    ],
)
def test_a_difference_counts_only_where_its_interval_leaves_zero_out(
    difference: Estimate, higher: bool, result: str
) -> None:
    assert outcome(difference, higher_is_better=higher) == result


def test_the_best_row_has_the_smallest_error() -> None:
    rows = [
        ModelRow("a", False, 1, {"mse": Estimate(0.5)}, {}),
        ModelRow("b", False, 1, {"mse": Estimate(0.4)}, {}),
        ModelRow("c", False, 1, {}, {}),
    ]
    found = best(rows, ERROR)
    assert found is not None
    assert found.name == "b"


def test_a_model_below_the_best_baseline_is_said_not_to_beat_it() -> None:
    against_neighbours, against_mean, *_ = model_findings(made_up.models())
    assert against_neighbours == (
        "KG-GAT does not beat k-nearest neighbours (Tanimoto): "
        "difference in top-50 r −0.012 [−0.020, −0.005]."
    )
    assert against_mean.startswith("KG-GAT beats mean response: ")


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Estimate(0.02, 0.01, 0.03), "KG-GAT beats k-nearest"),
        (Estimate(0.0, -0.01, 0.01), "KG-GAT and k-nearest neighbours (Tanimoto) cannot be told"),
    ],
)
def test_the_sentence_follows_the_interval(difference: Estimate, words: str) -> None:
    models = made_up.models()
    comparison = replace(models.comparisons[0], difference=difference)
    assert model_findings(replace(models, comparisons=(comparison,)))[0].startswith(words)


def test_without_a_paired_interval_the_question_stays_open() -> None:
    said = model_findings(replace(made_up.models(), comparisons=()))[0]
    assert "KG-GAT scores 0.703" in said
    assert "0.715; no paired interval was computed, so which is better stays open" in said


def test_every_metric_has_its_own_sentence() -> None:
    models = made_up.models()
    said = model_findings(models)
    assert all(any(metric.label in line for line in said) for metric in models.metrics)


def test_against_the_mean_response_alone_one_sentence_for_each_metric_is_enough() -> None:
    models = made_up.models()
    rows = tuple(row for row in models.rows if row.name in {"KG-GAT", "mean response"})
    said = model_findings(replace(models, rows=rows))
    assert said[0] == "KG-GAT beats mean response: difference in top-50 r +0.018 [+0.012, +0.024]."
    assert len(said) == len(models.metrics)


def test_a_model_alone_is_compared_with_nothing() -> None:
    alone = ModelRow("KG-GAT", False, 1, {"top50": Estimate(0.7)}, {})
    assert model_findings(replace(made_up.models(), rows=(alone,))) == []


def test_a_table_of_baselines_says_so() -> None:
    models = made_up.models()
    rows = tuple(row for row in models.rows if row.is_baseline)
    assert "baselines only" in model_findings(replace(models, rows=rows))[0]


def test_a_table_without_metrics_says_nothing() -> None:
    assert model_findings(replace(made_up.models(), metrics=())) == []


def test_an_audit_counts_what_could_be_tested() -> None:
    assert audit_findings(made_up.audit())[0] == (
        "Of 5,066 edges, 1,183 (23 %) could be tested: the data confirm 21, contradict 12 and "
        "are silent on 1,150."
    )


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (Estimate(0.76, 0.65, 0.85), "76 % [65 %, 85 %]: more often than a coin would"),
        (Estimate(0.57, 0.37, 0.76), "no better than a coin"),
        (Estimate(0.2, 0.1, 0.3), "less often than a coin would"),
        (Estimate(0.2), "20 %: no interval was computed"),
    ],
)
def test_sign_agreement_is_held_against_a_coin(agreement: Estimate, words: str) -> None:
    assert words in audit_findings(replace(made_up.audit(), sign_agreement=agreement))[-1]


@pytest.mark.parametrize(
    ("fold", "words"),
    [
        (Estimate(7.2, 4.9, 10.3), "7.2 [4.9, 10.3] times as often (p = 0.04), more often"),
        (Estimate(1.2, 0.9, 1.5), "which chance alone could give"),
        (Estimate(0.5, 0.3, 0.8), "less often than chance"),
        (Estimate(2.0), "without an interval"),
    ],
)
def test_enrichment_is_held_against_the_background(fold: Estimate, words: str) -> None:
    enrichment = Enrichment(0.018, 0.0025, fold, 0.04)
    assert words in audit_findings(replace(made_up.audit(), enrichment=enrichment))[1]


def test_an_empty_audit_divides_by_nothing() -> None:
    empty = replace(made_up.audit(), counts={}, enrichment=None, sign_agreement=None)
    assert audit_findings(empty)[0].startswith("Of 0 edges, 0 (–) could be tested")


def test_a_refinement_says_which_way_each_score_went() -> None:
    scores = (ScoreChange("direct", 0.5, 0.4), ScoreChange("response", 0.5, 0.5))
    said = refinement_findings(replace(made_up.refinement(), scores=scores))
    assert said[0] == "Direct falls from 0.500 (doing nothing) to 0.400."
    assert said[1] == "Response stays at 0.500."


def test_right_edits_are_told_only_where_the_truth_is_known() -> None:
    known = made_up.refinement()
    assert refinement_findings(known)[-1] == (
        "The refinement changed 1,402 edges, 1,179 of them rightly (84 %), in 14 s."
    )
    unknown = replace(known, n_right=None)
    assert refinement_findings(unknown)[-1] == "The refinement changed 1,402 edges, in 14 s."


def test_headlines_stand_for_the_sections_that_were_computed() -> None:
    sections = [card.section for card in headlines(made_up.whole_report())]
    assert sections == ["graph", "sources", "models", "audit", "refinement", "changes"]
    assert headlines(made_up.empty_report()) == []


def test_headlines_carry_their_warnings() -> None:
    tags = {card.section: card.tag for card in headlines(made_up.whole_report())}
    assert tags["sources"] == "1 synthetic"
    assert tags["models"] == "baseline"
    assert tags["refinement"] == "planted truth"


def test_real_data_carry_no_warning() -> None:
    content = made_up.whole_report()
    real = replace(
        content,
        sources=made_up.sources()[:1],
        refinement=replace(made_up.refinement(), planted=None),
    )
    tags = {card.section: card.tag for card in headlines(real)}
    assert tags["sources"] == tags["refinement"] == ""


def test_without_a_difference_the_model_card_shows_the_score() -> None:
    models = replace(
        made_up.models(), rows=(ModelRow("KG-GAT", False, 1, {"top50": Estimate(0.7)}, {}),)
    )
    (card,) = headlines(replace(made_up.empty_report(), models=models))
    assert (card.label, card.figure) == ("Best score", "0.700")


def test_sections_without_scores_have_no_card() -> None:
    content = replace(
        made_up.empty_report(),
        models=replace(made_up.models(), metrics=()),
        refinement=replace(made_up.refinement(), scores=()),
    )
    assert headlines(content) == []


def test_an_audit_says_what_stands_and_what_has_no_path() -> None:
    audit = replace(
        made_up.audit(),
        counts_holding={"confirmed": 20, "contradicted": 3},
        responding=1_000,
        share_missing=0.42,
        share_opposed=0.04,
        remarks=("One perturbation only.",),
    )
    assert audit_findings(audit)[-3:] == [
        "At a false discovery rate of 5.0 %, 20 confirmations and 3 contradictions stand.",
        "Of 1,000 responses to regulators, no path of up to 3 edges explains 42 %, and the network "
        "predicts 4.0 % with the other sign.",
        "One perturbation only.",
    ]
