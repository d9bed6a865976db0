"""What a batch of changes is written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

CREATE, UPDATE, DELETE = "create", "update", "delete"

INVERSE = {CREATE: DELETE, DELETE: CREATE, UPDATE: UPDATE}
"""What takes a change back, with new and former values exchanged."""

ToRow = Callable[[Row], Row]
"""Makes a parameter's row of one of the plan."""

Writing = tuple[str, ToRow]
"""What follows ``UNWIND $rows AS r``, and what makes the rows."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What writes the rows of one batch.

    Args:
        cypher: its text.
        parameters: the values that it names.
    """

    cypher: str
    parameters: Row


def key(*names: str) -> ToRow:
    """Make rows of some columns of the plan."""

    def row(found: Row) -> Row:
        return {name: found[name] for name in names}

    return row
