"""The common shape of all benchmarks: rows, the machine, a table, a JSON file.

A benchmark is a module with a ``main`` that computes :class:`Row` objects and hands them to
:func:`publish`; run it as ``python -m benchmarks.NAME [--json FILE]``.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from rich.console import Console
from rich.table import Table

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

_DATA = Path(os.environ.get("KGP_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure and what it is compared with.

    Attributes:
        what: what was measured.
        value: the figure, the mean where it was repeated.
        unit: its unit, such as "s", "MB" or "macro-F1".
        against: what it is compared with; empty where there is nothing.
        against_value: that figure, in the same unit.
        repeats: how often the value was measured.
        sd: standard deviation over the repeats; None for a single measurement.
        interval: 95 % interval of the mean, where it was asked for.
    """

    what: str
    value: float
    unit: str
    against: str = ""
    against_value: float | None = None
    repeats: int = 1
    sd: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def ratio(self) -> float | None:
        """``value`` over ``against_value``; None where there is nothing to compare with."""
        return self.value / self.against_value if self.against_value else None

    @property
    def spread(self) -> str:
        """The interval as text; empty where there is none."""
        return "" if self.interval is None else "[{:.4g}, {:.4g}]".format(*self.interval)

    @classmethod
    def of(
        cls,
        what: str,
        values: Sequence[float],
        unit: str,
        against: str = "",
        against_values: Sequence[float] = (),
    ) -> Row:
        """Summarise repeated measurements by mean and standard deviation."""
        return cls(
            what,
            fmean(values),
            unit,
            against,
            fmean(against_values) if against_values else None,
            len(values),
            stdev(values) if len(values) > 1 else None,
        )

    @classmethod
    def with_interval(
        cls,
        what: str,
        values: Sequence[float],
        unit: str,
        against: str = "",
        against_values: Sequence[float] = (),
    ) -> Row:
        """Summarise independent repeats, with the interval of Student's t."""
        from scipy import stats

        row = cls.of(what, values, unit, against, against_values)
        if row.sd is None:
            return row
        half = float(stats.t.isf(0.025, len(values) - 1)) * row.sd / len(values) ** 0.5
        return replace(row, interval=(row.value - half, row.value + half))


def environment(packages: Iterable[str] = ("kgp", "numpy", "scipy", "numba")) -> dict[str, Any]:
    """Describe the machine and the versions that a figure was measured with."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": {name: _version(name) for name in packages},
    }


def parser(description: str) -> argparse.ArgumentParser:
    """Return a command line parser with the options that all benchmarks have."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--json", type=Path, metavar="FILE", help="write the rows here as JSON")
    return options


def publish(
    benchmark: str,
    rows: Sequence[Row],
    json: Path | None = None,
    packages: Iterable[str] = ("kgp", "numpy", "scipy", "numba"),
) -> None:
    """Print the rows as a table and, if asked, write them as JSON.

    Args:
        benchmark: its name.
        rows: what was measured.
        json: file for ``{"benchmark", "environment", "rows"}``; parents are created.
        packages: distributions whose versions are recorded.
    """
    found = environment(packages)
    Console(width=None if sys.stdout.isatty() else 150).print(_table(benchmark, rows, found))
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        written = [asdict(row) | {"ratio": row.ratio} for row in rows]
        content = {"benchmark": benchmark, "environment": found, "rows": written}
        json.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def timed(function: Callable[[], T]) -> tuple[T, float]:
    """Call ``function``; return what it returns and the seconds it took."""
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


_PROGRAM = """
import resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
{imports}
start = time.perf_counter()
{body}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(n, seconds, peak / (1e6 if sys.platform == "darwin" else 1e3))
"""


def run_program(imports: str, body: str, path: Path) -> tuple[int, float, float]:
    """Run statements on a file in a process of their own.

    Args:
        imports: statements before the clock starts.
        body: statements that read ``path`` and leave a count in ``n``.
        path: the file.

    Returns:
        The count, the seconds of ``body``, and the megabytes at the peak of the process.
    """
    script = _PROGRAM.format(imports=imports, body=body)
    command = [sys.executable, "-W", "ignore", "-c", script, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    count, seconds, memory = done.stdout.split()[-3:]
    return int(count), float(seconds), float(memory)


def peak_memory_mb() -> float:
    """Return the largest resident set of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def real_data(relative: str) -> Path:
    """Return a file of the real data extracts.

    Raises:
        BadInputError: if this machine does not have it.
    """
    path = _DATA / relative
    if not path.exists():
        raise BadInputError(
            f"This benchmark needs the real data extract {relative}",
            hint="Set KGP_SHARED_DATA to the folder that holds the extracts",
        )
    return path


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _table(benchmark: str, rows: Sequence[Row], found: dict[str, Any]) -> Table:
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    caption = f"Python {found['python']}, {found['cpus']} CPUs, {packages}"
    table = Table(title=benchmark, caption=caption, caption_justify="left")
    spread = ("95 %",) if any(row.interval for row in rows) else ()
    numeric = ("value", *spread, "s.d.", "its value", "ratio", "repeats")
    for heading in ("what", *numeric[:-3], "unit", "against", *numeric[-3:]):
        table.add_column(heading, justify="right" if heading in numeric else "left")
    for row in rows:
        table.add_row(
            row.what,
            _number(row.value),
            *([row.spread] if spread else []),
            _number(row.sd),
            row.unit,
            row.against,
            _number(row.against_value),
            _number(row.ratio),
            str(row.repeats),
        )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}"
