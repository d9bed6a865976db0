"""Read a source to its end and look at what it yields."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import build_loader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.kg_schema.provenance import SourceInfo


@dataclass
class Drained:
    """Everything that a loader yields."""

    info: SourceInfo
    tally: Tally
    tables: Mapping[Kind, pl.DataFrame]

    def rows(self, kind: Kind) -> list[dict[str, Any]]:
        return self.tables[kind].to_dicts() if kind in self.tables else []

    @property
    def dropped(self) -> dict[str, int]:
        return {reason: entry.count for reason, entry in self.tally.dropped.items()}

    @property
    def nodes(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows(Kind.NODES)}

    @property
    def edges(self) -> list[tuple[str, str, str]]:
        return [(r["src"], r["type"], r["dst"]) for r in self.rows(Kind.EDGES)]

    @property
    def signs(self) -> dict[tuple[str, str], tuple[int, str]]:
        rows = self.rows(Kind.REGULATION)
        return {(r["src"], r["dst"]): (r["sign"], r["effect"]) for r in rows}

    @property
    def xrefs(self) -> set[tuple[str, str, str]]:
        return {(r["id"], r["other"], r["kind"]) for r in self.rows(Kind.XREFS)}


def drain(source: str, inputs: Mapping[str, Path], **options: object) -> Drained:
    loader = build_loader(source, inputs, **options)
    tally = Tally()
    parts: dict[Kind, list[pl.DataFrame]] = {}
    for batch in loader.batches(tally):
        frame = pl.from_arrow(batch.data)
        assert isinstance(frame, pl.DataFrame)
        parts.setdefault(batch.kind, []).append(frame)
    tables = {kind: pl.concat(frames, how="diagonal_relaxed") for kind, frames in parts.items()}
    return Drained(loader.info, tally, tables)


def write(path: Path, *lines: str) -> Path:
    """Write lines; compressed where the name ends in .gz."""
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path
