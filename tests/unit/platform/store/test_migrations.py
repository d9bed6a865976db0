"""A store that an earlier kgp wrote is brought to the present format when it is opened."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from kgp.platform import grn
from kgp.platform.store.embedded import migrations
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import FORMAT_VERSION, EdgeChange, EdgeEvidence
from kgp.testing.golden import BCL2, CDKN1A, EDGES, MDM2, NETWORK, NODES, TP53
from tests.unit.platform.store.rows import signs, tuples

FINGERPRINT = "7cb6ccedfc593fec307f8d2910c9f4db"
"""What the kgp that wrote the file said of it: the golden graph, a second version, a fork."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of format 1, as kgp 0.1 wrote it."""
    path = tmp_path / "old.duckdb"
    packed = Path(__file__).with_name("format-1.duckdb.gz")
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def test_an_old_store_keeps_its_content(old: Path) -> None:
    with EmbeddedStore(str(old), create=False) as store:
        assert store.get_meta("format") == str(FORMAT_VERSION)
        assert store.get_meta("fingerprint") == FINGERPRINT
        store.execute("DELETE FROM meta WHERE key = 'fingerprint'")
        assert store.fingerprint() == FINGERPRINT
        assert tuples(store.scan_nodes()) == NODES
        assert len(tuples(store.scan_edges())) == len(EDGES) - 1 + 3
        assert signs(store, NETWORK, 2)[TP53, BCL2] == "activation"
        assert (TP53, MDM2) not in signs(store, "toy-k562")


def test_an_old_store_takes_evidence(old: Path) -> None:
    evidence = (EdgeEvidence("lincs:2", "supports", 1.5),)
    change = EdgeChange(
        TP53, CDKN1A, "transcriptional", 1, "activation", 0.5, {}, signatures=evidence
    )
    with EmbeddedStore(str(old), create=False) as store:
        store.commit_version(grn.new_version(NETWORK, 2, "refine", {}, "", {}), [change])
    with EmbeddedStore(str(old), create=False) as store:
        (row,) = store.edge_evidence(NETWORK, TP53, CDKN1A)
        assert (row["version"], row["signature"], row["gain"]) == (3, "lincs:2", 1.5)


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = migrations.STEPS[1] + "CREATE TABLE grn (a INTEGER);"
    with monkeypatch.context() as patch:
        patch.setitem(migrations.STEPS, 1, broken)
        with pytest.raises(duckdb.CatalogException):
            EmbeddedStore(str(old), create=False)
    with duckdb.connect(str(old)) as con:
        tables = {
            row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        assert con.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == ("1",)
    assert ("edge_evidence",) not in tables
    with EmbeddedStore(str(old), create=False) as store:
        assert store.get_meta("format") == str(FORMAT_VERSION)


def test_a_migrated_store_has_the_tables_of_a_new_one(old: Path, tmp_path: Path) -> None:
    def shape(path: Path) -> list[tuple[str, ...]]:
        with EmbeddedStore(str(path)) as store:
            return store.rows(
                """SELECT table_name, column_name, data_type FROM information_schema.columns
                ORDER BY table_name, ordinal_position"""
            )

    assert shape(old) == shape(tmp_path / "new.duckdb")
