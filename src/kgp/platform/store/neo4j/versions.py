"""Which servers kgp works with."""

from __future__ import annotations

import re

from kgp.errors import StoreError

OLDEST = (5, 15)
"""The first release that makes vector indexes by Cypher."""

_NUMBER = re.compile(r"(\d+)\.(\d+)")


def check_version(url: str, found: str) -> None:
    """Refuse a server that lacks what kgp asks of it.

    Args:
        url: how the server is named to the user.
        found: what it says of itself, such as ``5.26.30``, ``2025.06.0`` or ``5.27-aura``.

    Raises:
        StoreError: if it is too old, or no version can be read.
    """
    number = _NUMBER.match(found)
    if number is None or (int(number[1]), int(number[2])) < OLDEST:
        raise StoreError(
            f"{url} is Neo4j {found or 'of no version'}; kgp needs {OLDEST[0]}.{OLDEST[1]} or "
            "later.",
            hint="kgp is tested with 5.26, the line with long-term support.",
            command="kgp neo4j start, which runs that one; a dump of the old one can be migrated",
        )
