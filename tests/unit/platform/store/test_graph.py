"""Every store: reading the golden graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.errors import BadInputError
from kgp.testing.golden import (
    BCL2,
    CANCER,
    CDKN1A,
    EDGES,
    K562,
    MDM2,
    NETWORK,
    NODES,
    NUTLIN,
    TP53,
)
from tests.unit.platform.store.rows import columns, dicts, tuples

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore

GENES = ("INTERACTS_WITH", "out", MDM2, "Gene", "MDM2")


def test_an_empty_store_holds_nothing(empty: KnowledgeStore) -> None:
    assert not empty.counts().nodes
    assert not empty.counts().relationships
    assert not tuples(empty.scan_nodes())
    assert not tuples(empty.scan_edges())
    assert empty.sources() == empty.grns() == empty.datasets() == empty.vector_sets() == []
    assert empty.fingerprint() == "0" * 32


def test_nodes_come_merged_by_rank_and_in_canonical_order(reader: KnowledgeStore) -> None:
    assert tuples(reader.scan_nodes()) == NODES


@pytest.mark.parametrize("node_type", ["Gene", "Drug", "Anatomy"])
def test_nodes_of_one_type_are_those_rows_alone(reader: KnowledgeStore, node_type: str) -> None:
    expected = [row for row in NODES if row[1] == node_type]
    assert tuples(reader.scan_nodes(node_type)) == expected


def test_properties_come_as_typed_columns_where_asked(reader: KnowledgeStore) -> None:
    genes = columns(reader.scan_nodes("Gene", ["symbol", "essential"]), "symbol", "essential")
    assert genes == [("CDKN1A", None), ("MDM2", None), ("BCL2", None), ("TP53", True)]
    assert columns(reader.scan_nodes("Signature", ["dose"]), "dose") == [(10.0,), (None,), (None,)]


def test_an_unknown_node_type_is_named_with_the_nearest(reader: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match=r"'Gen'.*Gene"):
        list(reader.scan_nodes("Gen"))


def test_edges_come_in_canonical_order_with_their_provenance(reader: KnowledgeStore) -> None:
    assert tuples(reader.scan_edges()) == EDGES


@pytest.mark.parametrize("relation", ["REGULATES", "INTERACTS_WITH", "TARGETS", "IS_A"])
def test_edges_of_one_type_are_those_rows_alone(reader: KnowledgeStore, relation: str) -> None:
    expected = [row for row in EDGES if row[0] == relation]
    assert tuples(reader.scan_edges(relation)) == expected


def test_an_unknown_relation_is_named_with_the_nearest(reader: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match=r"'TARGET'.*TARGETS"):
        list(reader.scan_edges("TARGET"))


def test_every_text_column_is_plain_text(reader: KnowledgeStore) -> None:
    for batch in reader.scan_edges():
        assert set(batch.schema.types) == {pa.string()}


def test_counts_are_those_of_the_streams(reader: KnowledgeStore) -> None:
    counts = reader.counts()
    assert counts.nodes == {"CellLine": 1, "Disease": 1, "Drug": 1, "Gene": 4, "Signature": 3}
    assert counts.relationships == {
        "ASSOCIATED_WITH": 1,
        "INTERACTS_WITH": 3,
        "MEASURED_IN": 1,
        "PERTURBS": 4,
        "REGULATES": 4,
        "TARGETS": 1,
    }


def test_a_stream_can_be_read_while_another_is_open(reader: KnowledgeStore) -> None:
    nodes = reader.scan_nodes()
    first = next(nodes)
    assert len(tuples(reader.scan_edges())) == len(EDGES)
    assert first.num_rows + sum(batch.num_rows for batch in nodes) == len(NODES)


def test_nodes_are_looked_up_by_any_identifier_in_the_asked_order(reader: KnowledgeStore) -> None:
    found = reader.nodes(["symbol:P21", "uniprot:P04637", CANCER, "symbol:P21"])
    assert [node["id"] for node in found] == [CDKN1A, TP53, CANCER, CDKN1A]
    assert found[1] == {
        "id": TP53,
        "type": "Gene",
        "name": "TP53",
        "sources": ["gene-info", "primekg"],
        "properties": {"chromosome": "17", "essential": True, "symbol": "TP53"},
    }
    assert reader.nodes([]) == []


def test_identifiers_that_mean_a_node_are_counted_once_each(reader: KnowledgeStore) -> None:
    assert reader.known(["symbol:P21", "uniprot:P04637", CANCER, CANCER, "doid:999"]) == 3
    assert reader.known([]) == 0


@pytest.mark.parametrize("missing", ["doid:999", "symbol:NOWHERE", "uniprot:Q00001", "nonsense"])
def test_what_means_no_node_is_refused_by_name(reader: KnowledgeStore, missing: str) -> None:
    with pytest.raises(BadInputError, match=missing):
        reader.nodes([TP53, missing])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ncbigene:7157", [(TP53, "ncbigene:7157")]),
        ("uniprot:P04637", [(TP53, "uniprot:P04637")]),
        ("p53", [(TP53, "symbol:P53"), ("", "")]),
        ("tp53", [(TP53, "TP53")]),
        ("11998", [(TP53, "hgnc:11998")]),
        ("shared", [(BCL2, "symbol:SHARED"), (CDKN1A, "symbol:SHARED")]),
        ("q00001", [(BCL2, "uniprot:Q00001"), (CDKN1A, "uniprot:Q00001")]),
        ("K-5", [(K562, "K-562")]),
        ("-5", []),
        ("Ä", []),
        ("'; DROP TABLE node; --", []),
    ],
)
def test_find_gives_the_most_literal_match_first(
    reader: KnowledgeStore, text: str, expected: list[tuple[str, str]]
) -> None:
    found = [(f.id, f.matched) for f in reader.find(text)]
    assert found == [pair for pair in expected if pair[0]]


def test_find_prefers_shorter_names_and_stops_at_the_limit(reader: KnowledgeStore) -> None:
    assert [f.name for f in reader.find("can")] == ["cancer"]
    assert len(reader.find("lincs")) == 0
    found = reader.find("shared", limit=1)
    assert [(f.id, f.type, f.name) for f in found] == [(BCL2, "Gene", "BCL2")]


def test_neighbours_are_seen_from_the_node(reader: KnowledgeStore) -> None:
    found = [tuple(row.values()) for row in reader.neighbors("hgnc:11998")]
    assert found == [
        ("ASSOCIATED_WITH", "out", CANCER, "Disease", "cancer", "primekg"),
        ("INTERACTS_WITH", "in", MDM2, "Gene", "MDM2", "primekg"),
        ("INTERACTS_WITH", "in", MDM2, "Gene", "MDM2", "string"),
        ("INTERACTS_WITH", "in", TP53, "Gene", "TP53", "primekg"),
        ("INTERACTS_WITH", "out", TP53, "Gene", "TP53", "primekg"),
        ("PERTURBS", "in", "lincs:2", "Signature", "", "lincs"),
        ("PERTURBS", "in", "lincs:3", "Signature", "", "lincs"),
        ("REGULATES", "in", TP53, "Gene", "TP53", NETWORK),
        ("REGULATES", "out", BCL2, "Gene", "BCL2", NETWORK),
        ("REGULATES", "out", CDKN1A, "Gene", "CDKN1A", NETWORK),
        ("REGULATES", "out", MDM2, "Gene", "MDM2", NETWORK),
        ("REGULATES", "out", TP53, "Gene", "TP53", NETWORK),
    ]
    assert [row["id"] for row in reader.neighbors(NUTLIN)] == ["lincs:1", MDM2]
    assert len(reader.neighbors(TP53, limit=2)) == 2


@pytest.mark.parametrize(
    ("start", "end", "length", "expected"),
    [
        (NUTLIN, CANCER, 3, [[NUTLIN, MDM2, TP53, CANCER]]),
        (NUTLIN, CANCER, 2, []),
        (CDKN1A, "symbol:BCL2", 3, [[CDKN1A, TP53, BCL2]]),
        (TP53, TP53, 3, [[TP53]]),
        (TP53, MDM2, 1, [[TP53, MDM2]]),
        (NUTLIN, K562, 3, []),
    ],
)
def test_paths_are_the_shortest_over_biology(
    reader: KnowledgeStore, start: str, end: str, length: int, expected: list[list[str]]
) -> None:
    assert reader.paths(start, end, length) == expected


def test_neighbours_and_paths_of_unknown_nodes_are_refused(reader: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match="nobody"):
        reader.neighbors("ncbigene:nobody")
    with pytest.raises(BadInputError, match="nobody"):
        reader.paths(TP53, "ncbigene:nobody")


def test_sources_are_listed_with_their_accounts(reader: KnowledgeStore) -> None:
    listed = {
        s.source: (s.version, s.license, s.nodes, s.edges, s.merged) for s in reader.sources()
    }
    assert listed == {
        "gene-info": ("2024", "CC0-1.0", 4, 0, 0),
        "lincs": ("2020", "CC-BY-4.0", 4, 5, 0),
        "primekg": ("2", "CC-BY-4.0", 4, 4, 1),
        "string": ("12.0", "CC-BY-4.0", 0, 1, 0),
        "trrust": ("2", "CC-BY-SA-4.0", 0, 6, 0),
        "uniprot-hgnc": ("2023", "CC0-1.0", 0, 0, 0),
    }
    assert [s.source for s in reader.sources()] == sorted(listed)


def test_rows_of_one_edge_are_its_key(reader: KnowledgeStore) -> None:
    keys = columns(reader.scan_edges(), "type", "src", "dst", "qualifier", "source")
    assert len(set(keys)) == len(keys)
    assert all(row["src"] <= row["dst"] for row in dicts(reader.scan_edges("INTERACTS_WITH")))
