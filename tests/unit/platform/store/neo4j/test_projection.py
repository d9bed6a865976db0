"""The plan: what a load changes, as tables of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.projection import PARTS, project
from kgp.testing import publish, stage_list
from kgp.testing.golden import golden
from tests.unit.platform.store.neo4j.worlds import genes, proteins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Plan = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def engine() -> Iterator[EmbeddedStore]:
    with EmbeddedStore(":memory:") as store:
        yield store


def rows(engine: EmbeddedStore, *columns: str) -> Plan:
    """The rows of the plan, by part; the time of a network's first version is left out."""
    what = ", ".join(columns)
    return {
        name: engine.rows(f"SELECT {what or '* EXCLUDE (n)'} FROM plan.{name} ORDER BY n")
        for name in PARTS
        if name not in ("network", "vector_set")
    }


def test_into_an_empty_graph_all_is_created(engine: EmbeddedStore, tmp_path: Path) -> None:
    project(engine, lambda: [publish(engine, loader, tmp_path) for loader in golden()])
    assert {row for found in rows(engine, "op").values() for row in found} == {("create",)}
    counts = {name: len(found) for name, found in rows(engine, "op").items()}
    assert (counts["node"], counts["link"], counts["regulation"]) == (10, 10, 7)


def test_what_nothing_changes_needs_no_plan(engine: EmbeddedStore, tmp_path: Path) -> None:
    publish(engine, proteins(), tmp_path)
    project(engine, lambda: publish(engine, proteins(), tmp_path))
    assert not any(rows(engine).values())


def test_a_plan_names_the_former_values(engine: EmbeddedStore, tmp_path: Path) -> None:
    publish(engine, proteins(), tmp_path)
    project(engine, lambda: publish(engine, genes(), tmp_path))
    changed = engine.rows("SELECT op, id, name, was_name FROM plan.node ORDER BY op, id")
    assert changed == [
        ("create", "lincs:2", "", None),
        ("create", "ncbigene:0", "g0", None),
        ("create", "ncbigene:1", "g1", None),
        ("create", "ncbigene:2", "g2", None),
        ("delete", "uniprot:0", None, "p0"),
        ("delete", "uniprot:1", None, "p1"),
        ("delete", "uniprot:2", None, "p2"),
    ]


def test_a_plan_is_numbered_alike_whenever_it_is_made(
    engine: EmbeddedStore, tmp_path: Path
) -> None:
    publish(engine, proteins(), tmp_path)
    staged = stage_list(genes(), tmp_path)
    project(engine, lambda: engine.publish(staged))
    first = rows(engine, "n", "* EXCLUDE (n)")
    # Another engine, whose numbers of identifiers are others.
    with EmbeddedStore(":memory:") as other:
        other.publish(staged)
        other.purge(staged.load_id)
        publish(other, proteins(), tmp_path)
        project(other, lambda: other.publish(staged))
        assert rows(other, "n", "* EXCLUDE (n)") == first


def test_the_plan_of_a_removal_is_the_inverse_of_that_of_the_load(
    engine: EmbeddedStore, tmp_path: Path
) -> None:
    publish(engine, proteins(), tmp_path)
    staged = stage_list(genes(), tmp_path)
    project(engine, lambda: engine.publish(staged))
    there = {(op, *key) for op, *key in engine.rows("SELECT op, type, src, dst FROM plan.link")}
    project(engine, lambda: engine.purge(staged.load_id))
    back = {(op, *key) for op, *key in engine.rows("SELECT op, type, src, dst FROM plan.link")}
    inverse = {"create": "delete", "delete": "create"}
    assert {(inverse[str(op)], *key) for op, *key in there} == back
