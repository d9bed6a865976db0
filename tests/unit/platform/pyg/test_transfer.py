"""Moving a batch: what moves, what stays, what is found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch
from torch_geometric.data import HeteroData

from kgp.platform.pyg import BatchContents, node_loader
from kgp.platform.pyg.transfer import map_parts, tensors_in
from kgp.platform.sampler import SamplerConfig
from tests.unit.platform.pyg.conftest import assert_same

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass(frozen=True)
class Pack:
    """Knows itself that ``counts`` stay where they are."""

    rows: torch.Tensor
    counts: torch.Tensor

    def pin_memory(self) -> Pack:
        return self

    def to(self, device: str) -> Pack:
        return Pack(self.rows.to(device), self.counts)


@dataclass(frozen=True)
class Batch:
    pack: Pack
    pair: Pair
    name: str


def nested() -> Batch:
    data = HeteroData()
    data["Gene"].x = torch.ones(2)
    data["Gene", "TARGETS", "Gene"].edge_index = torch.zeros(2, 3, dtype=torch.int64)
    return Batch(
        Pack(torch.ones(4), torch.ones(5)), Pair([data], {"y": (torch.ones(6), None)}), "name"
    )


def test_every_part_moves_as_it_knows_itself() -> None:
    moved = map_parts(nested(), lambda part: part.to("meta"))
    assert isinstance(moved, Batch)
    assert isinstance(moved.pair, Pair)
    assert moved.name == "name"
    assert (moved.pack.rows.device.type, moved.pack.counts.device.type) == ("meta", "cpu")
    assert moved.pair.left[0]["Gene"].x.device.type == "meta"
    assert moved.pair.right["y"][0].device.type == "meta"
    assert moved.pair.right["y"][1] is None


def test_all_tensors_of_a_batch_are_found() -> None:
    assert sorted(tensor.numel() for tensor in tensors_in(nested())) == [2, 4, 5, 6, 6]


def test_batches_of_pyg_data_move_whole(world: Snapshot) -> None:
    contents = BatchContents(world, SamplerConfig((3,)), resident=False)
    contents.device = torch.device("meta")
    for batch in node_loader(contents, "Drug", batch_size=10):
        assert {tensor.device.type for tensor in tensors_in(batch)} == {"meta"}


@needs_cuda
@pytest.mark.parametrize("resident", [False, True, None])
def test_batches_on_a_gpu_are_those_on_the_cpu(world: Snapshot, resident: bool | None) -> None:
    config = SamplerConfig((4, 3))
    near = node_loader(BatchContents(world, config), "Gene", batch_size=16)
    contents = BatchContents(world, config, device="cuda", resident=resident)
    far = node_loader(contents, "Gene", batch_size=16, threads=2)
    for one, other in zip(near, far, strict=True):
        assert all(tensor.is_cuda for tensor in tensors_in(other))
        assert_same(one, other.cpu())
