"""Whatever text reaches a query, it stays a value: no Cypher is ever made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from kgp.errors import BadInputError, KgpError
from kgp.kg_schema.batches import Kind
from kgp.platform import grn
from kgp.platform.queries import run_query
from kgp.platform.query_catalogue import QUERIES
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import EdgeEvidence, VectorSet
from kgp.testing import ListLoader, SourceBuilder, publish
from kgp.testing.loads import source_info
from tests.unit.platform.store.neo4j_contents import dump

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from kgp.platform.store.port import KnowledgeStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

ATTACKS = {
    "map": "x'}) DETACH DELETE (n) //",
    "back-tick": "x`}) MATCH (n) DETACH DELETE n //",
    "quote": "x' OR 1=1 WITH 1 AS a MATCH (n) DETACH DELETE n RETURN 'y",
    "double quote": 'x" }) CREATE (:Owned) //',
    "unicode": "x\\u0027}) CREATE (:Owned) //",
    "parameter": "$network} RETURN 1; MATCH (n) DETACH DELETE n",
    "braces": "{0}{}%s${secret}",
    "comment": "/* x */ -- // CALL db.createLabel('Owned')",
}


def world(attack: str) -> list[ListLoader]:
    """A source whose every free text is an attack."""
    source = SourceBuilder(source_info(f"s{attack}", attack, attack))
    gene, other, drug = f"ncbigene:{attack}", "ncbigene:2", f"drugbank:{attack}"
    source.node(gene, "Gene", attack, **{attack: attack, "plain": attack})
    source.node(other, "Gene", "other").node(drug, "Drug", attack)
    source.xref(gene, f"symbol:{attack}", "synonym")
    source.edge(drug, "TARGETS", gene, attack, **{attack: [attack, attack]})
    source.add(
        Kind.REGULATION,
        **{"grn": attack, "src": f"symbol:{attack}", "dst": other, "sign": 1, "weight": None},
        **{"effect": "activation", "layer": "transcriptional", "sign_source": attack},
        evidence="{}",
    )
    signature = f"lincs:{attack}"
    source.node(signature, "Signature", attack).edge(signature, "PERTURBS", gene, "-1")
    source.dataset(attack, [gene]).effect(attack, signature, [1.0])
    return [source.loader()]


def use(store: KnowledgeStore, attack: str, folder: Path) -> None:
    """Let the attack into everything that writes."""
    for loader in world(attack):
        publish(store, loader, folder / "staging")
    gene, other = f"ncbigene:{attack}", "ncbigene:2"
    said = (EdgeEvidence(f"lincs:{attack}", "supports", 1.0),)
    change = grn.changed_edge(
        gene, other, "transcriptional", -1, 0.5, {attack: attack}, signatures=said, reason=attack
    )
    version = grn.new_version(attack, 1, attack, {attack: attack}, attack, {attack: attack})
    grn.commit(store, version, [change])
    store.fork_grn(attack, f"fork {attack}", attack, attack)


def answers(store: KnowledgeStore, attack: str) -> list[Any]:
    """What every reading operation makes of the attack."""
    gene, network = f"ncbigene:{attack}", attack
    asked = [
        lambda: store.nodes([gene]),
        lambda: [f.id for f in store.find(attack)],
        lambda: [f.id for f in store.similar(attack)],
        lambda: store.known([gene, attack]),
        lambda: store.neighbors(gene),
        lambda: store.paths(gene, f"drugbank:{attack}"),
        lambda: store.edge_history(network, gene, "ncbigene:2"),
        lambda: store.edge_evidence(network, f"symbol:{attack}", "ncbigene:2"),
        lambda: [b.to_pylist() for b in store.scan_regulation(network)],
        lambda: [b.to_pylist() for b in store.scan_regulation(f"fork {network}")],
        lambda: [b.to_pylist() for b in store.scan_nodes("Gene", [attack])],
        lambda: [b.to_pylist() for b in store.scan_nodes(attack)],
        lambda: [b.to_pylist() for b in store.scan_edges(attack)],
        lambda: [b.to_pylist() for b in store.scan_effects(attack)],
        lambda: [b.to_pylist() for b in store.scan_signatures(attack)],
        lambda: store.features(attack),
        lambda: [b.to_pylist() for b in store.scan_vectors(attack)],
        lambda: store.vector_features(attack),
        *(lambda q=q: ask(store, q, attack) for q in QUERIES),
    ]
    return [outcome(each) for each in asked]


def ask(store: KnowledgeStore, name: str, attack: str) -> list[dict[str, Any]]:
    values = {
        "version": 2,
        "network": attack,
        "fork": f"fork {attack}",
        "node": f"ncbigene:{attack}",
    }
    ends = {"regulator": f"ncbigene:{attack}", "target": "ncbigene:2", "gene": f"ncbigene:{attack}"}
    known = values | ends | {"signature": f"lincs:{attack}"}
    given = {p.name: known.get(p.name, attack) for p in QUERIES[name].parameters}
    rows: list[dict[str, Any]] = store.named_query(name, given).to_pylist()
    return rows


def outcome(asked: Any) -> Any:
    """What a call gives, or the kind of error that it ends with."""
    try:
        return asked()
    except KgpError as error:
        return type(error).__name__


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_hostile_text_is_kept_and_found_as_it_was_given(
    contents: Neo4jContents, tmp_path: Path, attack: str
) -> None:
    contents.put("empty", lambda store: None)
    with contents.open() as server, EmbeddedStore(":memory:") as embedded:
        for store in (server, embedded):
            use(store, attack, tmp_path / type(store).__name__)
        assert answers(server, attack) == answers(embedded, attack)
        assert server.fingerprint() == embedded.fingerprint()
    nodes, _ = dump(contents.url)
    assert "Owned" not in {label for node in nodes for label in node["labels"]}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_hostile_arguments_of_a_named_query_mean_nothing(
    server_reader: Neo4jStore, contents: Neo4jContents, attack: str
) -> None:
    before = len(dump(contents.url)[0])
    for query in QUERIES.values():
        kinds = [p.kind for p in query.parameters if p.required] or ["network"]
        for kind in range(len(kinds)):
            arguments = ["TP53" if k != "signature" else "lincs:1" for k in kinds]
            arguments[kind] = attack
            with pytest.raises(KgpError):
                run_query(server_reader, query.name, arguments)
    assert len(dump(contents.url)[0]) == before


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_a_hostile_name_of_vectors_is_refused_or_kept_as_a_name(
    server_store: Neo4jStore, contents: Neo4jContents, attack: str
) -> None:
    spec = VectorSet(attack, "Gene", "e", "1", "", 2, "float32", 0, "2026-01-01")
    vector = pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2))
    batch = pa.RecordBatch.from_arrays(
        [pa.array(["ncbigene:7157"]), vector], names=["id", "vector"]
    )
    before = len(dump(contents.url)[0])
    with pytest.raises(BadInputError):
        server_store.write_vectors(spec, [batch])
    assert len(dump(contents.url)[0]) == before


def test_hostile_values_of_free_cypher_are_values(server_reader: Neo4jStore) -> None:
    for attack in ATTACKS.values():
        answer = server_reader.cypher(
            "MATCH (n:Kgp) WHERE n.name = $x RETURN n", {"x": attack}, limit=5, timeout=60
        )
        assert answer.rows == []
