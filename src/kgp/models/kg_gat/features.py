"""What the model knows of a node before it looks at the neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.platform.encoders import load_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.platform.snapshot import Snapshot

COORDINATES = "graph_svd"


@dataclass(frozen=True, slots=True)
class NodeInputs:
    """Input vectors of all nodes, by type.

    Each vector set is compressed by sign(x) log(1 + |x|), because counts have long tails, and
    divided by its root mean square; a node outside a set's mask has zeros there.

    Args:
        values: per type float16 [nodes of the type, width]; width 0 where nothing is known.
        layout: per type the (set, first column, width, scale) of each piece.
        offsets: int64 [types + 1], first node of each type.
        types: names of the node types.
    """

    values: list[Tensor]
    layout: list[list[tuple[str, int, int, float]]]
    offsets: NDArray[np.int64]
    types: tuple[str, ...]

    @property
    def widths(self) -> list[int]:
        """Input width of each type."""
        return [part.shape[1] for part in self.values]

    def gather(self, node_type: int, nodes: NDArray[np.integer]) -> Tensor:
        """Return the inputs of nodes (global numbers) of one type: float16 [nodes, width]."""
        rows = torch.from_numpy(nodes.astype(np.int64) - int(self.offsets[node_type]))
        return self.values[node_type].index_select(0, rows)

    def of_molecules(self, smiles: Sequence[str]) -> tuple[Tensor, NDArray[np.bool_]]:
        """Return the inputs of drugs outside the graph: float32 [molecules, width], and a mask.

        Only what is computed from the structure is filled in.
        """
        drug = self.types.index("Drug")
        encoded = load_encoder("morgan").encode(smiles)
        inputs = torch.zeros(len(smiles), self.widths[drug])
        squeezed = torch.from_numpy(_compress(encoded.vectors))
        for name, first, width, scale in self.layout[drug]:
            if name == "morgan" and width == squeezed.shape[1]:
                inputs[:, first : first + width] = squeezed / scale
        return inputs, encoded.mask


def read_inputs(snapshot: Snapshot, coordinates: NDArray[np.float16]) -> NodeInputs:
    """Read all vector sets of the snapshot and append the graph coordinates.

    Args:
        snapshot: the exported graph.
        coordinates: float16 [nodes, dimensions], of
            :func:`kgp.platform.encoders.graph_svd.graph_coordinates`.
    """
    numbering = snapshot.numbering
    values, layout = [], []
    for node_type in numbering.types:
        first, end = numbering.span(node_type)
        pieces: list[NDArray[np.float32]] = [np.zeros((end - first, 0), np.float32)]
        plan: list[tuple[str, int, int, float]] = []
        for name, raw in _sets(snapshot, node_type, coordinates[first:end]):
            squeezed = _compress(raw)
            covered = squeezed[np.abs(squeezed).max(1, initial=0) > 0]
            scale = float(np.sqrt((covered**2).mean())) if len(covered) else 1.0
            plan.append((name, sum(p.shape[1] for p in pieces), raw.shape[1], scale))
            pieces.append(squeezed / np.float32(scale))
        values.append(torch.from_numpy(np.concatenate(pieces, axis=1).astype(np.float16)))
        layout.append(plan)
    return NodeInputs(values, layout, numbering.offsets, numbering.types)


def _sets(
    snapshot: Snapshot, node_type: str, coordinates: NDArray[np.float16]
) -> list[tuple[str, NDArray[np.float32]]]:
    found = []
    first, end = snapshot.numbering.span(node_type)
    for name in snapshot.vector_sets:
        array = snapshot.vectors(name)
        if array.node_type in {"", node_type}:
            rows = slice(first - array.first, end - array.first)
            if array.mask[rows].any():
                found.append((name, array.values[rows].astype(np.float32)))
    if coordinates.shape[1]:
        found.append((COORDINATES, coordinates.astype(np.float32)))
    return found


def _compress(values: NDArray[np.float32]) -> NDArray[np.float32]:
    squeezed: NDArray[np.float32] = np.sign(values) * np.log1p(np.abs(values))
    return squeezed
