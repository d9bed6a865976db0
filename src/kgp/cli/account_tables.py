"""What a load or a download did, as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.api.accounts import Account, DryRun, LoadReport
    from kgp.api.fetching import FetchReport


def load_table(report: LoadReport) -> TableData:
    """The account of one load: rows in, kept, merged, dropped by reason, and what they became."""
    done = report.published
    rows = (*_account_rows(report), ("nodes", done.nodes), ("relationships", done.edges))
    return _account_table(report, rows)


def dry_run_table(report: DryRun) -> TableData:
    """The account of a dry run: the same rows, and what would come in."""
    content = report.content
    rows: list[tuple[Cell, ...]] = [*_account_rows(report)]
    rows += [(f"{name} nodes", count) for name, count in content.nodes.items()]
    rows += [(name, count) for name, count in content.relationships.items()]
    rows += [(f"network {name}", count) for name, count in content.networks.items()]
    rows += [(f"responses {name}", count) for name, count in content.response_sets.items()]
    rows += [(f"vectors {name}", count) for name, count in content.vector_sets.items()]
    if content.cross_references:
        rows.append(("cross-references", content.cross_references))
    if content.hanging:
        rows.append(("relationships to nodes of other sources", content.hanging))
    return _account_table(report, tuple(rows))


def _account_rows(report: Account) -> Iterator[tuple[Cell, ...]]:
    yield "rows in", report.rows_in
    yield "rows kept", report.rows_kept
    yield "rows merged", report.rows_merged
    yield from ((f"dropped: {reason}", n) for reason, n in report.dropped.items())
    if not report.dropped:
        yield "dropped", 0


def _account_table(report: Account, rows: tuple[tuple[Cell, ...], ...]) -> TableData:
    title = f"{report.info.title} {report.info.version} ({report.info.license})"
    if report.info.synthetic:
        title += " — synthetic"
    return TableData(title, (Column(report.info.name), Column("Count", "count")), rows)


def fetch_table(report: FetchReport) -> TableData:
    """What was fetched, and whether its hash could be compared."""
    columns = (Column("File"), Column("Bytes", "count"), Column("Download"), Column("SHA-256"))
    rows = tuple(
        (
            str(file.path),
            file.bytes,
            "done" if file.downloaded else "there already",
            "as expected" if file.known else "recorded",
        )
        for file in report.files
    )
    return TableData(f"Fetched {report.source}", columns, rows)
