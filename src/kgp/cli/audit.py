"""``kgp grn audit``: what responses say about a network; the graph is not changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show
from kgp.cli.grn_options import Limit, Network, Picture, Version, check_picture, say_picture
from kgp.cli.labelling import Alpha, LabelRule, MinEffect


def audit(
    network: Network,
    responses: Annotated[str, typer.Option(help="Name of the response set.")],
    context: Annotated[
        list[str] | None,
        typer.Option(help="KEY=VALUE: only these signatures, such as medium=M9 or cell=K562."),
    ] = None,
    regulator: Annotated[str, typer.Option(help="Only this regulator's edges.")] = "",
    verdict: Annotated[str, typer.Option(help="Only confirmed, contradicted or silent.")] = "",
    sort: Annotated[str, typer.Option(help="Order of edges: effect, q, regulator.")] = "effect",
    max_length: Annotated[
        int, typer.Option(min=1, max=6, help="Longest path that explains a response.")
    ] = 3,
    fdr: Annotated[float, typer.Option(help="False discovery rate over the edges.")] = 0.05,
    rule: LabelRule = None,
    alpha: Alpha = None,
    min_effect: MinEffect = None,
    version: Version = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the result, or a file: .csv, .parquet (edges), .json (all)."),
    ] = None,
    picture: Picture = None,
    limit: Limit = 20,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Hold a network against responses, edge by edge; changes nothing in the graph."""
    from kgp.api.audit_files import check_selection, is_table, select_edges, write_audit
    from kgp.api.auditing import AuditOptions, find_regulator, read_where
    from kgp.api.auditing import audit as hold_against
    from kgp.api.responses import LabelOptions
    from kgp.cli.audit_tables import audit_lines, audit_tables, heading

    check_picture(picture)
    check_selection(verdict, sort)
    to_file = out is not None and is_table(out)
    labels = LabelOptions(rule, alpha, min_effect)
    where = read_where(context or (), network)
    options = AuditOptions(version, labels, where, max_length, fdr)
    source = find_regulator(store, regulator) if regulator else ""
    summary = hold_against(store, network, responses, options, out=None if to_file else out)
    shown = select_edges(summary, regulator=source, verdict=verdict, sort=sort)
    if out is not None and to_file:
        write_audit(out, shown)
    if picture:
        from kgp.api.pictures import evidence_picture

        evidence_picture(store, network, responses, picture, version=version, summary=summary)
    if json:
        print_json(shown)
        return
    for line in heading(shown):
        say(line)
    for table in audit_tables(shown, limit):
        show(table)
    for line in audit_lines(shown):
        say(line)
    if to_file:
        say(f"Written to {out}")
    say_picture(picture)
