"""Responses of genes, and what is known about pairs of genes, as those of nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from kgp.models.refinement.prior import Knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.perturbations import Seeds

    Columns = Mapping[int, Sequence[int]]
    """Pseudo node → positions of its genes."""

_LABELS = (-1, 0, 1)
_Cell = TypeVar("_Cell", np.int8, np.bool_, np.float32)


def fold_observations(
    genes: Observations, seeds: Sequence[Seeds], units: Columns, n_nodes: int, mates: Columns
) -> Observations:
    """Return responses of genes as responses of nodes; see :meth:`Wired.observations`.

    Args:
        genes: responses over the genes.
        seeds: what each row perturbs, complexes included, the gene that leads it first.
        units: node of a transcription unit → its genes.
        n_nodes: number of nodes.
        mates: gene → genes that are not scored where it is knocked out or down.
    """
    usable, perturbed = genes.measured.copy(), np.zeros(genes.measured.shape, bool)
    for row, changed in enumerate(genes.seeds()):
        for gene, sign in changed:
            perturbed[row, gene] = True
            if sign < 0:
                usable[row, list(mates.get(gene, ()))] = False
    labels, measured = _wide(genes.labels, n_nodes), _wide(usable, n_nodes)
    weight = None if genes.weight is None else _wide(genes.weight, n_nodes)
    if units and weight is None:
        weight = np.ones(labels.shape, np.float32)
    for node, columns in units.items():
        measured[:, list(columns)] = False
        voting = usable[:, columns] & ~perturbed[:, columns]
        share = voting if genes.weight is None else voting * genes.weight[:, columns]
        label, agreeing = _vote(genes.labels[:, columns], share)
        labels[:, node], measured[:, node] = label, agreeing > 0
        if weight is not None:
            weight[:, node] = agreeing / np.maximum(voting.sum(axis=1), 1)
    partners = tuple(each[1:] for each in seeds)
    return replace(
        genes,
        labels=labels,
        measured=measured,
        weight=weight,
        partners=partners if any(partners) else genes.partners,
    )


def _wide(table: NDArray[_Cell], n_nodes: int) -> NDArray[_Cell]:
    """Append zeros for the pseudo nodes."""
    wide = np.zeros((len(table), n_nodes), table.dtype)
    wide[:, : table.shape[1]] = table
    return wide


def _vote(
    labels: NDArray[np.int8], share: NDArray[np.bool_] | NDArray[np.float32]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return the label that holds most of each row's weight, and that weight; 0 without one."""
    tally = np.stack([(share * (labels == label)).sum(axis=1) for label in _LABELS], axis=1)
    best = tally.argmax(axis=1)
    agreeing = tally[np.arange(len(tally)), best].astype(np.float64)
    agreeing[agreeing * 2 <= tally.sum(axis=1)] = 0.0
    label = np.where(agreeing > 0, np.array(_LABELS)[best], 0)
    return label.astype(np.int8), agreeing


def fold_knowledge(known: Knowledge, n_nodes: int, complexes: Columns, units: Columns) -> Knowledge:
    """Return what is known about genes as known about nodes; see :meth:`Wired.knowledge`."""
    n = known.n_genes
    target = np.arange(n)
    for node, columns in units.items():
        target[list(columns)] = node
    acting = [(gene, node) for node, columns in complexes.items() for gene in columns]
    acting += [(gene, gene) for gene in range(n)]
    sources = np.array(sorted(acting), np.int64).reshape(-1, 2)
    start = np.searchsorted(sources[:, 0], np.arange(n + 1))

    def pairs(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the keys of nodes, and the place of the pair of genes behind each."""
        gene, times = keys // n, np.diff(start)[keys // n]
        behind = np.repeat(np.arange(len(keys)), times)
        within = np.arange(len(behind)) - np.repeat(np.cumsum(times) - times, times)
        source = sources[start[gene][behind] + within, 1]
        return source * n_nodes + target[keys[behind] % n], behind

    def best(
        keys: NDArray[np.int64], odds: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the keys of nodes, and the best of the pairs of genes behind each."""
        wide, behind = pairs(keys)
        distinct, place = np.unique(wide, return_inverse=True)
        highest = np.full(len(distinct), -np.inf)
        np.maximum.at(highest, place, odds[behind])
        return distinct, highest

    regulator, mean = _wide_row(known.regulator, n_nodes), _wide_row(known.target, n_nodes)
    for node, columns in complexes.items():
        regulator[node] = known.regulator[list(columns)].max(initial=regulator[node])
    for node, columns in units.items():
        mean[node] = known.target[list(columns)].mean()
    return Knowledge(
        *best(known.keys, known.log_odds),
        regulator,
        mean,
        np.unique(pairs(known.frozen)[0]),
        None if known.allowed is None else np.unique(pairs(known.allowed)[0]),
        _any(known.sources, n_nodes, complexes),
        _any(known.targets, n_nodes, units),
        *best(known.signed, known.sign),
    )


def _wide_row(row: NDArray[np.float64], n_nodes: int) -> NDArray[np.float64]:
    return np.concatenate([row, np.zeros(n_nodes - len(row))])


def _any(
    allowed: NDArray[np.bool_] | None, n_nodes: int, groups: Columns
) -> NDArray[np.bool_] | None:
    """Return where a node, or any gene of it, is allowed."""
    if allowed is None:
        return None
    wide = np.concatenate([allowed, np.zeros(n_nodes - len(allowed), bool)])
    for node, columns in groups.items():
        wide[node] |= allowed[list(columns)].any()
    return wide
