"""Batches that two transactions write at once: each is written once, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreBusyError
from kgp.platform.store.neo4j import batches
from kgp.platform.store.neo4j.turn import PUBLISH, Turn
from kgp.testing import SourceBuilder, stage_list
from kgp.testing.loads import source_info
from tests.unit.platform.store.neo4j.test_resume import break_off
from tests.unit.platform.store.neo4j_contents import Neo4jContents, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import neo4j

    from kgp.platform.staging import Staged
    from kgp.platform.store.neo4j.store import Neo4jStore

GENES, HUBS = 24, 3


@pytest.fixture
def store(contents: Neo4jContents) -> Iterator[Neo4jStore]:
    contents.put("empty", lambda store: None)
    with contents.open() as opened:
        yield opened


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    """Relationships that share their ends, so that transactions meet at them."""
    source = SourceBuilder(source_info("primekg"))
    for number in range(GENES):
        source.node(f"ncbigene:{number}", "Gene", f"g{number}")
        for hub in range(HUBS):
            source.edge(f"ncbigene:{hub}", "INTERACTS_WITH", f"ncbigene:{number}", "ppi")
    return stage_list(source.loader(), tmp_path)


def test_a_load_of_many_batches_that_broke_off_is_taken_back_or_continues(
    store: Neo4jStore, contents: Neo4jContents, staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = content(contents.url)
    store.publish(staged)
    whole = content(contents.url)
    store.purge(staged.load_id)
    monkeypatch.setattr(batches, "BATCH", 4)
    assert break_off(contents, lambda broken: broken.publish(staged), 25)
    assert store.abort_pending() == staged.load_id
    assert content(contents.url) == empty
    assert break_off(contents, lambda broken: broken.publish(staged), 25)
    store.publish(staged)
    assert content(contents.url) == whole


def test_a_batch_is_rolled_back_where_another_process_took_over_while_it_was_written(
    store: Neo4jStore, contents: Neo4jContents
) -> None:
    turn = Turn(store, "primekg-1", PUBLISH)

    def work(tx: neo4j.ManagedTransaction) -> None:
        assert not turn.marked(tx, 0)
        tx.run("CREATE (:KgpRecord {key: 'late'})").consume()
        with contents.open() as other:
            other.write("MATCH (s:KgpStore) SET s.pending_owner = 'elsewhere:1:x'")
        turn.renew(tx)

    with turn.held():
        with pytest.raises(StoreBusyError, match="Another process has taken over"):
            store.writing(work)
        assert not store.write("MATCH (n:KgpRecord {key: 'late'}) RETURN n.key")
