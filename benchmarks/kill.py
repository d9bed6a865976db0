"""Kill a load at random points with ``kill -9``, run the same command again, compare the graphs.

Half of the points lie in the reading of the source, half in the publishing, at seeded random
shares of the time that each took in a load that nothing disturbed. Each load goes into a copy of
one store that holds another source already. After every kill the graph has to be what it was (or
whole, where the kill came after the last write), and after the second run its fingerprint has to
be that of the undisturbed load.

    python -m benchmarks.kill [--json FILE] [--kills 20] [--seed 7] [FILE]
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.table import Table

from benchmarks.harness import Row, parser, publish
from kgp.loaders.sample import sample_file
from kgp.loaders.synthetic.primekg import write_primekg
from kgp.platform.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS = 2_500_000
KGP = Path(sys.executable).with_name("kgp")
Phase = Literal["reading", "publishing"]
PHASES: tuple[Phase, ...] = ("reading", "publishing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kill and what came of it.

    Args:
        phase: where the kill was aimed at.
        seconds: after the start of the phase.
        blocks: blocks that had their mark.
        published: whether the load was in the graph already.
        unharmed: whether the graph was as before the load, or whole.
        equal: whether the second run gave the fingerprint of the undisturbed load.
    """

    phase: Phase
    seconds: float
    blocks: int
    published: bool
    unharmed: bool
    equal: bool


class Trial:
    """One source file, a store to load it into, and what an undisturbed load gives.

    Args:
        folder: where the stores lie.
        source: name of the source.
        file: its file.
    """

    def __init__(self, folder: Path, source: str, file: Path) -> None:
        self.folder, self.arguments = folder, ["load", source, str(file)]
        # Without coverage, whose lock a signal can find held, which would then never be let go.
        kept = {name: v for name, v in os.environ.items() if not name.startswith("COVERAGE_")}
        self.environment = {**kept, "KGP_LOGS": str(folder / "logs")}
        self.base = folder / "base.duckdb"
        self._run(["load", "trrust", str(sample_file("trrust_hs.tsv.gz"))], self.base)
        self.before = fingerprint(self.base)
        whole = self.copy("whole")
        self.windows = self._windows(whole)
        self.whole = fingerprint(whole)

    def copy(self, name: str) -> Path:
        """A store of its own, with what was there before the load."""
        return Path(shutil.copy(self.base, self.folder / f"{name}.duckdb"))

    def start(self, store: Path) -> subprocess.Popen[str]:
        """Start the load."""
        return self._popen(self.arguments, store)

    def finish(self, store: Path) -> None:
        """Run the load to its end.

        Raises:
            RuntimeError: with what it said, if it fails.
        """
        self._run(self.arguments, store)

    def kill(self, name: str, phase: Phase, share: float) -> Outcome | None:
        """Kill a load at a share of a phase and load again; None if it had ended before."""
        store, seconds = self.copy(name), share * self.windows[phase]
        staging = Path(f"{store}.staging")
        process = self.start(store)
        while process.poll() is None and not _is_in(phase, staging):
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            return None
        blocks, found = len(list(staging.glob("*/*.done"))), fingerprint(store)
        self.finish(store)
        left = list(staging.glob("*"))
        equal = fingerprint(store) == self.whole and not left
        store.unlink()
        unharmed = found in (self.before, self.whole)
        return Outcome(phase, seconds, blocks, found == self.whole, unharmed, equal)

    def kills(self, count: int, seed: int) -> Iterator[Outcome]:
        """Kill ``count`` loads, in turn while reading and while publishing."""
        draw, done, tries = random.Random(seed), 0, 0
        while done < count:
            tries += 1
            outcome = self.kill(f"killed-{tries}", PHASES[done % len(PHASES)], draw.random())
            if outcome is not None:
                done += 1
                yield outcome

    def _windows(self, store: Path) -> dict[Phase, float]:
        """Seconds that each phase of an undisturbed load takes."""
        staging, seen = Path(f"{store}.staging"), dict.fromkeys(PHASES, 0.0)
        process = self.start(store)
        while process.poll() is None:
            for phase in PHASES:
                if not seen[phase] and _is_in(phase, staging):
                    seen[phase] = time.monotonic()
            time.sleep(0.001)
        _check(process)
        return {
            "reading": seen["publishing"] - seen["reading"],
            "publishing": time.monotonic() - seen["publishing"],
        }

    def _run(self, arguments: Sequence[str], store: Path) -> None:
        _check(self._popen(arguments, store))

    def _popen(self, arguments: Sequence[str], store: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(KGP), *arguments, "--store", f"duckdb:{store}", "--progress", "none"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def fingerprint(store: Path) -> str:
    """The fingerprint of the graph in a file."""
    with EmbeddedStore(str(store), create=False, busy_wait=10.0) as graph:
        return graph.fingerprint()


def _is_in(phase: Phase, staging: Path) -> bool:
    return any(staging.glob("*/begun.json" if phase == "reading" else "*/load.json"))


def _check(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(title="kill -9, then the same command")
    for heading in ("kill", "phase", "after s", "blocks done", "in the graph", "unharmed", "equal"):
        table.add_column(heading)
    for number, each in enumerate(outcomes, 1):
        marks = ("yes" if each.published else "no", *map(_yes, (each.unharmed, each.equal)))
        table.add_row(str(number), each.phase, f"{each.seconds:.2f}", str(each.blocks), *marks)
    return table


def _yes(good: bool) -> str:
    return "yes" if good else "NO"


def main() -> None:
    """Kill, load again, compare and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--kills", type=int, default=20, help="loads to kill")
    options.add_argument("--seed", type=int, default=7, help="of the random points")
    options.add_argument("file", nargs="?", type=Path, help="a kg.csv; default a synthetic one")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or write_primekg(Path(folder) / "kg.csv", ROWS)
        trial = Trial(Path(folder), "primekg", file)
        outcomes = list(trial.kills(given.kills, given.seed))
    Console().print(_table(outcomes))
    count = float(len(outcomes))
    unharmed, equal = sum(o.unharmed for o in outcomes), sum(o.equal for o in outcomes)
    rows = [
        Row("graphs unharmed by the kill", unharmed, "loads", "kills", count),
        Row("equal fingerprints in the end", equal, "loads", "kills", count),
    ]
    publish("kill", rows, given.json, ("kgp", "duckdb"))
    if not all(o.unharmed and o.equal for o in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
