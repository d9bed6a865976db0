"""Refining against a planted truth: it is found again, under a name of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.refining import RefineOptions, refine
from kgp.api.stores import open_store, staging_root
from kgp.errors import BadInputError
from kgp.platform import grn
from tests.unit.api.worlds import NETWORK

if TYPE_CHECKING:
    from collections.abc import Callable

PLANTED = RefineOptions(planted=0.3, seed=1)


def fingerprint(url: str) -> str:
    with open_store(url) as graph:
        return graph.fingerprint()


def test_a_planted_truth_is_found_again(copied: Callable[[str], str]) -> None:
    url = copied("random")
    report = refine(url, "random", PLANTED, write=True)
    direct, responses = report.summary.scores
    assert direct.refined > direct.nothing
    assert responses.refined > responses.nothing
    # 90 edges at p = 0.3: 14 removed, 7 activating and 7 repressing added.
    assert report.summary.n_right <= report.summary.n_edits
    assert report.summary.n_right >= 25
    assert report.summary.planted.same_mechanism
    assert report.lines[0].startswith("PLANTED TRUTH: random damaged at p = 0.3 with seed 1")
    assert all(c.right is not None for c in report.changes)


def test_a_planted_truth_leaves_the_original_alone_and_marks_the_copy_synthetic(
    copied: Callable[[str], str],
) -> None:
    url = copied("random")
    with open_store(url) as graph:
        before = grn.edges(graph, "random")
    refine(url, "random", PLANTED, write=True)
    with open_store(url) as graph:
        assert grn.edges(graph, "random") == before
        assert [v.version for v in graph.grn_versions("random")] == [1]
        origin = next(s for s in graph.sources() if s.source == "planted-truth")
    assert origin.synthetic
    assert origin.version == "random@1 p=0.3 seed=1"


def test_every_edge_that_a_planted_refinement_changed_has_evidence_removals_too(
    copied: Callable[[str], str],
) -> None:
    url = copied("random")
    report = refine(url, "random", PLANTED, write=True)
    with open_store(url) as graph:
        found = grn.diff(graph, "random-planted", 1, 2)
    assert len(found) == report.summary.n_edits
    assert {d.kind for d in found} == {"added", "removed"}
    for change in found:
        kept = change.after.evidence if change.after else change.before.end_evidence
        assert kept["planted"] is True
        assert kept["n_supporting"] >= 1
        assert kept["supporting"][0].startswith("planted:ncbigene:")


def test_the_same_refinement_again_is_the_same_version(copied: Callable[[str], str]) -> None:
    url = copied("random")
    first = refine(url, "random", PLANTED, write=True)
    graph = fingerprint(url)
    second = refine(url, "random", PLANTED, write=True)
    assert (first.version, second.version) == (2, 2)
    assert second.changes == first.changes
    assert fingerprint(url) == graph
    with open_store(url) as opened:
        assert len(opened.grn_versions("random-planted")) == 2


def test_a_taken_name_is_refused_with_a_command_that_works(copied: Callable[[str], str]) -> None:
    url = copied("random")
    before = fingerprint(url)
    with pytest.raises(BadInputError, match="There is a network called 'random'") as caught:
        refine(url, "random", replace(PLANTED, name="random"), write=True)
    assert caught.value.command == ("kgp refine random --planted 0.3 --seed 1 --name NAME --write")
    assert fingerprint(url) == before
    assert not list(staging_root(url).glob("*"))


def test_a_share_that_is_none_is_refused(toy: str) -> None:
    with pytest.raises(BadInputError, match="cannot be corrupted"):
        refine(toy, NETWORK, RefineOptions(planted=1.5))
