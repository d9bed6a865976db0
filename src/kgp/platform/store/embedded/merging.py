"""From statements to nodes: identifiers resolved, properties merged by the rank of their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM
from kgp.kg_schema.identifiers import PREFERRED
from kgp.kg_schema.properties import merge
from kgp.platform.resolve import components, resolve
from kgp.platform.store.embedded.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAST = 99
"""Rank of a prefix that its type's order of preference does not name."""

_STATED = """
CREATE OR REPLACE TEMP TABLE stated AS
SELECT n.eid, n.type, n.name, n.properties, l.source, l.rank, l.version
FROM node_statement n JOIN load l USING (load)"""

_FACTS = """
CREATE OR REPLACE TEMP TABLE fact AS
SELECT m.rep, s.* EXCLUDE eid,
       row_number() OVER (PARTITION BY m.rep
           ORDER BY s.rank, s.source, s.version DESC, e.id, s.type, s.name DESC,
                    s.properties DESC) AS place
FROM stated s JOIN meaning m USING (eid) JOIN entity e USING (eid)"""

_NODES = """
CREATE OR REPLACE TABLE node AS
SELECT (row_number() OVER (ORDER BY e.id) - 1)::INTEGER AS nid, e.id, g.type, g.name,
       g.sources, coalesce(p.properties, g.properties) AS properties
FROM (SELECT rep, arg_min(type, place) AS type,
             coalesce(arg_min(name, place) FILTER (name <> ''), '') AS name,
             list_sort(list_distinct(list(source))) AS sources,
             arg_min(properties, place) AS properties
      FROM fact GROUP BY rep) g
JOIN entity e ON e.eid = g.rep
LEFT JOIN merged p ON p.rep = g.rep"""

_ENTITIES = """
CREATE OR REPLACE TABLE entity AS
SELECT e.eid, e.id, n.nid
FROM entity e JOIN meaning m USING (eid)
JOIN (SELECT eid, id FROM entity) r ON r.eid = m.rep
LEFT JOIN node n ON n.id = r.id"""


class Merging(Session):
    """Derives ``node`` and ``entity.nid`` from what the sources state."""

    def rebuild_nodes(self) -> None:
        """Derive all nodes anew; a function of the statements, whatever their order of arrival."""
        self.execute(_STATED)
        with self.registered("resolved", self._meaning()):
            self.execute("CREATE OR REPLACE TEMP TABLE meaning AS SELECT * FROM resolved")
        self.execute(_FACTS)
        with self.registered("merging", self._merged_properties()):
            self.execute("CREATE OR REPLACE TEMP TABLE merged AS SELECT * FROM merging")
        self.execute(_NODES)
        self.execute(_ENTITIES)
        for table in ("stated", "meaning", "fact", "merged"):
            self.execute(f"DROP TABLE temp.{table}")

    def _merged_properties(self) -> pa.Table:
        """Properties of the nodes on which several statements differ, as ``rep, properties``."""
        rows = self.rows("""
            SELECT rep, list(properties ORDER BY place) FROM fact
            GROUP BY rep HAVING count(DISTINCT properties) > 1""")
        reps, texts = [row[0] for row in rows], [merge(row[1]) for row in rows]
        return pa.table(
            {"rep": pa.array(reps, pa.int64()), "properties": pa.array(texts, "string")}
        )

    def _meaning(self) -> pa.Table:
        """The entity whose node each entity means, as ``eid, rep``."""
        n = int(self.scalar("SELECT count(*) FROM entity"))
        exact, synonym = self._xrefs(XREF_EXACT), self._xrefs(XREF_SYNONYM)
        representative = np.arange(n)
        if len(exact) or len(synonym):
            component = components(n, exact)
            representative = resolve(
                self._prefix_ranks(component), component, exact, synonym
            ).representative
        return pa.table({"eid": np.arange(n), "rep": representative})

    def _xrefs(self, kind: str) -> NDArray[np.int64]:
        rows = self.rows("SELECT DISTINCT eid, other FROM xref WHERE kind = ?", kind)
        return np.array(rows, np.int64).reshape(-1, 2)

    def _prefix_ranks(self, component: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rank of each entity's prefix in the order that its component's node type prefers."""
        types: dict[int, str] = {}
        for eid, name in self.rows("SELECT DISTINCT eid, type FROM stated"):
            key = int(component[eid])
            types[key] = min(types.get(key, name), name)
        orders = {name: {p: i for i, p in enumerate(order)} for name, order in PREFERRED.items()}
        prefixes = self.rows("SELECT split_part(id, ':', 1) FROM entity ORDER BY eid")
        ranks = (
            orders.get(types.get(key, ""), {}).get(prefix, _LAST)
            for key, (prefix,) in zip(component.tolist(), prefixes, strict=True)
        )
        return np.fromiter(ranks, np.int64, len(prefixes))
