"""``kgp grn suggest``: which next perturbation would settle most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import (
    DEFAULT_STORE,
    Debug,
    Json,
    ProgressMode,
    Store,
    note_rest,
    print_json,
    say,
    show,
)
from kgp.cli.grn_options import Limit, Network
from kgp.cli.labelling import Alpha, LabelRule, MinEffect
from kgp.report.tables import Column, TableData

if TYPE_CHECKING:
    from kgp.api.suggesting import SuggestReport


def suggest(
    network: Network,
    responses: Annotated[str, typer.Option(help="Response set that is there already.")] = "",
    rule: LabelRule = None,
    alpha: Alpha = None,
    min_effect: MinEffect = None,
    max_length: Annotated[int, typer.Option(min=1, max=3, help="Longest walk of an effect.")] = 3,
    limit: Limit = 10,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Suggest which regulator to perturb next: what its response would settle, in bits."""
    from kgp.api.responses import LabelOptions
    from kgp.api.suggesting import suggest as rank

    labels = LabelOptions(rule, alpha, min_effect)
    report = rank(store, network, responses, labels=labels, max_length=max_length)
    if json:
        print_json(report)
        return
    show(_table(report, limit))
    note_rest(len(report.suggestions), limit)
    essential = [each.regulator for each in report.suggestions[:limit] if each.essential]
    if essential:
        say(f"Essential, so to be lowered or over-expressed only: {', '.join(essential)}.")
    if not responses:
        say("No responses were named: every edge is as doubtful as any other.")


def _table(report: SuggestReport, limit: int) -> TableData:
    columns = (
        Column("Regulator"),
        Column("Expected bits", "figure", digits=1),
        Column("Edges direct", "count"),
        Column("Indirect", "count"),
        Column("Doubted", "count"),
        Column("Likely missing", "count"),
        Column("Perturbed so far", "count"),
    )
    rows = tuple(
        (s.regulator, s.bits, s.direct, s.indirect, s.doubted, s.additions, s.perturbed)
        for s in report.suggestions[:limit]
    )
    return TableData(f"{report.network}: what the next perturbation would settle", columns, rows)
