"""Writing a set of vectors with its provenance, and knowing one that is there already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from kgp.errors import UsageError
from kgp.platform.store.port import GraphReader, VectorStore
from kgp.platform.store.records import VectorSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

ROWS = 1_024
"""Vectors that are handed to the store at once."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class EmbedStore(GraphReader, VectorStore, Protocol):
    """Where texts are read and vectors written."""


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What one embedding did.

    Args:
        vector_set: the set that is in the store now.
        nodes: nodes that could have had a vector.
        missing: nodes without a text, or without a row in the file.
        rejected: nodes whose text the encoder cannot read.
        repeated: True where the same vectors were there already; then nothing was computed.
        note: what else the user should know.
    """

    vector_set: VectorSet
    nodes: int
    missing: int
    rejected: int
    repeated: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What decides the vectors of a set: the fields of :class:`VectorSet` that identify it."""

    name: str
    node_type: str
    encoder: str
    revision: str
    pooling: str = ""


def check_set_name(name: str) -> str:
    """Return a name that every store, and a file of a snapshot, can have.

    Raises:
        UsageError: for another.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a vector set.",
            hint="Valid are up to 64 letters, digits, '.', '_' and '-', the first no sign.",
        )
    return name


def find_written(store: EmbedStore, origin: Provenance) -> VectorSet | None:
    """The set in the store that was computed from just this; None if there is none."""
    for known in store.vector_sets():
        if (known.name, known.encoder, known.revision, known.pooling) == (
            *(origin.name, origin.encoder, origin.revision, origin.pooling),
        ):
            return known
    return None


def write_set(
    store: EmbedStore, origin: Provenance, ids: Sequence[str], vectors: NDArray[np.float32]
) -> VectorSet:
    """Write vectors in one transaction.

    Args:
        store: the graph.
        origin: what they are.
        ids: CURIE of each row.
        vectors: float32 [rows, dimension].

    Raises:
        BadInputError: for an unknown node, a value that is not finite, or a name under which a
            source has brought its own vectors.
    """
    spec = VectorSet(
        name=origin.name,
        node_type=origin.node_type,
        encoder=origin.encoder,
        revision=origin.revision,
        pooling=origin.pooling,
        dimension=vectors.shape[1],
        precision="float32",
        covered=len(ids),
        created=datetime.now(UTC).date().isoformat(),
    )
    return store.write_vectors(spec, _batches(ids, vectors))


def _batches(ids: Sequence[str], vectors: NDArray[np.float32]) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(ids), ROWS):
        part = slice(start, start + ROWS)
        flat = pa.array(vectors[part].ravel(), pa.float32())
        column = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
        names = pa.array(ids[part], pa.string())
        yield pa.RecordBatch.from_arrays([names, column], names=["id", "vector"])
