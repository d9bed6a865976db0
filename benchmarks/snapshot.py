"""Export a graph of PrimeKG's size (8.1 M rows of kg.csv) from an embedded store.

    python -m benchmarks.snapshot [--json FILE] [--share 1] [--repeats 3]

The file is written and loaded first, which is not timed. Each export runs in a process of its own,
on a fresh copy of the store: the graph's fingerprint, which names the snapshot and which a store
keeps once it is computed, is part of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.harness import Row, parser, publish, run_program
from kgp.api.loading import load
from kgp.loaders.synthetic.primekg import FULL_ROWS, write_primekg

SECONDS, MEGABYTES = 60.0, 3_000.0
IMPORTS = """
from kgp.api.graph import snapshot
"""
BODY = """
used = time.process_time()
done = snapshot(f"duckdb:{path / 'fresh.duckdb'}", path / "out")
n = round(1000 * (time.process_time() - used))
"""


def rows_of(folder: Path, share: float, repeats: int) -> list[Row]:
    """Write, load and export a graph of a share of PrimeKG's size."""
    file = write_primekg(folder / "kg.csv", int(FULL_ROWS * share))
    load("primekg", [f"kg={file}"], store=f"duckdb:{folder / 'store.duckdb'}")
    file.unlink()
    runs = []
    for _ in range(repeats):
        shutil.rmtree(folder / "out", ignore_errors=True)
        shutil.copy(folder / "store.duckdb", folder / "fresh.duckdb")
        runs.append(run_program(IMPORTS, BODY, folder))
    worked, seconds, memory = (median(column) for column in zip(*runs, strict=True))
    written = sum(f.stat().st_size for f in (folder / "out").rglob("*") if f.is_file())
    return [
        Row("export", seconds, "s", "target", SECONDS, repeats),
        Row("export: time of all processors", worked / 1e3, "s", "", None, repeats),
        Row("export: peak of the process", memory, "MB", "target", MEGABYTES, repeats),
        Row("size of the snapshot", written / 1e6, "MB"),
    ]


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--share", type=float, default=1.0, help="of PrimeKG's size")
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        rows = rows_of(Path(folder), given.share, given.repeats)
    publish("snapshot", rows, given.json, ("kgp", "duckdb", "pyarrow", "numpy"))


if __name__ == "__main__":
    main()
