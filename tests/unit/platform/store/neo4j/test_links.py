"""Relationships that change: whatever way they are found, what is left is what a new load gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.fans import walked_types
from kgp.platform.store.neo4j.projection import project
from kgp.testing import ListLoader, SourceBuilder, publish
from kgp.testing.loads import source_info
from tests.unit.platform.store.neo4j_contents import Neo4jContents, content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HUB, LINK = "ncbigene:0", "INTERACTS_WITH"
MANY, FEW = range(1, 31), (3, 7)


def star(
    name: str, version: str, targets: Sequence[int], qualifiers: int = 1, **about: object
) -> ListLoader:
    """Relationships of one hub; ``about`` is what each says beside its number."""
    source = SourceBuilder(source_info(name, version))
    for number in (0, *MANY):
        source.node(f"ncbigene:{number}", "Gene")
    for number in targets:
        said = {key: value for key, value in about.items() if number % 3}
        source.edge(HUB, LINK, f"ncbigene:{number}", f"q{number % qualifiers}", **said)
    return source.loader()


CASES = {
    "most of a source": (star("b", "1", MANY, rank=1, old=[1]), star("b", "2", MANY, rank=1.0)),
    "few of a source": (star("b", "1", FEW, rank=1, old="x"), star("b", "2", FEW, rank=True)),
    "qualifiers": (star("b", "1", MANY, 4, rank=1), star("b", "2", MANY, 4, rank=1, new="y")),
    "other ones": (star("b", "1", MANY[:20], 2, rank=1), star("b", "2", MANY[10:], 2, rank=2)),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_newer_version_changes_is_as_if_it_came_alone(
    contents: Neo4jContents, tmp_path: Path, case: str
) -> None:
    first, second = CASES[case]
    found = []
    for loads in ((star("a", "1", MANY), second), (star("a", "1", MANY), first, second)):
        contents.put("empty", lambda store: None)
        with contents.open() as store:
            ids = [publish(store, loader, tmp_path).load_id for loader in loads]
            if len(ids) > 2:
                store.purge(ids[1])
        found.append(content(contents.url))
    assert found[0] == found[1]


def test_a_node_that_somebody_removed_takes_only_its_own_relationships_along(
    contents: Neo4jContents, tmp_path: Path
) -> None:
    contents.put("empty", lambda store: None)
    with contents.open() as store:
        publish(store, star("a", "1", ()), tmp_path)
        store.write("MATCH (n:Kgp {id: 'ncbigene:5'}) DELETE n")
        publish(store, star("b", "1", MANY), tmp_path)
        rows = store.write("MATCH (:Kgp {id: $hub})-[x]->(d) RETURN d.id AS id", hub=HUB)
    assert {row["id"] for row in rows} == {f"ncbigene:{n}" for n in MANY if n != 5}


@pytest.mark.parametrize(("targets", "walked"), [(MANY, {LINK}), (FEW, set())])
def test_a_source_is_walked_where_most_of_its_relationships_change(
    tmp_path: Path, targets: Sequence[int], walked: set[str]
) -> None:
    with EmbeddedStore(":memory:") as engine:
        for loader in (star("a", "1", MANY), star("b", "1", targets)):
            publish(engine, loader, tmp_path)
        project(engine, lambda: publish(engine, star("b", "2", targets), tmp_path))
        assert walked_types(engine, "update") == walked
