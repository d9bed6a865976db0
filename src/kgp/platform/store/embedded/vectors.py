"""Vectors on nodes, in the embedded store."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from kgp.errors import BadInputError, unknown
from kgp.platform.store.checks import check_vectors, loaded_vectors
from kgp.platform.store.embedded.session import Session
from kgp.platform.store.records import VectorSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SETS = """
SELECT v.name, v.node_type, v.encoder, v.revision, v.pooling, v.dimension, v.precision,
       if(v.load IS NULL, v.covered,
          (SELECT count(DISTINCT m.nid) FROM vector x JOIN meaning m USING (eid)
           WHERE x.name = v.name))::INTEGER AS covered, v.created
FROM vector_set v ORDER BY v.name"""
"""What a load brought covers the nodes that there are now; other loads may remove some."""

_FEATURES = """
SELECT coalesce(n.id, e.id) FROM vector_set v
JOIN feature f ON f.space = v.name AND f.load = v.load
JOIN entity e USING (eid) LEFT JOIN node n USING (nid)
WHERE v.name = ? ORDER BY f.position"""


class Vectors(Session):
    """The vector store of the port; each method is documented there."""

    def vector_sets(self) -> list[VectorSet]:
        """All vector sets, by name."""
        return [VectorSet(*row) for row in self.rows(_SETS)]

    def vector_features(self, name: str) -> list[str]:
        """Feature ids of a vector set, in their order."""
        self._check_set(name)
        return [row[0] for row in self.rows(_FEATURES, name)]

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        """Stream vectors by type and id."""
        width = self._check_set(name).dimension
        # Two identifiers of one node may both carry a vector; the preferred one's counts.
        sql = """
            SELECT n.id, n.type, arg_min(v.vector, (e.id <> n.id, e.id)) AS vector
            FROM vector v JOIN entity e USING (eid) JOIN node n USING (nid)
            WHERE v.name = ? GROUP BY n.id, n.type ORDER BY n.type, n.id"""
        for batch in self.stream(sql, name):
            yield batch.set_column(2, "vector", _fixed(batch.column("vector"), width))

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        """Replace a vector set in one transaction."""
        loaded = "SELECT encoder FROM vector_set WHERE name = ? AND load IS NOT NULL"
        for (source,) in self.rows(loaded, spec.name):
            raise loaded_vectors(spec.name, source)
        with self.transaction():
            self.execute("DELETE FROM vector WHERE name = ?", spec.name)
            self.execute("DELETE FROM vector_set WHERE name = ?", spec.name)
            for batch in batches:
                self._write(spec, batch)
            written = replace(spec, covered=self._covered(spec.name))
            places = ", ".join("?" * len(astuple(written)))
            self.execute(f"INSERT INTO vector_set VALUES ({places}, NULL)", *astuple(written))
        return written

    def _check_set(self, name: str) -> VectorSet:
        known = {spec.name: spec for spec in self.vector_sets()}
        if name not in known:
            raise BadInputError(unknown("vector set", name, known, command="kgp embed"))
        return known[name]

    def _write(self, spec: VectorSet, batch: pa.RecordBatch) -> None:
        check_vectors(spec, batch)
        self.nodes_exist(set(batch.column("id").to_pylist()))
        vectors = batch.column("vector")
        rows = pa.table({"id": batch.column("id"), "vector": vectors.cast(pa.list_(pa.float32()))})
        with self.registered("incoming", rows):
            self.execute(
                "INSERT INTO vector SELECT ?, e.eid, i.vector, NULL FROM incoming i"
                " JOIN entity e USING (id)",
                spec.name,
            )

    def _covered(self, name: str) -> int:
        """Number of nodes that the set covers; a node is described once."""
        twice = self.rows(
            """SELECT e.id FROM vector v JOIN entity e USING (eid)
            WHERE v.name = ? GROUP BY e.id HAVING count(*) > 1 ORDER BY e.id LIMIT 1""",
            name,
        )
        if twice:
            raise BadInputError(f"Node {twice[0][0]!r} has two vectors in {name!r}.")
        sql = "SELECT count(DISTINCT nid) FROM vector JOIN entity USING (eid) WHERE name = ?"
        return int(self.scalar(sql, name))


def _fixed(column: pa.Array, width: int) -> pa.Array:
    flat = column.flatten()
    return pa.FixedSizeListArray.from_arrays(flat.cast(pa.float32()), width)
