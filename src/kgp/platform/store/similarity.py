"""The nodes whose vectors point the way of another's: what all stores rank alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.platform.store.port import GraphReader, VectorStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEAREST = 10
"""Nodes that are named as similar to another."""

CANDIDATES = 100
"""Nodes that an index is asked for; the best of them are named."""

DIGITS = 6
"""Decimals of a cosine: vectors are in single precision."""

SIMILAR = pa.schema(
    [
        *((name, pa.string()) for name in ("name", "id", "type")),
        ("similarity", pa.float64()),
    ]
)
"""Answer of the query for similar nodes; ``similarity`` is the cosine, from -1 to 1."""


class VectorReader(GraphReader, VectorStore, Protocol):
    """Where nodes and their vectors are read."""


def exact_nearest(store: VectorReader, name: str, node: str, limit: int = NEAREST) -> pa.Table:
    """The nodes most similar to one, by comparing it with all: rows of ``SIMILAR``.

    Args:
        store: where the vectors are.
        name: the vector set.
        node: any identifier of the node.
        limit: most nodes to give; of equal ones that of the lesser id comes first.

    Raises:
        BadInputError: for a node without a vector in the set.
    """
    own = store.nodes([node])[0]["id"]
    parts = (
        (batch.column("id").to_pylist(), matrix(batch.column("vector")))
        for batch in store.scan_vectors(name)
    )
    ids, vectors = _kept(parts, own, own_vector(store, name, own), limit)
    return described(store, ids, vectors)


def own_vector(store: VectorReader, name: str, node: str) -> Floats:
    """The vector of a node, float64 [d].

    Raises:
        BadInputError: if it has none in the set.
    """
    for batch in store.scan_vectors(name):
        ids = batch.column("id").to_pylist()
        if node in ids:
            found: Floats = matrix(batch.column("vector"))[ids.index(node)]
            return found
    raise without_vector(node, name)


def without_vector(node: str, name: str) -> BadInputError:
    """The error of asking what is similar to a node that has no vector."""
    return BadInputError(
        f"{node} has no vector in the set {name!r}.",
        hint="A node has one where its source brought it or an encoder could read it.",
        command="kgp embed",
    )


def matrix(vectors: pa.FixedSizeListArray) -> Floats:
    """Vectors of a batch as float64 [n, d]."""
    flat = vectors.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
    found: Floats = flat.reshape(len(vectors), -1)
    return found


def cosines(own: Floats, vectors: Floats) -> Floats:
    """Cosine between one vector [d] and each of [n, d]; NaN where one has length 0.

    Rounded to ``DIGITS``: what is less comes of the order of summation, and makes no rank.
    """
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors)) * np.sqrt(own @ own)
    with np.errstate(invalid="ignore"):
        found: Floats = np.round(np.einsum("nd,d->n", vectors, own) / lengths, DIGITS)
    return found


def rank(ids: list[str], similarity: Floats, node: str, limit: int) -> tuple[list[str], Floats]:
    """The best ``limit`` of some nodes but ``node`` itself, the most similar first."""
    usable = [
        place for place in range(len(ids)) if ids[place] != node and not np.isnan(similarity[place])
    ]
    best = sorted(usable, key=lambda place: (-similarity[place], ids[place].encode()))[:limit]
    return [ids[place] for place in best], similarity[best]


def described(store: GraphReader, ids: list[str], similarity: Floats) -> pa.Table:
    """Rows of ``SIMILAR`` for ranked nodes."""
    rows: list[dict[str, Any]] = [
        {"name": node["name"], "id": node["id"], "type": node["type"], "similarity": float(cosine)}
        for node, cosine in zip(store.nodes(ids), similarity, strict=True)
    ]
    return pa.Table.from_pylist(rows, SIMILAR)


def _kept(
    parts: Iterable[tuple[list[str], Floats]], node: str, own: Floats, limit: int
) -> tuple[list[str], Floats]:
    """The best of all parts, a few at a time."""
    ids: list[str] = []
    best = np.zeros(0)
    for some, vectors in parts:
        ids, best = rank([*ids, *some], np.concatenate([best, cosines(own, vectors)]), node, limit)
    return ids, best
