"""Reading what was given to an audit or a refinement of plain tables, all checks done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.api.frames_align import align, check_meeting
from kgp.api.frames_network import read_network_table
from kgp.api.frames_report import Given
from kgp.api.frames_responses import read_responses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.api.frames_network import NetworkTable
    from kgp.models.refinement.observations import Observations


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """A network and the responses that speak about it.

    Attributes:
        table: the network.
        observations: the responses over its genes.
        given: both, counted.
    """

    table: NetworkTable
    observations: Observations
    given: Given


def read_input(network: object, responses: object, more_genes: Iterable[str] = ()) -> Input:
    """Read, check and align both tables.

    Args:
        network: table of source, target, weight.
        responses: long table of responses.
        more_genes: genes that may get edges beside those of the network.

    Raises:
        BadInputError: naming what is wrong with which row.
    """
    table = read_network_table(network, more_genes)
    labels = read_responses(responses)
    known = check_meeting(labels, table.signed.genes)
    seen, outside = align(labels, table.signed)
    measured, regulators = seen.scored(), table.signed.regulators
    perturbed = {gene for seeds in seen.seeds() for gene, _ in seeds}
    rose, fell, unchanged = (int((measured & (seen.labels == sign)).sum()) for sign in (1, -1, 0))
    given = Given(
        edges=table.signed.n_edges,
        self_loops=table.dropped.self_loops,
        unsigned=table.dropped.unsigned,
        repeated=table.dropped.repeated,
        conflicting=table.dropped.conflicting,
        regulators=len(regulators),
        perturbed_regulators=len(perturbed & set(regulators.tolist())),
        perturbations=len(set(seen.signatures)),
        experiments=seen.n_observations,
        outside=outside,
        measured=int(np.count_nonzero(seen.measured.any(axis=0))),
        known=known,
        rose=rose,
        fell=fell,
        unchanged=unchanged,
    )
    return Input(table, seen, given)
