"""From statements to nodes: identifiers resolved, properties merged by the rank of their source.

Most nodes are stated once; only those with several statements are sorted by trust, and only those
whose statements hold different properties pass through Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM
from kgp.kg_schema.identifiers import BARE_NAMES, PREFERRED
from kgp.kg_schema.properties import EMPTY, merge
from kgp.platform.resolve import Resolution, components, part_names, resolve
from kgp.platform.store.embedded.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT eid FROM node_statement WHERE load = ?"""

_MEANING = "CREATE OR REPLACE TABLE meaning AS SELECT eid, rep, nid FROM meant"

_FACTS = """
CREATE OR REPLACE TEMP TABLE fact AS
SELECT m.rep, s.type, s.name, s.properties, l.source,
       row_number() OVER (PARTITION BY m.rep
           ORDER BY l.rank, l.source, l.version DESC, e.id, s.type, s.name DESC,
                    s.properties DESC) AS place
FROM node_statement s JOIN meaning m USING (eid) JOIN affected a USING (rep)
JOIN identifier e USING (eid) JOIN load l USING (load)
WHERE a.statements > 1"""

_FORGET = "DELETE FROM node WHERE rep IN (SELECT rep FROM affected)"

_RENUMBER = """
UPDATE node SET nid = m.nid FROM meaning m WHERE m.eid = node.rep AND m.nid <> node.nid"""

_DESCRIBE = f"""
INSERT INTO node
SELECT m.nid, e.id, s.type, s.name, [l.source], s.properties, m.rep
FROM node_statement s JOIN meaning m USING (eid) JOIN affected a USING (rep)
JOIN identifier e ON e.eid = m.rep JOIN load l USING (load)
WHERE a.statements = 1
UNION ALL
SELECT m.nid, e.id, g.type, g.name, g.sources, coalesce(p.properties, g.properties), g.rep
FROM (SELECT rep, arg_min(type, place) AS type,
             coalesce(arg_min(name, place) FILTER (name <> ''), '') AS name,
             list_sort(list_distinct(list(source))) AS sources,
             arg_min(properties, (properties = '{EMPTY}', place)) AS properties
      FROM fact GROUP BY rep) g
JOIN meaning m ON m.eid = g.rep JOIN identifier e ON e.eid = g.rep
LEFT JOIN merged p ON p.rep = g.rep"""

_DIFFERING = f"""
SELECT rep, list(properties ORDER BY place) FROM fact
WHERE properties <> '{EMPTY}' GROUP BY rep HAVING count(DISTINCT properties) > 1"""


