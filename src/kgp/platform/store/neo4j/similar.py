"""The nodes whose vectors are most like that of another, by the server's vector index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.store.neo4j.vector_index import is_indexed
from kgp.platform.store.neo4j.vectors import Vectors, slot_of
from kgp.platform.store.similarity import (
    CANDIDATES,
    NEAREST,
    SIMILAR,
    VectorReader,
    cosines,
    described,
    exact_nearest,
    rank,
    without_vector,
)

if TYPE_CHECKING:
    import pyarrow as pa

_OWN = "MATCH (n:Kgp {id: $id}) RETURN n[$property] AS vector"

_NEAR = """
CALL db.index.vector.queryNodes($index, $candidates, $vector) YIELD node AS n
RETURN n.id AS id, n[$property] AS vector"""


class SimilarNodes(Vectors):
    """Search by vectors."""

    def similar_to(self, name: str, node: str) -> pa.Table:
        """The nodes most similar to one, as ``SIMILAR``.

        The index gives candidates, their cosines put them in order. All vectors are compared until
        it is complete, if they are too long for one, if it gives fewer than it was asked for, and
        if all candidates are as similar as the last that is named: others may be, too.

        Args:
            name: the vector set.
            node: any identifier of the node.

        Raises:
            BadInputError: for a node without a vector in the set.
        """
        store: VectorReader = self  # type: ignore[assignment]  # the mixed class is the store
        slot = slot_of(self.vector_set_record(name))
        if not is_indexed(self, slot.index):
            return exact_nearest(store, name, node)
        own = store.nodes([node])[0]["id"]
        known = self.read(_OWN, id=own, property=slot.property)[0]["vector"]
        if known is None:
            raise without_vector(own, name)
        if not any(known):
            # A vector of length 0 points nowhere; the index refuses it.
            return SIMILAR.empty_table()
        rows = self.read(
            _NEAR, index=slot.index, candidates=CANDIDATES, vector=known, property=slot.property
        )
        near = np.array([row["vector"] for row in rows], np.float64).reshape(len(rows), -1)
        similarity = cosines(np.array(known, np.float64), near)
        ids, best = rank([row["id"] for row in rows], similarity, own, NEAREST)
        if len(rows) < CANDIDATES or best[-1] <= np.nanmin(similarity):
            return exact_nearest(store, name, node)
        return described(store, ids, best)
