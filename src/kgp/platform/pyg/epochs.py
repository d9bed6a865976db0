"""Which seeds make up which batch: a function of (seed, epoch) and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError
from kgp.platform.sampler.streams import hop_key
from kgp.platform.splitmix64 import splitmix64

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER = -1
"""Takes the place of the hop in the key, so that the order shares no word with any draw."""


@dataclass(frozen=True, slots=True)
class SeedBatch:
    """One batch of an epoch.

    Args:
        epoch: number of the epoch.
        number: number of the batch in its epoch.
        rows: int64 [batch], which of the seeds these are.
        seeds: [batch, ...], the seeds themselves.
    """

    epoch: int
    number: int
    rows: NDArray[np.int64]
    seeds: NDArray[Any]


@dataclass(frozen=True, slots=True)
class SeedOrder:
    """How the seeds of an epoch are divided into batches.

    An epoch's order sorts the rows by splitmix64 of (seed, epoch, row), which is a bijection of
    the rows: a permutation without ties, the same on every machine.

    Args:
        seeds: [seeds, ...], one row per seed.
        batch_size: seeds per batch, over all ranks.
        shuffle: permute the seeds in each epoch.
        drop_last: leave out the last batch where it is smaller than the others.
        seed: of the permutations.
        rank: number of this process; it takes the rows rank, rank + ranks, … of every batch.
        ranks: how many processes share each batch.

    Raises:
        BadInputError: for no seeds, a batch size below the number of ranks, or a wrong rank.
    """

    seeds: NDArray[Any]
    batch_size: int
    shuffle: bool = True
    drop_last: bool = False
    seed: int = 0
    rank: int = 0
    ranks: int = 1

    def __post_init__(self) -> None:
        if not len(self.seeds):
            raise BadInputError("There are no seeds to make batches of.")
        if not 0 <= self.rank < self.ranks:
            raise BadInputError(f"Rank {self.rank} is not one of {self.ranks} processes.")
        if self.batch_size < self.ranks:
            raise BadInputError(
                f"A batch of {self.batch_size} seeds cannot be divided.",
                hint=f"Give at least {self.ranks}: one for each process.",
            )
        if not len(self):
            raise BadInputError(
                f"{len(self.seeds)} seeds do not fill a batch of {self.batch_size}.",
                hint="Give a smaller batch, or keep the last one.",
            )

    def __len__(self) -> int:
        whole, rest = divmod(len(self.seeds), self.batch_size)
        # A rest that does not give every process a seed would leave some of them without a batch.
        return whole + (rest >= self.ranks and not self.drop_last)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the rows of the seeds in the order of an epoch: int64 [seeds]."""
        rows = np.arange(len(self.seeds))
        if not self.shuffle:
            return rows
        words = splitmix64(hop_key(self.seed, epoch, ORDER) ^ rows.astype(np.uint64))
        return np.argsort(words)

    def batch(self, order: NDArray[np.int64], epoch: int, number: int) -> SeedBatch:
        """Cut this process's share of a batch out of an epoch's order."""
        first = number * self.batch_size
        rows = order[first : first + self.batch_size][self.rank :: self.ranks]
        return SeedBatch(epoch, number, rows, self.seeds[rows])

    def facts(self) -> dict[str, Any]:
        """Return what must be equal for a position to mean the same batch, on any rank."""
        return {
            "seeds": hashlib.sha256(self.seeds.tobytes()).hexdigest()[:16],
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "seed": self.seed,
        }
