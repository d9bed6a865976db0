"""What a load changes in the graph, as tables: the plan that is written into Neo4j.

In the engine's DuckDB file the schema ``before`` holds the graph as it was, ``after`` as it will
be, and ``plan`` the difference: one table per kind of thing, whose rows say ``op`` (``create``,
``update``, ``delete``), the key, the values, and the former values as ``was_…``. Rows are numbered
by ``n`` from 1 in an order that depends on their content alone (group, then key), so that the same
plan gives the same batches whenever it is computed again. For an empty graph every ``op`` is
``create``: that is what a bulk load writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

from kgp.platform.store.neo4j.outline import PARTS, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.platform.store.embedded.store import EmbeddedStore

__all__ = ["AFTER", "BEFORE", "PARTS", "PLAN", "SCHEMAS", "keep", "plan", "project"]

T = TypeVar("T")

SCHEMAS = BEFORE, AFTER, PLAN = "before", "after", "plan"


def project(store: EmbeddedStore, change: Callable[[], T]) -> T:
    """Let ``change`` change the engine's graph, and make the plan of what that changes.

    Args:
        store: the engine, which holds the graph as it is.
        change: publishes a load into it, or purges one.

    Returns:
        What ``change`` returns.
    """
    keep(store, BEFORE)
    result = change()
    keep(store, AFTER)
    plan(store)
    return result


def keep(store: EmbeddedStore, schema: str) -> None:
    """Keep the graph as it is now under a name: ``BEFORE`` or ``AFTER``."""
    store.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    store.execute(f"CREATE SCHEMA {schema}")
    ambiguous = pa.table({"eid": np.flatnonzero(store.resolution().ambiguous)})
    with store.registered("ambiguous", ambiguous):
        for part in PARTS.values():
            store.execute(f"CREATE TABLE {schema}.{part.name} AS {part.sql}")


def plan(store: EmbeddedStore) -> None:
    """Compare the graph as it was with what it will be, into the tables of ``PLAN``."""
    store.execute(f"DROP SCHEMA IF EXISTS {PLAN} CASCADE")
    store.execute(f"CREATE SCHEMA {PLAN}")
    for part in PARTS.values():
        store.execute(f"CREATE TABLE {PLAN}.{part.name} AS {difference(part)}")


def difference(part: Part) -> str:
    """The query that compares one part before and after."""
    keys = {
        key: f"{key}.id" if key in part.numbered else f"coalesce(a.{key}, b.{key})"
        for key in part.keys
    }
    first = part.keys[0]
    changed = [f"a.{name} IS DISTINCT FROM b.{name}" for name in part.values]
    selected = [
        f"CASE WHEN b.{first} IS NULL THEN 'create' WHEN a.{first} IS NULL THEN 'delete' "
        "ELSE 'update' END AS op",
        *(f"{value} AS {key}" for key, value in keys.items()),
        *(f"a.{name}" for name in part.kept),
        *(f"b.{name} AS was_{name}" for name in part.kept),
        *(f"{key}_at.node AS {key}_node" for key in part.placed),
        *(f"{key}_at.node IS NULL AS {key}_absent" for key in part.placed),
    ]
    order = ", ".join(dict.fromkeys(("op", *part.groups, *part.keys)))
    return f"""
    SELECT row_number() OVER () AS n, * FROM (
        SELECT {", ".join(selected)}
        FROM {BEFORE}.{part.name} b FULL JOIN {AFTER}.{part.name} a
             ON {" AND ".join(f"a.{key} = b.{key}" for key in part.keys)}
        {_identifiers(part)}
        WHERE {" OR ".join([f"a.{first} IS NULL", f"b.{first} IS NULL", *changed])}
        ORDER BY {order})"""


def _identifiers(part: Part) -> str:
    """The joins that write out the numbers of identifiers, and tell where they are placed."""
    number = "coalesce(a.{0}, b.{0})"
    written = [f"JOIN identifier {key} ON {key}.eid = {number}" for key in part.numbered]
    placed = [f"LEFT JOIN {AFTER}.moved {key}_at ON {key}_at.id = {number}" for key in part.placed]
    keys = (*part.numbered, *part.placed)
    return " ".join(join.format(key) for key, join in zip(keys, [*written, *placed], strict=True))
