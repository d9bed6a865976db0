"""``kgp query``: formats of named queries, and Cypher on a Neo4j store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kgp.cli import main
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.testing import publish
from kgp.testing.golden import BCL2, TP53, golden
from kgp.testing.server import wipe
from tests.unit.api.worlds import write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Completed(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Completed]:
    """Run ``kgp query`` within this process, in a folder of its own."""
    monkeypatch.setenv("KGP_LOGS", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Completed:
        capsys.readouterr()
        code = main(("query", *arguments))
        return Completed(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The golden graph in a DuckDB file."""
    return write_store(tmp_path_factory.mktemp("golden") / "golden.duckdb", golden())


@pytest.fixture(scope="module")
def server(neo4j_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The golden graph on a Neo4j server."""
    folder = tmp_path_factory.mktemp("golden")
    with Neo4jStore(parse_address(wipe(neo4j_url)), create=True) as store:
        for loader in golden():
            publish(store, loader, folder)
    return neo4j_url


TARGETS = ("targets-of", "TP53", "toy")
GENE = ("--cypher", "MATCH (g:Kgp {id: $id}) RETURN g.name AS name, g, [1, 2] AS l, null AS x")
GENE += ("--param", f"id={TP53}")


def test_a_named_query_is_printed_as_csv(run: Callable[..., Completed], file: str) -> None:
    done = run(*TARGETS, "--format", "csv", "--store", file)
    lines = done.out.splitlines()
    assert lines[0].startswith("network,regulator,regulator_id,target,target_id,effect")
    assert lines[1] == f"toy,TP53,{TP53},BCL2,{BCL2},repression,transcriptional,1,"
    assert (done.code, len(lines)) == (0, 5)


def test_a_file_has_the_format_of_its_ending_and_all_rows(
    run: Callable[..., Completed], file: str, tmp_path: Path
) -> None:
    for name in ("rows.parquet", "rows.csv", "rows.json"):
        done = run(*TARGETS, "--limit", "1", "--out", name, "--store", file)
        assert (done.code, done.out) == (0, "")
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.schema.field("since_version").type == pa.int32()
    assert table.column("target").to_pylist() == ["BCL2", "CDKN1A", "MDM2", "TP53"]
    assert json.loads((tmp_path / "rows.json").read_bytes()) == table.to_pylist()
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 5


REFUSED = {
    "no such ending": ((*TARGETS, "--out", "rows.txt"), "'rows.txt' has no format"),
    "no such format": ((*TARGETS, "--format", "xml"), "'xml' has no format"),
    "parquet on a terminal": ((*TARGETS, "--format", "parquet"), "--out rows.parquet"),
    "a table as a file": ((*TARGETS, "--format", "table", "--out", "a.csv"), "has no format"),
    "both": ((*TARGETS, "--cypher", "RETURN 1"), "Either a named query or --cypher"),
    "param without cypher": ((*TARGETS, "--param", "a=1"), "--param 'a=1' is for --cypher"),
    "param without value": (("--cypher", "RETURN 1", "--param", "a"), "is not NAME=VALUE"),
    "param again": (
        ("--cypher", "RETURN $a", "--param", "a=1", "--param", "a=2"),
        "gives $a again",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_meant_is_refused(
    run: Callable[..., Completed], file: str, arguments: tuple[str, ...], message: str
) -> None:
    done = run(*arguments, "--store", file)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_file_understands_no_cypher(run: Callable[..., Completed], file: str) -> None:
    done = run("--cypher", "RETURN 1", "--store", file)
    assert (done.code, done.out) == (4, "")
    assert "does not understand Cypher" in done.err
    assert "named queries are answered by both" in done.err


def test_an_answer_in_cypher_is_a_table(run: Callable[..., Completed], server: str) -> None:
    done = run(*GENE, "--store", server)
    head, _, row = done.out.splitlines()[:3]
    assert head.split() == ["name", "g", "l", "x"]
    assert row.split()[:5] == ["TP53", "(TP53:Gene", f"{TP53})", "1,", "2"]


def test_an_answer_in_cypher_is_json(run: Callable[..., Completed], server: str) -> None:
    (row,) = json.loads(run(*GENE, "--json", "--store", server).out)
    assert row["g"]["labels"] == ["Gene", "Kgp"]
    assert row["g"]["properties"]["chromosome"] == "17"
    assert (row["name"], row["l"], row["x"]) == ("TP53", [1, 2], None)


def test_an_answer_in_cypher_is_csv(run: Callable[..., Completed], server: str) -> None:
    done = run("--cypher", "RETURN 'a,b' AS t, 1.5 AS n, {k: [1]} AS m", "--format", "csv")
    assert done.code == 4
    done = run(
        *("--cypher", "RETURN 'a,b' AS t, 1.5 AS n, {k: [1]} AS m, null AS x"),
        *("--format", "csv", "--store", server),
    )
    assert done.out == 't,n,m,x\n"a,b",1.5,"{""k"":[1]}",\n'


def test_an_answer_in_cypher_is_parquet(
    run: Callable[..., Completed], server: str, tmp_path: Path
) -> None:
    cypher = "UNWIND [1, 2] AS n RETURN n, CASE n WHEN 1 THEN 'a' ELSE 2 END AS mixed, {k: n} AS m"
    assert run("--cypher", cypher, "--out", "rows.parquet", "--store", server).code == 0
    rows: list[dict[str, Any]] = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert rows == [
        {"n": 1, "mixed": "a", "m": '{"k":1}'},
        {"n": 2, "mixed": "2", "m": '{"k":2}'},
    ]


def test_a_parameter_that_is_json_is_taken_as_such(
    run: Callable[..., Completed], server: str
) -> None:
    given = {"n": "5", "t": '"5"', "l": "[1,2]", "id": TP53, "nothing": ""}
    cypher = "RETURN " + ", ".join(f"${name} AS {name}" for name in given)
    options = [o for name, value in given.items() for o in ("--param", f"{name}={value}")]
    done = run("--cypher", cypher, *options, "--json", "--store", server)
    assert json.loads(done.out) == [{"n": 5, "t": "5", "l": [1, 2], "id": TP53, "nothing": ""}]


def test_rows_beyond_the_limit_are_mentioned(run: Callable[..., Completed], server: str) -> None:
    cypher = ("--cypher", "UNWIND range(1, 3) AS n RETURN n", "--json", "--store", server)
    done = run(*cypher, "--limit", "2")
    assert json.loads(done.out) == [{"n": 1}, {"n": 2}]
    assert "more than these 2 rows (--limit N" in done.err
    assert run(*cypher, "--limit", "3").err == ""


@pytest.mark.parametrize(
    ("cypher", "code", "message"),
    [
        ("MATCH (n RETURN n", 3, "Cypher at line 1, column 10: Invalid input 'RETURN'"),
        ("CREATE (n:Kgp)", 4, "refused the query, because it would write"),
        ("RETURN $gene", 3, "Expected parameter(s): gene"),
    ],
)
def test_a_query_that_cannot_be_answered_is_one_message(
    run: Callable[..., Completed], server: str, tmp_path: Path, cypher: str, code: int, message: str
) -> None:
    done = run("--cypher", cypher, "--store", server, "--out", "rows.csv")
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "rows.csv").exists()
