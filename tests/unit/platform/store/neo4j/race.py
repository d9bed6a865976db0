"""One of two processes that write a version onto the same head; run as a module."""

from __future__ import annotations

import sys

from kgp.errors import HeadMovedError
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.platform.store.records import EdgeChange, EdgeEvidence, GrnVersion
from kgp.testing.golden import BCL2, NETWORK, TP53


def write(url: str, seed: int) -> str:
    """Flip one edge on version 1, when the other process is ready, too."""
    made = GrnVersion(NETWORK, 2, 1, "refine", {"seed": seed}, "", {}, f"writer {seed}", "2026")
    said = (EdgeEvidence("lincs:2", "supports", float(seed)),)
    change = EdgeChange(TP53, BCL2, "transcriptional", 1, "activation", 0.5, {}, signatures=said)
    with Neo4jStore(parse_address(url)) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        try:
            store.commit_version(made, [change])
        except HeadMovedError as error:
            return error.message
    return "written"


if __name__ == "__main__":
    sys.stdout.write(write(sys.argv[1], int(sys.argv[2])))
