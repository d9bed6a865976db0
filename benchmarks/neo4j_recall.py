"""Does a vector index of Neo4j find the nodes that are really nearest?

Recall@10 of the index under several settings, beside the exact answer: the share of ten neighbours
found whose cosine is at least that of the exact tenth, the mean over random nodes. ``index alone``
asks the index for ten; ``as kgp asks`` takes more candidates and ranks them by their cosine.

    kgp neo4j start
    kgp load primekg kg=FILE --store URL
    kgp embed minilm --store URL
    python -m benchmarks.neo4j_recall --store URL [--set minilm_name] [--queries 300] [--json FILE]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import Row, parser, publish, timed
from kgp.errors import UsageError
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.platform.store.neo4j.vector_index import OPTIONS, make_index
from kgp.platform.store.neo4j.vectors import slot_of
from kgp.platform.store.similarity import CANDIDATES, NEAREST, cosines, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.platform.store.neo4j.vector_index import Slot

    Floats = NDArray[np.float64]

SETTINGS = [
    (quantized, m, ef)
    for quantized in (True, False)
    for m, ef in ((8, 64), (16, 32), (16, 50), (16, 100))
]
"""Quantisation, links of a node, candidates while the index is built; 16 and 100 are Neo4j's."""

LEAST = 0.95
"""Recall that is asked for."""

_ASK = """
UNWIND $ids AS id MATCH (n:Kgp {id: id})
CALL db.index.vector.queryNodes($index, $candidates, n[$property]) YIELD node
RETURN id, collect(node.id) AS near"""

_AT_ONCE = 50


class Truth:
    """Vectors of a set, and what is really nearest to some of their nodes.

    Args:
        ids: of all nodes.
        vectors: float64 [n, d].
        queries: places of the nodes that are asked for.
    """

    def __init__(self, ids: list[str], vectors: Floats, queries: NDArray[np.int64]) -> None:
        self.place = {node: place for place, node in enumerate(ids)}
        self.ids, self.vectors = ids, vectors
        self.asked = [ids[place] for place in queries]

    def recall(self, node: str, near: list[str]) -> float:
        """Share of the ten nearest that is among the best ten of ``near``."""
        all_of_them = cosines(self.vectors[self.place[node]], self.vectors)
        all_of_them[self.place[node]] = -np.inf
        least = np.partition(all_of_them, -NEAREST)[-NEAREST]
        found = np.array([all_of_them[self.place[other]] for other in near if other != node])
        return float((np.sort(found)[::-1][:NEAREST] >= least).sum() / NEAREST)


def main() -> None:
    """Rebuild the index with each setting, ask, and leave it as kgp makes it."""
    options = parser(__doc__ or "")
    options.add_argument("--store", required=True, help="URL of a Neo4j store")
    options.add_argument("--set", default="minilm_name", help="the vector set")
    options.add_argument("--queries", type=int, default=300, help="nodes that are asked for")
    given = options.parse_args()
    with Neo4jStore(parse_address(given.store)) as store:
        spec = next((each for each in store.vector_sets() if each.name == given.set), None)
        if spec is None:
            raise UsageError(
                f"{store.url} has no vectors {given.set!r}.",
                command=f"kgp embed minilm --store {store.url}",
            )
        slot = slot_of(store.vector_set_record(given.set))
        truth = _truth(store, given.set, given.queries)
        try:
            rows = [
                row
                for setting in SETTINGS
                for row in _measure(store, slot, spec.dimension, truth, setting)
            ]
        finally:
            _rebuild(store, slot, spec.dimension, OPTIONS)
    publish("neo4j_recall", rows, given.json, ("kgp", "neo4j", "numpy"))


def _truth(store: Neo4jStore, name: str, queries: int) -> Truth:
    batches = list(store.scan_vectors(name))
    ids = [node for batch in batches for node in batch.column("id").to_pylist()]
    vectors = np.concatenate([matrix(batch.column("vector")) for batch in batches])
    chosen = np.random.default_rng(0).choice(len(ids), min(queries, len(ids)), replace=False)
    return Truth(ids, vectors, chosen)


def _measure(
    store: Neo4jStore,
    slot: Slot,
    dimension: int,
    truth: Truth,
    setting: tuple[bool, int, int],
) -> Iterator[Row]:
    quantized, m, ef = setting
    config: dict[str, Any] = {
        "vector.quantization.enabled": quantized,
        "vector.hnsw.m": m,
        "vector.hnsw.ef_construction": ef,
    }
    _, seconds = timed(partial(_rebuild, store, slot, dimension, config))
    chosen = " (as kgp makes it)" if config == OPTIONS else ""
    what = f"{'quantised' if quantized else 'exact vectors'}, m {m}, ef_construction {ef}{chosen}"
    yield Row(f"{what}: build", len(truth.ids) / seconds, "vectors/s")
    # One node more is asked for: the nearest of all is the node itself.
    for how, candidates in (("index alone", NEAREST + 1), ("as kgp asks", CANDIDATES)):
        near, took = timed(partial(_ask, store, slot, truth.asked, candidates))
        recall = [truth.recall(node, near[node]) for node in truth.asked]
        yield Row(f"{what}: recall@10, {how}", float(np.mean(recall)), "share", "target", LEAST)
        yield Row(f"{what}: query, {how}", 1e3 * took / len(near), "ms")


def _ask(store: Neo4jStore, slot: Slot, ids: list[str], candidates: int) -> dict[str, list[str]]:
    near: dict[str, list[str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        place = {"index": slot.index, "property": slot.property, "candidates": candidates}
        near |= {row["id"]: row["near"] for row in store.read(_ASK, ids=some, **place)}
    return near


def _rebuild(store: Neo4jStore, slot: Slot, dimension: int, config: dict[str, Any]) -> None:
    store.command(f"DROP INDEX `{slot.index}` IF EXISTS")
    make_index(store, slot, dimension, config)
    store.command("CALL db.awaitIndex($index, 3600)", index=slot.index)


if __name__ == "__main__":
    main()
