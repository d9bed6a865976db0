"""What the network looks at when it predicts one drug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.errors import BadInputError
from kgp.models.kg_gat.batch import make_batch
from kgp.models.kg_gat.checkpoint import LoadedRun, load_run
from kgp.models.torch_state import torch_state
from kgp.platform.sampler import FusedBlock, FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot

SECOND_HOP = 200
"""Neighbours per relation in the second hop; the first is complete."""


@dataclass(frozen=True, slots=True)
class Attended:
    """A node that the drug attends to.

    Args:
        path: CURIEs from the drug's neighbour outwards: one for a neighbour, two for a
            neighbour's neighbour.
        names: the same as names.
        node_type: type of the last node.
        relation: relation of the last step, towards the drug.
        weight: share of the drug's attention, mean over heads and networks; for two steps the
            product of both.
    """

    path: tuple[str, ...]
    names: tuple[str, ...]
    node_type: str
    relation: str
    weight: float


@dataclass(frozen=True, slots=True)
class AttentionReport:
    """Attention of one drug.

    Args:
        drug: its CURIE.
        name: its name.
        learned_shares: True where one softmax runs over all edges into a node; with a softmax per
            relation the shares of node types follow from the graph and not from learning.
        type_share: node type → share of the attention to neighbours.
        type_share_two: node type → share of the attention over paths of two steps.
        neighbors: neighbours with the largest weights.
        paths: paths of two steps with the largest weights.
        edges: edges that were looked at, first and second hop.
    """

    drug: str
    name: str
    learned_shares: bool
    type_share: dict[str, float]
    type_share_two: dict[str, float]
    neighbors: tuple[Attended, ...]
    paths: tuple[Attended, ...]
    edges: tuple[int, int]


def attention(run: Path, snapshot: Snapshot, drug: str, top: int = 20) -> AttentionReport:
    """Report what a run's networks attend to for one drug.

    Attention is what the network weighs, not proof of a mechanism.

    Args:
        run: folder of the run.
        snapshot: the snapshot that it was trained on.
        drug: CURIE of a drug in the graph.
        top: how many neighbours and paths to list.

    Raises:
        BadInputError: if the drug is not in the graph or has no neighbours there.
    """
    loaded = load_run(run, snapshot)
    node = int(snapshot.index([drug])[0])
    name = snapshot.numbering.names[node] or drug
    config = SamplerConfig((-1, SECOND_HOP), hub_cap=loaded.config.hub_cap)
    block = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, config).sample([node])
    if not block.edge_counts[0]:
        raise BadInputError(
            f"{drug} ({name}) has no neighbours in the snapshot.",
            hint="Its response is predicted from the structure alone.",
            command=f"kgp query neighbors {drug}",
        )
    outer, inner = _weights(loaded, block)
    near = block.edge_counts[0]
    first = _Hops(snapshot, block, np.arange(near), None, inner)
    second = _two_steps(snapshot, block, outer, inner)
    return AttentionReport(
        drug=drug,
        name=name,
        learned_shares=loaded.config.softmax == "node",
        type_share=first.by_type(),
        type_share_two=second.by_type(),
        neighbors=first.best(top),
        paths=second.best(top),
        edges=(block.edge_counts[0], block.edge_counts[1]),
    )


def _weights(
    loaded: LoadedRun, block: FusedBlock
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean attention over heads and networks: of all edges, and of those into the drug.

    The inner weights are divided by their sum, which differs from 1 only for a softmax per
    relation.
    """
    batch = make_batch(block, loaded.inputs, len(loaded.snapshot.relations))
    outer, inner = np.zeros(len(block.src)), np.zeros(block.edge_counts[0])
    with torch_state(loaded.config.threads), torch.inference_mode():
        for network in loaded.networks:
            first, second = network.module(batch)[1]
            outer += first.mean(1).double().numpy() / len(loaded.networks)
            inner += second.mean(1).double().numpy() / len(loaded.networks)
    return outer, inner / inner.sum()


@dataclass(frozen=True, slots=True)
class _Hops:
    """Weighted steps: the last edge, the neighbour in between (if any), the weight."""

    snapshot: Snapshot
    block: FusedBlock
    edge: NDArray[np.int64]
    via: NDArray[np.int32] | None
    weight: NDArray[np.float64]

    def by_type(self) -> dict[str, float]:
        """Share of the weight by the type of the last node, the largest first."""
        numbering = self.snapshot.numbering
        kind = numbering.type_of(self.block.nodes[self.block.src[self.edge]])
        sums = np.bincount(kind, self.weight, minlength=len(numbering.types))
        shares = sums / max(float(sums.sum()), 1e-12)
        pairs = sorted(zip(-shares, numbering.types, strict=True))
        return {name: float(-share) for share, name in pairs if share < 0}

    def best(self, top: int) -> tuple[Attended, ...]:
        """The steps of largest weight."""
        order = np.argsort(-self.weight, kind="stable")[:top]
        return tuple(self._describe(int(row)) for row in order)

    def _describe(self, row: int) -> Attended:
        edge, nodes, numbering = int(self.edge[row]), self.block.nodes, self.snapshot.numbering
        last = int(nodes[self.block.src[edge]])
        steps = [last] if self.via is None else [int(nodes[self.via[row]]), last]
        return Attended(
            path=tuple(numbering.ids.take(steps)),
            names=tuple(numbering.names.take(steps)),
            node_type=numbering.types[int(numbering.type_of(np.array([last]))[0])],
            relation=self.snapshot.relations[int(self.block.relation[edge])].name,
            weight=float(self.weight[row]),
        )


def _two_steps(
    snapshot: Snapshot, block: FusedBlock, outer: NDArray[np.float64], inner: NDArray[np.float64]
) -> _Hops:
    """Multiply along drug ← neighbour ← its neighbour; ways back to the drug are left out."""
    near = block.edge_counts[0]
    to_neighbor = np.bincount(block.src[:near], inner, minlength=len(block.nodes))
    edge = np.arange(near, len(block.src))
    edge = edge[block.src[edge] != 0]
    via = block.dst[edge]
    return _Hops(snapshot, block, edge, via, to_neighbor[via] * outer[edge])
