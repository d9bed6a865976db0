"""Explaining and forking a network that is worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.networks import explain_edge, fork_network
from kgp.api.refining import RefineOptions, refine
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from kgp.platform import grn
from tests.unit.api.worlds import GENES, NETWORK, SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_edge_is_explained_by_symbols_with_its_whole_history(
    copied: Callable[[str], str],
) -> None:
    url = copied("toy")
    refine(url, NETWORK, RefineOptions(SCREEN, force=True), write=True)
    found = explain_edge(url, NETWORK, "A", "D")
    assert (found.regulator, found.target) == (GENES["A"], GENES["D"])
    assert (found.regulator_name, found.target_name, found.head) == ("A", "D", 2)
    assert [(s["sign"], s["since"], s["until"]) for s in found.states] == [(1, 1, 2), (-1, 2, None)]
    assert found.states[0]["evidence"] == {"pubmed": ["1"]}
    assert found.states[0]["end_evidence"]["kind"] == "flipped"
    assert list(found.ends) == [2]
    assert found.ends[2].startswith("version 2 (refine, ")


def test_a_pair_without_an_edge_has_no_history(toy: str) -> None:
    assert explain_edge(toy, NETWORK, "G", GENES["A"]).states == []


def test_a_name_that_means_nothing_is_refused(toy: str) -> None:
    with pytest.raises(BadInputError, match="means no node"):
        explain_edge(toy, NETWORK, "A", "ZZZ")


def test_a_fork_is_the_same_network_under_its_own_name(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    version = fork_network(url, NETWORK, "toy-k562", "cell=K562")
    assert (version.version, version.parameters["context"]) == (1, "cell=K562")
    with open_store(url) as graph:
        ours, theirs = (grn.edges(graph, name) for name in (NETWORK, "toy-k562"))
    assert {k: e.sign for k, e in ours.items()} == {k: e.sign for k, e in theirs.items()}


def test_a_fork_begins_with_the_version_that_is_named(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    with open_store(url) as graph:
        before = {key: edge.sign for key, edge in grn.edges(graph, NETWORK).items()}
        gone = grn.changed_edge(GENES["A"], GENES["C"], "transcriptional", 0, 0.5, {})
        grn.commit(graph, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [gone])
    fork_network(url, NETWORK, "toy-old", "cell=K562", version=1)
    with open_store(url) as graph:
        assert {k: e.sign for k, e in grn.edges(graph, "toy-old").items()} == before
        assert graph.grns()[1].forked_from == f"{NETWORK}@1"


@pytest.mark.parametrize("version", [0, 2])
def test_a_fork_of_a_version_that_is_not_there_writes_nothing(toy: str, version: int) -> None:
    with open_store(toy) as graph:
        before = graph.fingerprint()
    with pytest.raises(BadInputError, match=f"has no version {version}.*\n.*1 to 1") as raised:
        fork_network(toy, NETWORK, "fork", "cell=K562", version=version)
    assert raised.value.command == f"kgp grn log {NETWORK}"
    with open_store(toy) as graph:
        assert graph.fingerprint() == before
        assert [record.name for record in graph.grns()] == [NETWORK]


@pytest.mark.parametrize("context", ["K562", "cell=", "=K562", ""])
def test_a_context_without_key_and_value_is_refused(toy: str, context: str) -> None:
    with pytest.raises(UsageError, match="is not KEY=VALUE"):
        fork_network(toy, NETWORK, "fork", context)
