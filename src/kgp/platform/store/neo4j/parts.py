"""What one load states, out of Neo4j again as the parts that were staged of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.platform.store.neo4j.ledger import published_loads, read_load
from kgp.platform.store.neo4j.session import Session

if TYPE_CHECKING:
    from pathlib import Path


class Parts(Session):
    """Giving loads away."""

    def write_parts(self, load_id: str, folder: Path) -> None:
        """Write what one load states into ``folder``, as parts of a staging."""
        loads = {load["load_id"]: load for load in published_loads(self)}
        if load_id not in loads:
            raise BadInputError(f"No load {load_id!r}. Known: {', '.join(loads) or 'none'}.")
        read_load(self, loads[load_id], folder)
