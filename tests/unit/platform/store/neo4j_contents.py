"""What a test finds in the one Neo4j server of its process: contents by name, put back quickly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.testing.server import connected, wipe

if TYPE_CHECKING:
    from collections.abc import Callable

    import neo4j

Rows = list[dict[str, Any]]

_NODES = "MATCH (n) RETURN elementId(n) AS n, labels(n) AS labels, properties(n) AS p"
_LINKS = """
MATCH (a)-[x]->(b)
RETURN elementId(a) AS a, elementId(b) AS b, type(x) AS type, properties(x) AS p"""

_PUT_NODES = """
UNWIND $rows AS r CREATE (n:$(r.labels)) SET n = r.p RETURN r.n AS old, elementId(n) AS new"""
_PUT_LINKS = """
UNWIND $rows AS r MATCH (a) WHERE elementId(a) = $new[r.a] MATCH (b) WHERE elementId(b) = $new[r.b]
CREATE (a)-[x:$(r.type)]->(b) SET x = r.p"""


def dump(url: str) -> tuple[Rows, Rows]:
    """All nodes and relationships of a server."""
    with connected(url) as session:
        return session.run(_NODES).data(), session.run(_LINKS).data()


def content(url: str) -> list[str]:
    """All nodes and relationships without what no two stores share: times and random numbers."""
    nodes, links = dump(url)
    volatile = {
        "loaded_at",
        "time",
        "created",
        "uuid",
        "sequence",
        "turns",
        "number",
        "fingerprint",
    }
    names = {n["n"]: n["p"].get("id") or n["p"].get("key") for n in nodes}
    rows = [[sorted(n["labels"]), *_sorted(n["p"], volatile)] for n in nodes]
    rows += [[names[x["a"]], x["type"], names[x["b"]], *_sorted(x["p"], set())] for x in links]
    return sorted(map(str, rows))


def _sorted(properties: dict[str, Any], without: set[str]) -> list[tuple[str, str]]:
    return sorted((key, str(value)) for key, value in properties.items() if key not in without)


@dataclass
class Neo4jContents:
    """The contents of one server: each is made once, and then put back from memory.

    A server of the tests holds one graph at a time, so that a fixture says which it needs.
    """

    url: str
    _dumps: dict[str, tuple[Rows, Rows]] = field(default_factory=dict)
    _indexes: dict[str, list[str]] = field(default_factory=dict)
    _now: str | None = None

    def open(self) -> Neo4jStore:
        return Neo4jStore(parse_address(self.url), create=True)

    def show(self, name: str, fill: Callable[[Neo4jStore], object]) -> None:
        """Let the server hold a content that nobody is going to change."""
        if self._now != name:
            self.put(name, fill)
            self._now = name

    def put(self, name: str, fill: Callable[[Neo4jStore], object]) -> None:
        """Let the server hold a content, freshly written."""
        self._now = None
        wipe(self.url)
        self._drop_vector_indexes()
        if name in self._dumps:
            self._write(*self._dumps[name])
            self._make_vector_indexes(self._indexes[name])
            return
        with self.open() as store:
            fill(store)
        self._dumps[name] = dump(self.url)
        with connected(self.url) as session:
            found = session.run("SHOW VECTOR INDEXES YIELD createStatement AS made RETURN made")
            self._indexes[name] = [row["made"] for row in found]

    def _write(self, nodes: Rows, links: Rows) -> None:
        def work(tx: neo4j.ManagedTransaction) -> None:
            new = {row["old"]: row["new"] for row in tx.run(_PUT_NODES, rows=nodes)}
            tx.run(_PUT_LINKS, rows=links, new=new).consume()

        with connected(self.url) as session:
            session.execute_write(work)

    def _drop_vector_indexes(self) -> None:
        with connected(self.url) as session:
            for row in session.run("SHOW VECTOR INDEXES YIELD name RETURN name").data():
                session.run(f"DROP INDEX `{row['name']}`").consume()

    def _make_vector_indexes(self, statements: list[str]) -> None:
        with connected(self.url) as session:
            for statement in statements:
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes(300)").consume()
