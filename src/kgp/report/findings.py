"""What the figures say, in sentences computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kgp.report import numerals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgp.report.content import (
        AuditSummary,
        Estimate,
        Metric,
        ModelRow,
        ModelTable,
        RefinementSummary,
    )

Outcome = Literal["better", "worse", "open"]


def outcome(difference: Estimate, *, higher_is_better: bool = True) -> Outcome:
    """Whether a difference is an improvement; open where its interval holds zero or is absent."""
    if difference.low is None or difference.high is None:
        return "open"
    if difference.low <= 0 <= difference.high:
        return "open"
    return "better" if (difference.low > 0) == higher_is_better else "worse"


def best(rows: Sequence[ModelRow], metric: Metric) -> ModelRow | None:
    """The row with the best mean in ``metric``; the first of equals; None without scores."""
    scored = [row for row in rows if metric.key in row.scores]
    sign = 1 if metric.higher_is_better else -1
    return max(scored, key=lambda row: sign * row.scores[metric.key].value, default=None)


def model_findings(models: ModelTable) -> list[str]:
    """One sentence for each metric on the best model against the best baseline.

    All metrics, because a model may win in one and lose in another; the first metric also against
    the reference.
    """
    if not models.metrics:
        return []
    if all(row.is_baseline for row in models.rows):
        return ["No learned model was judged on this split yet: the table holds baselines only."]
    return [line for metric in models.metrics for line in _metric_findings(models, metric)]


def _metric_findings(models: ModelTable, metric: Metric) -> Iterator[str]:
    model = best([row for row in models.rows if not row.is_baseline], metric)
    baseline = best([row for row in models.rows if row.is_baseline], metric)
    if model is None:
        return
    if baseline is not None:
        yield _against(models, metric, model, baseline)
    gain = model.difference.get(metric.key)
    beside = baseline is None or baseline.name != models.reference
    if gain is not None and beside and metric is models.metrics[0]:
        yield _verdict(model.name, models.reference, metric, gain)


def _against(models: ModelTable, metric: Metric, model: ModelRow, baseline: ModelRow) -> str:
    for comparison in models.comparisons:
        named = (comparison.model, comparison.against, comparison.metric)
        if named == (model.name, baseline.name, metric.key):
            return _verdict(model.name, baseline.name, metric, comparison.difference)
    if baseline.name == models.reference and metric.key in model.difference:
        return _verdict(model.name, baseline.name, metric, model.difference[metric.key])
    ours, theirs = model.scores[metric.key].value, baseline.scores[metric.key].value
    return (
        f"{model.name} scores {numerals.figure(ours)} in {metric.label} and the best baseline, "
        f"{baseline.name}, {numerals.figure(theirs)}; no paired interval was computed, so which "
        f"is better stays open."
    )


def _verdict(model: str, against: str, metric: Metric, difference: Estimate) -> str:
    result = outcome(difference, higher_is_better=metric.higher_is_better)
    verb = {
        "better": f"{model} beats {against}",
        "worse": f"{model} does not beat {against}",
        "open": f"{model} and {against} cannot be told apart",
    }[result]
    written = numerals.estimate(difference, difference=True)
    return f"{verb}: difference in {metric.label} {written}."


def audit_findings(audit: AuditSummary) -> list[str]:
    """What could be tested, how often targets respond, whether signs agree."""
    counts = audit.counts
    total = sum(counts.values())
    testable = total - counts.get("untestable", 0)
    part = numerals.share(testable / total) if total else numerals.ABSENT
    said = [
        f"Of {numerals.plural(total, 'edge')}, {numerals.count(testable)} ({part}) could be tested:"
        f" the data confirm {numerals.count(counts.get('confirmed', 0))}, contradict "
        f"{numerals.count(counts.get('contradicted', 0))} and are silent on "
        f"{numerals.count(counts.get('silent', 0))}."
    ]
    if (enrichment := audit.enrichment) is not None:
        known = outcome_of_ratio(enrichment.fold)
        said.append(
            f"Targets respond to their regulator in {numerals.share(enrichment.edge_rate)} of "
            f"cases, genes at large in {numerals.share(enrichment.background_rate)}: "
            f"{numerals.estimate(enrichment.fold, digits=1)} times as often "
            f"(p = {numerals.p_value(enrichment.p_value)}), {known}."
        )
    if (agreement := audit.sign_agreement) is not None:
        said.append(
            f"Where a target responds, the sign agrees in {_shares(agreement)}: "
            f"{_against_coin(agreement)}."
        )
    return [*said, *_more_of_audit(audit)]


def _more_of_audit(audit: AuditSummary) -> Iterator[str]:
    """What only newer audits know: false discoveries, missing paths, remarks."""
    if held := audit.counts_holding:
        yield (
            f"At a false discovery rate of {numerals.share(audit.alpha)}, "
            f"{numerals.count(held.get('confirmed', 0))} confirmations and "
            f"{numerals.count(held.get('contradicted', 0))} contradictions stand."
        )
    if (missing := audit.share_missing) is not None:
        edges = numerals.plural(audit.max_length, "edge")
        yield (
            f"Of {numerals.plural(audit.responding, 'response')} to regulators, no path of up to "
            f"{edges} explains {numerals.share(missing)}, and the network predicts "
            f"{numerals.share(audit.share_opposed)} with the other sign."
        )
    yield from audit.remarks


def outcome_of_ratio(fold: Estimate) -> str:
    """Say whether a ratio differs from one."""
    if fold.low is None or fold.high is None:
        return "without an interval"
    if fold.low > 1:
        return "more often than chance"
    return "less often than chance" if fold.high < 1 else "which chance alone could give"


def _shares(estimate: Estimate) -> str:
    text = numerals.share(estimate.value)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{numerals.share(estimate.low)}, {numerals.share(estimate.high)}]"


def _against_coin(agreement: Estimate) -> str:
    if agreement.low is None or agreement.high is None:
        return "no interval was computed"
    if agreement.low > 0.5:
        return "more often than a coin would"
    return "less often than a coin would" if agreement.high < 0.5 else "no better than a coin"


def refinement_findings(refinement: RefinementSummary) -> list[str]:
    """What each score did, and how many edits were right where that is known."""
    said = []
    for score in refinement.scores:
        change = score.refined - score.nothing
        verb = "rises" if change > 0 else "falls" if change < 0 else "stays"
        nothing, refined = numerals.figure(score.nothing), numerals.figure(score.refined)
        moved = f"at {nothing}" if change == 0 else f"from {nothing} (doing nothing) to {refined}"
        said.append(numerals.sentence(f"{score.label} {verb} {moved}."))
    edits = numerals.plural(refinement.n_edits, "edge")
    right = ""
    if refinement.n_right is not None and refinement.n_edits:
        part = numerals.share(refinement.n_right / refinement.n_edits)
        right = f", {numerals.count(refinement.n_right)} of them rightly ({part})"
    time = numerals.seconds(refinement.seconds)
    return [*said, f"The refinement changed {edits}{right}, in {time}."]
