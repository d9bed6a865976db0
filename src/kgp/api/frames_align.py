"""Where responses and a network meet: overlap of their names, and labels over its genes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError, unknown
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kgp.api.frames_responses import ResponseTable
    from kgp.models.refinement.network import SignedNetwork

LEAST_OVERLAP = 0.05
"""Least share of the responding genes that the network must know."""


def check_meeting(responses: ResponseTable, genes: Iterable[str]) -> float:
    """Return the share of the responding genes that the network knows.

    Raises:
        BadInputError: if it is under 5 %, or a perturbation names a gene that neither the
            network nor the measured genes have.
    """
    known = set(genes)
    anywhere = known | set(responses.rows["gene"])
    for name, perturbed in responses.perturbed.items():
        for gene, _ in perturbed:
            if gene not in anywhere:
                raise BadInputError(
                    f"Perturbation {name!r}: " + unknown("gene", gene, anywhere),
                    hint="It is neither in the network nor among the measured genes.",
                )
    responding = responses.responding
    share = len(responding & known) / len(responding)
    if share < LEAST_OVERLAP:
        raise BadInputError(
            f"The network knows {share:.1%} of the {len(responding)} responding genes.",
            hint=f"At least {LEAST_OVERLAP:.0%} are needed. The responses name genes "
            f"{_some(responding)}; the network {_some(known)}: do species and identifiers agree?",
        )
    return share


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")


def align(responses: ResponseTable, network: SignedNetwork) -> tuple[Observations, tuple[str, ...]]:
    """Lay the responses out over the genes of a network.

    Returns:
        One row for each experiment whose perturbed genes are all in the network, and the
        perturbations that are not and were left out.

    Raises:
        BadInputError: if all are left out.
    """
    place = {gene: i for i, gene in enumerate(network.genes)}
    inside = {
        name: tuple((place[gene], direction) for gene, direction in perturbed)
        for name, perturbed in responses.perturbed.items()
        if all(gene in place for gene, _ in perturbed)
    }
    outside = tuple(sorted(set(responses.perturbed) - set(inside)))
    if not inside:
        raise BadInputError(
            f"None of the {len(outside)} perturbations is of a gene of the network.",
            hint=f"Perturbed are {_some(set(outside))}; the network has {_some(set(place))}.",
        )
    rows = responses.rows.filter(pl.col("perturbation").is_in(list(inside)))
    experiments = rows.select("perturbation", "experiment", "group").unique().sort(pl.all())
    names = experiments["perturbation"].to_list()
    labels, measured, weight = _cells(rows, experiments, place)
    groups = tuple(experiments["group"].to_list())
    observations = Observations(
        np.array([inside[name][0][0] for name in names], np.int32),
        np.array([inside[name][0][1] for name in names], np.int8),
        labels,
        measured,
        tuple(names),
        tuple(inside[name][1:] for name in names),
        weight if responses.has_confidence else None,
        groups if any(groups) else (),
    )
    return observations, outside


def _cells(
    rows: pl.DataFrame, experiments: pl.DataFrame, place: dict[str, int]
) -> tuple[NDArray[np.int8], NDArray[np.bool_], NDArray[np.float32]]:
    """Fill labels, mask and weights, each [n_experiments, n_genes]."""
    shape = (len(experiments), len(place))
    labels, measured = np.zeros(shape, np.int8), np.zeros(shape, bool)
    weight = np.zeros(shape, np.float32)
    numbered = experiments.with_row_index("row").select("row", "perturbation", "experiment")
    known = pl.DataFrame(
        {"gene": list(place), "column": list(place.values())},
        schema={"gene": pl.String, "column": pl.Int64},
    )
    cells = rows.join(known, on="gene").join(numbered, on=["perturbation", "experiment"])
    at = (cells["row"].to_numpy(), cells["column"].to_numpy())
    labels[at] = cells["response"].to_numpy()
    measured[at] = True
    weight[at] = cells["confidence"].to_numpy()
    return labels, measured, weight
