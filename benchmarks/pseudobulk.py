"""Pseudo-bulk of 100,000 cells x 5,000 genes by guide, beside the usual aggregation in memory.

Writes the cells itself: counts in CSR (or ``--csc``), 200 perturbations and controls, three guides
each. kgp reads, normalises, averages by guide and tests against the control guides. The other side
reads the same file with ``anndata.read_h5ad``, normalises, and averages with a pandas group-by over
sparse rows (scanpy's ``aggregate`` where it is installed): means alone. Each in a process of its
own, in turn; peak memory is that of the whole process, start of Python included.

    python -m benchmarks.pseudobulk [--json FILE] [--repeats 3] [--cells 100000] [--csc]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median, stdev
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.harness import Row, parser, publish

if TYPE_CHECKING:
    from collections.abc import Sequence

GENES, PERTURBATIONS, GUIDES, DENSITY = 5_000, 200, 3, 0.1
BLOCK = 5_000
PACKAGES = ("kgp", "anndata", "scanpy", "numpy", "scipy", "polars", "h5py")

OURS = """
import sys
from pathlib import Path
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import build_loader
loader = build_loader("perturb-seq", {"cells": Path(sys.argv[1])}, direction="CRISPRi")
print(sum(batch.data.num_rows for batch in loader.batches(Tally()) if batch.kind == "effects"))
"""
PLAIN = """
import sys
import anndata, numpy, pandas, scipy.sparse
data = anndata.read_h5ad(sys.argv[1])
sizes = numpy.asarray(data.X.sum(1)).ravel()
data.X = scipy.sparse.diags(1e4 / sizes) @ data.X
data.X.data = numpy.log1p(data.X.data)
rows = data.obs.groupby(["perturbation", "guide_id"], observed=True).indices
X = data.X.tocsr()
means = pandas.DataFrame({key: numpy.asarray(X[at].mean(0)).ravel() for key, at in rows.items()})
print(means.shape[1])
"""
SCANPY = """
import sys
import anndata, scanpy
data = anndata.read_h5ad(sys.argv[1])
scanpy.pp.normalize_total(data, target_sum=1e4)
scanpy.pp.log1p(data)
print(scanpy.get.aggregate(data, ["perturbation", "guide_id"], "mean").n_obs)
"""


def write_cells(path: Path, cells: int, *, columns: bool, seed: int = 0) -> Path:
    """Write counts of ``cells`` cells, block by block.

    Args:
        path: the file.
        cells: number of cells.
        columns: whether the matrix lies in columns (CSC) instead of rows.
        seed: of the random counts.
    """
    import anndata
    import pandas as pd
    from scipy import sparse

    rng = np.random.default_rng(seed)
    which = rng.integers(0, PERTURBATIONS, cells)
    guide = rng.integers(0, GUIDES, cells)
    names = np.array(["non-targeting", *(f"GENE{i}" for i in range(1, PERTURBATIONS))])
    obs = pd.DataFrame(
        {
            "perturbation": pd.Categorical(names[which]),
            "guide_id": pd.Categorical([f"g{w}_{g}" for w, g in zip(which, guide, strict=True)]),
            "cell_line": pd.Categorical(["K562"] * cells),
        },
        index=[f"cell{i}" for i in range(cells)],
    )
    blocks = []
    for start in range(0, cells, BLOCK):
        n = min(BLOCK, cells - start)
        stored = round(n * GENES * DENSITY)
        places = np.unique(rng.integers(0, n * GENES, stored))
        counts = (1 + rng.poisson(0.8, len(places))).astype(np.float32)
        at = (places // GENES).astype(np.int32), (places % GENES).astype(np.int32)
        blocks.append(sparse.csr_matrix((counts, at), shape=(n, GENES)))
    matrix = sparse.vstack(blocks, format="csc" if columns else "csr")
    var = pd.DataFrame(index=[f"GENE{i}" for i in range(GENES)])
    anndata.AnnData(matrix, obs=obs, var=var).write_h5ad(path)
    return path


def measure(code: str, path: Path) -> tuple[float, float]:
    """Run a program on a file; return its seconds and the megabytes of its largest resident set."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return seconds, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def rows(
    ours: Sequence[tuple[float, float]],
    theirs: Sequence[tuple[float, float]],
    against: str,
    size: float,
) -> list[Row]:
    """Summarise what both sides used by medians.

    Args:
        ours: seconds and megabytes of each run of kgp.
        theirs: those of the other side.
        against: what the other side is.
        size: megabytes of the file.
    """
    found = []
    for place, (what, unit) in enumerate((("time", "s"), ("peak memory", "MB"))):
        mine, other = [run[place] for run in ours], [run[place] for run in theirs]
        spread = stdev(mine) if len(mine) > 1 else None
        found.append(Row(what, median(mine), unit, against, median(other), len(mine), spread))
    peak = median(run[1] for run in ours)
    found.append(Row("peak memory beside the file", peak, "MB", "size of the file", size))
    return found


def main() -> None:
    """Write the cells, run both sides in turn, and print the table."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=3, help="runs of each side")
    options.add_argument("--cells", type=int, default=100_000, help="number of cells")
    options.add_argument("--csc", action="store_true", help="let the matrix lie in columns")
    given = options.parse_args()
    code, against = _other_side()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.h5ad"
        # In a process of its own: a child's peak is never below what its parent held at its start.
        with ProcessPoolExecutor(1, get_context("spawn")) as writer:
            writer.submit(write_cells, path, given.cells, columns=given.csc).result()
        ours, theirs = [], []
        for _ in range(given.repeats):
            ours.append(measure(OURS, path))
            theirs.append(measure(code, path))
        found = rows(ours, theirs, against, path.stat().st_size / 1e6)
    publish("pseudobulk", found, given.json, PACKAGES)


def _other_side() -> tuple[str, str]:
    from importlib.util import find_spec

    if find_spec("scanpy") is not None:
        return SCANPY, "scanpy in memory"
    return PLAIN, "anndata in memory, pandas group-by"


if __name__ == "__main__":
    main()