class Merging(Session):
    """Derives ``meaning`` and ``node`` from what the sources state."""

    def touch(self, load: int) -> None:
        """Note whose description a load changes, before it goes or after it came."""
        self.execute(_TOUCHED, load)

    def rebuild_nodes(self) -> None:
        """Derive all nodes; a function of the statements, whatever their order of arrival.

        What no touched statement and no changed meaning concerns is carried over as it was.
        """
        rep = self.resolution().representative
        stated = self._numbers("SELECT eid FROM node_statement")
        statements = np.bincount(rep[stated], minlength=len(rep))
        affected = self._affected(rep)
        with self.registered("meant", self._numbered(rep, statements)):
            self.execute(_MEANING)
        counts = pa.table({"rep": affected, "statements": statements[affected]})
        with self.registered("affected", counts):
            self.execute(_FACTS)
            with self.registered("merged", self._merged_properties()):
                for step in (_FORGET, _RENUMBER, _DESCRIBE):
                    self.execute(step)
        self.execute("DROP TABLE temp.touched")
        self.execute("DROP TABLE temp.fact")

    def _affected(self, rep: Ints) -> Ints:
        """Nodes whose description may differ: those of touched and of moved entities."""
        old = np.full(len(rep), -1)
        known = self.table("SELECT eid, rep FROM meaning")
        old[_column(known["eid"])] = _column(known["rep"])
        moved = np.flatnonzero(old != rep)
        touched = self._numbers("SELECT eid FROM touched")
        affected = np.unique(np.concatenate([rep[touched], rep[moved], old[moved]]))
        return affected[affected >= 0]

    def _numbered(self, rep: Ints, statements: Ints) -> pa.Table:
        """The meaning of every entity; ``nid`` follows the bytewise order of the nodes' ids."""
        nodes = pa.table({"eid": np.flatnonzero(statements)})
        with self.registered("nodes", nodes):
            ordered = self._numbers(
                "SELECT eid FROM identifier SEMI JOIN nodes USING (eid) ORDER BY id"
            )
        place = np.full(len(rep), -1)
        place[ordered] = np.arange(len(ordered))
        nid = place[rep]
        columns = {"eid": np.arange(len(rep)), "rep": rep, "nid": nid}
        masks = {"eid": None, "rep": None, "nid": nid < 0}
        return pa.table(
            {name: pa.array(v.astype(np.int32), mask=masks[name]) for name, v in columns.items()}
        )

    def _merged_properties(self) -> pa.Table:
        """Properties of the nodes on which several statements differ, as ``rep, properties``."""
        rows = self.rows(_DIFFERING)
        reps, texts = [row[0] for row in rows], [merge(row[1]) for row in rows]
        return pa.table(
            {"rep": pa.array(reps, pa.int32()), "properties": pa.array(texts, pa.string())}
        )

    def resolution(self) -> Resolution:
        """The entity whose node each entity means, and which entities mean several."""
        n = int(self.scalar("SELECT count(*) FROM identifier"))
        exact, synonym = self._xrefs(XREF_EXACT), self._xrefs(XREF_SYNONYM)
        if not (len(exact) or len(synonym)):
            return Resolution(np.arange(n), np.zeros(n, bool))
        exact, named = part_names(exact, self._bare_names(n))
        component = components(n, exact)
        return resolve(self._prefix_ranks(component), component, exact, synonym, named)

    def _bare_names(self, n: int) -> NDArray[np.bool_]:
        bare = np.zeros(n, bool)
        sql = "SELECT eid FROM identifier WHERE list_contains(?, split_part(id, ':', 1))"
        bare[_column(self.table(sql, list(BARE_NAMES))["eid"])] = True
        return bare

    def _xrefs(self, kind: str) -> Ints:
        found = self.table("SELECT DISTINCT eid, other FROM xref WHERE kind = ?", kind)
        return np.stack([_column(found["eid"]), _column(found["other"])], axis=1)

    def _numbers(self, sql: str) -> Ints:
        return _column(self.table(sql)["eid"])

    def _prefix_ranks(self, component: Ints) -> Ints:
        """Rank of each entity's prefix in the order that its component's node type prefers."""
        stated = self.table("SELECT DISTINCT eid, type FROM node_statement ORDER BY type")
        types = stated["type"].combine_chunks().dictionary_encode()
        prefixes = self.table(
            "SELECT split_part(id, ':', 1) AS prefix FROM identifier ORDER BY eid"
        )
        known = prefixes["prefix"].combine_chunks().dictionary_encode()
        # Types come sorted, so that the smallest code is the first name; the last means no type.
        none = len(types.dictionary)
        code = np.full(int(component.max()) + 1, none)
        np.minimum.at(code, component[_column(stated["eid"])], _column(types.indices))
        table = _rank_table(types.dictionary.to_pylist(), known.dictionary.to_pylist())
        ranks: Ints = table[code[component], _column(known.indices)]
        return ranks


def _column(column: pa.Array | pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _rank_table(types: list[str], prefixes: list[str]) -> Ints:
    """Rank of every prefix for every type, int64 [n_types + 1, n_prefixes]; the last row: no type.

    A prefix that a type's order of preference does not name comes after all that it names.
    """
    orders = [PREFERRED.get(name, ()) for name in [*types, ""]]
    ranks = [[order.index(p) if p in order else len(order) for p in prefixes] for order in orders]
    return np.array(ranks, np.int64).reshape(len(orders), len(prefixes))
