"""One epoch of training, end to end: samples a second, and the share of time spent waiting.

A graph of PrimeKG's size, 2 x 768 half-precision features of every node in a memory map, batches
of 256 drugs with [20, 10] neighbours per relation, two fused GATv2 layers of 4 heads x 64, AdamW.
The trainer's background thread samples, gathers and indexes the next batch while the network works
on this one; beside it the same work one after the other, in turn. The targets are noise: what is
learned does not matter here.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.harness import Row, parser, publish
from benchmarks.sampler_graph import World, primekg_sized
from kgp.models.gatv2 import EdgePack, FusedGATv2, pack_edges
from kgp.models.torch_state import torch_state
from kgp.models.trainer import FitConfig, RunFacts, StateFile, Validation, fit
from kgp.models.trainer.processes import processes
from kgp.models.trainer.step import Stepper
from kgp.platform.device import choose_device
from kgp.platform.pyg import FeatureTable
from kgp.platform.pyg.transfer import moved
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGES = ("kgp", "numpy", "numba", "torch", "torch-geometric")
INPUT, WIDTH, HEADS, OUT = 1536, 256, 4, 16
FAN_OUTS, BATCH = (20, 10), 256


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step takes: inputs and types of all nodes, two layers' edges, targets."""

    inputs: Tensor
    types: Tensor
    outer: EdgePack
    inner: EdgePack
    reached: int
    target: Tensor


class Network(nn.Module):
    """A projection, two layers of attention, a linear head."""

    def __init__(self, world: World) -> None:
        super().__init__()
        targets = [world.types.index(relation.target) for relation in world.relations]
        shape = (WIDTH, WIDTH // HEADS, HEADS, targets, len(world.types), "relation")
        self.project = nn.Linear(INPUT, WIDTH)
        self.outer, self.inner = FusedGATv2(*shape), FusedGATv2(*shape)
        self.head = nn.Linear(WIDTH, OUT)

    def forward(self, batch: Batch) -> Tensor:
        """Predict the seeds' targets: float [seeds, 16]."""
        start = self.project(batch.inputs.float()).relu()
        near = self.outer(start, batch.types[: batch.reached], batch.outer)[0].relu()
        out: Tensor = self.head(self.inner(near, batch.types[: len(batch.target)], batch.inner)[0])
        return out


class Drugs:
    """The task: predict noise from a drug's neighbourhood."""

    def __init__(self, world: World, table: FeatureTable, rows: int) -> None:
        first, last = world.span("drug")
        self.world, self.table = world, table
        self.rows: NDArray[np.int64] = np.arange(first, min(last, first + rows))
        self.sampler = FusedNeighborSampler(
            world.adjacency, world.relations, SamplerConfig(FAN_OUTS)
        )

    def module(self) -> Network:
        """Build the network."""
        return Network(self.world)

    def make(self, rows: NDArray[np.int64], epoch: int) -> Batch:
        """Sample, gather and index one batch."""
        block, relations = self.sampler.sample(rows, epoch), len(self.world.relations)
        near, reached = block.edge_counts[0], sum(block.node_counts[:2])
        edges = (block.src, block.dst, block.relation)
        kind = np.searchsorted(self.world.offsets, block.nodes, side="right") - 1
        nodes = torch.from_numpy(block.nodes.astype(np.int64))
        return Batch(
            self.table.gather(nodes),
            torch.from_numpy(kind),
            pack_edges(*edges, relations, len(block.nodes)),
            pack_edges(*(part[:near] for part in edges), relations, reached),
            reached,
            torch.randn(len(rows), OUT, generator=torch.Generator().manual_seed(epoch)),
        )

    def loss(self, module: Network, batch: Batch) -> Tensor:
        """Sum of squared errors."""
        return ((module(batch).float() - batch.target) ** 2).mean(1).sum()

    def validate(self, _: Network) -> Validation:
        """Judge nothing."""
        return Validation(0.0)


def main() -> None:
    """Train in turn with and without the background thread and print both."""
    options = parser(__doc__ or "")
    options.add_argument("--share", type=float, default=1.0, help="of the graph's size")
    options.add_argument("--batches", type=int, default=8, help="batches per epoch")
    options.add_argument("--repeats", type=int, default=3, help="epochs of each form")
    options.add_argument("--device", default="auto", help="cpu, cuda or auto")
    options.add_argument("--precision", default="float32", help="float32 or bfloat16")
    given = options.parse_args()
    device = choose_device(given.device)
    with tempfile.TemporaryDirectory() as folder:
        world = primekg_sized(given.share)
        table = FeatureTable(_features(world, Path(folder)), device=device, resident=False)
        task = Drugs(world, table, BATCH * given.batches)
        how = FitConfig(
            batch_size=BATCH, max_epochs=1, device=given.device, precision=given.precision
        )
        _fitted(task, how, Path(folder) / "warm.pt")
        ahead, waiting, plain = [], [], []
        for turn in range(given.repeats):
            rate, share = _fitted(task, how, Path(folder) / f"{turn}.pt")
            ahead, waiting = [*ahead, rate], [*waiting, share]
            plain.append(_one_after_the_other(task, how, device))
    where = f"{device.type}, {given.precision}"
    note = "aimed at, on a GPU"
    rows = [
        Row(f"drugs a second, batches made ahead ({where})", median(ahead), "1/s",
            "one after the other", median(plain), len(ahead)),
        Row("share of the time spent waiting for a batch", median(waiting), "", note, 0.05,
            len(waiting)),
    ]  # fmt: skip
    publish("train", rows, given.json, PACKAGES)


def _features(world: World, folder: Path) -> NDArray[np.float16]:
    shape = (world.adjacency.nodes, INPUT)
    rows = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float16, shape)
    rng = np.random.default_rng(0)
    for first in range(0, len(rows), 8192):
        rows[first : first + 8192] = rng.normal(size=rows[first : first + 8192].shape)
    written: NDArray[np.float16] = np.load(folder / "x.npy", mmap_mode="r")
    return written


def _fitted(task: Drugs, how: FitConfig, file: Path) -> tuple[float, float]:
    """Train one epoch: drugs a second, and the share of the time spent waiting."""
    with SilentProgress().step("epoch") as step:
        done = fit(task, how, StateFile(file, RunFacts("benchmark", "", {})), step)
    return done.rows / done.seconds, done.waited / done.seconds


def _one_after_the_other(task: Drugs, how: FitConfig, device: torch.device) -> float:
    """Train one epoch without a background thread: drugs a second."""
    with torch_state(how.threads):
        torch.manual_seed(0)
        stepper = Stepper(task, how, device, processes(device), task.module().to(device))
        began = time.perf_counter()
        for number, first in enumerate(range(0, len(task.rows), BATCH)):
            rows = task.rows[first : first + BATCH]
            stepper.take(1, number, len(rows), moved(task.make(rows, 1), device))
        if device.type == "cuda":
            torch.cuda.synchronize()
        return len(task.rows) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
