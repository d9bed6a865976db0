"""Predicted responses, as every model returns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predicted responses.

    Args:
        drugs: the CURIE or SMILES that was asked for.
        parts: ``train``, ``validation`` or ``test`` for a drug of the run's data set, otherwise
            ``new``; only ``test`` and ``new`` say something about the model.
        genes: CURIE of each column.
        values: float32 [drugs, genes], arcsinh of the data set's measure.
    """

    drugs: tuple[str, ...]
    parts: tuple[str, ...]
    genes: tuple[str, ...]
    values: NDArray[np.float32]
