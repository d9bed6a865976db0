"""Where a run keeps what: its table, its snapshot, the network that predicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot

ORIGIN = "origin"
"""Name of the file in a run's folder that says where its snapshot lies and which split's network
predicts: the first, whose test drugs are those that this network never saw."""

TABLE = "table"
"""Name of the file in a run's folder that holds its pooled table."""


def opened_run(run: Path) -> tuple[Path, Snapshot]:
    """The folder of the network that predicts, and the snapshot that it was trained on.

    Raises:
        BadInputError: if the folder is not that of a run, or its snapshot is gone.
    """
    from kgp.platform.snapshot import Snapshot

    origin = run / f"{ORIGIN}.json"
    if not origin.exists():
        raise BadInputError(
            f"{run} is not the folder of a run.",
            hint="kgp train prints the folder of each run.",
            command="kgp train kg-gat",
        )
    facts = orjson.loads(origin.read_bytes())
    return run / facts["network"], Snapshot.open(Path(facts["path"]))
