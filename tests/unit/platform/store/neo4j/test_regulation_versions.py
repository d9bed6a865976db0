"""Versions of regulation as they are written on a server that many clients share."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kgp.errors import BadInputError, StoreBusyError
from kgp.platform.store.records import EdgeEvidence
from kgp.testing.golden import BCL2, NETWORK, TP53
from tests.uncovered import uncovered
from tests.unit.platform.store.neo4j_contents import content
from tests.unit.platform.store.rows import signs, tuples
from tests.unit.platform.store.test_regulation import change, second, version

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents


def records(store: Neo4jStore) -> list[dict[str, Any]]:
    return store.read(
        "MATCH (v:GrnVersion)-[:VERSION_OF]->(g:Grn) OPTIONAL MATCH (v)-[:AFTER]->(p:GrnVersion)"
        " RETURN g.name AS grn, v.version AS version, p.version AS parent, g.head AS head"
        " ORDER BY grn, version"
    )


def test_of_two_processes_that_write_onto_one_head_exactly_one_wins(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.unit.platform.store.neo4j.race", contents.url, str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=120)[0].strip() for writer in writers]
    lost = f"Network '{NETWORK}' is at version 2 now; the change was computed from version 1."
    assert sorted(said) == sorted(["written", lost])
    winner = 1 + said.index("written")
    assert [v.author for v in server_store.grn_versions(NETWORK)[1:]] == [f"writer {winner}"]
    evidence = tuples(server_store.scan_evidence(NETWORK))
    assert evidence == [(TP53, BCL2, "transcriptional", 2, "lincs:2", "supports", float(winner))]
    assert len(server_store.edge_history(NETWORK, TP53, BCL2)) == 2


def test_a_writer_that_is_killed_half_way_leaves_nothing_and_no_lock(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    before = content(contents.url)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.unit.platform.store.neo4j.stalled", contents.url],
        env=uncovered(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half-way\n"
        assert content(contents.url) == before
        writer.kill()
    assert second(server_store).version == 2
    assert tuples(server_store.scan_evidence(NETWORK)) == []


def test_a_version_is_a_record_behind_its_parent(server_store: Neo4jStore) -> None:
    second(server_store)
    server_store.fork_grn(NETWORK, "fork", "cell=K562", "me")
    assert [tuple(row.values()) for row in records(server_store)] == [
        ("fork", 1, None, 1),
        (NETWORK, 1, None, 2),
        (NETWORK, 2, 1, 2),
    ]


def test_what_cannot_be_written_leaves_nothing_behind(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    before = content(contents.url)
    good = change(TP53, BCL2, 1)
    with pytest.raises(BadInputError, match="ncbigene:999"):
        server_store.commit_version(version(1), [good, change(TP53, "ncbigene:999", 1)])
    with pytest.raises(BadInputError, match="no version 7"):
        server_store.fork_grn(NETWORK, "fork", "", "me", 7)
    assert content(contents.url) == before


def test_a_pending_load_keeps_versions_out(server_store: Neo4jStore) -> None:
    server_store.write("MATCH (s:KgpStore) SET s.pending = 'primekg-1'")
    with pytest.raises(StoreBusyError, match="primekg-1"):
        server_store.commit_version(version(1), [change(TP53, BCL2, 1)])
    with pytest.raises(StoreBusyError, match="primekg-1"):
        server_store.fork_grn(NETWORK, "fork", "", "me")
    server_store.write("MATCH (s:KgpStore) REMOVE s.pending")
    assert server_store.grns()[0].head == 1


def test_nothing_of_another_owner_becomes_part_of_a_network(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    server_store.write(
        "CREATE (a:Gene {id: $id, name: 'mine'})-[:REGULATES {grn: $grn, since: 1, layer:"
        " 'transcriptional', effect: 'activation', sign: 1}]->(:Gene {id: 'x'})",
        id=TP53,
        grn=NETWORK,
    )
    now = signs(server_store, NETWORK)
    assert len(now) == 4
    server_store.fork_grn(NETWORK, "fork", "", "me")
    assert signs(server_store, "fork") == now
    found = server_store.read("MATCH (:Gene {name: 'mine'})-[r]->() RETURN r.grn AS grn")
    assert found == [{"grn": NETWORK}]


def test_reasons_can_be_asked_without_reading_json(server_store: Neo4jStore) -> None:
    gone = change(TP53, BCL2, None)
    gone.evidence["reason"] = 'not "seen"'
    kept = change(TP53, "symbol:CDKN1A", 1)
    kept.evidence["reason"] = "seen"
    server_store.commit_version(version(1), [gone, kept])
    rows = server_store.read(
        "MATCH (:Kgp)-[r:REGULATES {grn: $grn}]->(d:Kgp) WHERE r.until = 2 OR r.since = 2"
        " RETURN d.name AS target, r.reason AS reason, r.end_reason AS ended"
        " ORDER BY target, reason",
        grn=NETWORK,
    )
    assert {tuple(row.values()) for row in rows} == {
        ("BCL2", None, 'not "seen"'),
        ("CDKN1A", "seen", None),
        ("CDKN1A", None, "seen"),
    }


def test_a_fork_begins_with_the_evidence_of_what_holds(server_store: Neo4jStore) -> None:
    said = EdgeEvidence("lincs:3", "contradicts", -0.5)
    flip = replace(change("symbol:P53", BCL2, 1), signatures=(said,))
    server_store.commit_version(version(1), [flip])
    server_store.fork_grn(NETWORK, "fork", "", "me")
    rows = server_store.read(
        "MATCH (x:Kgp)-[e:CONTRADICTS {grn: 'fork'}]->(d:Kgp)"
        " RETURN x.id AS x, e.src AS src, e.src_id AS stated, d.id AS dst, e.version AS version"
    )
    assert [tuple(row.values()) for row in rows] == [("lincs:3", TP53, "symbol:P53", BCL2, 1)]
