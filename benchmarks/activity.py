"""Does a refined network tell better which regulator was perturbed?

For every held-out response, the activity of each regulator with at least five measured targets is
the t statistic of the slope of its targets' signs on the response (univariate linear model, Badia-
i-Mompel et al., Bioinformatics Advances 2:vbac016, 2022; computed by decoupler). The perturbed
regulator should rank first, in the direction of the perturbation; the AUROC is the share of the
other regulators that it outranks, .5 by chance. It is computed with the network as it is, with a
random network of the same degrees, and with the network refined on all other folds. Folds hold out
either regulators (with what shares their controls) or controls alone, so that a regulator may be
learned from in one study and asked for in another. Intervals: 95 %, bootstrap over regulators.

    pip install decoupler
    python -m benchmarks.activity [--json FILE] [--case bacterium] [--folds 5]
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import activity_cases
from benchmarks.harness import Row, parser, publish
from kgp.errors import MissingExtraError
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.rewiring import rewire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from benchmarks.activity_cases import Case
    from kgp.models.refinement.network import SignedNetwork

    Floats = NDArray[np.float64]

LEAST_TARGETS = 5
RESAMPLES = 2000
CONFIG = RefineConfig()
CASES: dict[str, Callable[[], Case]] = {
    "human": activity_cases.human,
    "bacterium": activity_cases.bacterium,
    "simulated": partial(activity_cases.simulated, seed=0),
}


def activities(network: SignedNetwork, effects: Floats, measured: NDArray[np.bool_]) -> Floats:
    """Score every gene's activity as a regulator in every response by decoupler's ULM.

    Args:
        network: whose signs are the weights.
        effects: [n_responses, n_genes].
        measured: bool [n_genes], genes that the model is fitted on.

    Returns:
        t statistics, [n_responses, n_genes]; 0 for genes with fewer than two measured
        targets, and where nothing responds.

    Raises:
        MissingExtraError: if decoupler is not installed.
    """
    import pandas as pd

    try:
        decoupler = import_module("decoupler")
    except ImportError as error:
        raise MissingExtraError(
            "This benchmark needs decoupler, which kgp does not.", command="pip install decoupler"
        ) from error
    genes = np.array(network.genes)
    used = measured[network.target]
    edges = {
        "source": genes[network.source[used]],
        "target": genes[network.target[used]],
        "weight": network.sign[used].astype(float),
    }
    rows = [f"response {i}" for i in range(len(effects))]
    table = pd.DataFrame(effects[:, measured], index=rows, columns=genes[measured])
    table = table.loc[np.ptp(table.to_numpy(), axis=1) > 0]
    # By default decoupler leaves out genes that never change, which belong to the background;
    # where the only target of a regulator alone responds, the fit is perfect and t infinite.
    found, _ = decoupler.mt.ulm(table, pd.DataFrame(edges), tmin=2, empty=False)
    scores = found.reindex(index=rows, columns=list(genes)).fillna(0.0)
    return np.asarray(scores, np.float64)


def outranked(scores: Floats, case: Case, candidates: NDArray[np.int64]) -> Floats:
    """Share of the other candidates that the perturbed regulator outranks, [n_responses].

    Ties count half; NaN where the perturbed gene is no candidate.
    """
    turned = scores * case.seen.direction[:, None]
    own = turned[np.arange(len(turned)), case.seen.perturbed]
    others = turned[:, candidates]
    below = (others < own[:, None]).sum(axis=1) + ((others == own[:, None]).sum(axis=1) - 1) / 2
    asked = np.isin(case.seen.perturbed, candidates)
    return np.where(asked, below / (len(candidates) - 1), np.nan)


def folds_of(case: Case, count: int, *, hold_regulators: bool) -> NDArray[np.int64]:
    """Deal observations to folds so that what shares controls stays together, [n_observations].

    Args:
        case: what to fold.
        count: most folds.
        hold_regulators: also keep all observations of a regulator together.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, genes = len(case.groups), case.network.n_genes
    group = np.unique(np.array(case.groups), return_inverse=True)[1].astype(np.int64)
    ends = [n + genes + group]
    if hold_regulators:
        ends.append(n + case.seen.perturbed.astype(np.int64))
    pairs = (np.tile(np.arange(n), len(ends)), np.concatenate(ends))
    links = coo_array((np.ones(len(pairs[0])), pairs), shape=(2 * n + genes,) * 2)
    part = connected_components(links, directed=False)[1][:n]
    parts, size = np.unique(part, return_counts=True)
    fold, filled = np.zeros(n, np.int64), np.zeros(count, np.int64)
    for each in np.argsort(-size, kind="stable"):
        emptiest = int(np.argmin(filled))
        fold[part == parts[each]] = emptiest
        filled[emptiest] += size[each]
    return fold


