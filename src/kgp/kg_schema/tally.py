"""The account of a load: rows in, kept, merged, dropped with reasons. Nothing is lost silently."""

from __future__ import annotations

from dataclasses import dataclass, field

EXAMPLES = 3


@dataclass(slots=True)
class Dropped:
    """Rows that were dropped for one reason, with the first few of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Counts of one source while it is read."""

    rows_in: int = 0
    rows_merged: int = 0
    dropped: dict[str, Dropped] = field(default_factory=dict)

    def read(self, n: int = 1) -> None:
        """Count ``n`` data rows (or records) read from the source."""
        self.rows_in += n

    def merge(self, n: int) -> None:
        """Count ``n`` kept rows that state what another row of the source states already."""
        self.rows_merged += n

    def drop(self, reason: str, n: int = 1, example: str = "") -> None:
        """Count ``n`` rows dropped for ``reason``; keep the first few examples."""
        if n == 0:
            return
        entry = self.dropped.setdefault(reason, Dropped())
        entry.count += n
        if example and len(entry.examples) < EXAMPLES:
            entry.examples.append(example)

    @property
    def rows_dropped(self) -> int:
        """All dropped rows."""
        return sum(entry.count for entry in self.dropped.values())

    @property
    def rows_kept(self) -> int:
        """Rows that were not dropped; some of them may state the same fact."""
        return self.rows_in - self.rows_dropped
