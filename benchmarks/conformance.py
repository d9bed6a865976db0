"""Every operation of the store's port on every store: tests of the conformance suite that call it.

python -m benchmarks.conformance [--json FILE] [-k EXPRESSION]

Runs ``tests/unit/platform/store`` with each store's operations watched. A test counts for each
operation that it, or a fixture made for it, calls on a store itself: not for what a store calls
inside another operation. Exits with 1 where a test failed or an operation was not called.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from benchmarks.harness import environment, parser
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.platform.store.port import KnowledgeStore
from kgp.report.tables import Column, TableData, to_text
from kgp.testing import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORES: dict[str, type[Any]] = {
    "memory": MemoryStore,
    "DuckDB": EmbeddedStore,
    "Neo4j": Neo4jStore,
}
SUITE = Path(__file__).parents[1] / "tests" / "unit" / "platform" / "store"

Call = tuple[str, str]
"""Operation and store."""


def operations() -> list[str]:
    """Names of the port's operations."""
    return sorted(
        name
        for name in dir(KnowledgeStore)
        if not name.startswith("_") and callable(getattr(KnowledgeStore, name))
    )


@dataclass(eq=False)
class Watch:
    """A plugin of pytest that notes which operations each test calls.

    Args:
        passed: number of passed tests by operation and store.
        failed: number of failed ones.
    """

    passed: Counter[Call] = field(default_factory=Counter)
    failed: Counter[Call] = field(default_factory=Counter)
    _called: set[Call] = field(default_factory=set)
    _inside: int = 0

    def watch(self) -> None:
        """Put a note before each operation of each store."""
        for store, kind in STORES.items():
            for name in operations():
                setattr(kind, name, self._noting((name, store), getattr(kind, name)))

    def pytest_runtest_setup(self) -> None:
        """A test begins, its fixtures included."""
        self._called.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has ended, or a fixture could not be made."""
        if report.when == "call" or report.failed:
            self._count(self.failed if report.failed else self.passed, skipped=report.skipped)

    def _count(self, counts: Counter[Call], *, skipped: bool) -> None:
        if not skipped:
            counts.update(self._called)

    def _noting(self, call: Call, operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def noted(*given: Any, **named: Any) -> Any:
            with self._entered(call):
                return operation(*given, **named)

        return noted

    @contextmanager
    def _entered(self, call: Call) -> Iterator[None]:
        if not self._inside:
            self._called.add(call)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


def report(watch: Watch) -> TableData:
    """Passed and failed tests by operation and store."""

    def cell(call: Call) -> str:
        failed = watch.failed[call]
        return f"{watch.passed[call]} passed" + (f", {failed} FAILED" if failed else "")

    rows = tuple((name, *(cell((name, store)) for store in STORES)) for name in operations())
    columns = (Column("Operation"), *(Column(store) for store in STORES))
    return TableData("Conformance of the stores", columns, rows)


def main() -> int:
    """Run the suite and print the report."""
    options = parser(__doc__ or "")
    options.add_argument("-k", default="", metavar="EXPRESSION", help="only these tests")
    given = options.parse_args()
    watch = Watch()
    watch.watch()
    arguments = [str(SUITE), "-q", "-p", "no:cacheprovider", "-n", "0"]
    code = pytest.main([*arguments, *(["-k", given.k] if given.k else [])], plugins=[watch])
    sys.stdout.write(to_text(report(watch)) + "\n")
    if given.json:
        counts = {
            name: {s: [watch.passed[name, s], watch.failed[name, s]] for s in STORES}
            for name in operations()
        }
        content = {"benchmark": "conformance", "environment": environment(), "operations": counts}
        given.json.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    missing = [f"{n} on {s}" for n in operations() for s in STORES if not watch.passed[n, s]]
    if missing:
        sys.stdout.write(f"Passed no test: {', '.join(missing)}\n")
    return 1 if code or missing else 0


if __name__ == "__main__":
    sys.exit(main())
