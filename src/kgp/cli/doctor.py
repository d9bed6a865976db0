"""``kgp doctor``: is this machine ready, and is the store?"""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, hint, print_json, show


def doctor(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Make constraints and indexes that a server lacks, first."),
    ] = False,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Check Python, packages, extras, disk, the store and its server; say what to do."""
    from kgp.api import health
    from kgp.errors import StoreError
    from kgp.report.tables import Column, TableData

    if repair:
        made = health.repair(store)
        hint(f"Made {', '.join(made)}." if made else "Nothing was missing.")
    checks = health.check_health(store)
    if json:
        print_json(checks)
    else:
        columns = (Column("Check"), Column("State"), Column("Found"), Column("To do"))
        rows = tuple((c.name, c.state, c.found, c.advice) for c in checks)
        show(TableData("", columns, rows))
    failed = [c.name for c in checks if c.state == "fails"]
    if failed:
        raise StoreError(f"Not ready: {', '.join(failed)}.", command="the advice above")
