"""The global numbering of nodes: types contiguous, ids in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.platform.snapshot.texts import TextTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.platform.store.port import GraphReader


@dataclass(frozen=True, slots=True)
class Numbering:
    """Which number each node has.

    Args:
        types: node types that have nodes, sorted.
        offsets: int64 [types + 1], the first number of each type.
        ids: the CURIE of each number.
        names: the name of each number.
    """

    types: tuple[str, ...]
    offsets: NDArray[np.int64]
    ids: TextTable
    names: TextTable

    def type_of(self, nodes: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the type (position in ``types``) of each node."""
        return np.searchsorted(self.offsets, nodes, side="right") - 1

    def span(self, node_type: str) -> tuple[int, int]:
        """Return the first number of a type and the one after its last; all for ``""``."""
        if not node_type:
            return 0, int(self.offsets[-1])
        if node_type not in self.types:
            return 0, 0
        at = self.types.index(node_type)
        return int(self.offsets[at]), int(self.offsets[at + 1])


def number_nodes(store: GraphReader, node_types: Sequence[str]) -> Numbering:
    """Read the nodes of ``node_types`` and number them.

    Raises:
        BadInputError: if there is no such node.
    """
    types, counts, ids, names = [], [], [], []
    for node_type in node_types:
        batches = list(store.scan_nodes(node_type))
        count = sum(batch.num_rows for batch in batches)
        if count:
            types.append(node_type)
            counts.append(count)
            ids += [batch.column("id") for batch in batches]
            names += [batch.column("name") for batch in batches]
    if not types:
        raise BadInputError(
            "The graph holds no nodes to export.",
            hint=f"Asked for: {', '.join(node_types)}.",
            command="kgp stats",
        )
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = (TextTable.of(pa.chunked_array(parts, pa.string())) for parts in (ids, names))
    return Numbering(tuple(types), offsets, *columns)
