"""What a staging would bring in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.platform.preview import Preview, preview
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import SourceBuilder, golden, publish, stage_list
from kgp.testing.golden import BCL2, MDM2, TP53
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.testing import ListLoader


def seen(loader: ListLoader, folder: Path) -> Preview:
    return preview(stage_list(loader, folder))


def test_a_graph_is_counted_by_type_and_each_statement_once(tmp_path: Path) -> None:
    found = seen(golden.graph(), tmp_path)
    assert found.nodes == {"Disease": 1, "Drug": 1, "Gene": 2}
    # The interaction in both directions is one; one association leads to an unknown disease.
    assert found.relationships == {"ASSOCIATED_WITH": 2, "INTERACTS_WITH": 2, "TARGETS": 1}
    assert (found.hanging, found.cross_references, found.merged) == (1, 0, 1)
    assert (found.networks, found.response_sets) == ({}, {})


def test_a_network_is_counted_by_its_name(tmp_path: Path) -> None:
    found = seen(golden.network(), tmp_path)
    assert found.networks == {golden.NETWORK: 7}
    assert found.relationships == {"REGULATES": 7}
    assert (found.nodes, found.hanging) == ({}, 7)


def test_response_sets_are_counted_by_signature(tmp_path: Path) -> None:
    found = seen(golden.responses(), tmp_path)
    assert found.response_sets == {"drugs": 1, "genes": 2}
    assert found.nodes == {"CellLine": 1, "Signature": 3}


def test_an_identifier_table_brings_cross_references(tmp_path: Path) -> None:
    # Two identifiers of TP53; two symbols of it, one of MDM2, three of CDKN1A, two of BCL2.
    assert seen(golden.gene_table(), tmp_path).cross_references == 10
    assert seen(golden.protein_table(), tmp_path).nodes == {}


def test_an_end_that_a_cross_reference_names_is_described(tmp_path: Path) -> None:
    source = SourceBuilder(source_info("string")).node(TP53, "Gene", "TP53")
    source.xref(TP53, "hgnc:11998").edge("hgnc:11998", "INTERACTS_WITH", TP53)
    source.edge(TP53, "INTERACTS_WITH", MDM2)
    assert seen(source.loader(), tmp_path).hanging == 1


def test_looking_leaves_the_staging_as_it_was(tmp_path: Path) -> None:
    staged = stage_list(golden.graph(), tmp_path)
    before = sorted(staged.folder.iterdir())
    assert preview(staged) == preview(staged)
    assert sorted(staged.folder.iterdir()) == before


node = st.sampled_from([TP53, MDM2, BCL2])
edge = st.tuples(node, node, st.sampled_from(["INTERACTS_WITH", "TARGETS"]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edge, min_size=1, max_size=12))
def test_what_is_foretold_of_a_closed_source_is_what_comes(
    tmp_path: Path, edges: list[tuple[str, str, str]]
) -> None:
    source = SourceBuilder(source_info("string"))
    for gene in (TP53, MDM2, BCL2):
        source.node(gene, "Gene", gene)
    for src, dst, kind in edges:
        source.edge(src, kind, dst)
    foretold = seen(source.loader(), tmp_path)
    with EmbeddedStore(":memory:") as store:
        report = publish(store, source.loader(), tmp_path)
        counts = store.counts()
    assert (foretold.nodes, foretold.relationships) == (counts.nodes, counts.relationships)
    assert (foretold.hanging, foretold.merged) == (0, report.merged)
