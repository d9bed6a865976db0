"""A response set of other genes than the graph's is refused before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.meeting import check_known
from kgp.errors import BadInputError
from kgp.platform.staging import Staged, stage
from kgp.progress import SilentProgress
from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info
from kgp.testing.memory.store import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

GENES = ["ncbigene:1", "ncbigene:2"]


def staged(source: SourceBuilder, folder: Path) -> Staged:
    return stage(source.loader(), folder, {}, SilentProgress())


def graph(folder: Path, *, related: bool = True) -> MemoryStore:
    source = SourceBuilder(source_info("primekg"))
    for gene in GENES:
        source.node(gene, "Gene", gene)
    if related:
        source.edge(GENES[0], "INTERACTS_WITH", GENES[1])
    store = MemoryStore()
    store.publish(staged(source, folder))
    return store


def responses(folder: Path, genes: list[str]) -> Staged:
    source = SourceBuilder(source_info("lincs")).dataset("own", genes)
    return staged(source.effect("own", "kgp.signature:own/1", [1.0] * len(genes)), folder)


def test_half_of_the_features_are_enough(tmp_path: Path) -> None:
    check_known(graph(tmp_path / "a"), responses(tmp_path, [GENES[0], "symbol:x"]), 0.5)


def test_a_set_of_other_genes_is_refused_with_some_of_them(tmp_path: Path) -> None:
    other = responses(tmp_path, ["symbol:crp", "symbol:fis", GENES[0]])
    with pytest.raises(BadInputError, match=r"knows 1 of 3 features; .*ncbigene:1, symbol:crp"):
        check_known(graph(tmp_path / "a"), other, 0.5)


def test_the_user_may_ask_for_less(tmp_path: Path) -> None:
    check_known(graph(tmp_path / "a"), responses(tmp_path, ["symbol:crp"]), 0.0)


def test_a_graph_without_relationships_takes_any_set(tmp_path: Path) -> None:
    store = graph(tmp_path / "a", related=False)
    check_known(store, responses(tmp_path, ["symbol:crp"]), 0.5)


def test_a_load_without_features_is_not_asked(tmp_path: Path) -> None:
    source = SourceBuilder(source_info("string")).node("ncbigene:9", "Gene", "x")
    check_known(graph(tmp_path / "a"), staged(source, tmp_path), 0.5)
