"""How long a training step of one heterogeneous GATv2 layer takes, and in how much memory.

A step is forward, backward and Adam, on one thread, on the sampled neighbourhood of 256 drugs in
a graph of PrimeKG's size; 4 heads of 64 channels, 50 relations. The layers take turns in one
process, times are those of the processor, and glibc keeps what is freed on all sides
(``--malloc default`` leaves it as it is). Peaks are measured in a process for each layer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil
import torch

from benchmarks.gat_batch import WIDTH, Batch, sample_batch
from benchmarks.gat_layers import FUSED, PYG, TRIMMED, Layer, make_layer
from benchmarks.harness import Row, parser, peak_memory_mb, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TUNED = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
}
NAMES = (PYG, TRIMMED, *FUSED)
MEMORY_STEPS = 3


def make_step(layer: Layer, batch: Batch) -> Callable[[], None]:
    """Return one training step on states that have a gradient, as a layer's inputs do."""
    torch.manual_seed(0)
    states = torch.randn(batch.nodes, WIDTH, requires_grad=True)
    optimiser = torch.optim.Adam(layer.module.parameters(), 1e-4)

    def step() -> None:
        states.grad = None
        optimiser.zero_grad()
        layer.call(states).square().mean().backward()
        optimiser.step()

    return step


def processor_time(action: Callable[[], object]) -> float:
    """Milliseconds that the processor worked for a call."""
    start = time.process_time()
    action()
    return 1e3 * (time.process_time() - start)


def time_steps(batch: Batch, names: Sequence[str], rounds: int) -> list[Row]:
    """Time the layers in turn; the medians, and how many times faster than PyG's."""
    steps = {name: make_step(make_layer(name, batch), batch) for name in names}
    first = {name: processor_time(step) for name, step in steps.items()}
    for step in steps.values():
        step()  # torch.compile compiles again when a size has changed
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, step in steps.items():
            taken[name].append(processor_time(step))
    middle = {name: median(values) for name, values in taken.items()}
    rows = [
        Row(f"step, {name}", middle[name], "ms", PYG, middle[PYG], repeats=rounds) for name in names
    ]
    for name in names[1:]:
        ratios = [one / other for one, other in zip(taken[PYG], taken[name], strict=True)]
        rows.append(Row(f"{name}: times faster", median(ratios), "x", repeats=rounds))
    rows += [Row(f"first step, {name}", first[name], "ms") for name in names]
    return rows


def differences(batch: Batch, names: Sequence[str]) -> list[Row]:
    """Largest relative difference to PyG's output and to its gradient of the states, float64."""
    torch.manual_seed(0)
    states = torch.randn(batch.nodes, WIDTH, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(batch.destinations, WIDTH, dtype=torch.float64)
    found = {}
    for name in names:
        layer = make_layer(name, batch)
        layer.module.double()
        out = layer.call(states)
        (grad,) = torch.autograd.grad((out * weight).sum(), states)
        found[name] = (out.detach(), grad)
    rows = []
    for name in names[1:]:
        for what, one, other in zip(("output", "gradient"), found[PYG], found[name], strict=True):
            gap = float((one - other).abs().max() / one.abs().max())
            rows.append(Row(f"{name}: relative difference of the {what}", gap, ""))
    return rows


def peaks(batch: Batch, names: Sequence[str]) -> list[Row]:
    """Memory that training steps take beyond what the process holds before the first."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "batch.npz"
        batch.save(file)
        found = {}
        for name in names:
            command = [sys.executable, "-m", "benchmarks.gat", "--peak-of", name, str(file)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[name] = float(done.stdout.split()[-1])
    return [Row(f"peak memory, {name}", found[name], "MB", PYG, found[PYG]) for name in names]


def peak_of(name: str, file: Path) -> float:
    """Take some steps in this process; the growth of its peak in MB."""
    batch = Batch.load(file)
    step = make_step(make_layer(name, batch), batch)
    before = psutil.Process().memory_info().rss / 1e6
    for _ in range(MEMORY_STEPS):
        step()
    return _peak() - before


def _peak() -> float:
    """Largest resident set of this program in MB.

    Linux hands the ``ru_maxrss`` of the process that started it on; its own is in /proc.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_memory_mb()
    lines = status.read_text().splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kibibytes) * 1024 / 1e6


def pack_time(batch: Batch) -> Row:
    """Time the index pack, which the loader's thread makes."""
    batch.pack()
    taken = [processor_time(batch.pack) for _ in range(15)]
    return Row("index pack", median(taken), "ms", repeats=len(taken))


def main() -> None:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--rounds", type=int, default=7, help="rounds of steps (7)")
    options.add_argument("--threads", type=int, default=1, help="torch threads (1)")
    options.add_argument("--malloc", choices=("tuned", "default"), default="tuned")
    options.add_argument("--share", type=float, default=1.0, help="size of the graph (1)")
    options.add_argument("--only", choices=("times", "peaks", "equality"), help="one part")
    options.add_argument("--peak-of", nargs=2, metavar=("LAYER", "BATCH"), help="used by itself")
    given = options.parse_args()
    if given.malloc == "tuned" and not TUNED.items() <= os.environ.items():
        arguments = [sys.executable, "-m", "benchmarks.gat", *sys.argv[1:]]
        os.execve(sys.executable, arguments, os.environ | TUNED)
    torch.set_num_threads(given.threads)
    if given.peak_of:
        print(peak_of(given.peak_of[0], Path(given.peak_of[1])))
        return
    batch = sample_batch(given.share)
    sizes = {"nodes": batch.nodes, "destinations": batch.destinations, "edges": batch.edges}
    rows = [Row(f"batch: {what}", size, "") for what, size in sizes.items()]
    parts: dict[str, Callable[[], list[Row]]] = {
        "times": lambda: [pack_time(batch), *time_steps(batch, NAMES, given.rounds)],
        "peaks": lambda: peaks(batch, NAMES),
        "equality": lambda: differences(batch, NAMES),
    }
    for name, part in parts.items():
        if given.only in {None, name}:
            rows += part()
    publish("gat", rows, given.json, ("kgp", "torch", "torch-geometric", "numpy", "numba"))


if __name__ == "__main__":
    main()
