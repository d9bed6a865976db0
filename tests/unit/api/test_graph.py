"""Counting and exporting a stored graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.embedding import embed
from kgp.api.graph import graph_stats, snapshot
from kgp.api.stores import open_store
from kgp.platform.snapshot import Snapshot
from tests.unit.api.worlds import DRUGS, NETWORK, SCREEN, url_of, write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_counts_are_those_of_the_world(toy: str) -> None:
    found = graph_stats(toy)
    assert found.nodes == {"Gene": 9, "Signature": 16}
    assert found.relationships == {"PERTURBS": 16, "REGULATES": 9}
    assert [source.source for source in found.sources] == ["gene-info", "screen", "trrust"]
    assert [record.name for record in found.datasets] == [SCREEN]
    assert [(record.name, record.head) for record in found.networks] == [(NETWORK, 1)]
    assert found.vectors == []
    with open_store(toy) as graph:
        assert found.fingerprint == graph.fingerprint()


def test_a_snapshot_carries_the_fingerprint_of_the_graph(stores: Path, tmp_path: Path) -> None:
    url = url_of(stores / "drugs.duckdb")
    written = snapshot(url, tmp_path)
    assert written.fingerprint == graph_stats(url).fingerprint
    assert Snapshot.open(written.path).hash == written.hash
    assert list(written.responses(DRUGS).values.shape) == [70, 60]


def test_an_empty_graph_has_nothing_to_count(tmp_path: Path) -> None:
    found = graph_stats(write_store(tmp_path / "empty.duckdb", []))
    assert (found.nodes, found.relationships, found.networks) == ({}, {}, [])


def test_the_summary_and_the_coverage_of_vectors_are_part_of_the_report(
    copied: Callable[[str], str],
) -> None:
    url = copied("drugs")
    assert graph_stats(url).coverage == {}
    embed(url, ["morgan", "minilm"])
    found = graph_stats(url)
    # Every drug has a structure; names that are words are those of 70 drugs and 4 processes.
    assert found.coverage["morgan"] == 1.0
    assert found.coverage["minilm_name"] == pytest.approx(74 / sum(found.nodes.values()))
    assert {d.type: d.nodes for d in found.summary.degrees} == found.nodes
    total = sum(found.relationships.values())
    assert sum(entry.relationships for entry in found.summary.licenses) == total
