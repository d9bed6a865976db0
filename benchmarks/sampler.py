"""Sample the neighbourhoods of 256 drugs in a graph of PrimeKG's size.

129,375 nodes of 10 types, 8.1 M edges of 50 edge types, fan-outs of 20 and 10 in-edges per
relation, the same seeds for all, in one process, in turn, with one thread. Times are those of the
processor, so that what else runs counts little.

    python -m benchmarks.sampler [--json FILE] [--repeats 40] [--batches 2000] [--share 1]

Two other samplers are measured where they are installed. Neither has a ready-made package for
every version of torch:

    pip install torch-scatter torch-sparse --no-build-isolation    # 20 minutes on 2 cores
    pip install ninja && pip install --no-build-isolation git+https://github.com/pyg-team/pyg-lib

pyg-lib gives wrong samples with more than one thread; here all have one.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import torch
from scipy.stats import chi2
from torch_geometric.loader import NodeLoader
from torch_geometric.sampler import NeighborSampler, NodeSamplerInput

from benchmarks.harness import Row, parser, publish
from benchmarks.loaders import BATCH, CONFIG, DRUGS, VECTORS, in_turn, write_world
from benchmarks.naive_sampler import NaiveSampler
from kgp.platform.pyg import PyGNeighborSampler, to_hetero_data
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig
from kgp.platform.sampler.torch_form import TorchNeighborSampler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot

PACKAGES = ("kgp", "numpy", "numba", "torch", "torch-geometric", "torch-sparse", "pyg-lib")
FAN_OUTS = (20, 10)
TARGETS = {"numba": 5.0, "numpy": 7.0, "NodeLoader": 11.0}
GATHERED, SPEED_UP, GROWTH = 20_000, 1.8, 1.0
OVER_TORCH_SPARSE = 10.0


class Seeds:
    """Batches of drugs; all that take turns get the same.

    Args:
        first: global number of the first drug.
        end: the one after the last drug's.
    """

    def __init__(self, first: int, end: int) -> None:
        self.first = first
        self._drugs = np.arange(first, end)
        self._drawn: list[NDArray[np.int64]] = []

    def batch(self, number: int) -> NDArray[np.int64]:
        """Global numbers of one batch: int64 [256], fewer where there are fewer drugs."""
        while len(self._drawn) <= number:
            rng = np.random.default_rng(len(self._drawn))
            size = min(BATCH, len(self._drugs))
            self._drawn.append(rng.choice(self._drugs, size, replace=False))
        return self._drawn[number]

    def each(self) -> Iterator[NDArray[np.int64]]:
        """All batches."""
        number = 0
        while True:
            yield self.batch(number)
            number += 1


def forms(snapshot: Snapshot, seeds: Seeds) -> dict[str, Callable[[], object]]:
    """Return every sampler as a call that samples its next batch."""
    actions: dict[str, Callable[[], object]] = {}

    def add(name: str, sample: Callable[[NDArray[np.int64]], object]) -> None:
        batches = seeds.each()
        actions[name] = lambda: sample(next(batches))

    graph, relations = snapshot.adjacency, snapshot.relations
    for backend in ("numba", "numpy"):
        config = SamplerConfig(FAN_OUTS, backend=backend)  # type: ignore[arg-type]  # a literal
        add(backend, FusedNeighborSampler(graph, relations, config).sample)
    add("torch form, CPU", TorchNeighborSampler(graph, relations, CONFIG).sample)

    data = to_hetero_data(snapshot, vectors=False)
    for kind in data.edge_types:
        del data[kind].edge_position
    loader = NodeLoader(data, PyGNeighborSampler(snapshot, CONFIG), input_nodes=DRUGS)
    add("NodeLoader", lambda batch: loader(torch.from_numpy(batch - seeds.first)))
    naive = NaiveSampler(data, FAN_OUTS)
    add("naive torch", lambda batch: naive.sample(DRUGS, torch.from_numpy(batch - seeds.first)))
    for name, package in (("torch-sparse", "torch_sparse"), ("pyg-lib", "pyg_lib")):
        if find_spec(package) is not None:
            add(name, _of_pyg(data, seeds.first, pyg_lib=package == "pyg_lib"))
    return actions


def _of_pyg(data: Any, first: int, *, pyg_lib: bool) -> Callable[[NDArray[np.int64]], object]:
    """PyG's own sampler on one of its two back ends."""
    import torch_geometric.typing as switches

    def choose() -> None:
        switches.WITH_PYG_LIB = pyg_lib

    choose()
    sampler = NeighborSampler(data, list(FAN_OUTS))

    def sample(batch: NDArray[np.int64]) -> object:
        choose()
        nodes = torch.from_numpy(batch - first)
        return sampler.sample_from_nodes(NodeSamplerInput(None, nodes, None, DRUGS))

    return sample


