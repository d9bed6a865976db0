"""From a batch to what is staged: invalid rows dropped and counted, the rest made canonical."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from kgp.kg_schema.batches import LICENSED_KINDS, SCHEMAS, Kind
from kgp.kg_schema.properties import EMPTY, pack, pack_columns, unpack
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.row_checks import CHECKS, license_checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.licenses import Use
    from kgp.kg_schema.tally import Tally
    from kgp.platform.row_checks import Check

LICENSE = "license"
"""Column of rows, and key of evidence, with a licence that is not that of the row's source."""

_SHOWN = 3
_UNDIRECTED = pa.array([r.name for r in RELATIONS.values() if not r.directed])


def validate(batch: Batch, tally: Tally, use: Use | None = None) -> pa.Table:
    """Drop and count invalid rows, normalise the rest, pack the properties.

    Args:
        batch: the rows.
        tally: where dropped rows are counted.
        use: what the graph is for; rows whose own licence does not allow it are dropped.

    Raises:
        BadInputError: if an effect or a property is not a finite number.
    """
    table = pa.Table.from_batches([batch.data])
    for reason, passes, column in _checks(batch.kind, table, use):
        passed = pc.fill_null(passes, False)
        failed = table.num_rows - (pc.sum(passed).as_py() or 0)
        if failed:
            bad = table.column(column).filter(pc.invert(passed)).slice(0, _SHOWN).to_pylist()
            tally.drop(reason, failed - len(bad))
            for value in bad:
                tally.drop(reason, 1, str(value))
            return validate(_refilter(batch, table, passed), tally, use)
    return _NORMALISE.get(batch.kind, _unchanged)(table)


def _checks(kind: Kind, table: pa.Table, use: Use | None) -> Iterator[Check]:
    yield from CHECKS[kind](table)
    if use is not None and kind in LICENSED_KINDS and LICENSE in table.column_names:
        yield from license_checks(table, LICENSE, use)


def _refilter(batch: Batch, table: pa.Table, passes: pa.Array) -> Batch:
    kept = table.filter(passes).combine_chunks().to_batches()
    data = kept[0] if kept else batch.data.slice(0, 0)
    return type(batch)(batch.kind, data)


def _unchanged(table: pa.Table) -> pa.Table:
    return table


def _filled(table: pa.Table, name: str, value: str) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, name, pc.fill_null(table[name], value))


def _packed(table: pa.Table, kind: Kind) -> pa.Table:
    fixed = SCHEMAS[kind].names
    extra = [name for name in table.column_names if name not in fixed]
    packed = [pack_columns(part, extra) for part in table.combine_chunks().to_batches()]
    return table.select(fixed).append_column("properties", pa.chunked_array(packed, pa.string()))


def _normalise_nodes(table: pa.Table) -> pa.Table:
    return _packed(_filled(table, "name", ""), Kind.NODES)


def _normalise_edges(table: pa.Table) -> pa.Table:
    """Orient undirected relations by ``src <= dst`` and give every row a qualifier."""
    src, dst = table["src"], table["dst"]
    swap = pc.and_(pc.is_in(table["type"], value_set=_UNDIRECTED), pc.greater(src, dst))
    table = table.set_column(0, "src", pc.if_else(swap, dst, src))
    table = table.set_column(1, "dst", pc.if_else(swap, src, dst))
    return _packed(_filled(table, "qualifier", ""), Kind.EDGES)


def _normalise_regulation(table: pa.Table) -> pa.Table:
    """Give every row evidence, and fold the licence of rows that have their own into it."""
    table = _filled(table, "evidence", EMPTY)
    if LICENSE not in table.column_names:
        return table
    pairs = zip(table["evidence"].to_pylist(), table[LICENSE].to_pylist(), strict=True)
    folded = pa.array([_with_license(*pair) for pair in pairs], pa.string())
    place = table.column_names.index("evidence")
    return table.set_column(place, "evidence", folded).drop_columns(LICENSE)


def _with_license(evidence: str, license: str | None) -> str:
    return pack({**unpack(evidence), LICENSE: license}) if license else evidence


def _normalise_datasets(table: pa.Table) -> pa.Table:
    return _filled(_filled(table, "measure", ""), "organism", "")


_NORMALISE: dict[Kind, Callable[[pa.Table], pa.Table]] = {
    Kind.NODES: _normalise_nodes,
    Kind.EDGES: _normalise_edges,
    Kind.REGULATION: _normalise_regulation,
    Kind.DATASETS: _normalise_datasets,
}
