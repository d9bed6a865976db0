"""Every question of ``docs/cypher.md`` gives the rows that stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kgp.platform.queries import run_query
from kgp.platform.query_catalogue import QUERIES
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.values import text
from kgp.testing import publish
from kgp.testing.cookbook import NETWORK, cookbook, refine
from kgp.testing.server import connected
from tests.unit.platform.store.neo4j.cookbook_page import Recipe, recipes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from kgp.platform.store.port import KnowledgeStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

RECIPES = {recipe.title: recipe for recipe in recipes()}
NAMED = {title: recipe for title, recipe in RECIPES.items() if recipe.command}

WRITTEN = {1: "2026-01-10T09:00:00+00:00", 2: "2026-02-01T09:00:00+00:00"}
"""When the versions of the network were written, for who reads the page."""


def fill(store: KnowledgeStore, folder: Path) -> None:
    for loader in cookbook():
        publish(store, loader, folder / "staging")
    refine(store)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(":memory:") as store:
        fill(store, tmp_path_factory.mktemp("cookbook"))
        yield store


@pytest.fixture(scope="module")
def server(
    contents: Neo4jContents, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neo4jStore]:
    folder = tmp_path_factory.mktemp("cookbook")
    contents.show("cookbook", lambda store: fill(store, folder))
    with connected(contents.url) as session:
        for version, time in WRITTEN.items():
            session.run(
                "MATCH (v:GrnVersion {grn: $grn, version: $version}) SET v.time = $time",
                grn=NETWORK,
                version=version,
                time=time,
            ).consume()
    with contents.open() as store:
        yield store


def shown(rows: Sequence[Sequence[Any]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text(value) or "" for value in row) for row in rows)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_a_question_gives_the_rows_of_the_page(server: Neo4jStore, recipe: Recipe) -> None:
    answer = server.cypher(recipe.cypher, recipe.parameters, limit=100, timeout=60)
    assert answer.columns == recipe.columns
    assert shown(answer.rows) == recipe.rows
    assert recipe.rows


@pytest.mark.parametrize("recipe", NAMED.values(), ids=list(NAMED))
def test_a_named_question_is_answered_alike_by_both_stores(
    server: Neo4jStore, embedded: EmbeddedStore, recipe: Recipe
) -> None:
    name, *arguments = recipe.command
    assert recipe.cypher == QUERIES[name].cypher
    here, there = (run_query(store, name, arguments) for store in (embedded, server))
    assert there.equals(here)
    assert shown([list(row.values()) for row in here.to_pylist()]) == recipe.rows


def test_every_named_query_of_cypher_is_on_the_page() -> None:
    assert {recipe.command[0] for recipe in NAMED.values()} == set(QUERIES)
