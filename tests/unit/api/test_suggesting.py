"""Suggestions for a network in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.suggesting import suggest
from kgp.errors import BadInputError, UsageError
from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info
from tests.unit.api import worlds

if TYPE_CHECKING:
    from pathlib import Path


def test_every_regulator_is_named_and_counted(toy: str) -> None:
    found = suggest(toy, worlds.NETWORK, worlds.SCREEN, max_length=1).suggestions
    perturbed = {each.regulator: each.perturbed for each in found}
    assert perturbed == {"A": 4, "C": 4, "F": 0, "I": 4}


def test_what_nobody_perturbed_is_worth_more_per_edge(toy: str) -> None:
    found = suggest(toy, worlds.NETWORK, worlds.SCREEN, max_length=1).suggestions
    worth = {each.regulator: each.bits / each.direct for each in found if each.direct}
    assert max(worth, key=worth.__getitem__) == "F"


def test_without_responses_all_edges_count(toy: str) -> None:
    report = suggest(toy, worlds.NETWORK, max_length=1)
    assert report.suggestions[0].regulator == "A"
    assert report.suggestions[0].direct == 4


def test_an_essential_gene_is_marked(tmp_path: Path) -> None:
    source = SourceBuilder(source_info("gene-info"))
    said = {"A": True, "F": False}
    for letter, gene in worlds.GENES.items():
        source.node(gene, "Gene", letter, essential=said.get(letter))
    store = worlds.write_store(tmp_path / "marked.duckdb", [source.loader(), worlds.network()])
    found = {each.gene: each.essential for each in suggest(store, worlds.NETWORK).suggestions}
    assert found[worlds.GENES["A"]] is True
    assert found[worlds.GENES["F"]] is False
    assert found[worlds.GENES["C"]] is None


def test_unknown_names_are_refused(toy: str) -> None:
    with pytest.raises(BadInputError, match="toi"):
        suggest(toy, "toi")
    with pytest.raises(BadInputError, match="scren"):
        suggest(toy, worlds.NETWORK, "scren")


def test_walks_have_a_length(toy: str) -> None:
    with pytest.raises(UsageError, match="length 0"):
        suggest(toy, worlds.NETWORK, max_length=0)
