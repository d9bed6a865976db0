"""Rows of named queries come in the order of the embedded store, whatever the server compares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.platform.query_catalogue import NODE_KINDS, QUERIES
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.queries import sort_rows
from kgp.testing import ListLoader, SourceBuilder, publish
from kgp.testing.loads import source_info
from kgp.testing.server import connected

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

NAMES = ("a", "B", "ab", "é", "ﬀ", "ￒ", "😀", "𝛼", "-", "Z")
"""The last planes of Unicode come first where text is compared by UTF-16 units."""


def world() -> ListLoader:
    """One regulator of genes with such names."""
    source = SourceBuilder(source_info("trrust")).node("ncbigene:1", "Gene", "regulator")
    for number, name in enumerate(NAMES, start=2):
        source.node(f"ncbigene:{number}", "Gene", name)
        source.regulates("toy", "ncbigene:1", f"ncbigene:{number}", 1)
    return source.loader()


def test_names_are_ordered_bytewise(contents: Neo4jContents, tmp_path: Path) -> None:
    contents.put("unicode names", lambda store: publish(store, world(), tmp_path / "staging"))
    asked = {"gene": "ncbigene:1", "network": "toy"}
    with contents.open() as server, EmbeddedStore(":memory:") as embedded:
        publish(embedded, world(), tmp_path / "staging")
        rows = server.named_query("targets-of", asked)
        assert rows.equals(embedded.named_query("targets-of", asked))
    assert rows.column("target").to_pylist() == sorted(NAMES, key=str.encode)


ORDERED = "RETURN a, b, c ORDER BY a DESC, abs(b) DESC, c LIMIT 10"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.floats(-2, 2), st.one_of(st.none(), st.sampled_from(NAMES))
        ).map(list)
    )
)
def test_rows_are_sorted_as_the_query_says(rows: list[list[object]]) -> None:
    found = sort_rows(ORDERED, ["a", "b", "c"], rows)
    expected = sorted(rows, key=lambda r: (-r[0], -abs(r[1]), r[2] is None, (r[2] or "").encode()))
    assert found == expected


MANY = """
UNWIND range(1, 1500) AS n CREATE (g:Kgp:Gene {id: 'ncbigene:' + n})
WITH collect(g) AS genes UNWIND range(0, 1498) AS n
WITH genes[n] AS a, genes[n + 1] AS b
CREATE (a)-[:REGULATES {grn: 'x'}]->(b), (a)-[:TARGETS]->(b), (a)-[:PERTURBS]->(b),
       (a)-[:SUPPORTS {grn: 'x'}]->(b)"""
"""Enough for an index to be worth its while."""


def many(store: Neo4jStore) -> None:
    """Write them, and have the server count them now: it does so when it finds the time."""
    store.write(MANY)
    store.write("CALL db.prepareForReplanning(120)")


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_starts_from_an_index(contents: Neo4jContents, name: str) -> None:
    query = QUERIES[name]
    values: dict[str, Any] = {p.name: "x" for p in query.parameters}
    contents.show("many", many)
    with connected(contents.url) as session:
        plan = session.run(f"CYPHER replan=force EXPLAIN {query.cypher}", values).consume().plan
    assert "AllNodesScan" not in str(plan)
    if any(p.kind in NODE_KINDS for p in query.parameters):
        assert "NodeUniqueIndexSeek" in str(plan)
