"""Free Cypher: read only, bounded in rows and time, and clear about what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kgp.errors import BadInputError, KgpError, StoreBusyError, StoreError
from kgp.platform.store.neo4j.values import plain, text
from kgp.testing.golden import TP53
from kgp.testing.server import connected

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents


def ask(store: Neo4jStore, cypher: str, limit: int = 10, timeout: float = 60, **given: Any) -> Any:
    return store.cypher(cypher, given, limit=limit, timeout=timeout)


def test_parameters_are_values(server_reader: Neo4jStore) -> None:
    answer = ask(
        server_reader, "MATCH (g:Kgp {id: $id}) RETURN g.name AS name, $n + 1", id=TP53, n=1
    )
    assert answer.columns == ("name", "$n + 1")
    assert answer.rows == [["TP53", 2]]
    assert not answer.more


@pytest.mark.parametrize(("limit", "rows", "more"), [(2, 2, True), (3, 3, False), (4, 3, False)])
def test_no_more_than_the_limit_is_read(
    server_reader: Neo4jStore, limit: int, rows: int, more: bool
) -> None:
    answer = ask(server_reader, "UNWIND range(1, 3) AS n RETURN n", limit=limit)
    assert (len(answer.rows), answer.more) == (rows, more)


def test_the_rows_that_nobody_reads_are_not_worked_out(server_reader: Neo4jStore) -> None:
    # Row 100,000 divides by zero: whoever read all would fail.
    answer = ask(server_reader, "UNWIND range(1, 200000) AS n RETURN 1 / (100000 - n)", limit=3)
    assert answer.more


WRITES = {
    "node": "CREATE (:Kgp {id: 'x'})",
    "property": "MATCH (n:Kgp) SET n.name = 'x'",
    "deletion": "MATCH (n) DETACH DELETE n",
    "merge": "MERGE (n:Kgp {id: 'x'}) RETURN n",
    "procedure": "CALL db.createLabel('x')",
    "vector": "MATCH (n:Kgp) CALL db.create.setNodeVectorProperty(n, 'x', [1.0]) RETURN n",
    "index": "CREATE INDEX mine FOR (n:Kgp) ON (n.x)",
    "constraint": "DROP CONSTRAINT kgp_node_id",
    "batches": "MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS",
    "password": "ALTER CURRENT USER SET PASSWORD FROM 'one' TO 'two-and-more'",
    "database": "STOP DATABASE neo4j",
}


@pytest.mark.parametrize("cypher", WRITES.values(), ids=list(WRITES))
def test_the_server_refuses_to_write(server_reader: Neo4jStore, cypher: str) -> None:
    before = server_reader.fingerprint()
    with pytest.raises(StoreError, match="refused the query, because it would write"):
        ask(server_reader, cypher)
    assert server_reader.fingerprint() == before


FAULTS = {
    "syntax": ("MATCH (n\nRETURN n", "at line 2, column 1: Invalid input 'RETURN'"),
    "no variable": ("RETURN n", "at line 1, column 8: Variable `n` not defined"),
    "nothing": ("", "Unexpected end of input"),
    "two": ("RETURN 1; RETURN 2", "one statement per query but got: 2"),
    "missing parameter": ("RETURN $x", r"Expected parameter\(s\): x.\nA parameter \$name is given"),
    "no procedure": ("CALL apoc.help('x')", "no procedure with the name `apoc.help`"),
    "arithmetic": ("RETURN 1 / 0", "/ by zero"),
    "date": ("RETURN date('2026-13-01')", "Invalid value for MonthOfYear"),
}


@pytest.mark.parametrize(("cypher", "message"), FAULTS.values(), ids=list(FAULTS))
def test_a_faulty_query_is_told_with_its_place(
    server_reader: Neo4jStore, cypher: str, message: str
) -> None:
    with pytest.raises(BadInputError, match=f"^Cypher.*{message}"):
        ask(server_reader, cypher)


def test_an_error_far_down_the_rows_is_told_like_any_other(server_reader: Neo4jStore) -> None:
    with pytest.raises(BadInputError, match="/ by zero"):
        ask(server_reader, "UNWIND range(1, 5) AS n RETURN 1 / (5 - n)")


def test_a_query_that_takes_too_long_is_ended(server_reader: Neo4jStore) -> None:
    endless = "UNWIND range(1, 1000000000) AS a UNWIND range(1, 1000000) AS b RETURN count(*)"
    with pytest.raises(StoreError, match=r"longer than 0.5 seconds[^$]*--timeout 5"):
        ask(server_reader, endless, timeout=0.5)
    assert ask(server_reader, "RETURN 1").rows == [[1]]


def test_a_number_beyond_64_bits_is_refused(server_reader: Neo4jStore) -> None:
    with pytest.raises(BadInputError, match="beyond 64 bits"):
        ask(server_reader, "RETURN $x", x=2**63)


def test_a_half_written_load_is_not_asked(server_store: Neo4jStore) -> None:
    server_store.write("MATCH (s:KgpStore) SET s.pending = 'primekg-1'")
    with pytest.raises(StoreBusyError, match="primekg-1"):
        ask(server_store, "RETURN 1")


def test_no_error_tells_the_password(server_reader: Neo4jStore, contents: Neo4jContents) -> None:
    secret = server_reader.address.password()
    for cypher in (f"RETURN password={secret} AS", "CREATE (:X)", "RETURN $x"):
        with pytest.raises(KgpError) as caught:
            ask(server_reader, cypher)
        assert secret not in str(caught.value)


VALUES = {
    "node": (
        f"MATCH (v:Kgp {{id: '{TP53}'}}) RETURN v",
        f"(TP53:Gene {TP53})",
        ["labels", "properties"],
    ),
    "relationship": (
        "MATCH (a:Kgp)-[v:TARGETS]->(b) RETURN v, a, b",
        "(drugbank:DB00001)-[:TARGETS]->(ncbigene:4193)",
        ["type", "start", "end", "properties"],
    ),
    "path": (
        "MATCH v = (:Kgp:Drug)-[:TARGETS]->(:Kgp)<-[:PERTURBS]-(:Kgp) RETURN v",
        "(drugbank:DB00001)-[:TARGETS]->(ncbigene:4193)<-[:PERTURBS]-(lincs:3)",
        ["nodes", "relationships"],
    ),
    "map": ("RETURN {a: [1, date('2026-01-02')]}", "{a: 1, 2026-01-02}", {"a": [1, "2026-01-02"]}),
    "date": ("RETURN date('2026-01-02')", "2026-01-02", "2026-01-02"),
    "time": (
        "RETURN datetime('2026-01-02T03:04:05Z')",
        *["2026-01-02T03:04:05.000000000+00:00"] * 2,
    ),
    "local time": ("RETURN localtime('03:04')", *["03:04:00.000000000"] * 2),
    "duration": ("RETURN duration('P1DT2H')", "P1DT2H", "P1DT2H"),
    "point": (
        "RETURN point({x: 1.5, y: 2})",
        "point(1.5, 2)",
        {"srid": 7203, "coordinates": [1.5, 2.0]},
    ),
    "truth": ("RETURN true", "true", True),
    "number": ("RETURN 1.0 / 3", "0.333333", 1 / 3),
    "nothing": ("RETURN null", None, None),
    "text": ("RETURN 'a'", "a", "a"),
}


@pytest.mark.parametrize(("cypher", "written", "json"), VALUES.values(), ids=list(VALUES))
def test_a_value_of_any_kind_is_shown(
    server_reader: Neo4jStore, cypher: str, written: str | None, json: Any
) -> None:
    value = ask(server_reader, cypher, limit=1).rows[0][0]
    assert text(value) == written
    simple = plain(value)
    assert (list(simple) if isinstance(json, list) else simple) == json


def test_bytes_are_counted_for_a_person_and_kept_for_a_program(
    server_reader: Neo4jStore,
) -> None:
    value = ask(server_reader, "RETURN $b", b=b"\x00\x01\xff").rows[0][0]
    assert (text(value), plain(value)) == ("3 bytes", "AAH/")


def test_what_others_keep_is_shown_by_what_it_holds(
    server_store: Neo4jStore, contents: Neo4jContents
) -> None:
    with connected(contents.url) as session:
        session.run("CREATE (:Person {name: 'Ada', born: 1815})-[:KNOWS]->(:Person)").consume()
    row = ask(server_store, "MATCH (a:Person)-[k:KNOWS]->(b) RETURN a, k, b").rows[0]
    assert text(row[0]) == "(Ada:Person {born: 1815, name: Ada})"
    assert text(row[1]).startswith("({born: 1815, name: Ada})-[:KNOWS]->(")
