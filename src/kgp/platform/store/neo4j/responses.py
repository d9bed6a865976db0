"""Responses to perturbations in Neo4j: effects come from the parts that their load staged."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from kgp.errors import BadInputError, unknown
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.embedded.session import BATCH_ROWS
from kgp.platform.store.neo4j.ledger import parts_of
from kgp.platform.store.neo4j.ranges import fetch_ahead
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.records import DatasetRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.session import Row

SIGNATURES = pa.schema(
    [
        ("signature", pa.string()),
        ("perturbed", pa.list_(pa.string())),
        ("direction", pa.list_(pa.int32())),
        ("context", pa.string()),
        ("properties", pa.string()),
    ]
)

_DIRECTIONS = {"1": 1, "-1": -1}

_PERTURBED = f"""
UNWIND $ids AS id MATCH (s:Kgp {{id: id}})
RETURN s.id AS id, coalesce(s.properties, '{EMPTY}') AS properties,
       COLLECT {{ MATCH (s)-[p:PERTURBS]->(d:Kgp) RETURN [d.id, p.qualifier] }} AS perturbed,
       COLLECT {{ MATCH (s)-[:MEASURED_IN]->(c:Kgp) RETURN c.id }} AS contexts"""

_FEATURES = """
SELECT DISTINCT position, id FROM read_parquet($parts) WHERE space = $space ORDER BY position, id"""

_SIGNATURES = "SELECT signature FROM read_parquet($parts) WHERE dataset = $dataset"

_MEANT = """
SELECT coalesce(m.node, e.signature) AS signature{}
FROM read_parquet($parts) e LEFT JOIN meaning m ON m.id = e.signature
WHERE e.dataset = $dataset ORDER BY 1"""

_NAMED, _EFFECTS = _MEANT.format(""), _MEANT.format(", e.features, e.values, e.errors, e.df")

_AT_ONCE = 2_000
"""Signatures that are asked for at once."""


class Responses(Session):
    """The response store of the port; each method is documented there."""

    def datasets(self) -> list[DatasetRecord]:
        """All data sets, by name."""
        return [self._dataset_record(about) for about in self._datasets().values()]

    def features(self, dataset: str) -> list[str]:
        """Feature ids of a data set, in their order."""
        about = self._dataset(dataset)
        return self.space(about["load_id"], about["space"])

    def space(self, load_id: str, space: str) -> list[str]:
        """The features of one space that a load brought, by position, under preferred ids."""
        with parts_of(self, load_id, Kind.FEATURES) as parts, duckdb.connect() as con:
            if not parts:
                return []
            rows = con.execute(_FEATURES, {"parts": parts, "space": space}).fetchall()
        ids = [row[1] for row in rows]
        meanings = self.meanings(set(ids))
        return [meanings.get(identifier, identifier) for identifier in ids]

    def scan_signatures(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream what was perturbed, by signature."""
        with self._effects(self._dataset(dataset), _NAMED) as rows:
            named = rows.to_arrow_table()["signature"].to_pylist()
        some = [named[start : start + _AT_ONCE] for start in range(0, len(named), _AT_ONCE)]
        yield from fetch_ahead(self._signatures, some)

    def scan_effects(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream the effects, by signature."""
        with self._effects(self._dataset(dataset), _EFFECTS) as rows:
            yield from rows.to_arrow_reader(BATCH_ROWS)

    def _signatures(self, ids: list[str]) -> pa.RecordBatch:
        known = {row["id"]: row for row in self.read(_PERTURBED, ids=sorted(set(ids)))}
        return pa.RecordBatch.from_pylist([_signature(i, known.get(i)) for i in ids], SIGNATURES)

    @contextmanager
    def _effects(self, about: Row, sql: str) -> Iterator[duckdb.DuckDBPyRelation]:
        """Query the effects of a data set, in a DuckDB of its own beside their parts."""
        with parts_of(self, about["load_id"], Kind.EFFECTS) as parts, duckdb.connect() as con:
            asked = {"parts": parts, "dataset": about["name"]}
            ask = partial(con.sql, params=asked)
            stated = ask(_SIGNATURES).to_arrow_table()["signature"].to_pylist() if parts else []
            meanings = self.meanings(set(stated))
            con.register(
                "meaning",
                pa.table(
                    {
                        "id": pa.array(meanings.keys(), pa.string()),
                        "node": pa.array(meanings.values(), pa.string()),
                    }
                ),
            )
            yield ask(sql)

    def _dataset_record(self, about: Row) -> DatasetRecord:
        text = "\n".join(self.space(about["load_id"], about["space"]))
        return DatasetRecord(
            name=about["name"],
            space=about["space"],
            space_hash=hashlib.blake2b(text.encode(), digest_size=8).hexdigest(),
            measure=about["measure"],
            censored=about["censored"],
            organism=about["organism"],
            signatures=about["signatures"],
            features=about["features"],
        )

    def _datasets(self) -> dict[str, Row]:
        rows = self.read("MATCH (d:KgpRecord:Dataset) RETURN d {.*} AS dataset")
        found = [row["dataset"] for row in rows]
        return {d["name"]: d for d in sorted(found, key=lambda d: d["name"].encode())}

    def _dataset(self, name: str) -> Row:
        known = self._datasets()
        if name not in known:
            raise BadInputError(unknown("response set", name, known, command="kgp stats"))
        return known[name]


def _signature(identifier: str, known: Row | None) -> Row:
    """What the node of a signature says of it; one without a node says nothing."""
    if known is None:
        known = {"perturbed": [], "contexts": [], "properties": EMPTY}
    pairs = {(node, _DIRECTIONS.get(qualifier, 0)) for node, qualifier in known["perturbed"]}
    perturbed = sorted(pairs, key=lambda pair: (pair[0].encode(), pair[1]))
    return {
        "signature": identifier,
        "perturbed": [node for node, _ in perturbed],
        "direction": [direction for _, direction in perturbed],
        "context": min(known["contexts"], key=str.encode, default=None),
        "properties": known["properties"],
    }
