"""What of an audit is shown or written: chosen edges, in an order, as a table."""

from __future__ import annotations

from dataclasses import fields, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import UsageError, unknown
from kgp.report.content import AuditedEdge
from kgp.report.files import write_together

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kgp.report.content import AuditSummary

SORTS = ("effect", "q", "regulator")
VERDICTS = ("confirmed", "contradicted", "silent")
ENDINGS = (".csv", ".parquet", ".json")


def select_edges(
    summary: AuditSummary,
    *,
    regulator: str = "",
    verdict: str = "",
    sort: str = "effect",
) -> AuditSummary:
    """Return an audit with the edges that were asked for, in the order that was.

    Other totals stay as they are; regulators and missing responses are restricted to
    ``regulator``.

    Args:
        summary: the audit.
        regulator: CURIE of a regulator; empty for all.
        verdict: one of ``VERDICTS``; empty for all.
        sort: ``effect``, the strongest first; ``q``, the most certain first; ``regulator``.

    Raises:
        UsageError: for another verdict or order.
    """
    check_selection(verdict, sort)
    edges = [
        edge
        for edge in summary.edges
        if regulator in ("", edge.regulator_id) and verdict in ("", edge.verdict)
    ]
    keys = {"effect": _by_effect, "q": _by_certainty, "regulator": _by_regulator}
    regulators = _of(summary.regulators, regulator)
    return replace(
        summary,
        edges=tuple(sorted(edges, key=keys[sort])),
        regulators=regulators,
        missing=_of(summary.missing, regulator),
        missing_total=sum(each.missing for each in regulators),
    )


def check_selection(verdict: str, sort: str) -> None:
    """Refuse a selection before anything is computed.

    Raises:
        UsageError: for another verdict or order.
    """
    if verdict and verdict not in VERDICTS:
        raise UsageError(unknown("verdict", verdict, VERDICTS))
    if sort not in SORTS:
        raise UsageError(unknown("order", sort, SORTS))


def is_table(path: Path) -> bool:
    """Whether a file is meant, and not a folder.

    Raises:
        UsageError: if its ending is not one that an audit is written with.
    """
    if path.is_dir() or not path.suffix:
        return False
    if path.suffix not in ENDINGS:
        raise UsageError(
            f"{path.name!r} has no ending that an audit is written with.",
            hint=f"Valid are {', '.join(ENDINGS)}, or a folder.",
            command=f"kgp grn audit NETWORK --responses SET --out {path.stem}.csv",
        )
    return True


def write_audit(path: Path, summary: AuditSummary) -> None:
    """Write the edges as a table (``.csv``, ``.parquet``), or all of it (``.json``).

    Raises:
        UsageError: for another ending.
        BadInputError: if the file cannot be written.
    """
    is_table(path)
    command = f"kgp grn audit {summary.network} --responses {summary.dataset} --out FILE.csv"
    write_together({path: _content(path, summary)}, "audit", command)


def _content(path: Path, summary: AuditSummary) -> bytes:
    import polars as pl

    if path.suffix == ".json":
        return orjson.dumps(summary, option=orjson.OPT_INDENT_2)
    rows = [_flat(edge) for edge in summary.edges]
    names = _names()
    frame = pl.DataFrame({name: [row[name] for row in rows] for name in names}, strict=False)
    held = BytesIO()
    if path.suffix == ".parquet":
        frame.write_parquet(held)
    else:
        frame.write_csv(held)
    return held.getvalue()


def _names() -> list[str]:
    """Columns of the table."""
    names = [each.name for each in fields(AuditedEdge) if each.name != "datasets"]
    at = names.index("effect") + 1
    return [*names[:at], "effect_low", "effect_high", *names[at:]]


def _flat(edge: AuditedEdge) -> dict[str, Any]:
    """An edge as one row of a table."""
    row = {each.name: getattr(edge, each.name) for each in fields(edge)}
    effect = edge.effect
    ends = (None, None, None) if effect is None else (effect.value, effect.low, effect.high)
    return {**row, **dict(zip(("effect", "effect_low", "effect_high"), ends, strict=True))}


def _of(rows: Iterable[Any], regulator: str) -> tuple[Any, ...]:
    return tuple(row for row in rows if regulator in ("", row.regulator_id))


def _by_effect(edge: AuditedEdge) -> tuple[Any, ...]:
    return -edge.size, edge.regulator, edge.target


def _by_certainty(edge: AuditedEdge) -> tuple[Any, ...]:
    q = 2.0 if edge.q_value is None else edge.q_value
    return q, -edge.size, edge.regulator, edge.target


def _by_regulator(edge: AuditedEdge) -> tuple[Any, ...]:
    return edge.regulator.lower(), edge.regulator, -edge.size, edge.target
