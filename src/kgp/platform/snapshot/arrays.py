"""What a snapshot hands out: arrays that belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kgp.platform.snapshot.texts import TextTable


@dataclass(frozen=True, slots=True)
class VectorArray:
    """Vectors of one set in the snapshot's numbering.

    Args:
        values: float16 [nodes of the type, dimension]; zero where the mask is False.
        mask: bool [nodes of the type], whether a node has a vector.
        node_type: the type; empty where the rows are all nodes of the graph.
        first: global number of the first row.
    """

    values: NDArray[np.float16]
    mask: NDArray[np.bool_]
    node_type: str
    first: int


@dataclass(frozen=True, slots=True)
class ResponseArrays:
    """One response set.

    Args:
        values: float32 [signatures, features], in the set's own measure.
        signatures: id of each row.
        features: CURIE of each column.
        feature_node: int32 [features], global number of each feature, -1 outside the snapshot.
        perturbed: int32, global numbers of what each signature perturbs, -1 outside.
        perturbed_ptr: int64 [signatures + 1], where each signature's entries start.
        direction: int8 beside ``perturbed``: +1, -1, or 0 for a drug.
        context: CURIE of the cell line or strain, empty for a consensus.
    """

    values: NDArray[np.float32]
    signatures: TextTable
    features: TextTable
    feature_node: NDArray[np.int32]
    perturbed: NDArray[np.int32]
    perturbed_ptr: NDArray[np.int64]
    direction: NDArray[np.int8]
    context: TextTable


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Edges that carry no messages in either direction, each once, sorted by (dst, relation, src).

    Args:
        src: int32 [edges], global numbers of the sources, as the graph states the edge.
        relation: int16 [edges], relation numbers, never of a reverse relation.
        dst: int32 [edges], global numbers of the destinations.
        sign: int8 [edges], as in the adjacency; empty where no relation is signed.
    """

    src: NDArray[np.int32]
    relation: NDArray[np.int16]
    dst: NDArray[np.int32]
    sign: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.src)
