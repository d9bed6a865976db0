"""Every store: a load says how many of its rows are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.progress import SilentProgress
from kgp.testing import SourceBuilder, stage_list
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore


class Counted(SilentProgress):
    """A step that remembers how far it came."""

    def __init__(self) -> None:
        self.done = 0

    def advance(self, n: int = 1) -> None:
        self.done += n


def test_a_load_counts_the_rows_that_it_writes(store: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("other")).node("own:1", "Gene").node("own:2", "Gene")
    step = Counted()
    store.publish(
        stage_list(source.edge("own:1", "INTERACTS_WITH", "own:2").loader(), tmp_path), step
    )
    assert step.done == 3
