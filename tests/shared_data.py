"""Where the real data extracts lie, if this machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("KGP_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")


def shared(relative: str) -> Path:
    """Return the real file ``relative``; skip on a user's machine, fail in CI where it must be."""
    path = ROOT / relative
    if path.exists():
        return path
    reason = f"real data extract {relative} is not on this machine (set KGP_SHARED_DATA)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
