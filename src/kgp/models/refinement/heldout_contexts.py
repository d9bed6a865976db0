"""Do edits hold elsewhere? Learned in some contexts, tested on the same regulators in another.

A context is a study, a medium, or whatever the caller names; experiments that share a group
(controls, strain) with the tested context are not learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.folds import components
from kgp.models.refinement.heldout_edits import changes, observed_tables, propose
from kgp.models.refinement.heldout_result import CrossContext, Transfer
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.scores import macro_f1_of
from kgp.models.refinement.scores_bootstrap import (
    by_cluster,
    cluster_interval,
    difference_interval,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.heldout_edits import Refine
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.progress import Step

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

KINDS = ("added", "removed", "flipped")


def cross_context(
    network: SignedNetwork,
    observations: Observations,
    contexts: Sequence[str],
    refine: Refine,
    *,
    how: Reasoning | None = None,
    seed: int = 0,
    step: Step | None = None,
) -> CrossContext:
    """Test each context with what the others teach about the same regulators.

    Args:
        network: the curated network.
        observations: responses; ``groups`` say which experiments share controls.
        contexts: the context of each observation.
        refine: the refinement; it sees the observations of other contexts and groups alone.
        how: how the networks are read, by default as :class:`Reasoning` says.
        seed: of the bootstrap.
        step: told of every context.

    Raises:
        BadInputError: if the contexts are not one per observation, or no gene is perturbed in two
            contexts without shared controls.
    """
    if len(contexts) != observations.n_observations:
        raise BadInputError(
            f"{len(contexts)} contexts do not go with {observations.n_observations} observations"
        )
    observations.check_fits(network)
    how = how or Reasoning()
    names: list[str] = []
    tested: list[Rows] = []
    found: list[_Tested] = []
    for name, learned, held_out in _divide(observations, contexts):
        made = propose(refine, network, observations.take(learned))
        seen = observations.take(held_out)
        found.append(_test(network, made.network, seen, how))
        tested.append(held_out)
        names.append(name)
        if step is not None:
            step.advance()
    if not tested:
        raise BadInputError(
            f"No gene is perturbed in two of the {len(set(contexts))} contexts",
            hint="Needed is one regulator perturbed in two contexts that do not share controls",
        )
    return _summarise(tuple(names), observations.take(np.concatenate(tested)), found, seed)


def _divide(
    observations: Observations, contexts: Sequence[str]
) -> Iterator[tuple[str, Rows, Rows]]:
    """Yield each context with the rows to learn from, and its rows of genes perturbed in those."""
    context, seeds = np.array(contexts), observations.seeds()
    genes = [frozenset(gene for gene, _ in row) for row in seeds]
    groups = np.array(observations.groups or [""] * len(seeds))
    for name in sorted(set(contexts)):
        here = context == name
        shared = np.isin(groups, groups[here]) & (groups != "")
        learned = np.flatnonzero(~here & ~shared)
        known = {genes[row] for row in learned.tolist()}
        held_out = np.flatnonzero(here & np.array([each in known for each in genes], bool))
        if len(held_out):
            yield name, learned, held_out


@dataclass(frozen=True, slots=True, eq=False)
class _Tested:
    """One context: tables of both networks, and for each edit and experiment what it showed.

    Attributes:
        tables: float64 [2, n_rows, 3, 3], original and refined.
        row: int64 [n_cells], row of this context.
        edit: int64 [n_cells, 4], source, target, sign before and after.
        confirmed: float64 [n_cells], 1 where the cell shows what the edit says.
        background: float64 [n_cells], the share among comparable pairs.
    """

    tables: Floats
    row: Rows
    edit: Rows
    confirmed: Floats
    background: Floats


def _test(
    network: SignedNetwork, refined: SignedNetwork, seen: Observations, how: Reasoning
) -> _Tested:
    tables = np.stack([observed_tables(each, seen, how) for each in (network, refined)])
    moves, scored = changes(network, refined), seen.scored()
    cells = [
        (row, *move, *_hold(network, moves, scored[row], labels, move))
        for row, (seeds, labels) in enumerate(
            zip(seen.seeds(), seen.toward_activation(), strict=True)
        )
        if len(seeds) == 1
        for move in moves[moves[:, 0] == seeds[0][0]].tolist()
        if scored[row, move[1]]
    ]
    columns = np.array(cells, np.float64).reshape(-1, 7)
    whole = columns[:, :5].astype(np.int64)
    return _Tested(tables, whole[:, 0], whole[:, 1:], columns[:, 5], columns[:, 6])


def _hold(
    network: SignedNetwork,
    moves: NDArray[np.int32],
    scored: NDArray[np.bool_],
    labels: NDArray[np.int8],
    move: Sequence[int],
) -> tuple[float, float]:
    """Return whether a cell shows what the edit says, and how often comparable pairs do."""
    source, target, before, after = move
    signs = np.zeros(network.n_genes, np.int8)
    own = network.source == source
    signs[network.target[own]] = network.sign[own]
    alike = scored & (signs == before)
    alike[moves[moves[:, 0] == source, 1]] = False
    background = float((labels[alike] == after).mean()) if alike.any() else 0.0
    return float(labels[target] == after), background


def _summarise(
    names: tuple[str, ...], tested: Observations, found: Sequence[_Tested], seed: int
) -> CrossContext:
    component = components(tested)
    tables = np.concatenate([each.tables for each in found], axis=1)
    original, refined = (by_cluster(each, component) for each in tables)
    starts = np.cumsum([0, *(each.tables.shape[1] for each in found)])
    row = np.concatenate([each.row + start for each, start in zip(found, starts[:-1], strict=True)])
    edit = np.concatenate([each.edit for each in found])
    shown = np.stack(
        [
            np.concatenate([each.confirmed for each in found]),
            np.concatenate([each.background for each in found]),
            np.ones(len(row)),
        ],
        axis=1,
    )
    kind = np.where(edit[:, 2] == 0, 0, np.where(edit[:, 3] == 0, 1, 2))
    kinds = {
        name: _transfer(edit[chosen], shown[chosen], component[row[chosen]], seed)
        for name, chosen in (
            *((name, kind == k) for k, name in enumerate(KINDS)),
            ("all", np.ones(len(row), bool)),
        )
    }
    return CrossContext(
        names,
        len(np.unique(tested.perturbed)),
        len(original),
        kinds,
        cluster_interval(original, macro_f1_of, seed)[0],
        cluster_interval(refined, macro_f1_of, seed)[0],
        difference_interval(refined, original, macro_f1_of, seed)[0],
    )


def _transfer(edit: Rows, shown: Floats, component: Rows, seed: int) -> Transfer:
    clusters = by_cluster(shown, component)
    pair = clusters[:, [0, 2]], clusters[:, [1, 2]]
    return Transfer(
        len(np.unique(edit, axis=0)),
        len(shown),
        cluster_interval(pair[0], share, seed)[0],
        cluster_interval(pair[1], share, seed)[0],
        difference_interval(*pair, share, seed)[0],
    )
