"""How a store of an older format becomes one of the present format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.embedded.schema import EVIDENCE
from kgp.platform.store.records import FORMAT_VERSION

if TYPE_CHECKING:
    import duckdb

STEPS: dict[int, str] = {1: EVIDENCE}
"""Format → statements that make the next one of it.

A step is what the tables were then: a later format that changes them again freezes its text here.
"""

OLDEST_FORMAT = min(STEPS)


def migrate(con: duckdb.DuckDBPyConnection, found: int) -> None:
    """Take every step from format ``found`` to the present one, all of them or none."""
    con.begin()
    try:
        for step in range(found, FORMAT_VERSION):
            con.execute(STEPS[step])
        con.execute("UPDATE meta SET value = ? WHERE key = 'format'", [str(FORMAT_VERSION)])
        con.commit()
    except BaseException:
        con.rollback()
        raise
