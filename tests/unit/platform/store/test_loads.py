"""Every store: publishing and removing loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError
from kgp.platform.store.records import EdgeChange, GrnVersion
from kgp.testing import ListLoader, MemoryStore, SourceBuilder, golden, publish, stage_list
from kgp.testing.golden import BCL2, CANCER, CDKN1A, MDM2, NETWORK, NODES, TP53
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import columns, tuples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.platform.store.port import KnowledgeStore


def load_ids(store: KnowledgeStore) -> dict[str, str]:
    return {record.source: record.load_id for record in store.sources()}


def gene(
    name: str, source: str = "primekg", version: str = "1", **properties: object
) -> ListLoader:
    return (
        SourceBuilder(source_info(source, version)).node(TP53, "Gene", name, **properties).loader()
    )


def test_a_report_counts_what_a_load_states(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, golden.gene_table(), tmp_path)
    report = publish(empty, golden.graph(), tmp_path)
    assert (report.nodes, report.edges, report.merged, report.repeated) == (4, 4, 1, False)
    assert report.dropped == {"endpoint without a node": 1}
    assert load_ids(empty)["primekg"] == report.load_id


@dataclass(frozen=True)
class Merging(ListLoader):
    """Says that it has merged two rows itself."""

    def batches(self, tally: Tally) -> Iterator[Batch]:
        yield from super().batches(tally)
        tally.merge(2)


def test_a_load_keeps_what_was_merged_and_what_has_no_node(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("primekg")).node(TP53, "Gene", "TP53")
    source.edge(TP53, "INTERACTS_WITH", TP53).edge(TP53, "INTERACTS_WITH", TP53)
    loader = source.edge(TP53, "INTERACTS_WITH", "ncbigene:1").loader()
    report = publish(empty, Merging(loader.info, loader.content), tmp_path)
    (record,) = empty.sources()
    assert report.merged == record.merged == 3
    assert report.dropped == record.dropped == {"endpoint without a node": 1}
    assert (record.rows_in, record.edges) == (4, 1)


def test_a_repeated_load_writes_nothing(store: KnowledgeStore, tmp_path: Path) -> None:
    before, sources = store.fingerprint(), store.sources()
    report = publish(store, golden.graph(), tmp_path)
    assert (report.repeated, report.nodes, report.edges, report.merged) == (True, 4, 4, 1)
    assert store.sources() == sources
    assert store.fingerprint() == before


@pytest.mark.parametrize(
    ("loader", "taken"), [("network", NETWORK), ("responses", "drugs")], ids=str
)
def test_a_name_is_taken_once(
    store: KnowledgeStore, tmp_path: Path, loader: str, taken: str
) -> None:
    before = store.fingerprint()
    again = getattr(golden, loader)()
    other = ListLoader(source_info("omnipath", "9"), again.content)
    with pytest.raises(BadInputError, match=taken):
        publish(store, other, tmp_path)
    assert store.fingerprint() == before
    assert "omnipath" not in load_ids(store)


def test_two_sources_of_one_edge_are_two_edges(reader: KnowledgeStore) -> None:
    rows = columns(reader.scan_edges("INTERACTS_WITH"), "src", "dst", "source")
    assert rows == [(MDM2, TP53, "string"), (MDM2, TP53, "primekg"), (TP53, TP53, "primekg")]


def test_of_two_versions_of_a_source_the_newer_counts(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    publish(empty, gene("new", version="2", chromosome="17"), tmp_path)
    publish(empty, gene("old", version="1", chromosome="16", length=19), tmp_path)
    expected = '{"chromosome":"17","length":19}'
    assert tuples(empty.scan_nodes()) == [(TP53, "Gene", "new", ["primekg"], expected)]


def test_of_two_statements_of_one_load_no_property_is_lost(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("primekg"))
    source.node(TP53, "Gene", "p53", chromosome="17").node(TP53, "Gene", "P53", length=19)
    publish(empty, source.loader(), tmp_path)
    expected = '{"chromosome":"17","length":19}'
    assert tuples(empty.scan_nodes()) == [(TP53, "Gene", "p53", ["primekg"], expected)]


def test_an_identifier_table_relabels_what_came_before_it(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    early = SourceBuilder(source_info("string")).node("uniprot:P04637", "Gene", "P53_HUMAN")
    publish(
        empty, early.edge("uniprot:P04637", "INTERACTS_WITH", "uniprot:P04637").loader(), tmp_path
    )
    assert columns(empty.scan_nodes(), "id") == [("uniprot:P04637",)]
    publish(empty, golden.gene_table(), tmp_path)
    publish(empty, golden.protein_table(), tmp_path)
    assert columns(empty.scan_nodes(), "id") == [(CDKN1A,), (MDM2,), (BCL2,), (TP53,)]
    assert columns(empty.scan_edges(), "src", "dst") == [(TP53, TP53)]
    assert empty.nodes(["uniprot:P04637"])[0]["sources"] == ["gene-info", "string"]


def test_purging_a_load_leaves_what_others_state(store: KnowledgeStore) -> None:
    store.purge(load_ids(store)["gene-info"])
    nodes = {row[0]: row for row in tuples(store.scan_nodes())}
    about = '{"chromosome":"X","essential":true}'
    assert nodes[TP53] == (TP53, "Gene", "tumor protein p53", ["primekg"], about)
    assert BCL2 not in nodes
    assert "REGULATES" not in store.counts().relationships
    assert store.counts().relationships["INTERACTS_WITH"] == 2


@pytest.mark.parametrize("source", [loader.info.name for loader in golden.golden()])
def test_a_purged_load_is_as_if_it_had_never_been(
    store: KnowledgeStore, tmp_path: Path, source: str
) -> None:
    store.purge(load_ids(store)[source])
    empty = MemoryStore()
    for loader in reversed(golden.golden()):
        if loader.info.name != source:
            publish(empty, loader, tmp_path)
    assert store.fingerprint() == empty.fingerprint()
    assert store.counts() == empty.counts()
    assert [(s.source, s.version) for s in store.sources()] == [
        (s.source, s.version) for s in empty.sources()
    ]


def test_a_purged_load_can_come_back(store: KnowledgeStore, tmp_path: Path) -> None:
    before = store.fingerprint()
    for loader in (golden.network(), golden.gene_table()):
        store.purge(load_ids(store)[loader.info.name])
        assert store.fingerprint() != before
        assert not publish(store, loader, tmp_path).repeated
        assert store.fingerprint() == before


def test_an_unknown_load_is_refused(store: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match="'nonsense'"):
        store.purge("nonsense")


@pytest.mark.parametrize("later", ["version", "fork"])
def test_a_network_with_a_history_cannot_be_purged(store: KnowledgeStore, later: str) -> None:
    if later == "fork":
        store.fork_grn(NETWORK, "fork", "cell=K562", "me")
    else:
        ended = EdgeChange(TP53, MDM2, "transcriptional", None, "", None, {})
        made = GrnVersion(NETWORK, 2, 1, "refine", {}, "", {}, "me", "2026-01-01")
        store.commit_version(made, [ended])
    before = store.fingerprint()
    with pytest.raises(BadInputError, match=NETWORK):
        store.purge(load_ids(store)["trrust"])
    assert store.fingerprint() == before
    store.purge(load_ids(store)["lincs"])
    assert NETWORK in {record.name for record in store.grns()}


def test_stagings_of_one_content_and_one_name_are_one_load(tmp_path: Path) -> None:
    one, same = (
        stage_list(golden.graph(), tmp_path / "a"),
        stage_list(golden.graph(), tmp_path / "b"),
    )
    other = stage_list(gene("p53"), tmp_path / "a")
    assert one.load_id == same.load_id != other.load_id


def test_an_edge_comes_into_sight_with_its_node(store: KnowledgeStore, tmp_path: Path) -> None:
    late = SourceBuilder(source_info("doid")).node("doid:999", "Disease", "late")
    publish(store, late.loader(), tmp_path)
    rows = columns(store.scan_edges("ASSOCIATED_WITH"), "dst", "source")
    assert rows == [(CANCER, "primekg"), ("doid:999", "primekg")]
    assert len(tuples(store.scan_nodes())) == len(NODES) + 1
