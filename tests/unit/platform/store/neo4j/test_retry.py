"""Two clients that lock what the other one needs: one is run again, and both end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import neo4j

    from tests.unit.platform.store.neo4j_contents import Neo4jContents

_COUNT = "MATCH (n:KgpRecord {key: $key}) SET n.count = coalesce(n.count, 0) + 1"


def test_a_deadlock_between_two_clients_is_shown_to_neither(contents: Neo4jContents) -> None:
    contents.put("empty", lambda store: None)
    both_hold_one = Barrier(2)
    attempts = []

    def clash(*keys: str) -> None:
        tried = []

        def work(tx: neo4j.ManagedTransaction) -> None:
            attempts.append(keys)
            tx.run(_COUNT, key=keys[0]).consume()
            if not tried:
                tried.append(True)
                both_hold_one.wait()
            tx.run(_COUNT, key=keys[1]).consume()

        with contents.open() as client:
            client.writing(work)

    with contents.open() as store:
        store.write("UNWIND ['x', 'y'] AS key CREATE (:KgpRecord {key: key})")
        with ThreadPoolExecutor(2) as pool:
            for done in (pool.submit(clash, "x", "y"), pool.submit(clash, "y", "x")):
                done.result()
        counts = store.write("MATCH (n:KgpRecord) WHERE n.key IN ['x', 'y'] RETURN n.count AS n")
    assert [row["n"] for row in counts] == [2, 2]
    assert len(attempts) > 2
