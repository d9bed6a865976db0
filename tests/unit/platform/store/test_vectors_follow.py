"""Every store: a written vector stays with its identifier, whichever node that comes to mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.records import VectorSet
from kgp.testing import SourceBuilder, publish, stage_list
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import tuples
from tests.unit.platform.store.test_measured import batch

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.staging import Staged
    from kgp.platform.store.port import KnowledgeStore

GENE, FIRST, SECOND = "ncbigene:1", "uniprot:P1", "uniprot:P2"
SPEC = VectorSet("names", "Gene", "hand", "1", "", 2, "float32", 0, "2026-01-01")
Vectors = dict[str, list[float]]


@pytest.fixture
def apart(empty: KnowledgeStore, tmp_path: Path) -> KnowledgeStore:
    """A gene and its two proteins, of which nobody knows yet that they are one."""
    source = SourceBuilder(source_info("primekg"))
    for identifier in (GENE, FIRST, SECOND):
        source.node(identifier, "Gene", identifier)
    publish(empty, source.loader(), tmp_path)
    return empty


@pytest.fixture
def joining(tmp_path: Path) -> Staged:
    """What makes one node of the three."""
    source = SourceBuilder(source_info("gene-info"))
    return stage_list(source.xref(GENE, FIRST).xref(GENE, SECOND).loader(), tmp_path)


def write(store: KnowledgeStore, vectors: Vectors) -> None:
    store.write_vectors(SPEC, [batch(dict(vectors))])


def held(store: KnowledgeStore) -> Vectors:
    return {row[0]: row[2] for row in tuples(store.scan_vectors("names"))}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({FIRST: [1.0, 0.0]}, [1.0, 0.0]),
        ({GENE: [3.0, 4.0], FIRST: [1.0, 0.0]}, [3.0, 4.0]),
        ({SECOND: [2.0, 2.0], FIRST: [1.0, 0.0]}, [1.0, 0.0]),
    ],
    ids=["follows", "the-survivors-own-stays", "the-least-identifiers-counts"],
)
def test_a_vector_follows_a_node_that_becomes_part_of_another_and_comes_back(
    apart: KnowledgeStore, joining: Staged, written: Vectors, kept: list[float]
) -> None:
    write(apart, written)
    before = apart.fingerprint()
    apart.publish(joining)
    assert held(apart) == {GENE: kept}
    apart.purge(joining.load_id)
    assert held(apart) == written
    assert apart.fingerprint() == before


def test_a_vector_stated_with_another_name_goes_where_that_name_goes(
    apart: KnowledgeStore, joining: Staged
) -> None:
    apart.publish(joining)
    write(apart, {SECOND: [2.0, 2.0], FIRST: [1.0, 0.0]})
    assert held(apart) == {GENE: [1.0, 0.0]}
    apart.purge(joining.load_id)
    assert held(apart) == {SECOND: [2.0, 2.0], FIRST: [1.0, 0.0]}


def test_a_set_that_is_written_again_leaves_nothing_that_could_follow(
    apart: KnowledgeStore, joining: Staged
) -> None:
    write(apart, {FIRST: [1.0, 0.0], SECOND: [2.0, 2.0]})
    apart.publish(joining)
    write(apart, {GENE: [5.0, 5.0]})
    assert held(apart) == {GENE: [5.0, 5.0]}
    apart.purge(joining.load_id)
    assert held(apart) == {GENE: [5.0, 5.0]}


def test_a_vector_that_follows_twice_is_one(
    apart: KnowledgeStore, joining: Staged, tmp_path: Path
) -> None:
    write(apart, {SECOND: [2.0, 2.0]})
    ensembl = "ensembl:ENSG00000000001"
    between = SourceBuilder(source_info("ensembl")).node(ensembl, "Gene").xref(ensembl, SECOND)
    publish(apart, between.loader(), tmp_path / "between")
    assert held(apart) == {ensembl: [2.0, 2.0]}
    apart.publish(joining)
    assert held(apart) == {GENE: [2.0, 2.0]}
    apart.purge(joining.load_id)
    assert held(apart) == {ensembl: [2.0, 2.0]}


def test_a_borrowed_vector_goes_with_the_node_that_is_gone_and_returns(
    apart: KnowledgeStore, joining: Staged, tmp_path: Path
) -> None:
    write(apart, {FIRST: [1.0, 0.0]})
    apart.publish(joining)
    [primekg] = [load.load_id for load in apart.sources() if load.source == "primekg"]
    apart.purge(primekg)
    assert held(apart) == {}
    source = SourceBuilder(source_info("primekg")).node(GENE, "Gene", "again")
    publish(apart, source.loader(), tmp_path / "again")
    assert held(apart) == {GENE: [1.0, 0.0]}
