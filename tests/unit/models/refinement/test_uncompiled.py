from __future__ import annotations

import os
import subprocess
import sys

import orjson
import pytest

from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.refine import refine
from tests.unit.models.refinement.worlds import random_network


def edits() -> list[tuple[int, int, int]]:
    """Refine a small damaged network."""
    true = random_network(24, 40, seed=1)
    result = refine(damage(true, 0.3, seed=2), observe(true, true.regulators))
    return [(edit.source, edit.target, edit.after) for edit in result.edits]


@pytest.mark.parametrize("disabled", ["0", "1"])
def test_the_kernels_find_the_same_edits_compiled_and_uncompiled(disabled: str) -> None:
    code = f"import orjson, {__name__} as t; print(orjson.dumps(t.edits()).decode())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
        capture_output=True,
        check=True,
    )
    here = edits()
    assert here
    assert orjson.loads(done.stdout) == [list(edit) for edit in here]
