"""Operations on networks that need nothing but the port."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.errors import BadInputError
from kgp.platform import grn
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import EdgeChange
from kgp.testing import MemoryStore, publish
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, TP53, golden

if TYPE_CHECKING:
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


def test_an_export_has_the_columns_that_decoupler_reads(refined: MemoryStore) -> None:
    table = grn.export(refined, NETWORK, 1)
    assert table.column_names[:3] == ["source", "target", "weight"]
    assert table.schema.field("confidence").type == pa.float32()
    rows = list(zip(*(table[c].to_pylist() for c in ("target", "weight", "effect")), strict=True))
    assert rows == [
        (CDKN1A, 0.0, "dual"),
        (MDM2, pytest.approx(0.1), "activation"),
        (BCL2, -1.0, "repression"),
        (TP53, 0.0, "unknown"),
    ]
    assert grn.export(refined, NETWORK)["source"].to_pylist() == [MDM2, TP53, TP53, TP53]
