"""What every part of the store in memory stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.errors import BadInputError, unknown
from kgp.platform.store.refusals import check_none_missing
from kgp.testing.memory.content import Load, World, derive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgp.kg_schema.batches import Kind
    from kgp.platform.store.records import GrnRecord, GrnVersion, VectorSet
    from kgp.testing.memory.content import Row

CHUNK = 512


@dataclass
class Base:
    """The state of a store, and how its rows leave it.

    Args:
        url: what it calls itself.
    """

    url: str = "memory:"
    loads: dict[str, Load] = field(default_factory=dict)
    vectors: dict[str, tuple[VectorSet, dict[str, list[float]]]] = field(default_factory=dict)
    networks: dict[str, GrnRecord] = field(default_factory=dict)
    versions: list[GrnVersion] = field(default_factory=list)
    regulation: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    world: World = field(default_factory=World)

    def rebuild(self) -> None:
        """Derive the graph from the loads."""
        self.world = derive(self.loads.values())

    def stated(self, kind: Kind) -> Iterator[tuple[Load, Row]]:
        """All rows of a kind with the load that states them."""
        for load in self.loads.values():
            for row in load.rows[kind]:
                yield load, row

    def check_nodes(self, ids: Iterable[str]) -> None:
        """Check that every identifier means a node.

        Raises:
            BadInputError: for the first that does not.
        """
        check_none_missing(self.url, {i for i in ids if self.world.node_of(i) is None})


def check_known(what: str, name: str, valid: Iterable[str]) -> None:
    """Raise BadInputError where ``name`` is not one of ``valid``."""
    valid = list(valid)
    if name not in valid:
        raise BadInputError(unknown(what, name, valid))


def record_batches(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Stream rows of a table in small batches."""
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        columns = zip(*part, strict=True)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
