"""Embedding nodes: what is read, written, counted and not done twice."""

from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.platform.embed import embed
from tests.memory_graph import MemoryGraph

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def drugs() -> MemoryGraph:
    return MemoryGraph(
        [
            ("drugbank:DB1", "Drug", "aspirin", {"smiles": ASPIRIN}),
            ("drugbank:DB2", "Drug", "a biologic", {}),
            ("drugbank:DB3", "Drug", "nonsense", {"smiles": "Xx"}),
            ("ncbigene:1", "Gene", "A1BG", {"sequence": "MKV"}),
            ("lincs:1", "Signature", "a signature", {}),
        ]
    )


def test_vectors_are_written_with_their_provenance() -> None:
    graph = drugs()
    report = embed(graph, "morgan", "Drug")
    (stored,) = graph.vector_sets()
    assert stored == report.vector_set
    assert (stored.name, stored.node_type, stored.encoder) == ("morgan", "Drug", "morgan")
    assert stored.revision.startswith("rdkit")
    assert (stored.covered, stored.precision) == (1, "float32")
    (batch,) = graph.scan_vectors("morgan")
    assert batch["id"].to_pylist() == ["drugbank:DB1"]
    assert len(batch["vector"][0]) == stored.dimension


def test_missing_and_rejected_are_counted_not_invented() -> None:
    report = embed(drugs(), "morgan", "Drug")
    assert (report.nodes, report.missing, report.rejected) == (3, 1, 1)


def test_the_same_vectors_are_not_computed_twice() -> None:
    graph = drugs()
    first = embed(graph, "morgan", "Drug")
    second = embed(graph, "morgan", "Drug")
    assert (first.repeated, second.repeated) == (False, True)
    assert second.vector_set == first.vector_set
    assert (second.missing, second.rejected) == (1, 1)


def test_a_changed_text_is_computed_again() -> None:
    graph = drugs()
    before = embed(graph, "morgan", "Drug").vector_set
    graph.node_rows[0][3]["smiles"] = "CCO"
    after = embed(graph, "morgan", "Drug")
    assert not after.repeated
    assert after.vector_set.revision != before.revision


def test_sets_are_named_after_what_they_hold() -> None:
    graph = drugs()
    names = [
        embed(graph, "composition", "Gene").vector_set.name,
        embed(graph, "minilm").vector_set.name,
        embed(graph, "minilm", "Drug").vector_set.name,
        embed(graph, "morgan", "Drug", name="mine").vector_set.name,
    ]
    assert names == ["composition", "minilm_name", "minilm_name_drug", "mine"]


def test_signatures_are_not_embedded_by_their_name() -> None:
    graph = drugs()
    assert embed(graph, "minilm").vector_set.covered == 4


def test_many_rows_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgp.platform.embed_writing.ROWS", 2)
    monkeypatch.setattr("kgp.platform.embed_encoding.SHARD_TEXTS", 2)
    sequences = {f"ncbigene:{n}": "A" * (n + 1) for n in range(5)}
    rows = [(node, "Gene", "", {"sequence": text}) for node, text in sequences.items()]
    graph = MemoryGraph([*rows, ("ncbigene:9", "Gene", "", {"sequence": "-"})])
    embed(graph, "composition")
    vectors = graph.vector_rows["composition"][1]
    lengths = {node: round(10 ** vector[420]) for node, vector in vectors.items()}
    assert lengths == {node: len(text) for node, text in sequences.items()}
    assert np.isfinite(list(vectors.values())).all()


@pytest.mark.parametrize(
    ("encoder", "node_type", "message"),
    [
        ("morgan", "Gene", "No node of type Gene has the property 'smiles'"),
        ("morgan", "Drugs", "Drug"),
        ("molfomer", "Drug", "Unknown encoder"),
    ],
)
def test_what_cannot_be_embedded_is_said(encoder: str, node_type: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        embed(drugs(), encoder, node_type)
