"""Load a knowledge graph of 875,964 rows into DuckDB, beside DuckDB's own bare read of the file.

The bare read is the limit: DuckDB reads the same file and removes duplicate rows in one ``CREATE
TABLE AS``, without identifiers, types, validation or provenance. Both run in processes of their
own, in turn, so that a busy moment of the machine hits both; the figures are medians.

    python -m benchmarks.load [--json FILE] [--repeats 5]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, stdev

from benchmarks.harness import Row, parser, publish, real_data

ROWS = 875_964
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


def load(source: Path, database: Path) -> Usage:
    """Load the file with kgp: both phases, identifiers, provenance."""
    kgp = [sys.executable, "-m", "kgp", "load", "primekg", str(source)]
    return measure([*kgp, "--store", f"duckdb:{database}", "--progress", "none"], database)


def read_bare(source: Path, database: Path) -> Usage:
    """Read the file with DuckDB alone."""
    return measure([sys.executable, "-c", BARE, str(source), str(database)], database)


def rows(loads: list[Usage], bare: list[Usage]) -> list[Row]:
    """Summarise by medians."""

    def row(what: str, unit: str, ours: list[float], theirs: list[float]) -> Row:
        spread = stdev(ours) if len(ours) > 1 else None
        return Row(what, median(ours), unit, "bare read", median(theirs), len(ours), spread)

    def rate(used: list[Usage]) -> list[float]:
        return [ROWS / each.seconds for each in used]

    return [
        row("speed", "rows/s", rate(loads), rate(bare)),
        row("time", "s", [u.seconds for u in loads], [u.seconds for u in bare]),
        row("peak memory", "MB", [u.megabytes for u in loads], [u.megabytes for u in bare]),
        row("database file", "MB", [u.size for u in loads], [u.size for u in bare]),
    ]


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=5, help="loads and bare reads, in turn")
    given = options.parse_args()
    source = real_data("primekg/kg_open.csv.gz")
    loads: list[Usage] = []
    bare: list[Usage] = []
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(given.repeats):
            loads.append(load(source, Path(folder) / f"kgp-{repeat}.duckdb"))
            bare.append(read_bare(source, Path(folder) / f"bare-{repeat}.duckdb"))
    publish("load", rows(loads, bare), given.json, ("kgp", "duckdb", "pyarrow", "polars"))


if __name__ == "__main__":
    main()
