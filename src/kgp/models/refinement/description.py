r"""How well a network, its edits and what was learned of both account for the responses together.

The objective of a search leaves out what does not depend on the network. To compare two accounts
that were learned with different rates and costs, that has to be there: the length, in nats, of a
message that states which edges are wrong or missing, and then the responses,

.. math::
    L = E(A) + \sum_{e \in \text{network}} \log \sum_{s} e^{-c_e(s)}
        + 2 \sum_{(m, j)} e^{-c_\text{add}(m, j)},

where the first sum normalises the prior of the signs that each curated edge may have, and the
second is the number of additions that the prior expects (a Poisson process with two signs). Both
are over pairs of a gene that a perturbation reaches and one that was measured; about others the
responses are silent under any account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.objective import total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.prior import Prior

    Mask = NDArray[np.bool_]


def description_length(objective: Objective, network: SignedNetwork) -> float:
    """Return the length, in nats, of the account that ``network`` gives; less is better."""
    original = objective.original
    reached = np.zeros(original.n_genes, bool)
    reached[make_reach(objective, original).gene] = True
    measured = np.asarray((objective.cell_class != 0).any(axis=1))
    told = reached[original.source] & measured[original.target]
    ends = original.source[told], original.target[told], original.sign[told]
    signs = float(np.log(np.exp(-objective.prior.costs(*ends)).sum(axis=1)).sum())
    return total_cost(objective, network) + signs + _additions(objective.prior, reached, measured)


def _additions(prior: Prior, reached: Mask, measured: Mask) -> float:
    """Return the number of additions that the prior expects."""
    by_source, by_target = np.zeros(len(reached)), np.zeros(len(measured))
    if prior.structure is not None:
        ends, slopes = prior.structure.ends(), prior.structure.missing
        by_source, by_target = (slope * end for slope, end in zip(slopes, ends, strict=True))
    pairs = np.exp(by_source[reached]).sum() * np.exp(by_target[measured]).sum()
    return float(2 * np.exp(-prior.kinds.add) * pairs)
