"""Where a run keeps what: its table, its snapshot, the network that predicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.api.runs import load_result
from kgp.errors import BadInputError

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot

ORIGIN = "origin"
"""Name of the file in a run's folder that holds its :class:`Origin`."""

TABLE = "table"
"""Name of the file in a run's folder that holds its pooled table."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run comes from.

    Args:
        path: folder of its snapshot.
        network: folder, in the run's, of the split whose network predicts: the first, whose test
            drugs are those that this network never saw.
    """

    path: str
    network: str


def opened_run(run: Path) -> tuple[Path, Snapshot]:
    """The folder of the network that predicts, and the snapshot that it was trained on.

    Raises:
        BadInputError: if the folder is not that of a run, or damaged, or its snapshot is gone.
    """
    from kgp.platform.snapshot import Snapshot

    origin = run / f"{ORIGIN}.json"
    if not origin.exists():
        raise BadInputError(
            f"{run} is not the folder of a run.",
            hint="kgp train prints the folder of each run.",
            command="kgp train kg-gat",
        )
    found = load_result(Origin, origin)
    return run / found.network, Snapshot.open(Path(found.path))
