"""Operations on networks that need nothing but the port."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError
from kgp.platform import grn
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import EdgeChange, EdgeEvidence
from kgp.testing import MemoryStore, publish
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, TP53, golden

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

LAYER = "transcriptional"


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    made = MemoryStore()
    for loader in golden():
        publish(made, loader, tmp_path)
    return made


@pytest.fixture
def refined(store: MemoryStore) -> MemoryStore:
    """Version 2: BCL2 flips, MDM2 ends, MDM2 starts to repress TP53."""
    changes = [
        grn.changed_edge(TP53, BCL2, LAYER, 1, 0.5, {"n": 1}),
        grn.changed_edge(TP53, MDM2, LAYER, 0, 0.25, {"n": 2}),
        grn.changed_edge(MDM2, TP53, LAYER, -1, 0.75, {"n": 3}),
    ]
    version = grn.new_version(NETWORK, 1, "refine", {"seed": 1}, "data", {"f1": 0.9})
    store.commit_version(version, changes)
    return store


def test_edges_are_found_by_regulator_target_and_layer(store: MemoryStore) -> None:
    state = grn.edges(store, NETWORK)[TP53, BCL2, LAYER]
    assert (state.sign, state.effect, state.sign_source) == (-1, "repression", "curated")
    assert (state.evidence, state.confidence) == ({"pubmed": ["1"]}, None)


def test_a_diff_lists_what_was_added_removed_and_changed(refined: MemoryStore) -> None:
    found = grn.diff(refined, NETWORK, 1, 2)
    assert [(d.src, d.dst, d.kind, d.confidence) for d in found] == [
        (MDM2, TP53, "added", 0.75),
        (TP53, MDM2, "removed", 0.25),
        (TP53, BCL2, "changed", 0.5),
    ]
    back = grn.diff(refined, NETWORK, 2, 1)
    assert [d.kind for d in back] == ["removed", "added", "changed"]
    assert grn.diff(refined, NETWORK, 2, 2) == []


def test_the_reason_of_a_removal_stands_on_the_row_that_ended(refined: MemoryStore) -> None:
    removed = grn.diff(refined, NETWORK, 1, 2)[1].before
    assert removed is not None
    assert (removed.end_evidence, removed.end_confidence) == ({"n": 2}, 0.25)


def test_applying_a_diff_gives_the_other_version(refined: MemoryStore) -> None:
    one, two = (grn.edges(refined, NETWORK, v) for v in (1, 2))
    assert grn.apply(one, grn.diff(refined, NETWORK, 1, 2)) == two
    back = grn.apply(two, grn.diff(refined, NETWORK, 2, 1))
    assert {k: s.effect for k, s in back.items()} == {k: s.effect for k, s in one.items()}


def test_rollback_writes_a_version_with_the_old_content(refined: MemoryStore) -> None:
    version = grn.rollback(refined, NETWORK, 1)
    assert (version.version, version.parameters, version.metrics) == (3, {"to": 1}, {"edges": 3})
    assert grn.diff(refined, NETWORK, 1, 3) == []
    assert grn.edges(refined, NETWORK)[TP53, MDM2, LAYER].evidence["rollback_to"] == 1
    with pytest.raises(BadInputError, match="equals version 1 already"):
        grn.rollback(refined, NETWORK, 1)
    assert grn.rollback(refined, NETWORK, 2).version == 4


@pytest.mark.parametrize("kind", ["memory", "embedded"])
def test_a_rollback_restores_the_weight(kind: str, tmp_path: Path) -> None:
    store: KnowledgeStore = MemoryStore() if kind == "memory" else EmbeddedStore(":memory:")
    for loader in golden():
        publish(store, loader, tmp_path)
    for number, (sign, effect, weight) in enumerate(
        [(1, "activation", 0.5), (-1, "repression", 1.0)], start=1
    ):
        change = EdgeChange(TP53, BCL2, LAYER, sign, effect, None, {}, weight)
        version = grn.new_version(NETWORK, number, "refine", {"step": number}, "data", {})
        store.commit_version(version, [change])
    grn.rollback(store, NETWORK, 2)
    assert grn.edges(store, NETWORK)[TP53, BCL2, LAYER].weight == 0.5
    store.close()


@pytest.mark.parametrize("to", [0, 3])
def test_a_rollback_to_no_version_is_refused(refined: MemoryStore, to: int) -> None:
    before = copy.deepcopy(refined.grns())
    with pytest.raises(BadInputError, match=f"no version {to}"):
        grn.rollback(refined, NETWORK, to)
    assert refined.grns() == before


def test_a_change_to_no_sign_ends_the_edge() -> None:
    assert grn.changed_edge(TP53, BCL2, LAYER, 0, 0.5, {}) == EdgeChange(
        *(TP53, BCL2, LAYER), None, "", 0.5, {}
    )
    assert grn.changed_edge(TP53, BCL2, LAYER, -1, 0.5, {}).effect == "repression"


def test_an_author_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setenv("LOGNAME", "ada")
    assert grn.author() == "ada"
    monkeypatch.setattr("getpass.getuser", nameless)
    assert grn.author() == "unknown"


@pytest.fixture(params=["memory", "embedded"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnowledgeStore]:
    made: KnowledgeStore = MemoryStore() if request.param == "memory" else EmbeddedStore(":memory:")
    for loader in golden():
        publish(made, loader, tmp_path)
    with made as opened:
        yield opened


def test_each_change_remembers_what_its_edge_was(either: KnowledgeStore) -> None:
    flip = grn.changed_edge("symbol:P53", BCL2, LAYER, 1, 0.5, {"n": 1})
    end = grn.changed_edge(TP53, CDKN1A, LAYER, 0, 0.5, {})
    new = grn.changed_edge(MDM2, TP53, LAYER, -1, 0.5, {})
    grn.commit(either, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [flip, end, new])
    states = grn.edges(either, NETWORK)
    was = grn.edges(either, NETWORK, 1)
    kept = {"previous_sign": -1, "previous_effect": "repression"}
    assert states[TP53, BCL2, LAYER].evidence == {"n": 1, **kept}
    assert was[TP53, BCL2, LAYER].end_evidence == {"n": 1, **kept}
    assert was[TP53, CDKN1A, LAYER].end_evidence == {
        "previous_sign": 0,
        "previous_effect": "dual",
    }
    none = {"previous_sign": None, "previous_effect": None}
    assert states[MDM2, TP53, LAYER].evidence == none


def test_an_edge_that_ends_in_a_fork_is_unsupported_there(either: KnowledgeStore) -> None:
    either.fork_grn(NETWORK, "toy-k562", "cell=K562", "me")
    plain = grn.changed_edge(TP53, BCL2, LAYER, 0, 0.5, {})
    told = grn.changed_edge(TP53, MDM2, LAYER, 0, 0.5, {}, reason="no binding site")
    for name in (NETWORK, "toy-k562"):
        grn.commit(either, grn.new_version(name, 1, "refine", {}, "", {}), [plain, told])
    fork, parent = (grn.edges(either, name, 1) for name in ("toy-k562", NETWORK))
    assert fork[TP53, BCL2, LAYER].end_evidence["reason"] == grn.UNSUPPORTED_HERE
    assert fork[TP53, MDM2, LAYER].end_evidence["reason"] == "no binding site"
    assert "reason" not in parent[TP53, BCL2, LAYER].end_evidence


def test_a_rollback_brings_the_evidence_back(either: KnowledgeStore) -> None:
    said = (EdgeEvidence("lincs:2", "supports", 2.0), EdgeEvidence("lincs:3", "contradicts", -1.0))
    for number, (sign, evidence) in enumerate([(1, said), (0, ())], 1):
        change = grn.changed_edge(TP53, BCL2, LAYER, sign, 0.5, {}, signatures=evidence)
        version = grn.new_version(NETWORK, number, "refine", {}, "", {})
        grn.commit(either, version, [change])
    grn.rollback(either, NETWORK, 2)
    found = either.edge_evidence(NETWORK, TP53, BCL2)
    assert [(row["version"], row["signature"]) for row in found] == [
        (2, "lincs:2"),
        (2, "lincs:3"),
        (4, "lincs:2"),
        (4, "lincs:3"),
    ]


def test_a_rollback_says_that_it_ended_an_edge(either: KnowledgeStore) -> None:
    added = grn.changed_edge(MDM2, TP53, LAYER, 1, 0.5, {})
    either.fork_grn(NETWORK, "fork", "cell=K562", "me")
    grn.commit(either, grn.new_version("fork", 1, "refine", {}, "", {}), [added])
    grn.rollback(either, "fork", 1)
    ended = grn.edges(either, "fork", 2)[MDM2, TP53, LAYER].end_evidence
    assert (ended["reason"], ended["rollback_to"]) == ("rolled back to version 1", 1)


def test_a_second_rollback_names_its_own_aim(refined: MemoryStore) -> None:
    grn.rollback(refined, NETWORK, 1)
    grn.rollback(refined, NETWORK, 2)
    grn.rollback(refined, NETWORK, 3)
    assert grn.edges(refined, NETWORK)[TP53, MDM2, LAYER].evidence["rollback_to"] == 3