def refined_ranks(
    case: Case, candidates: NDArray[np.int64], fold: NDArray[np.int64]
) -> tuple[Floats, int]:
    """Rank in each fold with the network refined on the others; return also the edits made."""
    ranks, edits = np.full(len(fold), np.nan), 0
    for each in np.unique(fold):
        held = fold == each
        trained = refine(case.network, case.seen.take(np.flatnonzero(~held)), CONFIG)
        edits += len(trained.edits)
        scores = activities(trained.network, case.effects, case.measured)
        ranks[held] = outranked(scores, case, candidates)[held]
    return ranks, edits


def compare(case: Case, folds: int) -> Iterator[Row]:
    """Yield the AUROC of each network, and differences to the original one with intervals."""
    targets = np.bincount(case.network.source[case.measured[case.network.target]])
    candidates = np.flatnonzero(targets >= LEAST_TARGETS)
    kept = {"original": case.network, "rewired": rewire(case.network, seed=0)}
    if case.truth is not None:
        kept["true"] = case.truth
    ranks = {
        name: outranked(activities(each, case.effects, case.measured), case, candidates)
        for name, each in kept.items()
    }
    for said, hold in (("held-out regulators", True), ("held-out controls", False)):
        fold = folds_of(case, folds, hold_regulators=hold)
        if len(np.unique(fold)) > 1:
            name = f"refined, {said}"
            ranks[name], edits = refined_ranks(case, candidates, fold)
            made = edits / len(np.unique(fold))
            yield Row(f"{case.name}: {name}: edits per fold", made, "edits")
    asked = np.isfinite(ranks["original"])
    yield Row(f"{case.name}: responses asked", float(asked.sum()), "responses")
    regulators = case.seen.perturbed[asked]
    for name, rank in ranks.items():
        yield from _interval_rows(case, name, rank[asked], ranks["original"][asked], regulators)


def _interval_rows(
    case: Case, name: str, rank: Floats, original: Floats, regulators: NDArray[np.int32]
) -> Iterator[Row]:
    """AUROC with the ends of its interval, and those of its difference to the original."""
    what = f"{case.name}: {name}"
    low, high = bootstrap(rank, regulators)
    yield Row(f"{what} [{low:.3f}, {high:.3f}]", float(rank.mean()), "AUROC", "chance", 0.5)
    if name != "original":
        change = rank - original
        low, high = bootstrap(change, regulators)
        difference = float(change.mean())
        yield Row(f"{what}, minus original [{low:+.4f}, {high:+.4f}]", difference, "AUROC")


def bootstrap(values: Floats, regulators: NDArray[np.int32]) -> tuple[float, float]:
    """95 % interval of the mean of ``values``, drawing regulators with all their responses."""
    _, group = np.unique(regulators, return_inverse=True)
    sums, sizes = np.bincount(group, values), np.bincount(group)
    drawn = np.random.default_rng(0).integers(0, len(sums), (RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Measure every case and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--case", choices=CASES, action="append", help="only this one")
    options.add_argument("--folds", type=int, default=5)
    given = options.parse_args()
    rows = [row for case in given.case or CASES for row in compare(CASES[case](), given.folds)]
    publish("activity", rows, given.json, ("kgp", "numpy", "scipy", "decoupler"))


if __name__ == "__main__":
    main()
