"""The ledger: what sources state is kept as it was staged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgp.kg_schema.batches import Kind
from kgp.platform.store.neo4j import ledger
from kgp.platform.store.records import PublishReport
from kgp.testing import stage_list
from tests.unit.platform.store.neo4j.worlds import genes, proteins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

WHEN = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def store(contents: Neo4jContents) -> Iterator[Neo4jStore]:
    contents.put("empty", lambda store: None)
    with contents.open() as opened:
        yield opened


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


@pytest.fixture(params=[ledger.PIECE, 300], ids=["one piece", "many pieces"])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(ledger, "PIECE", request.param)
    monkeypatch.setattr(ledger, "_AT_ONCE", 4 * request.param)
    return request.param


def test_a_staging_comes_back_byte_for_byte(store: Neo4jStore, tmp_path: Path, piece: int) -> None:
    staged = stage_list(proteins(), tmp_path / "staging")
    ledger.write_load(store, staged, PublishReport(staged.load_id, False, 7, 3, 0), WHEN)
    load = store.writing(lambda tx: ledger.find_load(tx, staged.load_id))
    assert load is not None
    (tmp_path / "back").mkdir()
    back = ledger.read_load(store, load, tmp_path / "back")
    assert files(tmp_path / "back") == files(staged.folder)
    assert (back.load_id, back.info, back.tally) == (staged.load_id, staged.info, staged.tally)
    assert back.options == staged.options
    assert max(len(data) for data in _pieces(store)) <= piece


def _pieces(store: Neo4jStore) -> list[bytes]:
    return [row["data"] for row in store.write("MATCH (d:KgpPart) RETURN d.data AS data")]


def test_parts_of_one_kind_come_alone(store: Neo4jStore, tmp_path: Path) -> None:
    staged = stage_list(proteins(), tmp_path / "staging")
    ledger.write_load(store, staged, PublishReport(staged.load_id, False, 7, 3, 0), WHEN)
    load = store.writing(lambda tx: ledger.find_load(tx, staged.load_id))
    assert load is not None
    (tmp_path / "back").mkdir()
    ledger.read_load(store, load, tmp_path / "back", Kind.EFFECTS)
    assert [Path(part).name for part in staged.parts(Kind.EFFECTS)] == list(
        files(tmp_path / "back")
    )


def test_what_was_never_published_is_forgotten(store: Neo4jStore, tmp_path: Path) -> None:
    for loader in (proteins(), genes()):
        staged = stage_list(loader, tmp_path / "staging")
        ledger.write_load(store, staged, PublishReport(staged.load_id, False, 0, 0, 0), WHEN)
    store.write("MATCH (l:KgpLoad {source: 'primekg'}) SET l.published = true")
    ledger.forget_loads(store)
    (load,) = ledger.published_loads(store)
    assert load["source"] == "primekg"
    assert store.write("MATCH (d:KgpPart) RETURN DISTINCT d.load_id AS id") == [
        {"id": load["load_id"]}
    ]
