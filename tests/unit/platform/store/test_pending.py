"""Every store: where nothing is half written there is nothing to take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore


def test_a_whole_graph_has_nothing_to_take_back(store: KnowledgeStore) -> None:
    before = store.fingerprint()
    assert store.half_written() is None
    assert store.abort_pending() is None
    assert store.fingerprint() == before
