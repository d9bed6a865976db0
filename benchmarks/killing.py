"""Killing a command at random moments, running it again, and comparing the graphs.

Each run goes into a copy of one store. The moments lie, in turn, in each phase of the command, at
seeded random shares of the time that it took in a run that nothing disturbed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from benchmarks.harness import Row
from kgp.platform.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KGP = Path(sys.executable).with_name("kgp")
BEFORE, WHOLE, HALF = "as before", "whole", "HALF WRITTEN"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kill and what came of it.

    Args:
        phase: where the kill was aimed at.
        seconds: after the start of the phase.
        blocks: blocks of a load that had their mark.
        found: what the graph was after the kill.
        equal: whether the second run gave the fingerprint of the undisturbed one.
    """

    phase: str
    seconds: float
    blocks: int
    found: str
    equal: bool

    @property
    def unharmed(self) -> bool:
        """Whether the graph was one that the command means to leave."""
        return self.found != HALF


class Trial:
    """A command, a store to run it on, and what an undisturbed run gives.

    Args:
        folder: where the stores lie.
        prepare: arguments of the command that makes the store.
        arguments: arguments of the command that is killed.
        phases: its phases in their order, each with the file in the staging folder that shows
            that it has begun; no file for one that begins with the process.
    """

    def __init__(
        self,
        folder: Path,
        prepare: Sequence[str],
        arguments: Sequence[str],
        phases: Mapping[str, str],
    ) -> None:
        self.folder, self.arguments, self.phases = folder, list(arguments), dict(phases)
        # Without coverage, whose lock a signal can find held, which would then never be let go.
        kept = {name: v for name, v in os.environ.items() if not name.startswith("COVERAGE_")}
        self.environment = {**kept, "KGP_LOGS": str(folder / "logs")}
        self.base = folder / "base.duckdb"
        _check(self._popen(prepare, self.base))
        self.before = fingerprint(self.base)
        self.undisturbed = self.copy("whole")
        self.windows = self._windows(self.undisturbed)
        self.whole = fingerprint(self.undisturbed)

    def copy(self, name: str) -> Path:
        """A store of its own, with what was there before the command."""
        return Path(shutil.copy(self.base, self.folder / f"{name}.duckdb"))

    def start(self, store: Path) -> subprocess.Popen[str]:
        """Start the command."""
        return self._popen(self.arguments, store)

    def finish(self, store: Path) -> None:
        """Run the command to its end.

        Raises:
            RuntimeError: with what it said, if it fails.
        """
        _check(self.start(store))

    def state(self, store: Path) -> str:
        """What a graph is: as before, whole, or neither."""
        known = {self.before: BEFORE, self.whole: WHOLE}
        return known.get(fingerprint(store), HALF)

    def kill(self, name: str, phase: str, share: float) -> Outcome | None:
        """Kill a run at a share of a phase and run again; None if it had ended before."""
        store, seconds = self.copy(name), share * self.windows[phase]
        staging = Path(f"{store}.staging")
        process = self.start(store)
        while process.poll() is None and not self._is_in(phase, staging):
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            return None
        blocks, found = len(list(staging.glob("*/*.done"))), self.state(store)
        self.finish(store)
        left = list(staging.glob("*"))
        equal = fingerprint(store) == self.whole and not left
        store.unlink()
        return Outcome(phase, seconds, blocks, found, equal)

    def kills(self, count: int, seed: int) -> Iterator[Outcome]:
        """Kill ``count`` runs, in each phase in turn."""
        draw, done, tries, phases = random.Random(seed), 0, 0, list(self.phases)
        while done < count:
            tries += 1
            outcome = self.kill(f"killed-{tries}", phases[done % len(phases)], draw.random())
            if outcome is not None:
                done += 1
                yield outcome

    def _windows(self, store: Path) -> dict[str, float]:
        """Seconds that each phase of an undisturbed run takes."""
        staging, seen = Path(f"{store}.staging"), dict[str, float]()
        process = self.start(store)
        while process.poll() is None:
            for phase in self.phases:
                if phase not in seen and self._is_in(phase, staging):
                    seen[phase] = time.monotonic()
            time.sleep(0.001)
        _check(process)
        ends = [*(seen[phase] for phase in list(self.phases)[1:]), time.monotonic()]
        return {phase: end - seen[phase] for phase, end in zip(self.phases, ends, strict=True)}

    def _is_in(self, phase: str, staging: Path) -> bool:
        shown = self.phases[phase]
        return not shown or any(staging.glob(f"*/{shown}"))

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


def table(outcomes: Sequence[Outcome]) -> Table:
    """What became of each kill."""
    shown = Table(title="kill -9, then the same command")
    for heading in ("kill", "phase", "after s", "blocks done", "the graph was", "equal"):
        shown.add_column(heading)
    for number, each in enumerate(outcomes, 1):
        equal = "yes" if each.equal else "NO"
        shown.add_row(
            str(number), each.phase, f"{each.seconds:.2f}", str(each.blocks), each.found, equal
        )
    return shown


def rows(outcomes: Sequence[Outcome], what: str) -> list[Row]:
    """The figures of all kills; ``what`` was killed."""
    unharmed, equal = (sum(getattr(o, name) for o in outcomes) for name in ("unharmed", "equal"))
    count = float(len(outcomes))
    return [
        Row("graphs unharmed by the kill", unharmed, what, "kills", count),
        Row("equal fingerprints in the end", equal, what, "kills", count),
    ]


def _check(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said)
