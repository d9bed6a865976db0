"""Fixtures of all tests, and the order in which they run."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ["tests.neo4j_server"]

# A busy machine is slow, not wrong.
settings.register_profile("kgp", deadline=None)
settings.load_profile("kgp")

LONGEST = (
    "tests/integration/test_neo4j_bulk.py",
    "tests/integration/test_neo4j_kill.py",
    "tests/e2e/test_neo4j_faults.py",
    "tests/e2e/test_neo4j_server.py",
    "tests/e2e/",
    "tests/integration/",
    "tests/unit/platform/store/",
    "tests/unit/models/",
    "tests/unit/api/",
)
"""Where the longest tests are, the longest first; all others follow."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: processes that share the tests then end at the same time."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    return next((n for n, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))
