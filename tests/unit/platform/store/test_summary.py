"""Every store: what a graph is like beyond its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.summary import Degrees, Hub, LicenseCount, SharedNames
from kgp.testing import MemoryStore, SourceBuilder, publish
from kgp.testing.golden import BCL2, CANCER, CDKN1A, K562, MDM2, NUTLIN, TP53
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import columns

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore


def test_degrees_are_those_of_the_golden_graph(reader: KnowledgeStore) -> None:
    # TP53: one disease, two rows with MDM2, two self-loops, three further targets, two signatures.
    genes = [Hub(TP53, "TP53", 10), Hub(MDM2, "MDM2", 5), Hub(CDKN1A, "CDKN1A", 1)]
    signatures = [Hub("lincs:1", "", 2), Hub("lincs:3", "", 2), Hub("lincs:2", "", 1)]
    assert reader.summary().degrees == [
        Degrees("CellLine", 1, 0, 1.0, 1, [Hub(K562, "K-562", 1)]),
        Degrees("Disease", 1, 0, 1.0, 1, [Hub(CANCER, "cancer", 1)]),
        Degrees("Drug", 1, 0, 2.0, 2, [Hub(NUTLIN, "Nutlin", 2)]),
        Degrees("Gene", 4, 0, 3.0, 10, genes),
        Degrees("Signature", 3, 0, 2.0, 2, signatures),
    ]


def test_licences_are_counted_by_node_and_relationship(reader: KnowledgeStore) -> None:
    # The gene table describes four genes; PrimeKG two of them, a drug and a disease.
    assert reader.summary().licenses == [
        LicenseCount("CC-BY-4.0", 8, 10),
        LicenseCount("CC-BY-SA-4.0", 0, 4),
        LicenseCount("CC0-1.0", 4, 0),
    ]


def test_what_two_sources_state_is_counted_once_per_pair(reader: KnowledgeStore) -> None:
    assert reader.summary().corroborated == {"INTERACTS_WITH": 1}


def test_every_relationship_is_under_one_licence(reader: KnowledgeStore) -> None:
    total = sum(reader.counts().relationships.values())
    assert sum(entry.relationships for entry in reader.summary().licenses) == total


def test_the_summary_does_not_change_the_content(store: KnowledgeStore) -> None:
    before = store.fingerprint()
    assert store.summary() == store.summary()
    assert store.fingerprint() == before


def test_an_empty_graph_has_an_empty_summary(empty: KnowledgeStore) -> None:
    found = empty.summary()
    assert (found.degrees, found.licenses) == ([], [])
    assert (found.corroborated, found.shared_names) == ({}, [])


def test_nodes_without_a_relationship_are_orphans(empty: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("primekg"))
    for number in range(3):
        source.node(f"drugbank:DB0000{number}", "Drug", "")
    publish(empty, source.loader(), tmp_path)
    assert empty.summary().degrees == [Degrees("Drug", 3, 3, 0.0, 0, [])]


def test_names_of_several_nodes_of_one_type_are_listed(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("primekg"))
    for number, name in enumerate(["b", "b", "c", "a", "a", "c", "a", "only", "", ""]):
        source.node(f"drugbank:DB0000{number}", "Drug", name)
    source.node("doid:1", "Disease", "only")
    publish(empty, source.loader(), tmp_path)
    assert empty.summary().shared_names == [SharedNames("Drug", 3, 7, ["a", "b", "c"])]


def test_the_own_licence_of_a_row_counts_before_that_of_its_source(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    own = "CC-BY-NC-4.0"
    source = SourceBuilder(source_info("primekg", license="CC-BY-4.0"))
    source.node(TP53, "Gene", "TP53", license=own).node(MDM2, "Gene", "MDM2", license=None)
    source.edge(TP53, "INTERACTS_WITH", MDM2, license=own)
    source.edge(NUTLIN, "TARGETS", TP53, license=None).node(NUTLIN, "Drug", "Nutlin")
    publish(empty, source.loader(), tmp_path)
    regulation = SourceBuilder(source_info("trrust", license="CC-BY-SA-4.0"))
    regulation.regulates("net", TP53, MDM2, 1).regulates("net", MDM2, TP53, 1)
    regulation.rows[0][1]["license"] = own
    regulation.rows[1][1]["license"] = None
    publish(empty, regulation.loader(), tmp_path)
    assert empty.summary().licenses == [
        LicenseCount("CC-BY-4.0", 2, 1),
        LicenseCount(own, 1, 2),
        LicenseCount("CC-BY-SA-4.0", 0, 1),
    ]
    assert columns(empty.scan_edges(), "type", "license") == [
        ("INTERACTS_WITH", own),
        ("REGULATES", "CC-BY-SA-4.0"),
        ("REGULATES", own),
        ("TARGETS", "CC-BY-4.0"),
    ]


node = st.integers(0, 5)
edge = st.tuples(node, node, st.sampled_from(["ASSOCIATED_WITH", "INTERACTS_WITH"]), node)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(edge, max_size=12), min_size=1, max_size=2))
def test_the_embedded_store_counts_as_plain_python_does(
    tmp_path: Path, loads: list[list[tuple[int, int, str, int]]]
) -> None:
    memory = MemoryStore()
    with EmbeddedStore(":memory:") as embedded:
        for name, edges in zip(("primekg", "string"), loads, strict=False):
            source = SourceBuilder(source_info(name))
            for number in range(6):
                source.node(f"ncbigene:{number}", "Gene", f"g{number % 4}")
            for src, dst, kind, qualifier in edges:
                source.edge(f"ncbigene:{src}", kind, f"ncbigene:{dst}", str(qualifier))
            publish(embedded, source.loader(), tmp_path)
            publish(memory, source.loader(), tmp_path)
        assert embedded.summary() == memory.summary()


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_pair_from_one_source_is_no_corroboration(
    empty: KnowledgeStore, tmp_path: Path, times: int
) -> None:
    source = SourceBuilder(source_info("primekg"))
    source.node(TP53, "Gene", "TP53").node(BCL2, "Gene", "BCL2")
    for number in range(times):
        source.edge(TP53, "INTERACTS_WITH", BCL2, str(number))
    publish(empty, source.loader(), tmp_path)
    assert empty.summary().corroborated == {}
