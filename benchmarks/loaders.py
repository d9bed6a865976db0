"""What the loaders add to the sampler, and whether every edge keeps its own features.

A snapshot of PrimeKG's size (129,375 nodes, 8.1 M edges of 50 edge types) with half-precision
vectors of 2 x 768 per node; batches of 256 drugs with fan-outs of 20 and 10. Times are those of
the processor, in one process, in turn.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import torch
from torch_geometric.loader import NodeLoader

from benchmarks.harness import Row, parser, publish
from benchmarks.sampler_graph import primekg_sized
from kgp.platform.pyg import (
    BatchContents,
    EdgeFeatures,
    FeatureTable,
    PyGNeighborSampler,
    node_loader,
    remote_stores,
    to_hetero_data,
)
from kgp.platform.pyg.typed import BlockDivider
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig
from kgp.platform.snapshot import Snapshot
from kgp.platform.snapshot.config import FORMAT
from kgp.platform.snapshot.files import folder_when_whole
from kgp.platform.snapshot.texts import TextTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WIDTH = 2 * 768
VECTORS = "embedding"
CONFIG = SamplerConfig((20, 10))
BATCH, DRUGS = 256, "drug"
STEP = 0.05
"""Seconds that the device of a trainer is taken to work on a batch."""
EPOCHS = 6
"""In the first the memory that batches lie in is touched for the first time."""


def write_world(folder: Path, share: float) -> Snapshot:
    """Write a snapshot of a drawn graph, with drawn vectors, without going through a store."""
    world = primekg_sized(share)
    nodes = int(world.offsets[-1])
    rng = np.random.default_rng(0)
    facts = {"encoder": "drawn", "node_type": "", "name": VECTORS}
    with folder_when_whole(folder / "world") as out:
        out.add("node_offsets", world.offsets)
        for name in ("ids", "names"):
            out.add_texts(name, TextTable.of(str(n) for n in range(nodes)))
        for name in world.adjacency.__slots__:
            out.add(f"adjacency/{name}", getattr(world.adjacency, name))
        values = rng.standard_normal((nodes, WIDTH), np.float32)
        out.add(f"vectors/{VECTORS}", values.astype(np.float16))
        out.add(f"vectors/{VECTORS}.mask", np.ones(nodes, bool))
        types = zip(world.types, np.diff(world.offsets).tolist(), strict=True)
        kinds = [{"source": k.source, "name": k.name, "target": k.target} for k in world.relations]
        plain: dict[str, Any] = {key: {} for key in ("config", "counts", "datasets")}
        out.finish(
            plain
            | {"format": FORMAT, "fingerprint": "drawn", "hash": "world", "sources": []}
            | {"node_types": [{"name": name, "count": count} for name, count in types]}
            | {"relations": kinds, "vectors": {VECTORS: facts}}
        )
    return Snapshot.open(folder / "world")


def edge_numbers(snapshot: Snapshot) -> NDArray[np.int64]:
    """Number every edge by its source, relation and destination."""
    return number(*snapshot.adjacency.ends())


def number(src: Any, relation: Any, dst: Any) -> NDArray[np.int64]:
    """Return a number that one edge alone has."""
    numbers: NDArray[np.int64] = (np.asarray(src, np.int64) << 40) + (np.asarray(dst) << 10)
    return numbers + relation


def wrong_features(snapshot: Snapshot, batch: Any) -> tuple[int, int]:
    """Count the edges of a batch, and those whose feature is not their own."""
    edges = wrong = 0
    for relation, kind in enumerate(snapshot.relations):
        store = batch[kind.source, kind.name, kind.target]
        src, dst = (
            batch[name].n_id.numpy()[rows.numpy()] + snapshot.numbering.span(name)[0]
            for name, rows in zip((kind.source, kind.target), store.edge_index, strict=True)
        )
        expected = number(src, relation, dst)
        wrong += int((store.edge_number.numpy() != expected).sum())
        edges += len(src)
    return edges, wrong


def in_turn(actions: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Measure processor milliseconds, one call of each action after the other."""
    for action in actions.values():
        action()
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(repeats):
        for name, action in actions.items():
            start = time.process_time()
            action()
            found[name].append(1e3 * (time.process_time() - start))
    return found


