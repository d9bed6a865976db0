"""Progress of long steps: bars on a terminal, lines in a log, silence in tests."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

Mode = Literal["auto", "rich", "log", "none"]


class Step(Protocol):
    """One running step."""

    def advance(self, n: int = 1) -> None:
        """Count ``n`` further units as done."""

    def note(self, text: str) -> None:
        """Show a short remark, such as the current loss, beside the step."""


class Progress(Protocol):
    """Where a long operation says how far it is."""

    def step(
        self, title: str, total: int | None = None, unit: str = "rows"
    ) -> AbstractContextManager[Step]:
        """Open a step; ``total`` is None where the size is not known beforehand."""


class SilentProgress:
    """Says nothing; the default of the Python API."""

    def advance(self, n: int = 1) -> None:
        """Ignore."""

    def note(self, text: str) -> None:
        """Ignore."""

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        """Yield a step that says nothing."""
        yield self


class _LogStep:
    """Counts silently; the line is written when the step ends."""

    def __init__(self) -> None:
        self.done = 0
        self.text = ""

    def advance(self, n: int = 1) -> None:
        self.done += n

    def note(self, text: str) -> None:
        self.text = text


class LogProgress:
    """One line per finished step, for logs and continuous integration."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        """Write ``title  done unit  seconds`` when the step ends, also when it fails."""
        step, start, end = _LogStep(), time.perf_counter(), "stopped"
        try:
            yield step
            end = "done"
        finally:
            count = f"  {step.done:,} {unit}" if step.done else ""
            note = f"  {step.text}" if step.text else ""
            seconds = time.perf_counter() - start
            self._stream.write(f"{title}{count}{note}  {seconds:.1f} s  {end}\n")
            self._stream.flush()


class _RichStep:
    def __init__(self, bars: RichProgress, task: TaskID) -> None:
        self._bars, self._task = bars, task

    def advance(self, n: int = 1) -> None:
        self._bars.advance(self._task, n)

    def note(self, text: str) -> None:
        self._bars.update(self._task, note=text)


class RichProgressBars:
    """Bars with rate and time left on a terminal's standard error."""

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        """Show a bar while the step runs."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task(title, total=total, note="")
            yield _RichStep(bars, task)
            count = bars.tasks[0].completed
            bars.update(task, total=count, completed=count)


def make_progress(mode: Mode = "auto") -> Progress:
    """Build the progress display for ``mode``; ``auto`` looks whether stderr is a terminal."""
    if mode == "auto":
        mode = "rich" if sys.stderr.isatty() else "log"
    if mode == "rich":
        return RichProgressBars()
    return LogProgress() if mode == "log" else SilentProgress()
