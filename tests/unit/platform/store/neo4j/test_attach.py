"""Rows of regulation, evidence and embeddings follow the identifiers that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.platform.store.records import VectorSet
from kgp.testing import SourceBuilder, publish, stage_list
from kgp.testing.loads import source_info
from tests.unit.platform.store.neo4j.worlds import genes, proteins
from tests.unit.platform.store.rows import tuples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

_ROWS = """
MATCH (s)-[x:REGULATES {grn: 'net'}]->(d)
RETURN coalesce(s.id, s.key) AS s, coalesce(d.id, d.key) AS d, x.src_id AS src_id,
       x.dst_id AS dst_id, x.sign AS sign"""

_LATER = """
MATCH (s:Kgp {id: 'uniprot:2'}) MATCH (d:Kgp {id: 'uniprot:1'}) MATCH (x:Kgp {id: 'lincs:1'})
CREATE (s)-[:REGULATES {grn: 'net', layer: 'sigma', sign: -1, since: 2, src_id: s.id,
                        dst_id: d.id}]->(d)
CREATE (x)-[:SUPPORTS {grn: 'net', layer: 'sigma', version: 2, gain: 1.5, src: s.id, src_id: s.id,
                       dst_id: d.id, signature_id: x.id}]->(d)"""
"""What a refinement writes."""

_EVIDENCE = """
MATCH (x)-[e:SUPPORTS]->(d)
RETURN coalesce(x.id, x.key) AS x, coalesce(d.id, d.key) AS d, e.src AS src"""


@pytest.fixture
def store(contents: Neo4jContents, tmp_path: Path) -> Iterator[Neo4jStore]:
    contents.put("proteins", lambda store: publish(store, proteins(), tmp_path))
    with contents.open() as opened:
        opened.write(_LATER)
        yield opened


def rows(store: Neo4jStore) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in store.write(_ROWS)}


BEFORE = {
    ("uniprot:0", "uniprot:1", "uniprot:0", "uniprot:1", 1),
    ("uniprot:2", "absent/symbol:X", "uniprot:2", "symbol:X", -1),
    ("uniprot:0", "uniprot:0", "uniprot:0", "uniprot:0", 0),
    ("uniprot:2", "uniprot:1", "uniprot:2", "uniprot:1", -1),
}
AFTER = {
    ("ncbigene:0", "ncbigene:2", "uniprot:0", "uniprot:1", 1),
    ("ncbigene:0", "ncbigene:1", "uniprot:2", "symbol:X", -1),
    ("ncbigene:0", "ncbigene:0", "uniprot:0", "uniprot:0", 0),
    ("ncbigene:0", "ncbigene:2", "uniprot:2", "uniprot:1", -1),
}


def test_a_load_moves_rows_to_the_nodes_that_are_meant_now_and_its_removal_back(
    store: Neo4jStore, tmp_path: Path
) -> None:
    assert rows(store) == BEFORE
    staged = stage_list(genes(), tmp_path)
    store.publish(staged)
    assert rows(store) == AFTER
    assert store.write("MATCH (a:KgpAbsent) RETURN a.key") == []
    store.purge(staged.load_id)
    assert rows(store) == BEFORE


def test_evidence_moves_with_its_target_and_its_regulator(
    store: Neo4jStore, tmp_path: Path
) -> None:
    staged = stage_list(genes(), tmp_path)
    store.publish(staged)
    assert store.write(_EVIDENCE) == [{"x": "lincs:1", "d": "ncbigene:2", "src": "ncbigene:0"}]
    store.purge(staged.load_id)
    assert store.write(_EVIDENCE) == [{"x": "lincs:1", "d": "uniprot:1", "src": "uniprot:2"}]


def test_rows_wait_on_stubs_while_their_nodes_are_gone(
    contents: Neo4jContents, tmp_path: Path
) -> None:
    contents.put("empty", lambda store: None)
    network = SourceBuilder(source_info("trrust")).regulates("net", "ncbigene:0", "uniprot:1", 1)
    evidence = _LATER.replace("uniprot:2", "ncbigene:0").replace("uniprot:1", "ncbigene:2")
    with contents.open() as store:
        staged = stage_list(genes(), tmp_path)
        store.publish(staged)
        publish(store, network.loader(), tmp_path)
        store.write(evidence.replace("lincs:1", "lincs:2"))
        stated = rows(store)
        store.purge(staged.load_id)
        assert rows(store) == {
            ("absent/ncbigene:0", "absent/uniprot:1", "ncbigene:0", "uniprot:1", 1),
            ("absent/ncbigene:0", "absent/ncbigene:2", "ncbigene:0", "ncbigene:2", -1),
        }
        stub = {"x": "absent/lincs:2", "d": "absent/ncbigene:2", "src": None}
        assert store.write(_EVIDENCE) == [stub]
        store.publish(staged)
        assert rows(store) == stated
        assert store.write(_EVIDENCE) == [{"x": "lincs:2", "d": "ncbigene:2", "src": "ncbigene:0"}]


def test_an_embedding_waits_for_its_node(contents: Neo4jContents, tmp_path: Path) -> None:
    contents.put("empty", lambda store: None)
    spec = VectorSet("names", "Gene", "minilm", "1", "mean", 2, "float32", 0, "2026-01-01")
    vectors = pa.table({"id": ["ncbigene:1", "uniprot:5"], "vector": [[0.5, 1.0], [1.0, 0.0]]})
    with contents.open() as store:
        publish(store, proteins(), tmp_path)
        staged = stage_list(genes(), tmp_path)
        store.publish(staged)
        store.write_vectors(spec, vectors.to_batches())
        before = tuples(store.scan_vectors("names"))
        store.purge(staged.load_id)
        assert [row[0] for row in tuples(store.scan_vectors("names"))] == ["uniprot:5"]
        store.publish(staged)
        assert tuples(store.scan_vectors("names")) == before
        store.purge(staged.load_id)
        store.write_vectors(spec, vectors.slice(1).to_batches())
        store.write_vectors(spec, vectors.slice(1).to_batches())
        store.publish(staged)
        assert [row[0] for row in tuples(store.scan_vectors("names"))] == ["uniprot:5"]
