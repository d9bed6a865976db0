"""What publishing writes into Neo4j, as Cypher sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import MDM2, TP53, golden, network
from kgp.testing.loads import source_info
from tests.unit.platform.store.neo4j.worlds import genes, proteins
from tests.unit.platform.store.neo4j_contents import Neo4jContents, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore


@pytest.fixture
def empty(contents: Neo4jContents) -> Iterator[Neo4jStore]:
    contents.put("empty", lambda store: None)
    with contents.open() as opened:
        yield opened


def one(store: Neo4jStore, cypher: str, **parameters: object) -> object:
    (row,) = store.write(cypher, **parameters)
    (value,) = row.values()
    return value


def test_a_node_has_its_label_and_its_properties(empty: Neo4jStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("primekg"))
    source.node(TP53, "Gene", "TP53", length=393, aliases=["P53", "LFS1"], lower="apart")
    publish(empty, source.loader(), tmp_path)
    assert one(empty, "MATCH (n:Kgp:Gene) RETURN n {.*} AS n") == {
        "id": TP53,
        "type": "Gene",
        "name": "TP53",
        "lower": "tp53",
        "sources": ["primekg"],
        "length": 393,
        "aliases": ["P53", "LFS1"],
        "properties": '{"aliases":["P53","LFS1"],"length":393,"lower":"apart"}',
    }


def test_a_relationship_has_its_provenance_and_its_properties(
    empty: Neo4jStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("string", "12", "CC-BY-4.0"))
    source.node(TP53, "Gene").node(MDM2, "Gene")
    source.edge(TP53, "INTERACTS_WITH", MDM2, "ppi", score=900)
    publish(empty, source.loader(), tmp_path)
    cypher = "MATCH (a)-[x:INTERACTS_WITH]->(b) RETURN x {.*, src: a.id, dst: b.id} AS x"
    assert one(empty, cypher) == {
        "src": MDM2,
        "dst": TP53,
        "qualifier": "ppi",
        "source": "string",
        "source_version": "12",
        "license": "CC-BY-4.0",
        "score": 900,
        "properties": '{"score":900}',
    }


def test_the_order_of_loads_changes_nothing(contents: Neo4jContents, tmp_path: Path) -> None:
    found = []
    for loads in (golden(), golden()[::-1]):
        contents.put("empty", lambda store: None)
        with contents.open() as store:
            for loader in loads:
                publish(store, loader, tmp_path)
        # The account of a load counts what had two ends when it came.
        found.append([row for row in content(contents.url) if "KgpLoad" not in row])
    assert found[0] == found[1]


def test_a_load_writes_nothing_that_it_does_not_change(empty: Neo4jStore, tmp_path: Path) -> None:
    publish(empty, proteins(), tmp_path)
    cypher = "MATCH (n:Kgp) RETURN n.id AS id, elementId(n) AS place"
    before = {row["id"]: row["place"] for row in empty.write(cypher)}
    publish(empty, genes(), tmp_path)
    after = {row["id"]: row["place"] for row in empty.write(cypher)}
    assert {after[f"uniprot:{n}"] for n in (3, 4, 5)} <= set(before.values())
    assert not {"uniprot:0", "uniprot:1", "uniprot:2"} & set(after)


def test_vectors_of_an_embedding_stay_on_a_node_that_is_described_anew(
    empty: Neo4jStore, tmp_path: Path
) -> None:
    publish(empty, SourceBuilder(source_info("a")).node(TP53, "Gene", old=1).loader(), tmp_path)
    empty.write("MATCH (n:Kgp) SET n.emb_minilm = [0.5, 1.0]")
    other = SourceBuilder(source_info("gene-info")).node(TP53, "Gene", "TP53", new=2)
    publish(empty, other.loader(), tmp_path)
    assert one(empty, "MATCH (n:Kgp) RETURN n.emb_minilm AS v") == [0.5, 1.0]
    assert one(empty, "MATCH (n:Kgp) RETURN [n.name, n.old, n.new] AS v") == ["TP53", 1, 2]


def test_the_name_of_a_fork_is_taken(empty: Neo4jStore, tmp_path: Path) -> None:
    empty.write("CREATE (:KgpRecord:Grn {key: 'grn/toy', name: 'toy', forked_from: 'other@1'})")
    with pytest.raises(BadInputError, match="network called 'toy' already"):
        publish(empty, network(), tmp_path)
    assert "pending" not in empty.record()


def test_names_of_users_never_become_part_of_a_query(empty: Neo4jStore, tmp_path: Path) -> None:
    evil = "x'}) DETACH DELETE n //`"
    source = SourceBuilder(source_info(evil))
    source.node(f"own:{evil}", "Gene", evil, **{evil: evil}).node(TP53, "Gene")
    source.edge(f"own:{evil}", "INTERACTS_WITH", TP53, evil, **{evil: 1})
    source.regulates(evil, f"own:{evil}", TP53, 1).vector("plain", TP53, [1.0])
    publish(empty, source.loader(), tmp_path)
    assert one(empty, "MATCH (n:Kgp {name: $name}) RETURN n[$name] AS v", name=evil) == evil
    assert one(empty, "MATCH ()-[x:INTERACTS_WITH]-(:Kgp {name: $n}) RETURN x[$n]", n=evil) == 1
    assert one(empty, "MATCH (g:Grn) RETURN g.name AS v") == evil
