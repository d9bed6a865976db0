"""Our own loader around links: supervised edges left out, negative pairs reproducible."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch_geometric.sampler import NegativeSampling

from kgp.errors import BadInputError
from kgp.platform.pyg.columns import check_node_type, relation_number
from kgp.platform.pyg.epochs import SeedBatch, SeedOrder
from kgp.platform.pyg.loader import check_numbers
from kgp.platform.pyg.sampler import supervised_positions
from kgp.platform.sampler.streams import below, hop_key
from kgp.platform.splitmix64 import splitmix64

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from torch_geometric.data import HeteroData

    from kgp.platform.pyg.columns import EdgeType
    from kgp.platform.pyg.loader import BatchContents
    from kgp.platform.pyg.prefetch import PrefetchLoader
    from kgp.platform.snapshot import Snapshot

NEGATIVES = -2
"""Takes the place of the hop in the key of negative pairs."""
TRIES = 8
"""A pair that is an edge is drawn again, at most so often in all."""


class Negatives:
    """Draws pairs that are no edges, each a function of (seed, epoch, link, draw) alone.

    Ends are uniform over the nodes of their type: both in a binary pair, the destination in a
    triplet. A drawn pair that is an edge of the relation is drawn again; after the eighth time
    it stays, because a node may be joined to all others.

    Args:
        snapshot: the exported graph.
        relation: number of the relation.
        seed: of the random stream.
    """

    def __init__(self, snapshot: Snapshot, relation: int, seed: int) -> None:
        kind = snapshot.relations[relation]
        self._snapshot, self._relation, self._seed = snapshot, relation, seed
        self._spans = [snapshot.numbering.span(name) for name in (kind.source, kind.target)]

    def draw(
        self, links: NDArray[np.int64], draw: int, epoch: int, src: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw one pair for each link.

        Args:
            links: int64 [n], numbers of the links among all that are supervised.
            draw: number of the draw; another one is independent.
            epoch: draws of another epoch are independent.
            src: int64 [n] global numbers of sources to keep, in a triplet.

        Returns:
            int64 [n] sources and int64 [n] destinations, global numbers.
        """
        keys = splitmix64(hop_key(self._seed, epoch, NEGATIVES) ^ links.astype(np.uint64))
        heads, tails = (np.zeros(len(links), np.int64) if src is None else src.copy()), links * 0
        todo = np.arange(len(links))
        for attempt in range(TRIES):
            word = 2 * (draw * TRIES + attempt)
            if src is None:
                heads[todo] = self._uniform(keys[todo], word, 0)
            tails[todo] = self._uniform(keys[todo], word + 1, 1)
            found = self._snapshot.positions(
                heads[todo], np.full(len(todo), self._relation), tails[todo]
            )
            todo = todo[found >= 0]
            if not len(todo):
                break
        return heads, tails

    def _uniform(self, keys: NDArray[np.uint64], word: int, end: int) -> NDArray[np.int64]:
        first, last = self._spans[end]
        return first + below(keys, word, np.full(len(keys), last - first))


def link_loader(
    contents: BatchContents,
    links: tuple[EdgeType, ArrayLike],
    labels: ArrayLike | None = None,
    *,
    batch_size: int,
    neg_sampling: NegativeSampling | str | None = None,
    shuffle: bool = True,
    drop_last: bool = False,
    threads: int = 1,
    rank: int = 0,
    ranks: int = 1,
) -> PrefetchLoader[HeteroData]:
    """Iterate the neighbourhoods of links of one edge type.

    A batch's links, and the same edges in the inverse relation, are left out of its neighbourhood.
    It holds, as under ``LinkLoader``, ``edge_label_index``, ``edge_label`` and ``input_id`` of the
    edge type; with triplets ``src_index`` of the source type and ``dst_pos_index``,
    ``dst_neg_index`` of the destination type instead of the first two.

    Args:
        contents: what a batch holds.
        links: edge type, and int [2, links] numbers of their ends within their node types.
        labels: [links]; with binary negatives 1 and up, 0 being the negatives (labels that start
            at 0 are raised by one, as in PyG).
        batch_size: links per batch, over all ranks, negatives not counted.
        neg_sampling: as in PyG, ``binary`` or ``triplet`` with their amount.
        shuffle: permute the links in each epoch.
        drop_last: leave out the last batch where it is smaller.
        threads: background threads.
        rank: number of this process.
        ranks: how many processes share each batch.

    Raises:
        BadInputError: for an unknown edge type, ends that are no nodes of their types, labels of
            another length or for triplets, or weighted negatives.
    """
    key, ends = links
    make = _LinkBatches(contents, key, _negative_sampling(neg_sampling))
    pairs = make.global_ends(np.asarray(ends, np.int64))
    make.labels = _labels(labels, len(pairs), make.negative)
    order = SeedOrder(pairs, batch_size, shuffle, drop_last, contents.config.seed, rank, ranks)
    return contents.loader(order, make, threads)


