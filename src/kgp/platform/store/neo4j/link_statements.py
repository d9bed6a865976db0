"""How relationships are written.

A batch names each node once, and each set of properties once; its rows are numbers of both. What
is written anew is joined from the nodes that were looked up. What is there already is found by
walking along all relationships of a source, where most of them are meant, or else by its two ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa

from kgp.kg_schema.relations import check_relation
from kgp.platform.store.neo4j.changes import CREATE, DELETE, Statement
from kgp.platform.store.neo4j.properties import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kgp.platform.store.neo4j.changes import Row

    Ints = NDArray[np.int64]

_KEY = ("qualifier", "source")
_VALUES = ("source_version", "license", "properties")
_FORMER = tuple(f"was_{name}" for name in _VALUES)

# `collect` leaves nulls out; a list of one null keeps the place of a node that is missing.
_NODES = """
UNWIND range(0, size($ids) - 1) AS place OPTIONAL MATCH (n:Kgp {id: $ids[place]})
WITH n ORDER BY place WITH collect([n]) AS nodes
UNWIND $rows AS r WITH nodes, nodes[r[0]][0] AS s, r[1] AS ends WHERE s IS NOT NULL
UNWIND ends AS e """
_ONE_KIND = "WITH s, nodes[e][0] AS d WHERE d IS NOT NULL "
_SEVERAL = "WITH s, nodes[e[0]][0] AS d, $own[e[1]] AS own WHERE d IS NOT NULL "

_BY_ENDS = """
WITH s, nodes[e[0]][0] AS d, $own[e[1]] AS own WHERE d IS NOT NULL
MATCH (s)-[x:{0}]->(d) WHERE x.qualifier = own.qualifier AND x.source = own.source """

_WALK = """
UNWIND $rows AS r MATCH (s:Kgp {{id: r[0]}})-[x:{0}]->(d) WITH x, r[1][d.id] AS kind
WHERE kind IS NOT NULL AND x.qualifier = $key.qualifier AND x.source = $key.source """


@dataclass(frozen=True, slots=True)
class _Batch:
    """Relationships of one type.

    Args:
        ids: of the nodes at their ends.
        src: place of each relationship's source among them, int64 [n].
        dst: of each one's target, int64 [n].
        kinds: what of the plan differs beside the ends, each once.
        kind: place of each relationship's kind among them, int64 [n].
    """

    ids: list[str]
    src: Ints
    dst: Ints
    kinds: list[Row]
    kind: Ints

    @classmethod
    def of(cls, rows: pa.Table) -> _Batch:
        ends = pa.chunked_array([*rows["src"].chunks, *rows["dst"].chunks], pa.string())
        encoded = ends.combine_chunks().dictionary_encode()
        place = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        kinds, kind = _distinct(rows.select([*_KEY, *_VALUES, *_FORMER]))
        src, dst = place[: rows.num_rows], place[rows.num_rows :]
        return cls(encoded.dictionary.to_pylist(), src, dst, kinds, kind)

    def gathered(self, *, kinds: bool) -> list[list[Any]]:
        """``[source, targets]``, with ``[target, kind]`` for each target where kinds matter."""
        ends = (np.stack([self.dst, self.kind], axis=1) if kinds else self.dst).tolist()
        return [[int(self.src[start]), ends[start:end]] for start, end in self._runs()]

    def mapped(self) -> list[list[Any]]:
        """``[id of the source, {id of a target: its kind}]``."""
        dst, kind = [self.ids[place] for place in self.dst.tolist()], self.kind.tolist()
        return [
            [self.ids[self.src[start]], dict(zip(dst[start:end], kind[start:end], strict=True))]
            for start, end in self._runs()
        ]

    def _runs(self) -> list[tuple[int, int]]:
        """First row of each run of one source, and the row after its last one."""
        starts = [0, *(np.flatnonzero(np.diff(self.src)) + 1).tolist()]
        return list(zip(starts, [*starts[1:], len(self.src)], strict=True))


def link(op: str, group: Row, rows: pa.Table, *, walked: bool) -> Statement:
    """How relationships of one type are written.

    Args:
        op: ``create``, ``update`` or ``delete``.
        group: the columns that all rows share.
        rows: of the plan, those of one source one after the other.
        walked: whether most relationships of their sources are among them.
    """
    verb, batch = check_relation(group["type"]).name, _Batch.of(rows)
    if op == CREATE:
        return _create(verb, batch)
    keys = [{name: kind[name] for name in _KEY} for kind in batch.kinds]
    write = _remove if op == DELETE else _change
    if walked and all(key == keys[0] for key in keys):
        common, own = _shared(batch, _changes)
        made = {"rows": batch.mapped(), "key": keys[0], "p": common, "own": own}
        return Statement(_WALK.format(verb) + write("$own[kind]" if any(own) else ""), made)
    common, own = _shared(batch, _changes)
    about = [{**key, "p": p} for key, p in zip(keys, own, strict=True)]
    made = {"rows": batch.gathered(kinds=True), "ids": batch.ids, "p": common, "own": about}
    return Statement(_NODES + _BY_ENDS.format(verb) + write("own.p" if any(own) else ""), made)


def _create(verb: str, batch: _Batch) -> Statement:
    common, own = _shared(batch, _properties)
    made = {"rows": batch.gathered(kinds=any(own)), "ids": batch.ids, "p": common, "own": own}
    create = f"CREATE (s)-[x:{verb} $p]->(d)"
    if any(own):
        return Statement(f"{_NODES}{_SEVERAL}{create} SET x += own", made)
    return Statement(f"{_NODES}{_ONE_KIND}{create}", made)


def _change(own: str) -> str:
    return f"SET x += $p SET x += {own}" if own else "SET x += $p"


def _remove(own: str) -> str:
    return "DELETE x"


def _shared(batch: _Batch, of: Callable[[Row], Row]) -> tuple[Row, list[Row]]:
    """What is written alike on all relationships, and what beside it on those of each kind."""
    made = [of(kind) for kind in batch.kinds]
    common = {
        name: value
        for name, value in made[0].items()
        if all(name in other and _same(other[name], value) for other in made[1:])
    }
    return common, [{k: v for k, v in one.items() if k not in common} for one in made]


def _properties(row: Row, former: str = "") -> Row:
    """All properties of a relationship."""
    version, license_, properties = (row[former + name] for name in _VALUES)
    about = {name: row[name] for name in _KEY}
    return native(properties) | about | {"source_version": version, "license": license_}


def _changes(row: Row) -> Row:
    """The properties that differ from the former ones; null for what goes."""
    if row["properties"] is None or row["was_properties"] is None:
        return {}
    new, old = _properties(row), _properties(row, "was_")
    names = [name for name in new | old if not _same(new.get(name), old.get(name))]
    return {name: new.get(name) for name in names}


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one to Neo4j, to which 1, 1.0 and true are three."""
    return one is other or orjson.dumps(one) == orjson.dumps(other)


def _distinct(table: pa.Table) -> tuple[list[Row], Ints]:
    """The rows of a table, each once, and the place of every row among them."""
    place = np.zeros(table.num_rows, np.int64)
    for column in table.columns:
        encoded = column.combine_chunks().dictionary_encode("encode")
        if len(encoded.dictionary) > 1:
            code = encoded.indices.to_numpy(zero_copy_only=False)
            place = np.unique(place * len(encoded.dictionary) + code, return_inverse=True)[1]
    _, first = np.unique(place, return_index=True)
    return table.take(first).to_pylist(), place
