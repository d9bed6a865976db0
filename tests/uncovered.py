"""The environment of processes that a test kills."""

from __future__ import annotations

import os


def uncovered() -> dict[str, str]:
    """This process's environment without what lets a child measure its own coverage.

    A killed process can leave a torn file of coverage behind, which ends the report for all.
    """
    return {name: v for name, v in os.environ.items() if not name.startswith(("COVERAGE_", "COV_"))}