class _LinkBatches:
    """Makes the batches of one edge type."""

    def __init__(
        self, contents: BatchContents, key: EdgeType, negative: NegativeSampling | None
    ) -> None:
        self.contents, self.key, self.negative = contents, key, negative
        self.relation = relation_number(contents.snapshot, key)
        self.labels: NDArray[Any] | None = None
        self._drawn = Negatives(contents.snapshot, self.relation, contents.config.seed)
        span = contents.snapshot.numbering.span
        self._spans = [span(check_node_type(contents.snapshot, name)) for name in key[::2]]

    def global_ends(self, ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number the ends of links in the whole graph: int64 [2, links] → int64 [links, 2]."""
        if ends.ndim != 2 or len(ends) != 2:
            raise BadInputError(
                f"Links of shape {list(ends.shape)} are not pairs.", hint="Give [2, links]."
            )
        for numbers, (first, end), name in zip(ends, self._spans, self.key[::2], strict=True):
            check_numbers(numbers, end - first, name)
        starts = np.array([first for first, _ in self._spans])
        return np.ascontiguousarray((ends + starts[:, None]).T)

    def __call__(self, batch: SeedBatch) -> HeteroData:
        src, dst = batch.seeds[:, 0], batch.seeds[:, 1]
        leave_out = supervised_positions(self.contents.snapshot, src, self.relation, dst)
        heads, tails = [src], [dst]
        for draw, rows in enumerate(self._draws(len(src))):
            kept = src[rows] if self._triplet else None
            more, others = self._drawn.draw(batch.rows[rows], draw, batch.epoch, kept)
            heads += [] if self._triplet else [more]
            tails.append(others)
        row, col = np.concatenate(heads), np.concatenate(tails)
        seeds, place = np.unique(np.concatenate([row, col]), return_inverse=True)
        data = self.contents.sample(seeds, batch.epoch, leave_out)
        # Seeds of one type stand first among its nodes, in ascending order.
        before = np.searchsorted(seeds, [first for first, _ in self._spans])
        row, col = place[: len(row)] - before[0], place[len(row) :] - before[1]
        self._supervise(data, batch, torch.from_numpy(row), torch.from_numpy(col))
        return data

    @property
    def _triplet(self) -> bool:
        return self.negative is not None and bool(self.negative.is_triplet())

    def _draws(self, size: int) -> list[slice]:
        """Say for which links each draw is made: all of them, and in the last one a part."""
        if self.negative is None:
            return []
        number = math.ceil(size * self.negative.amount)
        return [slice(0, min(size, number - at)) for at in range(0, number, size)]

    def _supervise(
        self, data: HeteroData, batch: SeedBatch, row: torch.Tensor, col: torch.Tensor
    ) -> None:
        size, rows = len(batch.rows), torch.from_numpy(batch.rows)
        data[self.key].input_id = rows
        if self._triplet:
            data[self.key[0]].src_index = row
            data[self.key[2]].dst_pos_index = col[:size]
            # One column per draw, as the draws of a link follow each other in PyG.
            data[self.key[2]].dst_neg_index = col[size:].view(-1, size).t().squeeze(-1)
            return
        data[self.key].edge_label_index = torch.stack([row, col])
        if self.labels is not None:
            label = torch.from_numpy(self.labels[batch.rows])
            negative = label.new_zeros((len(row) - size, *label.shape[1:]))
            data[self.key].edge_label = torch.cat([label, negative])


def _negative_sampling(asked: NegativeSampling | str | None) -> NegativeSampling | None:
    try:
        negative = NegativeSampling.cast(asked)
    except ValueError as error:
        raise BadInputError(
            f"{asked!r} is no way to draw negatives.", hint="Valid are binary and triplet."
        ) from error
    if negative is not None and (
        negative.src_weight is not None or negative.dst_weight is not None
    ):
        raise BadInputError(
            "Weighted negatives are not drawn by this loader.",
            hint="PyG's LinkLoader with PyGNeighborSampler draws them.",
        )
    return negative


def _labels(
    labels: ArrayLike | None, size: int, negative: NegativeSampling | None
) -> NDArray[Any] | None:
    """Check labels, and make those of positive links where negatives get 0."""
    if labels is None:
        return np.ones(size, np.float32) if negative is not None and negative.is_binary() else None
    values = np.asarray(labels)
    if len(values) != size:
        raise BadInputError(f"{len(values):,} labels do not fit {size:,} links.")
    if negative is None:
        return values
    if negative.is_triplet():
        raise BadInputError("Triplets have no labels.", hint="Leave the labels out.")
    return values + 1 if values.min(initial=1) == 0 else values
