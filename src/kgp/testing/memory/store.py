"""The store in memory: every operation of the port."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from kgp.errors import BadInputError
from kgp.kg_schema.batches import SCHEMAS, Kind
from kgp.platform.store.records import (
    UNCONNECTED,
    GrnRecord,
    GrnVersion,
    PublishReport,
    SourceRecord,
)
from kgp.testing.memory.base import check_known
from kgp.testing.memory.content import Load, read_rows
from kgp.testing.memory.measured import Measured, check_vectors
from kgp.testing.memory.names import Names
from kgp.testing.memory.queries import Queries
from kgp.testing.memory.regulation import now
from kgp.testing.memory.summary import Summary

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from kgp.kg_schema.batches import Kind as KindType
    from kgp.platform.staging import Staged
    from kgp.progress import Step
    from kgp.testing.memory.content import Row


class MemoryStore(Queries, Names, Summary, Measured):
    """Satisfies :class:`kgp.platform.store.port.KnowledgeStore`; forgets all when it goes."""

    def publish(self, staged: Staged, step: Step | None = None) -> PublishReport:
        """Write a staging: all of it or, whatever happens, nothing.

        Args:
            staged: the load.
            step: where to say how many of its rows are written.

        Raises:
            BadInputError: if it names a network, data set or vector set that is there already.
        """
        if staged.load_id in self.loads:
            known = self.loads[staged.load_id].record
            return PublishReport(staged.load_id, True, known.nodes, known.edges, known.merged)
        rows = read_rows(staged)
        datasets = {row["dataset"] for _, row in self.stated(Kind.DATASETS)}
        _refuse_taken({row["grn"] for row in rows[Kind.REGULATION]} & set(self.networks))
        _refuse_taken({row["dataset"] for row in rows[Kind.DATASETS]} & datasets)
        sets = {spec.name for spec in self.vector_sets()}
        _refuse_taken({row["name"] for row in rows[Kind.VECTORS]} & sets)
        check_vectors(rows)
        if step:
            step.advance(sum(map(len, rows.values())))
        self.loads[staged.load_id] = Load(_record(staged), rows)
        self._start_networks(staged, rows[Kind.REGULATION])
        self.rebuild()
        return self._account(staged)

    def _start_networks(self, staged: Staged, rows: list[Row]) -> None:
        about = {"source": staged.info.name, "version": staged.info.version}
        for name in sorted({row["grn"] for row in rows}):
            time = self.loads[staged.load_id].record.loaded_at
            self.versions.append(GrnVersion(name, 1, 0, "import", about, "", {}, "kgp load", time))
            self.networks[name] = GrnRecord(name, 1, "", "")
        ended = {"until": None, "end_confidence": None, "end_evidence": None}
        held = {"since": 1, "load": staged.load_id, **ended}
        self.regulation += [{**row, **held} for row in rows]

    def _account(self, staged: Staged) -> PublishReport:
        load = self.loads[staged.load_id]
        nodes = {self.world.node_of(row["id"]) for row in load.rows[Kind.NODES]}
        stated = _distinct(load, Kind.EDGES, ("type", "src", "dst", "qualifier"))
        stated |= _distinct(load, Kind.REGULATION, ("grn", "src", "dst", "layer"))
        edges = [r for r in stated if self.world.node_of(r[2]) and self.world.node_of(r[3])]
        rows = len(load.rows[Kind.EDGES]) + len(load.rows[Kind.REGULATION])
        lost = len(stated) - len(edges)
        dropped = {UNCONNECTED: lost} if lost else {}
        record = staged.moved or replace(
            load.record,
            nodes=len(nodes),
            edges=len(edges),
            merged=staged.tally.rows_merged + rows - len(stated),
            dropped=dict(sorted({**load.record.dropped, **dropped}.items())),
        )
        self.loads[staged.load_id] = replace(load, record=record)
        return PublishReport(
            staged.load_id, False, record.nodes, record.edges, record.merged, dropped
        )

    def purge(self, load_id: str) -> None:
        """Remove what one load stated; facts that other loads state remain.

        Raises:
            BadInputError: for an unknown load, or one whose network has versions or forks.
        """
        check_known("load", load_id, self.loads)
        names = {row["grn"] for row in self.loads[load_id].rows[Kind.REGULATION]}
        for name in sorted(names):
            forks = [n for n, g in self.networks.items() if g.forked_from.startswith(f"{name}@")]
            if self.networks[name].head > 1 or forks:
                raise BadInputError(
                    f"Network {name!r} has later versions or forks; it cannot be removed.",
                    hint="History is never rewritten.",
                )
        for name in names:
            del self.networks[name]
        self.versions = [version for version in self.versions if version.grn not in names]
        self.regulation = [row for row in self.regulation if row["grn"] not in names]
        del self.loads[load_id]
        self.rebuild()

    def write_parts(self, load_id: str, folder: Path) -> None:
        """Write what one load states into ``folder``, as parts of a staging."""
        check_known("load", load_id, self.loads)
        for kind, rows in self.loads[load_id].rows.items():
            if rows:
                names = list(rows[0])
                fields = [*SCHEMAS[kind], pa.field("properties", pa.string())]
                schema = pa.schema([field for field in fields if field.name in names])
                part = folder / f"000000.{kind}.parquet"
                pq.write_table(pa.Table.from_pylist(rows, schema), part)

    def half_written(self) -> None:
        """Nothing is ever half written in memory."""

    def abort_pending(self) -> None:
        """Nothing is ever half written."""

    def close(self) -> None:
        """Nothing to release."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _distinct(load: Load, kind: KindType, columns: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Keys that a load states: kind first, then the four columns with both ends in the middle."""
    first, src, dst, last = columns
    return {(kind, row[first], row[src], row[dst], row[last]) for row in load.rows[kind]}


def _refuse_taken(names: set[str]) -> None:
    if names:
        raise BadInputError(
            f"There is a network, response set or vector set called {min(names)!r} already.",
            hint="Names are unique within a store; give this one another.",
        )


def _record(staged: Staged) -> SourceRecord:
    info, tally = staged.info, staged.tally
    return SourceRecord(
        load_id=staged.load_id,
        source=info.name,
        title=info.title,
        version=info.version,
        license=info.license,
        citation=info.citation,
        url=info.url,
        synthetic=info.synthetic,
        rows_in=tally.rows_in,
        rows_kept=tally.rows_kept,
        dropped={reason: entry.count for reason, entry in sorted(tally.dropped.items())},
        nodes=0,
        edges=0,
        merged=0,
        loaded_at=staged.moved.loaded_at if staged.moved else now(),
    )
