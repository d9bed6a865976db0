"""Which of the processes that ``torchrun`` started this is; torch itself is not needed to know."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Launch:
    """This process among those that train one network.

    Args:
        rank: its number; 0 validates, writes and speaks.
        world: how many there are.
    """

    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process validates, writes and speaks."""
        return self.rank == 0


def launched() -> Launch:
    """Read what ``torchrun`` says; alone without it."""
    return Launch(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
