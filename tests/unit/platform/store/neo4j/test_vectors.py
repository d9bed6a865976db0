"""Writing vectors into Neo4j: whole or not at all, whatever becomes of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.errors import BadInputError, StoreBusyError
from kgp.platform.store.records import VectorSet
from kgp.testing.golden import BCL2, MDM2, TP53
from kgp.testing.server import connected
from tests.unit.platform.store.rows import tuples
from tests.unit.platform.store.test_similar import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

OLD = {TP53: [1.0, 0.0], MDM2: [3.0, 4.0]}
HELD = [(MDM2, "Gene", [3.0, 4.0]), (TP53, "Gene", [1.0, 0.0])]
SPEC = VectorSet("plain", "Gene", "hand", "2", "", 2, "float32", 0, "2026-01-01")


def rows(node: str, *values: float) -> pa.RecordBatch:
    vectors = pa.array([values], pa.list_(pa.float32()))
    return pa.RecordBatch.from_arrays([pa.array([node]), vectors], names=["id", "vector"])


def kept(contents: Neo4jContents) -> list[str]:
    """What there is of vectors: properties of nodes, records of writers, indexes."""
    with connected(contents.url) as session:
        names = session.run(
            "MATCH (n) UNWIND keys(n) AS key WITH key WHERE key STARTS WITH 'emb_'"
            " RETURN DISTINCT key AS name UNION MATCH (w:VectorWrite) RETURN w.key AS name"
        ).value("name")
        indexes = session.run("SHOW VECTOR INDEXES YIELD name RETURN name").value("name")
    return sorted([*names, *indexes])


def test_a_set_lies_in_one_property_with_one_index_however_often_it_is_written(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    write(server_store, OLD)
    assert kept(contents) == ["emb_plain", "kgp_emb_plain"]
    write(server_store, OLD)
    assert kept(contents) == ["emb_~plain", "kgp_emb_~plain"]
    write(server_store, OLD)
    assert kept(contents) == ["emb_plain", "kgp_emb_plain"]


def test_readers_see_the_old_vectors_until_the_new_ones_are_whole(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    write(server_store, OLD)
    before = server_store.fingerprint()

    def batches() -> Iterator[pa.RecordBatch]:
        yield rows(TP53, 5.0, 5.0)
        with contents.open() as reader:
            assert tuples(reader.scan_vectors("plain")) == HELD
            assert reader.fingerprint() == before
        yield rows(BCL2, 6.0, 6.0)

    server_store.write_vectors(SPEC, batches())
    assert tuples(server_store.scan_vectors("plain")) == [
        (BCL2, "Gene", [6.0, 6.0]),
        (TP53, "Gene", [5.0, 5.0]),
    ]


def test_a_killed_writer_leaves_the_old_vectors_and_the_next_one_cleans_up(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    write(server_store, OLD)
    with connected(contents.url) as session:
        # What a process leaves that ends without a word after its first batch.
        session.run(
            "MERGE (w:KgpRecord:VectorWrite {key: 'vector-write/plain', token: 'gone'})"
            " WITH w MATCH (n:Kgp {id: $id}) SET n.`emb_~plain` = [9.0, 9.0]",
            id=BCL2,
        ).consume()
    assert tuples(server_store.scan_vectors("plain")) == HELD
    server_store.write_vectors(SPEC, [rows(TP53, 5.0, 5.0)])
    assert tuples(server_store.scan_vectors("plain")) == [(TP53, "Gene", [5.0, 5.0])]
    assert kept(contents) == ["emb_~plain", "kgp_emb_~plain"]


def test_of_two_writers_of_one_set_the_later_one_wins(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    write(server_store, OLD)

    def batches() -> Iterator[pa.RecordBatch]:
        yield rows(TP53, 5.0, 5.0)
        with contents.open() as other:
            other.write_vectors(SPEC, [rows(MDM2, 7.0, 7.0)])
        yield rows(BCL2, 6.0, 6.0)

    with pytest.raises(StoreBusyError, match="Another process writes the vectors 'plain'"):
        server_store.write_vectors(SPEC, batches())
    assert tuples(server_store.scan_vectors("plain")) == [(MDM2, "Gene", [7.0, 7.0])]


@pytest.mark.parametrize("name", ["", "a`b", "~plain", "x" * 65, "a b", "a}-[:DROP]"])
def test_a_name_that_cannot_be_part_of_an_index_is_refused(
    server_store: Neo4jStore, contents: Neo4jContents, name: str
) -> None:
    with pytest.raises(BadInputError, match="cannot be the name of a vector set"):
        write(server_store, OLD, name)
    assert kept(contents) == []


def test_vectors_too_long_for_an_index_are_compared_one_by_one(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    write(server_store, {TP53: [1.0] * 5_000, MDM2: [1.0] * 4_999 + [0.0]})
    assert kept(contents) == ["emb_plain"]
    (found,) = server_store.similar_to("plain", TP53).to_pylist()
    assert (found["id"], found["similarity"]) == (MDM2, 0.9999)
