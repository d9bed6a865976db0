"""What one load states, out of the embedded store again as the parts that were staged of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from kgp.kg_schema.batches import Kind
from kgp.platform.staging_blocks import writing
from kgp.platform.store.embedded.session import Session

if TYPE_CHECKING:
    from pathlib import Path

_STATED = {
    Kind.NODES: """
        SELECT i.id, s.type, s.name, s.properties
        FROM node_statement s JOIN identifier i USING (eid) WHERE s.load = $load""",
    Kind.XREFS: """
        SELECT a.id, b.id AS other, x.kind FROM xref x
        JOIN identifier a ON a.eid = x.eid JOIN identifier b ON b.eid = x.other
        WHERE x.load = $load""",
    Kind.EDGES: """
        SELECT s.id AS src, d.id AS dst, e.type, e.qualifier, e.properties FROM edge_statement e
        JOIN identifier s ON s.eid = e.src JOIN identifier d ON d.eid = e.dst
        WHERE e.load = $load""",
    # A fork's rows name the load of its origin, too.
    Kind.REGULATION: """
        SELECT r.grn, s.id AS src, d.id AS dst, r.sign, r.effect, r.layer, r.sign_source, r.weight,
               r.confidence, r.evidence
        FROM regulation r JOIN identifier s ON s.eid = r.src JOIN identifier d ON d.eid = r.dst
        JOIN grn g ON g.name = r.grn
        WHERE r.load = $load AND r.since = 1 AND g.forked_from = ''""",
    Kind.DATASETS: """
        SELECT dataset, space, measure, censored, organism FROM dataset WHERE load = $load""",
    Kind.FEATURES: """
        SELECT f.space, f.position, i.id FROM feature f JOIN identifier i USING (eid)
        WHERE f.load = $load""",
    Kind.EFFECTS: """
        SELECT f.dataset, i.id AS signature, f.features, f.values, f.errors, f.df
        FROM effect f JOIN identifier i USING (eid) WHERE f.load = $load""",
    Kind.VECTORS: """
        SELECT v.name, i.id, v.vector AS values FROM vector v JOIN identifier i USING (eid)
        WHERE v.load = $load""",
}
"""Statements by kind, under the sources' own identifiers, with the columns of a staged part."""


class Parts(Session):
    """Giving loads away."""

    def write_parts(self, load_id: str, folder: Path) -> None:
        """Write what one load states into ``folder``, as parts of a staging."""
        load = self.load_number(load_id)
        for kind, sql in _STATED.items():
            batches = self.stream(sql, load=load)
            first = next(batches, None)
            if first is None or not first.num_rows:
                continue
            with (
                writing(folder),
                pq.ParquetWriter(folder / f"000000.{kind}.parquet", first.schema) as part,
            ):
                part.write_batch(first)
                for batch in batches:
                    part.write_batch(batch)