def speed(snapshot: Snapshot, repeats: int) -> list[Row]:
    """Measure one batch through each way."""
    first, end = snapshot.numbering.span(DRUGS)
    rng = np.random.default_rng(1)

    def drugs() -> NDArray[np.int64]:
        return rng.choice(end - first, BATCH, replace=False)

    sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, CONFIG)
    divider, adapter = BlockDivider(snapshot), PyGNeighborSampler(snapshot, CONFIG)
    data = to_hetero_data(snapshot, vectors=False)
    bare = to_hetero_data(snapshot, vectors=False)
    for key in bare.edge_types:
        del bare[key].edge_position
    graph_alone = BatchContents(snapshot, CONFIG, vectors=())
    with_vectors = BatchContents(snapshot, CONFIG)
    table = FeatureTable(snapshot.vectors(VECTORS).values)
    loaders = {
        "NodeLoader": NodeLoader(bare, adapter, input_nodes=DRUGS),
        "NodeLoader, with edge positions": NodeLoader(data, adapter, input_nodes=DRUGS),
    }
    rows_of = range(snapshot.adjacency.nodes)
    found = in_turn(
        {
            "sampler": lambda: sampler.sample(drugs() + first),
            "sampler, divided by type": lambda: divider.divide(sampler.sample(drugs() + first)),
            **{n: (lambda loader=at: loader(drugs())) for n, at in loaders.items()},
            "our loader, with edge positions": lambda: graph_alone.sample(drugs() + first, 0),
            "our loader, with vectors": lambda: with_vectors.sample(drugs() + first, 0),
            "20,000 rows of 2x768": lambda: table.gather(
                torch.from_numpy(rng.choice(len(rows_of), min(20_000, len(rows_of)), False))
            ),
        },
        repeats,
    )
    against = {"NodeLoader": 11.0, "20,000 rows of 2x768": 13.0}
    return [
        Row(
            name,
            median(times),
            "ms",
            "target" if name in against else "",
            against.get(name),
            repeats=len(times),
        )
        for name, times in found.items()
    ]


def identity(snapshot: Snapshot, batches: int) -> list[Row]:
    """Compare every edge feature of many batches with the edge that carries it."""
    features = EdgeFeatures(snapshot, arrays={"edge_number": edge_numbers(snapshot)})
    config = SamplerConfig((5, 3))
    contents = BatchContents(snapshot, config, vectors=(), edge_features=features)
    stores = remote_stores(snapshot, features, vectors=())
    adapter = PyGNeighborSampler(snapshot, config)
    loaders = {
        "our loader, 4 threads": node_loader(contents, DRUGS, batch_size=64, threads=4),
        "NodeLoader over the data, 2 workers": NodeLoader(
            to_hetero_data(snapshot, vectors=False, edge_features=features),
            adapter,
            input_nodes=DRUGS,
            batch_size=64,
            shuffle=True,
            num_workers=2,
        ),
        "NodeLoader over the stores, 2 workers": NodeLoader(
            stores,
            adapter,
            input_nodes=(DRUGS, torch.arange(len(range(*snapshot.numbering.span(DRUGS))))),
            batch_size=64,
            shuffle=True,
            num_workers=2,
            transform=stores[0].attach_edges,
        ),
    }
    rows = []
    for name, loader in loaders.items():
        seen = edges = wrong = 0
        while seen < batches:
            adapter.epoch += 1
            for batch in loader:
                more, false = wrong_features(snapshot, batch)
                seen, edges, wrong = seen + 1, edges + more, wrong + false
                if seen == batches:
                    break
        rows.append(Row(f"{name}: wrong features of {edges:,} edges", wrong, "", repeats=seen))
    return rows


def endurance(snapshot: Snapshot, batches: int) -> list[Row]:
    """Watch the memory over many batches, and the wait beside a device that works meanwhile."""
    contents = BatchContents(snapshot, SamplerConfig((5, 3)), vectors=())
    loader = node_loader(contents, DRUGS, batch_size=BATCH, threads=2)
    process, begun, seen = psutil.Process(), 0, 0
    while seen < batches:
        for _ in loader:
            seen += 1
            if seen == batches // 10:
                begun = process.memory_info().rss
            if seen == batches:
                break
    growth = 100 * (process.memory_info().rss / begun - 1)
    beside = node_loader(BatchContents(snapshot, CONFIG), DRUGS, batch_size=BATCH, threads=2)
    first, *later = [_waited(beside) for _ in range(EPOCHS)]
    name = f"waited beside steps of {1e3 * STEP:.0f} ms"
    return [
        Row(f"memory, last nine tenths of {batches:,} batches", growth, "% more", "target", 1.0),
        Row(f"{name}, first epoch", first, "%"),
        Row(f"{name}, later epochs", median(later), "%", repeats=len(later)),
    ]


def _waited(loader: Any) -> float:
    """Run an epoch with steps that take no processor time; return the share waited, in percent."""
    for _ in loader:
        time.sleep(STEP)
    return 100 * float(loader.waiting_share)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--share", type=float, default=1.0, help="share of the graph's size")
    options.add_argument("--repeats", type=int, default=30, help="batches of each speed")
    options.add_argument("--batches", type=int, default=1_000, help="batches of each check")
    given = options.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        snapshot = write_world(Path(folder), given.share)
        rows = speed(snapshot, given.repeats)
        rows += identity(snapshot, given.batches)
        rows += endurance(snapshot, 2 * given.batches)
    publish("loaders", rows, given.json, ("kgp", "numpy", "numba", "torch", "torch-geometric"))


if __name__ == "__main__":
    main()
