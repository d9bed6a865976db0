"""What is known of each edge, gathered by the edge's position in the adjacency.

Every array has one row per edge of the whole graph, so that a feature cannot be mistaken for that
of another edge type, or of a node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.platform.snapshot import Snapshot

RESERVED = frozenset(
    {"edge_index", "edge_position", "edge_sign", "e_id", "num_sampled_edges", "adj_t", "input_id"}
)
_CHECKED_ROWS = 1 << 20


class EdgeFeatures:
    """Named arrays over the edges of a snapshot.

    ``edge_sign`` (int8 [edges]) is there where the graph has signed relations; a property NAME that
    was exported becomes ``edge_NAME`` (float32 [edges], 0 where an edge has none) and
    ``edge_NAME_mask`` (bool [edges]); an array of the user's own keeps its name.

    Args:
        snapshot: the exported graph.
        properties: names of exported edge properties.
        arrays: name → numbers [edges, ...] in the order of the adjacency.

    Raises:
        BadInputError: for an unknown property, a name that is taken, a wrong number of rows or a
            value that is not finite.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        properties: Sequence[str] = (),
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self._recipe = (snapshot, tuple(properties), dict(arrays or {}))
        self.arrays: dict[str, NDArray[Any]] = {}
        if len(snapshot.adjacency.sign):
            self.arrays["edge_sign"] = snapshot.adjacency.sign
        for name in properties:
            numbers = snapshot.edge_property(name)
            self.arrays[f"edge_{name}"] = np.nan_to_num(numbers)
            self.arrays[f"edge_{name}_mask"] = ~np.isnan(numbers)
        for name, values in (arrays or {}).items():
            if name in RESERVED | set(self.arrays):
                raise BadInputError(f"The name {name!r} of an edge feature is taken.")
            self.arrays[name] = check_rows(name, values, snapshot.adjacency.edges, "edges")

    def __reduce__(self) -> tuple[Any, ...]:
        return EdgeFeatures, self._recipe  # worker processes map the files, nothing is copied

    def take(self, position: NDArray[np.int64]) -> dict[str, Tensor]:
        """Return every feature of the edges at ``position``: name → [len(position), ...]."""
        return {
            name: torch.from_numpy(np.take(values, position, axis=0))
            for name, values in self.arrays.items()
        }

    def of(self, name: str) -> NDArray[Any]:
        """Return one feature of all edges.

        Raises:
            BadInputError: if there is none of that name.
        """
        if name not in self.arrays:
            raise BadInputError(unknown("edge feature", name, self.arrays))
        return self.arrays[name]


def check_rows(name: str, values: NDArray[Any], rows: int, of_what: str) -> NDArray[Any]:
    """Return ``values`` if it has one row of finite numbers for each of ``rows`` things.

    Raises:
        BadInputError: if not; the first row that is not finite is named.
    """
    array = np.asanyarray(values)
    if array.ndim == 0 or len(array) != rows:
        found = "no rows" if array.ndim == 0 else f"{len(array):,} rows"
        raise BadInputError(
            f"The feature {name!r} has {found}.",
            hint=f"Give one row for each of the {rows:,} {of_what}.",
        )
    if array.dtype.kind not in "biuf":
        raise BadInputError(
            f"The feature {name!r} holds {array.dtype}.", hint="Valid are numbers and booleans."
        )
    for first in range(0, rows if array.dtype.kind == "f" else 0, _CHECKED_ROWS):
        part = array[first : first + _CHECKED_ROWS]
        finite = np.isfinite(part).reshape(len(part), -1).all(1)
        if not finite.all():
            raise BadInputError(
                f"The feature {name!r} is not finite in row {first + int(finite.argmin()):,}.",
                hint="Leave such rows out, or give a number and a mask beside it.",
            )
    return array
