"""The report: figures gathered from the store and from saved results, then one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kgp.api.embedding_map import embedding_map
from kgp.api.run_figures import attention_summary, newest_model_table
from kgp.api.runs import load_result, newest
from kgp.api.stores import open_store, runs_root
from kgp.errors import UsageError
from kgp.progress import SilentProgress
from kgp.report.content import (
    AuditSummary,
    ChangeSummary,
    DegreeDistribution,
    GraphSummary,
    RefinementSummary,
    ReportContent,
    SourceSummary,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TypeVar

    import polars as pl
    import pyarrow as pa

    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import SourceRecord
    from kgp.progress import Progress

    Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """Where a report lies."""

    html: Path
    json: Path


def write_report(
    store: str | None,
    out: Path,
    *,
    runs: Path | None = None,
    drug: str = "",
    progress: Progress | None = None,
) -> WrittenReport:
    """Write one self-contained page, and the same figures as JSON beside it.

    Args:
        store: URL of the store.
        out: the page; its name ends in ``.html``.
        runs: folder with saved results; default beside the store. What was not run is a line on
            the page that says which command runs it.
        drug: drug whose attention is shown; default the test drug with the strongest response.
        progress: where to say how far it is.

    Raises:
        UsageError: if ``out`` does not end in ``.html``.
        BadInputError: if a saved result is damaged, or the drug is unknown.
    """
    from kgp.report.write import write_report as write

    if out.suffix != ".html":
        raise UsageError(
            f"{out} is no .html file.", command=f"kgp report {out.with_suffix('.html')}"
        )
    folder = runs or runs_root(store)
    bars = progress or SilentProgress()
    with bars.step("gather figures") as step, open_store(store) as graph:
        content = _gather(graph, folder, drug)
        step.note("page and JSON")
    out.parent.mkdir(parents=True, exist_ok=True)
    write(content, out, out.with_suffix(".json"))
    return WrittenReport(out, out.with_suffix(".json"))


def _gather(graph: KnowledgeStore, folder: Path, drug: str) -> ReportContent:
    from kgp import __version__

    return ReportContent(
        title="What the graph holds, what was learned, what was refined",
        created=datetime.now(UTC).date().isoformat(),
        store=graph.url,
        fingerprint=graph.fingerprint(),
        kgp_version=__version__,
        sources=tuple(_source(record) for record in graph.sources()),
        graph=_graph_summary(graph),
        embedding=embedding_map(graph),
        models=newest_model_table(folder),
        audit=_saved(AuditSummary, folder, "audit-*.json"),
        refinement=_saved(RefinementSummary, folder, "refine-*.json"),
        changes=_saved(ChangeSummary, folder, "changes-*.json"),
        attention=attention_summary(graph, folder, drug),
    )


def _saved(kind: type[Result], folder: Path, pattern: str) -> Result | None:
    path = newest(folder, pattern)
    return None if path is None else load_result(kind, path)


def _source(record: SourceRecord) -> SourceSummary:
    return SourceSummary(
        record.title,
        record.version,
        record.license,
        rows_in=record.rows_in,
        kept=record.rows_kept - record.merged,
        merged=record.merged,
        dropped=record.dropped,
        licence_url=record.url,
        citation=record.citation,
        synthetic=record.synthetic,
    )


def _graph_summary(graph: KnowledgeStore) -> GraphSummary:
    counts = graph.counts()
    return GraphSummary(counts.nodes, counts.relationships, _degrees(graph))


def _degrees(graph: KnowledgeStore) -> tuple[DegreeDistribution, ...]:
    """Histogram of degrees by node type, isolated nodes included; signatures left out."""
    import polars as pl

    nodes = _frame(graph.scan_nodes(), ("id", "type"))
    edges = _frame(graph.scan_edges(), ("src", "dst"))
    ends = pl.concat([edges["src"], edges["dst"]]).alias("id").to_frame()
    degree = ends.group_by("id").len("degree")
    counted = (
        nodes.join(degree, on="id", how="left")
        .with_columns(pl.col("degree").fill_null(0))
        .filter(pl.col("type") != "Signature")
        .group_by("type", "degree")
        .len()
        .sort("type", "degree")
    )
    return tuple(
        DegreeDistribution(str(key[0]), tuple(part["degree"]), tuple(part["len"]))
        for key, part in counted.group_by("type", maintain_order=True)
    )


def _frame(batches: Iterator[pa.RecordBatch], columns: tuple[str, ...]) -> pl.DataFrame:
    import polars as pl
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in columns])
    table = pa.Table.from_batches([batch.select(columns) for batch in batches], schema)
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
