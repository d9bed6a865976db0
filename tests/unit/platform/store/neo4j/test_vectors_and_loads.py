"""Vectors that are written while a load replaces their nodes: none is lost, and none is left."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreBusyError
from kgp.testing import publish
from tests.uncovered import uncovered
from tests.unit.platform.store.neo4j.test_resume import OWNER
from tests.unit.platform.store.neo4j.test_vectors import SPEC, kept, rows
from tests.unit.platform.store.neo4j.worlds import genes, proteins
from tests.unit.platform.store.rows import tuples
from tests.unit.platform.store.test_similar import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

OLD = {f"uniprot:{number}": [1.0, float(number)] for number in range(6)}
JOINED = "ncbigene:0"
"""What the load makes of uniprot:0 and uniprot:2; it also brings the vectors ``short`` for it."""


@pytest.fixture
def store(contents: Neo4jContents, tmp_path: Path) -> Iterator[Neo4jStore]:
    contents.put("proteins", lambda store: publish(store, proteins(), tmp_path))
    with contents.open() as opened:
        yield opened


@pytest.fixture
def batches(contents: Neo4jContents, tmp_path: Path) -> Iterator[pa.RecordBatch]:
    """Two batches of vectors, between which another process replaces two nodes by one."""

    def work() -> Iterator[pa.RecordBatch]:
        yield rows("uniprot:0", 5.0, 5.0)
        module = "tests.unit.platform.store.neo4j.loading"
        command = [sys.executable, "-m", module, contents.url, str(tmp_path / "other")]
        subprocess.run(command, check=True, env=uncovered())
        yield rows("uniprot:5", 6.0, 6.0)

    return work()


def test_vectors_that_are_being_written_yield_to_a_load_and_the_old_ones_follow_their_nodes(
    store: Neo4jStore, batches: Iterator[pa.RecordBatch]
) -> None:
    write(store, OLD)
    with pytest.raises(StoreBusyError, match=r"A load into .* began while the vectors 'plain'"):
        store.write_vectors(SPEC, batches)
    held = {node: vector for node, _, vector in tuples(store.scan_vectors("plain"))}
    assert held[JOINED] == OLD["uniprot:0"]
    assert held["uniprot:5"] == OLD["uniprot:5"]
    store.write_vectors(SPEC, [rows("uniprot:0", 5.0, 5.0)])
    assert tuples(store.scan_vectors("plain")) == [(JOINED, "Gene", [5.0, 5.0])]


def test_vectors_that_are_being_written_leave_nothing_in_those_that_a_load_brings(
    store: Neo4jStore, batches: Iterator[pa.RecordBatch]
) -> None:
    with pytest.raises(StoreBusyError, match="began while the vectors 'short'"):
        store.write_vectors(replace(SPEC, name="short"), batches)
    assert tuples(store.scan_vectors("short")) == [(JOINED, "Gene", [1.5])]


def test_what_a_killed_writer_left_is_no_part_of_what_a_load_brings(
    store: Neo4jStore, tmp_path: Path
) -> None:
    store.write("MATCH (n:Kgp {id: 'uniprot:5'}) SET n.emb_short = [9.0]")
    publish(store, genes(), tmp_path)
    assert tuples(store.scan_vectors("short")) == [(JOINED, "Gene", [1.5])]


def test_no_vectors_are_written_while_a_load_has_its_turn(
    store: Neo4jStore, contents: Neo4jContents
) -> None:
    before = kept(contents)
    store.write(OWNER.format("datetime()"), owner="elsewhere:1:x")
    with pytest.raises(StoreBusyError, match="PID 1 on elsewhere"):
        write(store, OLD)
    assert kept(contents) == before
