"""Attention as a table: which node attended to which, along which relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.platform.sampler import FusedBlock
    from kgp.platform.snapshot import Snapshot


def attention_frame(
    snapshot: Snapshot, alpha: Tensor, block: FusedBlock | None = None
) -> pl.DataFrame:
    """Put names to the attention of a layer.

    Args:
        snapshot: the graph.
        alpha: float [edges, heads], as the layer returns it: for the edges of ``block`` or of its
            first hops, or for all edges of the snapshot.
        block: the block that the layer saw; None for the whole graph.

    Returns:
        One row per edge, in their order: ``source`` and ``destination`` (CURIE), ``relation``,
        ``source_node`` and ``destination_node`` (the snapshot's numbers), ``attention`` (mean over
        the heads), ``head_0``, ``head_1``, …

    Raises:
        BadInputError: if there are not as many rows of attention as edges.
    """
    counts = (snapshot.adjacency.edges,) if block is None else np.cumsum(block.edge_counts)
    if len(alpha) not in counts:
        raise BadInputError(
            f"Attention of {len(alpha):,} edges.",
            hint=f"Valid is one row per edge: {' or '.join(f'{count:,}' for count in counts)}.",
        )
    ends = _all(snapshot) if block is None else _sampled(block, len(alpha))
    source, destination, relation = ends
    names = np.array([each.name for each in snapshot.relations])
    ids = pl.Series(snapshot.numbering.ids.to_arrow())
    heads = alpha.detach().float().cpu().numpy()
    columns = {
        "source": ids[source],
        "relation": pl.Series(names)[relation],
        "destination": ids[destination],
        "source_node": source,
        "destination_node": destination,
        "attention": heads.mean(1),
    }
    columns |= {f"head_{number}": heads[:, number] for number in range(heads.shape[1])}
    return pl.DataFrame(columns)


def _sampled(block: FusedBlock, edges: int) -> tuple[NDArray[np.int32], ...]:
    """Sources, destinations (global numbers) and relations of a block's first edges."""
    src, dst = block.nodes[block.src[:edges]], block.nodes[block.dst[:edges]]
    return src, dst, block.relation[:edges].astype(np.int32)


def _all(snapshot: Snapshot) -> tuple[NDArray[np.int32], ...]:
    """Sources, destinations and relations of all edges."""
    src, relation, dst = snapshot.adjacency.ends()
    return np.asarray(src), dst, relation.astype(np.int32)