def speed(snapshot: Snapshot, seeds: Seeds, repeats: int) -> list[Row]:
    """Measure one batch of every sampler."""
    found = {
        name: median(times) for name, times in in_turn(forms(snapshot, seeds), repeats).items()
    }
    rows = []
    for name, value in found.items():
        if name in TARGETS:
            rows.append(Row(name, value, "ms", "target", TARGETS[name], repeats))
        if name != "numba":
            rows.append(Row(name, value, "ms", "numba", found["numba"], repeats))
    if "torch-sparse" in found:
        ratio = found["torch-sparse"] / found["numba"]
        rows.append(
            Row("numba over torch-sparse", ratio, "x", "target", OVER_TORCH_SPARSE, repeats)
        )
    block = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, CONFIG).sample(
        seeds.batch(0)
    )
    return [Row("edges of a batch", len(block.src), "edges"), *rows]


def two_threads(snapshot: Snapshot, seeds: Seeds, repeats: int) -> Row:
    """Compare the wall-clock time of ten batches in one thread with that of twenty in two."""
    sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, CONFIG)
    batches = [seeds.batch(number) for number in range(20)]

    def some(part: list[NDArray[np.int64]]) -> None:
        for batch in part:
            sampler.sample(batch)

    ratios = []
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(some, [batches[:2], batches[:2]]))
        for _ in range(repeats):
            start = time.perf_counter()
            some(batches)
            middle = time.perf_counter()
            list(threads.map(some, [batches[:10], batches[10:]]))
            ratios.append((middle - start) / (time.perf_counter() - middle))
    return Row("two threads over one", median(ratios), "x", "target", SPEED_UP, repeats)


def gather(values: NDArray[np.float16], repeats: int) -> Row:
    """Gather random rows of a memory map into a buffer that is used again."""
    rng = np.random.default_rng(0)
    buffer = np.empty((GATHERED, values.shape[1]), values.dtype)
    plain = np.asarray(values)
    times = []
    for _ in range(repeats + 1):
        rows = rng.integers(0, len(values), GATHERED)
        start = time.thread_time()
        np.take(plain, rows, axis=0, out=buffer, mode="clip")
        times.append(1e3 * (time.thread_time() - start))
    what = f"{GATHERED:,} rows of {values.shape[1]:,} half-precision numbers"
    return Row(what, median(times[1:]), "ms", "target", 13.0, repeats)


def uniformity(snapshot: Snapshot, threads: int, epochs: int, slots: int = 200) -> Row:
    """Test by chi-square that each in-edge of many slots is drawn equally often.

    Draws without replacement are negatively correlated: a slot's statistic is divided by
    (n - k) / (n - 1), which makes it chi-square with n - 1 degrees of freedom.
    """
    graph, k = snapshot.adjacency, FAN_OUTS[0]
    degree = np.diff(graph.slot_ptr)
    dst = graph.slot_dst()
    rng = np.random.default_rng(3)
    chosen = rng.choice(np.flatnonzero((degree > k) & (degree < epochs)), slots, replace=False)
    sampler = FusedNeighborSampler(graph, snapshot.relations, SamplerConfig((k,), seed=11))
    nodes = np.unique(dst[chosen])
    with ThreadPoolExecutor(threads) as pool:
        drawn = pool.map(lambda epoch: sampler.sample(nodes, epoch).position, range(epochs))
        seen = sum(np.bincount(position, minlength=graph.edges) for position in drawn)
    statistic = freedom = 0.0
    for slot in chosen:
        counts, n = seen[graph.slot_ptr[slot] : graph.slot_ptr[slot + 1]], int(degree[slot])
        expected = epochs * k / n
        statistic += ((counts - expected) ** 2 / expected).sum() * (n - 1) / (n - k)
        freedom += n - 1
    p = float(chi2.sf(statistic, freedom))
    what = f"chi-square over {slots} slots, threads: {threads}"
    return Row(what, p, "p", "smallest that passes", 0.001, epochs)


def growth(snapshot: Snapshot, seeds: Seeds, batches: int) -> Row:
    """Sample many batches and see by how much the process has grown since the first tenth."""
    sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, CONFIG)
    process, before = psutil.Process(), 0
    for number in range(batches):
        sampler.sample(seeds.batch(number % 50), epoch=number)
        if number == batches // 10:
            before = process.memory_info().rss
    grown = 100 * (process.memory_info().rss - before) / before
    return Row("growth of the process", grown, "%", "target", GROWTH, batches)


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--share", type=float, default=1.0, help="of PrimeKG's size")
    options.add_argument("--repeats", type=int, default=40)
    options.add_argument("--batches", type=int, default=2_000, help="for the growth of memory")
    given = options.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        snapshot = write_world(Path(folder), given.share)
        seeds = Seeds(*snapshot.numbering.span(DRUGS))
        rows = speed(snapshot, seeds, given.repeats)
        rows.append(two_threads(snapshot, seeds, max(3, given.repeats // 4)))
        rows.append(gather(snapshot.vectors(VECTORS).values, given.repeats))
        rows += [uniformity(snapshot, threads, 1_500) for threads in (1, 2)]
        rows.append(growth(snapshot, seeds, given.batches))
    publish("sampler", rows, given.json, PACKAGES)


if __name__ == "__main__":
    main()
