"""What the benchmark of Neo4j loads: a server of its own, files of PrimeKG's form, vectors."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.kg_schema.batches import Batch, Kind, make_batch
from kgp.kg_schema.provenance import SourceInfo
from kgp.loaders.synthetic.primekg import FULL_ROWS, write_primekg
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.settings import parse_memory
from kgp.testing.server import connected, wipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

MEMORY = "4g"
N_VECTORS, WIDTH = 42_422, 384
_BLOCK = 2_000


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server that runs for a while, by its URL."""
    home = Home(folder / "server")
    process.start(home, parse_memory(MEMORY))
    try:
        yield home.store(home.port() or 0)
    finally:
        process.stop(home)


def strip(url: str) -> None:
    """Remove all that a server holds, constraints and indexes included."""
    with connected(wipe(url)) as session:
        for row in session.run("SHOW CONSTRAINTS YIELD name RETURN name").data():
            session.run(f"DROP CONSTRAINT `{row['name']}`").consume()
        for row in session.run("SHOW INDEXES YIELD name, type RETURN name, type").data():
            if row["type"] != "LOOKUP":
                session.run(f"DROP INDEX `{row['name']}`").consume()


def primekg(folder: Path, share: float) -> Path:
    """A kg.csv of a share of PrimeKG's size."""
    path = folder / f"kg-{share:g}.csv"
    return path if path.exists() else write_primekg(path, int(FULL_ROWS * share))


@dataclass(frozen=True, slots=True)
class Vectors:
    """A loader of nodes with random unit vectors, float32 [n, width].

    Args:
        n: number of nodes.
        width: length of each vector.
        bring: whether the vectors come with the nodes.
    """

    n: int = N_VECTORS
    width: int = WIDTH
    bring: bool = True
    info: SourceInfo = field(
        default=SourceInfo("vectors", "Vectors", "1", "CC0-1.0", "none", "", synthetic=True)
    )
    inputs: Mapping[str, Path] = field(default_factory=dict)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield nodes, and their vectors, block by block."""
        for start in range(0, self.n, _BLOCK):
            ids = self.ids(start)
            tally.read(len(ids))
            yield make_batch(
                Kind.NODES, {"id": ids, "type": ["Gene"] * len(ids), "name": [""] * len(ids)}
            )
            if self.bring:
                tally.read(len(ids))
                columns = {"name": ["means"] * len(ids), "id": ids}
                rows = self.rows(start, len(ids))
                yield make_batch(Kind.VECTORS, {**columns, "values": rows.tolist()})

    def ids(self, start: int) -> list[str]:
        """Identifiers of one block."""
        return [f"ncbigene:{number}" for number in range(start, min(start + _BLOCK, self.n))]

    def rows(self, seed: int, n: int) -> np.ndarray:
        """Unit vectors of one block."""
        found = np.random.default_rng(seed).normal(size=(n, self.width)).astype(np.float32)
        unit: np.ndarray = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def record_batches(self) -> Iterator[pa.RecordBatch]:
        """The same vectors as the store's port takes them: ``id, vector``."""
        for start in range(0, self.n, _BLOCK):
            ids = self.ids(start)
            flat = pa.array(self.rows(start, len(ids)).ravel())
            vectors = pa.FixedSizeListArray.from_arrays(flat, self.width)
            yield pa.record_batch({"id": pa.array(ids), "vector": vectors})
