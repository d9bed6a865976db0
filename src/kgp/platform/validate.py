"""What a batch must satisfy before it may be staged: vectorised checks, each drop counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from kgp.errors import BadInputError
from kgp.kg_schema.batches import LAYERS, SCHEMAS, Kind
from kgp.kg_schema.identifiers import CURIE
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.properties import pack_columns
from kgp.kg_schema.relations import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

_UNDIRECTED = pa.array([r.name for r in RELATIONS.values() if not r.directed])

Check = tuple[str, pa.Array, str]
"""A reason, the mask of rows that pass, and the column that shows the offending value."""


def validate(batch: Batch, tally: Tally) -> pa.Table:
    """Drop and count invalid rows, normalise the rest, pack the properties.

    Raises:
        BadInputError: if an effect is not a finite number.
    """
    table = pa.Table.from_batches([batch.data])
    for reason, passes, column in _CHECKS[batch.kind](table):
        passes = pc.fill_null(passes, False)
        failed = table.num_rows - (pc.sum(passes).as_py() or 0)
        if failed:
            bad = table.column(column).filter(pc.invert(passes)).slice(0, 3).to_pylist()
            tally.drop(reason, failed - len(bad))
            for value in bad:
                tally.drop(reason, 1, str(value))
            return validate(_refilter(batch, table, passes), tally)
    return _NORMALISE.get(batch.kind, _unchanged)(table)


def _refilter(batch: Batch, table: pa.Table, passes: pa.Array) -> Batch:
    kept = table.filter(passes).combine_chunks().to_batches()
    data = kept[0] if kept else batch.data.slice(0, 0)
    return type(batch)(batch.kind, data)


def _is_curie(column: pa.ChunkedArray) -> pa.Array:
    return pc.match_substring_regex(column, CURIE.pattern)


def _known(column: pa.ChunkedArray, names: object) -> pa.Array:
    return pc.is_in(column, value_set=pa.array(list(names)))  # type: ignore[call-overload]


def _check_nodes(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "unknown node type", _known(table["type"], NODE_TYPES), "type"


def _check_edges(table: pa.Table) -> Iterator[Check]:
    yield "source is not an identifier", _is_curie(table["src"]), "src"
    yield "target is not an identifier", _is_curie(table["dst"]), "dst"
    yield "unknown relation", _known(table["type"], RELATIONS), "type"


def _check_xrefs(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "cross-reference is not an identifier", _is_curie(table["other"]), "other"


def _check_regulation(table: pa.Table) -> Iterator[Check]:
    yield "regulator is not an identifier", _is_curie(table["src"]), "src"
    yield "target is not an identifier", _is_curie(table["dst"]), "dst"
    yield (
        "sign is not -1, 0 or +1",
        pc.is_in(table["sign"], pa.array([-1, 0, 1], pa.int8())),
        "sign",
    )
    yield "unknown layer", _known(table["layer"], LAYERS), "layer"


def _check_effects(table: pa.Table) -> Iterator[Check]:
    values = table["values"].combine_chunks()
    if not pc.all(pc.is_finite(pc.list_flatten(values))).as_py() and table.num_rows:
        flat = pc.list_flatten(values)
        parents = pc.list_parent_indices(values)
        row = parents.filter(pc.invert(pc.is_finite(flat)))[0].as_py()
        raise BadInputError(
            f"Signature {table['signature'][row].as_py()!r} holds a value that is not a finite "
            "number.",
            hint="Responses must be finite; an unmeasured feature is left out, not NaN.",
        )
    yield "signature is not an identifier", _is_curie(table["signature"]), "signature"


def _check_nothing(table: pa.Table) -> Iterator[Check]:
    yield from ()


def _unchanged(table: pa.Table) -> pa.Table:
    return table


def _pack(kind: Kind) -> Callable[[pa.Table], pa.Table]:
    fixed = SCHEMAS[kind].names

    def pack(table: pa.Table) -> pa.Table:
        batches = table.combine_chunks().to_batches()
        extra = [name for name in table.column_names if name not in fixed]
        packed = [pack_columns(part, extra) for part in batches]
        column = pa.chunked_array(packed, pa.string())
        return table.select(fixed).append_column("properties", column)

    return pack


def _normalise_nodes(table: pa.Table) -> pa.Table:
    name = pc.fill_null(table["name"], "")
    return _pack(Kind.NODES)(table.set_column(table.column_names.index("name"), "name", name))


def _normalise_edges(table: pa.Table) -> pa.Table:
    """Orient undirected relations by ``src <= dst`` and give every row a qualifier."""
    src, dst = table["src"], table["dst"]
    swap = pc.and_(pc.is_in(table["type"], value_set=_UNDIRECTED), pc.greater(src, dst))
    table = table.set_column(0, "src", pc.if_else(swap, dst, src))
    table = table.set_column(1, "dst", pc.if_else(swap, src, dst))
    table = table.set_column(3, "qualifier", pc.fill_null(table["qualifier"], ""))
    return _pack(Kind.EDGES)(table)


_CHECKS: dict[Kind, Callable[[pa.Table], Iterator[Check]]] = {
    Kind.NODES: _check_nodes,
    Kind.EDGES: _check_edges,
    Kind.XREFS: _check_xrefs,
    Kind.REGULATION: _check_regulation,
    Kind.EFFECTS: _check_effects,
    Kind.DATASETS: _check_nothing,
    Kind.FEATURES: _check_nothing,
}

_NORMALISE: dict[Kind, Callable[[pa.Table], pa.Table]] = {
    Kind.NODES: _normalise_nodes,
    Kind.EDGES: _normalise_edges,
}
