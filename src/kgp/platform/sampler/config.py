"""How to sample: fan-outs, seed, cap, implementation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kgp.platform.snapshot.edges import RelationType

Backend = Literal["numba", "numpy"]
ALL = -1
UNBOUNDED = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class SamplerConfig:
    """How to sample.

    Args:
        fan_outs: one entry per hop: how many in-edges of each relation to draw per node, or
            relation name → number with ``"*"`` for the others (absent: 0); -1 draws all.
        seed: seed of the random stream.
        hub_cap: slots with more in-edges than this, excluded ones counted, are not followed
            beyond the first hop (a GO term with ten thousand genes says little about any one of
            them); None follows all.
        backend: ``numba``, or ``numpy`` where nothing may be compiled; both draw the same edges.
    """

    fan_outs: Sequence[int | Mapping[str, int]]
    seed: int = 0
    hub_cap: int | None = None
    backend: Backend = "numba"

    def cap(self, hop: int) -> int:
        """Return how many in-edges a slot may have to be followed in ``hop``."""
        return UNBOUNDED if self.hub_cap is None or not hop else self.hub_cap


def fan_out_tables(
    config: SamplerConfig, relations: Sequence[RelationType]
) -> tuple[NDArray[np.int64], ...]:
    """Spell each hop's fan-out as one number per relation.

    Returns:
        Per hop int64 [relations]; "all" is the largest number there is.

    Raises:
        BadInputError: for a fan-out or cap below what is valid, or of an unknown relation.
    """
    if config.hub_cap is not None and config.hub_cap < 0:
        raise BadInputError(
            f"Hub cap {config.hub_cap} is not a number of in-edges.",
            hint="Valid: 0 and up; None follows all.",
        )
    return tuple(_table(hop, relations) for hop in config.fan_outs)


def _table(
    fan_out: int | Mapping[str, int], relations: Sequence[RelationType]
) -> NDArray[np.int64]:
    table = {"*": fan_out} if isinstance(fan_out, int) else dict(fan_out)
    names = {relation.name for relation in relations}
    for name, number in table.items():
        if name != "*" and name not in names:
            raise BadInputError(unknown("relation", name, names))
        if number < ALL:
            raise BadInputError(
                f"Fan-out {number} is not a number of neighbours.", hint="Valid: 0 and up, -1: all."
            )
    default = table.get("*", 0)
    numbers = [table.get(relation.name, default) for relation in relations]
    return np.array([UNBOUNDED if n == ALL else n for n in numbers], np.int64)
