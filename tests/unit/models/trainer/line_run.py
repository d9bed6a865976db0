"""Fit the line, as ``torchrun`` starts it: ``line_run.py FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from kgp.models.trainer import FitConfig, StateFile, fit
from kgp.progress import SilentProgress
from tests.unit.models.trainer.line import FACTS, LineTask

CONFIG = FitConfig(
    learning_rate=0.05, weight_decay=0.01, batch_size=8, max_epochs=6, patience=6, device="cpu"
)


def main(file: Path) -> None:
    with SilentProgress().step("fit") as step:
        fit(LineTask(dropout=0), CONFIG, StateFile(file, FACTS), step)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
