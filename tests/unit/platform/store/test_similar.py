"""Every store: which nodes are like another by their vectors, with cosines worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.platform.queries import run_query
from kgp.platform.store.records import VectorSet
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, K562, MDM2, NUTLIN, TP53
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

Vectors = dict[str, list[float]]

GENES: Vectors = {
    TP53: [1.0, 0.0],
    MDM2: [3.0, 4.0],  # 3/5
    CDKN1A: [-2.0, 0.0],  # the other way, whatever the length
    BCL2: [24.0, 7.0],  # 24/25
}


def write(store: KnowledgeStore, vectors: Vectors, name: str = "plain", kind: str = "Gene") -> None:
    ids, values = pa.array(list(vectors)), pa.array(list(vectors.values()), pa.list_(pa.float32()))
    spec = VectorSet(name, kind, "hand", "1", "", len(values[0]), "float32", 0, "2026-01-01")
    store.write_vectors(spec, [pa.RecordBatch.from_arrays([ids, values], names=["id", "vector"])])


def ask(store: KnowledgeStore, *arguments: str) -> list[tuple[Any, ...]]:
    rows = run_query(store, "similar-to", arguments).to_pylist()
    return [tuple(row.values()) for row in rows]


def test_nodes_come_by_their_cosine_without_the_node_itself(store: KnowledgeStore) -> None:
    write(store, GENES)
    expected = [
        ("BCL2", BCL2, "Gene", 0.96),
        ("MDM2", MDM2, "Gene", 0.6),
        ("CDKN1A", CDKN1A, "Gene", -1.0),
    ]
    assert ask(store, "TP53", "plain") == ask(store, "P53") == expected
    table = run_query(store, "similar-to", ["TP53"])
    assert table.schema.names == ["name", "id", "type", "similarity"]
    assert table.schema.types == [*[pa.string()] * 3, pa.float64()]


def test_a_set_of_several_types_finds_nodes_of_any(store: KnowledgeStore) -> None:
    write(store, {TP53: [1.0, 0.0], NUTLIN: [0.0, 2.0], K562: [3.0, 4.0]}, kind="")
    assert [row[1:] for row in ask(store, NUTLIN)] == [
        (K562, "CellLine", 0.8),
        (TP53, "Gene", 0.0),
    ]


def test_of_equally_similar_nodes_the_lesser_id_comes_first(store: KnowledgeStore) -> None:
    write(store, {TP53: [1.0, 0.0], MDM2: [0.0, 1.0], BCL2: [0.0, 5.0], CDKN1A: [0.0, -1.0]})
    assert [row[1] for row in ask(store, "TP53")] == sorted([MDM2, BCL2, CDKN1A])


def test_a_vector_of_length_zero_is_like_nothing(store: KnowledgeStore) -> None:
    write(store, {TP53: [1.0, 0.0], MDM2: [0.0, 0.0], BCL2: [1.0, 0.0]})
    assert ask(store, "TP53") == [("BCL2", BCL2, "Gene", 1.0)]
    assert ask(store, "MDM2") == []


def test_only_the_ten_best_are_named(empty: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("primekg"))
    for number in range(20):
        source.node(f"ncbigene:{number}", "Gene", f"g{number}")
    publish(empty, source.loader(), tmp_path)
    write(empty, {f"ncbigene:{number}": [1.0, number / 4] for number in range(20)})
    assert [row[0] for row in ask(empty, "g0")] == [f"g{number}" for number in range(1, 11)]


def test_vectors_that_are_replaced_are_searched_no_more(store: KnowledgeStore) -> None:
    write(store, GENES)
    write(store, {TP53: [1.0, 0.0, 0.0], MDM2: [0.0, 1.0, 0.0]})
    assert ask(store, "TP53") == [("MDM2", MDM2, "Gene", 0.0)]
    write(store, {TP53: [1.0, 0.0], BCL2: [1.0, 0.0]})
    assert ask(store, "TP53") == [("BCL2", BCL2, "Gene", 1.0)]


def test_vectors_that_a_source_brought_are_searched_too(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("expression"))
    for name, values in (("1", [1.0, 0.0]), ("2", [3.0, 4.0])):
        source.node(f"ncbigene:{name}", "Gene", f"g{name}")
        source.vector("basal", f"ncbigene:{name}", values)
    publish(empty, source.loader(), tmp_path)
    assert ask(empty, "g1") == [("g2", "ncbigene:2", "Gene", 0.6)]


def test_a_node_without_a_vector_is_refused_by_name(store: KnowledgeStore) -> None:
    write(store, {TP53: [1.0, 0.0]})
    with pytest.raises(BadInputError, match=rf"{MDM2} has no vector in the set 'plain'"):
        ask(store, "MDM2")


def test_an_unknown_set_is_named_with_the_known_ones(store: KnowledgeStore) -> None:
    write(store, GENES)
    with pytest.raises(BadInputError, match=r"'plane'.*plain"):
        ask(store, "TP53", "plane")


def test_where_several_sets_fit_one_must_be_named(store: KnowledgeStore) -> None:
    write(store, GENES)
    write(store, {NUTLIN: [1.0]}, "drugs", "Drug")
    assert ask(store, NUTLIN) == []
    write(store, {TP53: [1.0], MDM2: [1.0]}, "all", "")
    with pytest.raises(UsageError, match=r"Which vectors\? all, plain"):
        ask(store, "TP53")
    assert ask(store, "TP53", "all") == [("MDM2", MDM2, "Gene", 1.0)]


def test_a_graph_without_vectors_says_so(reader: KnowledgeStore) -> None:
    with pytest.raises(UsageError, match="none of type Gene"):
        ask(reader, "TP53")


def test_two_sets_of_different_widths_are_searched_each_by_itself(store: KnowledgeStore) -> None:
    write(store, GENES, "narrow")
    write(store, {TP53: [0.0, 0.0, 2.0], MDM2: [1.0, 0.0, 0.0], BCL2: [0.0, 3.0, 4.0]}, "wide")
    assert [row[::3] for row in ask(store, "TP53", "narrow")] == [
        ("BCL2", 0.96),
        ("MDM2", 0.6),
        ("CDKN1A", -1.0),
    ]
    assert [row[::3] for row in ask(store, "TP53", "wide")] == [("BCL2", 0.8), ("MDM2", 0.0)]


def test_a_set_with_one_vector_has_nothing_similar(store: KnowledgeStore) -> None:
    write(store, {TP53: [1.0, 0.0]})
    assert ask(store, "TP53") == []


def test_of_more_equals_than_are_named_the_lesser_ids_are(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("primekg"))
    ids = [f"ncbigene:{number}" for number in range(150)]
    for node in ids:
        source.node(node, "Gene", node)
    publish(empty, source.loader(), tmp_path)
    write(empty, {node: [1.0, 0.0] for node in ids})
    expected = sorted(ids[1:])[:10]
    assert [row[1] for row in ask(empty, ids[0])] == expected
