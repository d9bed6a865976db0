"""Arrow is the language between rooms: the kinds of batches and their schemas.

A loader yields :class:`Batch` es. Node and edge batches carry, beside the fixed columns, any
number of property columns (strings, numbers, booleans, lists of these), declared nowhere: staging
packs them into one canonical JSON column.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pyarrow as pa

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from kgp.kg_schema.provenance import SourceInfo
    from kgp.kg_schema.tally import Tally


class Kind(StrEnum):
    """What a batch holds."""

    NODES = "nodes"
    EDGES = "edges"
    XREFS = "xrefs"
    REGULATION = "regulation"
    DATASETS = "datasets"
    FEATURES = "features"
    EFFECTS = "effects"
    VECTORS = "vectors"


_TEXT = pa.string()

SCHEMAS: dict[Kind, pa.Schema] = {
    Kind.NODES: pa.schema([("id", _TEXT), ("type", _TEXT), ("name", _TEXT)]),
    Kind.EDGES: pa.schema([("src", _TEXT), ("dst", _TEXT), ("type", _TEXT), ("qualifier", _TEXT)]),
    # exact: both name one thing; synonym: `other` is an alias, used only where nothing exact is.
    Kind.XREFS: pa.schema([("id", _TEXT), ("other", _TEXT), ("kind", _TEXT)]),
    Kind.REGULATION: pa.schema(
        [
            ("grn", _TEXT),
            ("src", _TEXT),
            ("dst", _TEXT),
            ("sign", pa.int8()),
            ("effect", _TEXT),  # activation, repression, dual, unknown
            ("layer", _TEXT),  # transcriptional, sigma, translational, signalling
            ("sign_source", _TEXT),
            ("weight", pa.float32()),
            ("confidence", pa.float32()),
            ("evidence", _TEXT),  # JSON object
        ]
    ),
    # censored: only responding features are listed; the others showed no significant change.
    Kind.DATASETS: pa.schema(
        [
            ("dataset", _TEXT),
            ("space", _TEXT),
            ("measure", _TEXT),
            ("censored", pa.bool_()),
            ("organism", _TEXT),
        ]
    ),
    Kind.FEATURES: pa.schema([("space", _TEXT), ("position", pa.int32()), ("id", _TEXT)]),
    # features: positions in the space; null where `values` covers the whole space in its order.
    # errors: standard errors of the values, with `df` degrees of freedom; null without replicates.
    Kind.EFFECTS: pa.schema(
        [
            ("dataset", _TEXT),
            ("signature", _TEXT),
            ("features", pa.list_(pa.int32())),
            ("values", pa.list_(pa.float32())),
            ("errors", pa.list_(pa.float32())),
            ("df", pa.float32()),
        ]
    ),
    # name: of the set; FEATURES whose space is this name say what each place of `values` is.
    Kind.VECTORS: pa.schema([("name", _TEXT), ("id", _TEXT), ("values", pa.list_(pa.float32()))]),
}

OPEN_KINDS = (Kind.NODES, Kind.EDGES)
"""Kinds that may carry property columns beside the fixed ones."""

LICENSED_KINDS = (Kind.NODES, Kind.EDGES, Kind.REGULATION)
"""Kinds whose rows may carry a ``license`` of their own, where it is not that of their source."""

XREF_EXACT, XREF_SYNONYM = "exact", "synonym"
LAYERS = ("transcriptional", "sigma", "translational", "signalling")
EFFECT_OF_SIGN = {1: "activation", -1: "repression"}


@dataclass(frozen=True, slots=True)
class Batch:
    """A record batch and what it holds."""

    kind: Kind
    data: pa.RecordBatch


class Loader(Protocol):
    """One source: files in, Arrow batches out. It never knows which store it feeds.

    ``batches`` is deterministic: the same files give the same batches in the same order, because
    an interrupted load continues by their number.
    """

    @property
    def info(self) -> SourceInfo:
        """Name, version, licence and citation of what is being read."""

    @property
    def inputs(self) -> Mapping[str, Path]:
        """Role → file, for the load's identity."""

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the content; count what is read and dropped in ``tally``.

        Raises:
            BadInputError: if a file is not what the source expects.
        """


@runtime_checkable
class BlockLoader(Loader, Protocol):
    """A source whose blocks can be parsed apart from each other, in any process and order.

    ``blocks`` reads the files once, in order and cheaply; ``parse`` is a pure function of one
    block and of how the loader was built. A loader and its blocks can be pickled.
    """

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield the rows of the files as they stand; count those that cannot be read as rows.

        Raises:
            BadInputError: if a file is damaged.
        """

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield the content of one block; count what is dropped and merged in it."""


def make_batch(kind: Kind, columns: Mapping[str, object]) -> Batch:
    """Build a batch from columns: the fixed ones are cast to their schema, others follow sorted.

    ``license`` may stand beside the fixed columns of every kind of ``LICENSED_KINDS``.

    Args:
        kind: what the batch holds.
        columns: column name → Arrow array or sequence; a missing fixed column is all null.

    Raises:
        BadInputError: if a column is unknown for a closed kind.
    """
    schema = SCHEMAS[kind]
    extra = sorted(set(columns) - set(schema.names))
    allowed = {"license"} if kind in LICENSED_KINDS else set()
    strange = [name for name in extra if name not in allowed]
    if strange and kind not in OPEN_KINDS:
        raise BadInputError(f"Column {strange[0]!r} is not part of a {kind} batch.")
    rows = len(next(iter(columns.values())))  # type: ignore[arg-type]  # any sized column
    arrays = [_cast(columns.get(f.name), f.type, rows) for f in schema]
    arrays += [_cast(columns[name], None, rows) for name in extra]
    return Batch(kind, pa.RecordBatch.from_arrays(arrays, names=[*schema.names, *extra]))


def _cast(column: object, kind: pa.DataType | None, rows: int) -> pa.Array:
    if column is None:
        return pa.nulls(rows, kind)
    array = column if isinstance(column, pa.Array) else pa.array(column)
    if isinstance(column, pa.ChunkedArray):
        array = column.combine_chunks()
    return array if kind is None or array.type == kind else array.cast(kind)
