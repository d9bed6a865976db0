"""All that the seeds of one run share: inputs, targets, batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.models.baselines import scale_rows, stretch
from kgp.models.kg_gat.batch import GraphBatch, make_batch
from kgp.models.kg_gat.features import NodeInputs, read_inputs
from kgp.models.kg_gat.module import KgGat
from kgp.models.torch_state import torch_state
from kgp.platform.encoders.graph_svd import graph_coordinates
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.models.dataset import DrugResponses
    from kgp.models.kg_gat.config import KgGatConfig
    from kgp.models.splits import Split
    from kgp.platform.snapshot import Snapshot

EVALUATION_EPOCH = 0
"""The sampler's epoch for validation and prediction; training counts from 1."""


@dataclass(frozen=True, slots=True)
class ResponseSpace:
    """Low-rank space of the responses' deviations from their mean.

    A response is ``length * (base + spread * c @ axes)`` with components c of about unit size.

    Args:
        base: float32 [genes], mean of the scaled training responses.
        axes: float32 [components, genes], orthonormal principal axes of the training deviations.
        spread: root mean square of the training components.
        length: factor from scaled responses back to responses.
    """

    base: NDArray[np.float32]
    axes: NDArray[np.float32]
    spread: float
    length: float

    def components(self, scaled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Project scaled responses [rows, genes]: float32 [rows, components]."""
        return ((scaled - self.base) @ self.axes.T / np.float32(self.spread)).astype(np.float32)

    def responses(self, components: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return responses of components: float32 [rows, genes]."""
        deviation = np.float32(self.spread) * components @ self.axes
        return (np.float32(self.length) * (self.base + deviation)).astype(np.float32)


def fit_space(
    responses: NDArray[np.float32], scaled: NDArray[np.float32], components: int
) -> ResponseSpace:
    """Find the principal axes of the scaled training responses [rows, genes]."""
    base = scaled.mean(0)
    _, _, rows = torch.linalg.svd(torch.from_numpy(scaled - base), full_matrices=False)
    axes: NDArray[np.float32] = rows[: min(components, len(scaled) - 1)].numpy()
    spread = float(np.sqrt((((scaled - base) @ axes.T) ** 2).mean())) or 1.0
    return ResponseSpace(base, axes, spread, float(stretch(base, responses.mean(0))))


@dataclass(frozen=True, slots=True)
class Problem:
    """A prepared learning problem.

    Args:
        config: the run's constants.
        snapshot: the graph.
        data: drugs and responses.
        split: their parts.
        inputs: input vectors of all nodes.
        coordinates: float16 [nodes, dimensions], the part of the inputs that was computed here.
        space: the response space.
        targets: float32 [drugs, components].
    """

    config: KgGatConfig
    snapshot: Snapshot
    data: DrugResponses
    split: Split
    inputs: NodeInputs
    coordinates: NDArray[np.float16]
    space: ResponseSpace
    targets: Tensor

    def sampler(self, seed: int) -> FusedNeighborSampler:
        """Return the neighbour sampler of one seed."""
        return make_sampler(self.snapshot, self.config, seed)

    def batch(
        self, sampler: FusedNeighborSampler, rows: NDArray[np.integer], epoch: int
    ) -> GraphBatch:
        """Sample the neighbourhood of some rows."""
        block = sampler.sample(self.data.nodes[rows], epoch)
        return make_batch(block, self.inputs, len(self.snapshot.relations))

    def module(self) -> KgGat:
        """Build an untrained network."""
        return build_module(self.snapshot, self.config, self.inputs, len(self.space.axes))


def prepare(snapshot: Snapshot, data: DrugResponses, split: Split, config: KgGatConfig) -> Problem:
    """Compute inputs and targets; nothing of the validation or test responses is used."""
    with torch_state(config.threads):
        return _prepare(snapshot, data, split, config)


def _prepare(snapshot: Snapshot, data: DrugResponses, split: Split, config: KgGatConfig) -> Problem:
    placed = graph_coordinates(snapshot.adjacency, config.coordinates)
    coordinates = placed.astype(np.float16)
    scaled = scale_rows(data.responses, config.row_scaling)
    train = split.train
    space = fit_space(data.responses[train], scaled[train], config.components)
    targets = torch.from_numpy(space.components(scaled))
    inputs = read_inputs(snapshot, coordinates)
    return Problem(config, snapshot, data, split, inputs, coordinates, space, targets)


def make_sampler(snapshot: Snapshot, config: KgGatConfig, seed: int) -> FusedNeighborSampler:
    """Return the sampler that a run uses."""
    how = SamplerConfig(config.fan_outs, seed=seed, hub_cap=config.hub_cap)
    return FusedNeighborSampler(snapshot.adjacency, snapshot.relations, how)


def build_module(
    snapshot: Snapshot, config: KgGatConfig, inputs: NodeInputs, components: int
) -> KgGat:
    """Build an untrained network for a snapshot's types and relations."""
    types = snapshot.numbering.types
    targets = [types.index(relation.target) for relation in snapshot.relations]
    return KgGat(config, inputs.widths, targets, components)
