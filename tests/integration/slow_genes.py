"""A source whose blocks take their time, so that something can happen meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.frames import emit
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.kg_schema.tally import Tally

ROWS = 50


@dataclass(frozen=True)
class SlowGenes:
    """Genes in a file, and an interaction of each with the next; every 50 lines are a block.

    Args:
        path: the file, one number per line; a line ``broken`` is refused.
        seconds: how long a block takes.
    """

    path: Path
    seconds: float = 0.0
    info: SourceInfo = field(default_factory=lambda: source_info("primekg"))

    @property
    def inputs(self) -> dict[str, Path]:
        return {"kg": self.path}

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        lines = pl.Series("line", self.path.read_text().split())
        for start in range(0, len(lines), ROWS):
            block = lines.slice(start, ROWS)
            tally.read(len(block))
            yield block.to_frame()

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        time.sleep(self.seconds)
        if (block["line"] == "broken").any():
            raise BadInputError(f"{self.path} is broken.", hint="Expected are numbers.")
        ids = "ncbigene:" + block["line"]
        yield from emit(Kind.NODES, pl.select(id=ids, type=pl.lit("Gene")))
        edges = {"src": ids[:-1], "dst": ids[1:], "type": ["INTERACTS_WITH"] * (len(ids) - 1)}
        yield from emit(Kind.EDGES, pl.DataFrame(edges))

    def batches(self, tally: Tally) -> Iterator[Batch]:
        for block in self.blocks(tally):
            yield from self.parse(block, tally)


def write_genes(path: Path, blocks: int) -> Path:
    """Write a file of so many blocks."""
    path.write_text("\n".join(str(number) for number in range(1, blocks * ROWS + 1)))
    return path
