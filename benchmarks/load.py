"""Load a knowledge graph into DuckDB, beside DuckDB's own bare read of the same file.

The bare read is the limit: DuckDB reads the same file and removes duplicate rows in one ``CREATE
TABLE AS``, without identifiers, types, validation or provenance. Both run in processes of their
own, in turn, so that a busy moment of the machine hits both; the figures are medians.

By default the file is real, of 875,964 rows. ``--full`` writes a synthetic one of PrimeKG's size
(129,375 nodes, 8,100,498 rows; ``--times 4`` adds a load of four times the rows, of as many
nodes, whose peak memory is compared with that of the single size). ``--dask`` compares a plain
load with one on two worker processes instead.

    python -m benchmarks.load [--json FILE] [--repeats 5] [--full] [--times 4] [--dask]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, stdev

from benchmarks.harness import Row, parser, publish, real_data
from kgp.loaders.synthetic.primekg import FULL_ROWS, write_primekg

ROWS = 875_964
PACKAGES = ("kgp", "duckdb", "pyarrow", "polars")
BARE = """
import duckdb, sys
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute(
        "CREATE TABLE kg AS SELECT DISTINCT * FROM read_csv(?, all_varchar = true)", [sys.argv[1]]
    )
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process used.

    Attributes:
        seconds: wall-clock time, start of Python included.
        megabytes: largest resident set.
        size: megabytes of the database file.
    """

    seconds: float
    megabytes: float
    size: float


def measure(command: list[str], database: Path) -> Usage:
    """Run a command to its end and ask the system what it used."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    peak = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Usage(seconds, peak, database.stat().st_size / 1e6)


def load(source: Path, database: Path, *more: str) -> Usage:
    """Load the file with kgp: both phases, identifiers, provenance."""
    kgp = [sys.executable, "-m", "kgp", "load", "primekg", str(source), *more]
    return measure([*kgp, "--store", f"duckdb:{database}", "--progress", "none"], database)


def read_bare(source: Path, database: Path) -> Usage:
    """Read the file with DuckDB alone."""
    return measure([sys.executable, "-c", BARE, str(source), str(database)], database)


def write_times(path: Path, times: int) -> Path:
    """Write ``times`` graphs of PrimeKG's size over the same nodes, one after the other."""
    one = path.with_suffix(".part")
    with path.open("wb") as file:
        for seed in range(times):
            with write_primekg(one, seed=seed).open("rb") as part:
                header = part.readline()
                file.write(b"" if seed else header)
                shutil.copyfileobj(part, file, 1 << 24)
    one.unlink()
    return path


def in_turn(folder: Path, source: Path, repeats: int) -> tuple[list[Usage], list[Usage]]:
    """Load and read a file in turn; return what both used."""
    loads: list[Usage] = []
    bare: list[Usage] = []
    for _ in range(repeats):
        for used, run in ((loads, load), (bare, read_bare)):
            database = folder / "graph.duckdb"
            used.append(run(source, database))
            database.unlink()
    return loads, bare


def compared(count: int, loads: list[Usage], bare: list[Usage]) -> list[Row]:
    """Summarise loads of ``count`` rows and bare reads by medians."""

    def row(what: str, unit: str, ours: list[float], theirs: list[float]) -> Row:
        spread = stdev(ours) if len(ours) > 1 else None
        return Row(what, median(ours), unit, "bare read", median(theirs), len(ours), spread)

    def rate(used: list[Usage]) -> list[float]:
        return [count / each.seconds for each in used]

    return [
        row("speed", "rows/s", rate(loads), rate(bare)),
        row("time", "s", [u.seconds for u in loads], [u.seconds for u in bare]),
        row("peak memory", "MB", [u.megabytes for u in loads], [u.megabytes for u in bare]),
        row("database file", "MB", [u.size for u in loads], [u.size for u in bare]),
    ]


def larger(folder: Path, times: int, single: Row) -> list[Row]:
    """Load ``times`` the rows once; compare the peak with that of the single size."""
    source = write_times(folder / "kg-times.csv", times)
    used = load(source, folder / "graph-times.duckdb")
    return [
        Row(f"time at {times} times the rows", used.seconds, "s"),
        Row(
            f"peak memory at {times} times the rows",
            used.megabytes,
            "MB",
            "single size",
            single.value,
        ),
    ]


def spread(folder: Path, source: Path, repeats: int) -> list[Row]:
    """Load in one process and on two Dask workers in turn."""
    plain: list[float] = []
    dask: list[float] = []
    for _ in range(repeats):
        for used, more in ((plain, []), (dask, ["--dask", "local"])):
            database = folder / "graph.duckdb"
            used.append(load(source, database, *more).seconds)
            database.unlink()
    return [Row("time with --dask local", median(dask), "s", "plain", median(plain), len(dask))]


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=5, help="loads and bare reads, in turn")
    options.add_argument("--full", action="store_true", help="a synthetic file of full size")
    options.add_argument("--times", type=int, default=1, help="with --full: also a larger file")
    options.add_argument("--dask", action="store_true", help="compare with a Dask cluster")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.full:
            count, source = FULL_ROWS, write_primekg(folder / "kg.csv")
        else:
            count, source = ROWS, real_data("primekg/kg_open.csv.gz")
        if given.dask:
            rows = spread(folder, source, given.repeats)
        else:
            rows = compared(count, *in_turn(folder, source, given.repeats))
            rows += larger(folder, given.times, rows[2]) if given.times > 1 else []
    publish("load", rows, given.json, PACKAGES)


if __name__ == "__main__":
    main()
