"""Read the landmarks of a tenth of the signatures from a GCTX file of 20,000 x 12,328 values.

The file is written here, in the chunks in which LINCS' own files are (1 MB: 262 signatures x 1,000
genes) and with the landmarks first, as in its releases; then once more without chunks, as cmapPy
writes. The wanted signatures are those of one cell line in ten: in plates, as they are measured,
or scattered. The bare reader knows already which chunks hold something wanted, reads just these,
and keeps nothing; kgp's reading is compared with that, and its whole work (opening, annotations,
filter, reading) with that of cmapPy, where it is installed (``pip install cmapPy "numpy<2"
"pandas<2.2"`` in an environment of its own, given by ``--cmappy PYTHON``). Each runs in a process
of its own, in turn, the file in the page cache or, "from disk", evicted before each run; the
figures are medians.

    python -m benchmarks.gctx [--json FILE] [--repeats 5] [--cmappy PYTHON]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, stdev
from typing import TYPE_CHECKING

from benchmarks.harness import Row, parser, publish

if TYPE_CHECKING:
    from argparse import Namespace

SIGNATURES, GENES, LANDMARKS, PLATE = 20_000, 12_328, 978, 360
CHUNK = (262, 1_000)

_MEASURED = """
import resource, sys, time
from pathlib import Path
import numpy as np
path, cells = Path(sys.argv[1]), sys.argv[2]
{imports}
start = time.perf_counter()
{body}
end = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = sum(float(values.sum(dtype=np.float64)) for values in found)
print(total, end - start, end - reading, peak / (1e6 if sys.platform == "darwin" else 1e3))
"""
KGP = (
    "import h5py, polars as pl\nfrom kgp.loaders.lincs.gctx import GctxFile",
    """
file = GctxFile(path)
chosen = np.flatnonzero((file.signatures[cells] == "CELL3").to_numpy())
genes = np.flatnonzero((file.genes["is_lm"] == 1).to_numpy())
reading = time.perf_counter()
found = [values for _, values in file.blocks(chosen, genes)]
""",
)
BARE = (
    "import h5py",
    """
found = []
with h5py.File(path) as file:
    matrix = file["0/DATA/0/matrix"]
    chosen = np.flatnonzero(file["0/META/COL"][cells][()] == b"CELL3")
    genes = np.flatnonzero(file["0/META/ROW/is_lm"][()] == 1)
    tall, wide = matrix.chunks or (1, len(genes))
    reading = time.perf_counter()
    for i in np.unique(chosen // tall):
        for j in np.unique(genes // wide):
            part = matrix[i * tall:(i + 1) * tall, j * wide:(j + 1) * wide]
""",
)
CMAPPY = (
    "from cmapPy.pandasGEXpress.parse import parse",
    """
about = parse(str(path), col_meta_only=True)
genes = parse(str(path), row_meta_only=True)
cid = list(about.index[about[cells] == "CELL3"])
rid = list(genes.index[genes["is_lm"] == 1])
reading = time.perf_counter()
found = [parse(str(path), cid=cid, rid=rid).data_df.to_numpy()]
""",
)


def write(path: Path, chunks: tuple[int, int] | None) -> None:
    """Write noise with annotations; ``plates`` changes its cell line by plate, ``mixed`` by row."""
    import h5py
    import numpy as np

    random = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file.attrs["version"] = b"GCTX1.0"
        shape = (SIGNATURES, GENES)
        matrix = file.create_dataset("0/DATA/0/matrix", shape, np.float32, chunks=chunks)
        for start in range(0, SIGNATURES, 2 * CHUNK[0]):
            rows = min(2 * CHUNK[0], SIGNATURES - start)
            matrix[start : start + rows] = random.standard_normal((rows, GENES), np.float32)
        number = np.arange(SIGNATURES)
        plates = np.char.add("CELL", (number // PLATE % 10).astype("U4"))
        mixed = np.char.add("CELL", random.integers(0, 10, SIGNATURES).astype("U4"))
        about = file.create_group("0/META/COL")
        about["id"] = np.char.add("SIG:BRD-K00000000:", number.astype("U6")).astype("S")
        about["plates"], about["mixed"] = plates.astype("S"), mixed.astype("S")
        about["pert_dose"] = np.where(number % 7, 10.0, -666.0)
        genes = file.create_group("0/META/ROW")
        genes["id"] = np.arange(1, GENES + 1).astype("S")
        genes["is_lm"] = (np.arange(GENES) < LANDMARKS).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: a checksum, seconds of the whole and of the reading alone, peak memory in MB."""

    total: float
    whole: float
    reading: float
    memory: float


def measure(program: tuple[str, str], path: Path, cells: str, python: str, cold: bool) -> Run:
    """Run one program on the file."""
    if cold:
        evict(path)
    script = _MEASURED.format(imports=program[0], body=program[1])
    command = [python, "-W", "ignore", "-c", script, str(path), cells]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(*map(float, done.stdout.split()[-4:]))


def evict(path: Path) -> None:
    """Let the system forget the file's content, so that it comes from the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def compare(path: Path, what: str, cells: str, given: Namespace, cold: bool) -> list[Row]:
    """Measure all programs in turn on one file and one filter."""
    programs = {"kgp": (KGP, sys.executable), "h5py": (BARE, sys.executable)}
    if given.cmappy:
        programs["cmapPy"] = (CMAPPY, given.cmappy)
    found: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(given.repeats):
        for name, (program, python) in programs.items():
            found[name].append(measure(program, path, cells, python, cold))
    what = f"{what}, {cells}, from {'disk' if cold else 'memory'}"
    ours = found["kgp"]
    rows = [_row(f"{what}: reading", "reading", ours, "h5py, same chunks", found["h5py"])]
    others = [("cmapPy", found["cmapPy"])] if given.cmappy else [("", [])]
    for name, runs in others:
        if runs and abs(runs[0].total - ours[0].total) > 1:
            print(f"kgp and {name} read different values")
        rows.append(_row(f"{what}: whole", "whole", ours, name, runs))
        memory = [run.memory for run in runs]
        peak = max(run.memory for run in ours)
        rows.append(Row(f"{what}: peak memory", peak, "MB", name, max(memory, default=None)))
    return rows


def _row(what: str, field: str, ours: list[Run], against: str, theirs: list[Run]) -> Row:
    own = [getattr(run, field) for run in ours]
    other = median(getattr(run, field) for run in theirs) if theirs else None
    spread = stdev(own) if len(own) > 1 else None
    return Row(what, median(own), "s", against, other, len(own), spread)


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=5, help="runs of each program, in turn")
    options.add_argument("--cmappy", default="", help="a Python in which cmapPy is installed")
    given = options.parse_args()
    rows = []
    for layout, chunks in (("chunks", CHUNK), ("no chunks", None)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"level5_n{SIGNATURES}x{GENES}.gctx"
            # Apart, because a child's peak memory is at least that of the process that started it.
            writer = get_context("spawn").Process(target=write, args=(path, chunks))
            writer.start()
            writer.join()
            for cells in ("plates", "mixed"):
                for cold in (False, True) if hasattr(os, "posix_fadvise") else (False,):
                    rows += compare(path, layout, cells, given, cold)
    publish("gctx", rows, given.json, ("kgp", "h5py", "numpy", "polars"))


if __name__ == "__main__":
    main()
