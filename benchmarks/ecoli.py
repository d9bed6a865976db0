"""EcoCyc against the knock-outs of PRECISE-278: how far to reason, and whether refining helps.

Three tables, each with EcoCyc's sigma-factor edges and without. First, how well the network reads
held-out knock-outs, by length of the walks and by what settles conflicts, beside no response at
all and beside the mean response of the other regulators' knock-outs, which needs no network.
Second, a refinement held against regulators that it did not see. Third, edits learned from a
regulator's knock-outs in some conditions and tested in another that shares no controls.

The data are a matrix rebuilt from components that were fitted on all samples: rebuilt, and leaky.
Intervals are 95 % bootstrap intervals over sets of samples that share neither regulator nor
controls.

    python -m benchmarks.ecoli [--json FILE] [--no-refinement]
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ecoli_data import Knockouts, read_knockouts, read_network
from benchmarks.harness import Row, parser, peak_memory_mb, publish, timed
from kgp.models.refinement.folds import components, make_folds
from kgp.models.refinement.heldout import heldout_curve
from kgp.models.refinement.heldout_contexts import cross_context
from kgp.models.refinement.heldout_edits import Proposal
from kgp.models.refinement.reasoning_choice import choose_reasoning, default_candidates
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.scores import macro_f1_of, row_tables
from kgp.models.refinement.scores_bootstrap import (
    by_cluster,
    cluster_interval,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.models.metrics import Interval
    from kgp.models.refinement.heldout_result import CrossContext, HeldOut
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

CUTS = (1.0, 0.7, 0.5, 0.3)
LONGEST = 4
REFINED_LENGTH = 2


def with_interval(what: str, found: Interval, unit: str) -> Row:
    """Make a row of a score and its interval."""
    ends = f"[{found.low:.3f}, {found.high:.3f}]"
    # A single independent set has no interval.
    return Row(f"{what} {'' if np.isnan(found.low) else ends}".rstrip(), found.mean, unit)


def reading_rows(name: str, network: SignedNetwork, seen: Observations) -> Iterator[Row]:
    """Score every way of reading a network on held-out knock-outs."""
    folds = make_folds(seen)
    choice = choose_reasoning(network, seen, folds, default_candidates(LONGEST))
    best = max(choice.table, key=lambda each: each.f1.mean)
    for each in choice.table:
        what = f"{name}: {each.how or 'no response'}"
        row = with_interval(what, each.f1, "macro-F1")
        yield replace(row, against=f"{best.how}", against_value=best.f1.mean)
        if each.how == Reasoning(1):
            yield with_interval(f"{what}, less {best.how}", each.behind, "macro-F1")
    print(f"{name}: {folds}; chosen: {choice.chosen} ({choice.rule})")


def mean_rows(data: Knockouts, seen: Observations) -> Iterator[Row]:
    """Score the mean response of other regulators' knock-outs, by what they share."""
    gene, controls, study = map(np.array, (data.perturbed, data.controls, data.studies))
    other = gene[:, None] != gene[None, :]
    same = controls[:, None] == controls[None, :]
    elsewhere = study[:, None] != study[None, :]
    usable = (other & same).any(axis=1)
    every = np.ones(len(gene), bool)
    settings = (
        ("all other regulators", other, every),
        ("other regulators of other studies", other & elsewhere, every),
        ("other regulators with the same controls, where there are any", other & same, usable),
        ("other regulators of other studies, same samples", other & elsewhere, usable),
    )
    for what, allowed, rows in settings:
        for cut in CUTS:
            predicted = _mean_response(data.difference, allowed, cut)
            chosen = np.flatnonzero(rows)
            part = seen.take(chosen)
            clusters = by_cluster(row_tables(part, predicted[chosen]), components(part))
            score = cluster_interval(clusters, macro_f1_of)[0]
            n = f"{len(chosen)} samples"
            yield with_interval(f"mean response, {what}, cut at {cut}, {n}", score, "macro-F1")


