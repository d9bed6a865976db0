"""Sources that exist only in memory, and the two phases of loading them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from kgp.kg_schema.batches import Batch, Kind, make_batch
from kgp.kg_schema.provenance import SourceInfo
from kgp.platform.staging import Staged, discard, stage
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.tally import Tally
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import PublishReport


def source_info(name: str, version: str = "1", license: str = "CC0-1.0") -> SourceInfo:
    """Provenance of a source that exists only in a test."""
    return SourceInfo(name, name.title(), version, license, f"{name}, cited", "", synthetic=True)


@dataclass(frozen=True, slots=True)
class ListLoader:
    """A loader over batches in memory.

    Args:
        info: what it calls itself.
        content: the batches, in the order in which they are yielded.
        inputs: files that it pretends to read.
    """

    info: SourceInfo
    content: tuple[Batch, ...]
    inputs: Mapping[str, Path] = field(default_factory=dict)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the batches; each row counts as one row read."""
        for batch in self.content:
            tally.read(batch.data.num_rows)
            yield batch

    def digest(self) -> str:
        """Hash of the provenance and the content, which here stands for the files' content."""
        rows = [[str(batch.kind), batch.data.to_pylist()] for batch in self.content]
        info = [self.info.name, self.info.version, self.info.license]
        return hashlib.blake2b(orjson.dumps([info, rows]), digest_size=8).hexdigest()


@dataclass(slots=True)
class SourceBuilder:
    """Collects rows of one source, one short call per fact, and builds its loader."""

    info: SourceInfo
    rows: list[tuple[Kind, dict[str, Any]]] = field(default_factory=list)

    def add(self, kind: Kind, /, **columns: Any) -> SourceBuilder:
        """Add one row of any kind."""
        self.rows.append((kind, columns))
        return self

    def node(self, id: str, type: str, name: str = "", **properties: Any) -> SourceBuilder:
        """State a node."""
        return self.add(Kind.NODES, id=id, type=type, name=name, **properties)

    def edge(
        self, src: str, type: str, dst: str, qualifier: str = "", **properties: Any
    ) -> SourceBuilder:
        """State a relationship."""
        return self.add(Kind.EDGES, src=src, dst=dst, type=type, qualifier=qualifier, **properties)

    def xref(self, id: str, other: str, kind: str = "exact") -> SourceBuilder:
        """State that two identifiers name one thing, or that one is an alias."""
        return self.add(Kind.XREFS, id=id, other=other, kind=kind)

    def regulates(
        self,
        grn: str,
        src: str,
        dst: str,
        sign: int,
        effect: str = "",
        layer: str = "transcriptional",
        weight: float | None = None,
    ) -> SourceBuilder:
        """State a regulation; the effect follows from the sign, a sign of 0 means ``unknown``."""
        effect = effect or {1: "activation", -1: "repression"}.get(sign, "unknown")
        row = {"grn": grn, "src": src, "dst": dst, "sign": sign, "effect": effect, "layer": layer}
        evidence = '{"pubmed":["1"]}'
        return self.add(
            Kind.REGULATION, **row, sign_source="curated", weight=weight, evidence=evidence
        )

    def dataset(
        self, name: str, features: Sequence[str], *, censored: bool = False
    ) -> SourceBuilder:
        """Declare a response set and its feature space."""
        space = f"{name}-genes"
        self.add(
            Kind.DATASETS,
            dataset=name,
            space=space,
            measure="z-score",
            censored=censored,
            organism="9606",
        )
        for position, feature in enumerate(features):
            self.add(Kind.FEATURES, space=space, position=position, id=feature)
        return self

    def effect(
        self,
        dataset: str,
        signature: str,
        values: Sequence[float],
        features: Sequence[int] | None = None,
        errors: Sequence[float] | None = None,
        df: float | None = None,
    ) -> SourceBuilder:
        """State one measured response, and how well it is known."""
        known = {"errors": errors, "df": df}
        return self.add(
            Kind.EFFECTS,
            dataset=dataset,
            signature=signature,
            features=features,
            values=values,
            **known,
        )

    def vector(self, name: str, id: str, values: Sequence[float]) -> SourceBuilder:
        """State the vector of one node."""
        return self.add(Kind.VECTORS, name=name, id=id, values=values)

    def loader(self) -> ListLoader:
        """The loader over what was collected: one batch per run of rows with equal columns."""
        runs: list[tuple[Kind, list[dict[str, Any]]]] = []
        for kind, row in self.rows:
            if not runs or runs[-1][0] != kind or set(runs[-1][1][0]) != set(row):
                runs.append((kind, []))
            runs[-1][1].append(row)
        return ListLoader(
            self.info,
            tuple(
                make_batch(kind, {name: [row[name] for row in rows] for name in rows[0]})
                for kind, rows in runs
            ),
        )


def stage_list(loader: ListLoader, root: Path) -> Staged:
    """Phase 1 of a load from memory, under ``root``."""
    with SilentProgress().step("read") as step:
        return stage(loader, root, {"content": loader.digest()}, step)


def publish(store: KnowledgeStore, loader: ListLoader, root: Path) -> PublishReport:
    """Both phases of a load from memory."""
    staged = stage_list(loader, root)
    report = store.publish(staged)
    discard(staged)
    return report
