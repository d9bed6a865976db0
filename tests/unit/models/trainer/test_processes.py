"""Two processes of ``torchrun`` against one with the whole batch."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from tests.unit.models.trainer.line_run import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What one process and what two wrote."""
    folder = tmp_path_factory.mktemp("runs")
    main(folder / "one.pt")
    _torchrun(folder / "two.pt")
    return [torch.load(folder / name, weights_only=True) for name in ("one.pt", "two.pt")]


def _torchrun(file: Path) -> None:
    launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node=2", "--module"]
    command = [sys.executable, "-m", *launcher, "tests.unit.models.trainer.line_run", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_loss_curve_is_the_same(states: list[dict[str, Any]]) -> None:
    one, two = (np.array(state["state"]["history"]) for state in states)
    assert one.shape == (6, 2)
    np.testing.assert_allclose(one, two, rtol=1e-5)


def test_the_weights_are_the_same(states: list[dict[str, Any]]) -> None:
    one, two = (state["weights"] for state in states)
    for name, value in one.items():
        torch.testing.assert_close(value, two[name], rtol=1e-5, atol=1e-6)


def test_the_position_is_the_same(states: list[dict[str, Any]]) -> None:
    assert states[0]["loader"] == states[1]["loader"]