def _mean_response(
    difference: NDArray[np.float64], allowed: NDArray[np.bool_], cut: float
) -> NDArray[np.int8]:
    """Average the allowed samples for each sample and label the mean, int8 [n, n_genes]."""
    mean = allowed @ difference / np.maximum(allowed.sum(axis=1), 1)[:, None]
    return np.where(np.abs(mean) > cut, np.sign(mean), 0).astype(np.int8)


def propose(network: SignedNetwork, seen: Observations) -> Proposal:
    """Refine with the default method, walks as long as the best reading has them."""
    done = refine(network, seen, RefineConfig(max_length=REFINED_LENGTH))
    return Proposal(done.network, {(e.source, e.target): e.confidence for e in done.edits})


def regulator_rows(name: str, network: SignedNetwork, seen: Observations) -> Iterator[Row]:
    """Refine without some regulators and score on them."""
    how = Reasoning(REFINED_LENGTH)
    found: HeldOut
    found, seconds = timed(lambda: heldout_curve(network, seen, propose, make_folds(seen), how=how))
    print(f"{name}: {found}")
    for predictor, score in found.f1.items():
        yield with_interval(f"{name}, held-out regulators: {predictor}", score, "macro-F1")
    yield with_interval(f"{name}, held-out regulators: gain", found.gain, "macro-F1")
    nats = f"{name}, held-out regulators: gain in likelihood"
    yield with_interval(nats, found.likelihood_gain, "nats per cell")
    yield Row(
        f"{name}, held-out regulators: edits per fold",
        float(np.mean([each.n_edits for each in found.folds])),
        "edits",
    )
    for point in found.curve:
        what = (
            f"{name}, edits of confidence {point.threshold} confirmed, "
            f"{point.n_tested} tested of {point.n_edits}"
        )
        yield with_interval(what, point.share, "share")
    yield Row(f"{name}, held-out regulators: time", seconds, "s")


def condition_rows(name: str, network: SignedNetwork, data: Knockouts) -> Iterator[Row]:
    """Learn from a regulator's knock-outs and test on its knock-outs with other controls."""
    seen = data.observe()
    for kind, contexts in (("condition", data.controls), ("study", data.studies)):
        what, how = f"{name}, another {kind}", Reasoning(REFINED_LENGTH)
        found: CrossContext = cross_context(network, seen, contexts, propose, how=how)
        yield Row(f"{what}: contexts tested", len(found.contexts), "contexts")
        yield Row(f"{what}: regulators tested", found.n_regulators, "regulators")
        yield Row(f"{what}: independent sets of samples", found.n_clusters, "sets")
        for edits, each in found.kinds.items():
            if each.n_cells:
                text = f"{what}: {edits}, {each.n_edits} edits in {each.n_cells} cells"
                yield with_interval(f"{text}, confirmed", each.confirmed, "share")
                yield with_interval(f"{text}, background", each.background, "share")
                yield with_interval(f"{text}, above it", each.above, "share")
        yield with_interval(f"{what}: original", found.original, "macro-F1")
        yield with_interval(f"{what}: refined", found.refined, "macro-F1")
        yield with_interval(f"{what}: gain", found.gain, "macro-F1")


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--no-refinement", action="store_true", help="the first table alone")
    given = options.parse_args()
    data, alike = read_knockouts(), read_knockouts(alike=True)
    seen = data.observe()
    print(
        f"{len(data.samples)} samples of {len(set(data.perturbed))} knock-outs, "
        f"{len(data.genes):,} genes, {(seen.labels != 0).mean():.1%} of the cells respond; "
        f"{len(alike.samples)} samples have wild types of just their condition"
    )
    rows: list[Row] = []
    for sigma in (True, False):
        network = read_network(data.genes, sigma=sigma)
        name = "EcoCyc" if sigma else "EcoCyc without sigma factors"
        rows.append(Row(f"{name}: signed edges among the measured genes", network.n_edges, "edges"))
        rows += reading_rows(name, network, seen)
        if not given.no_refinement:
            rows += regulator_rows(name, network, seen)
            rows += condition_rows(name, network, alike)
    rows += mean_rows(data, seen)
    rows.append(Row("peak memory", peak_memory_mb(), "MB"))
    publish("ecoli", rows, given.json)


if __name__ == "__main__":
    main()
