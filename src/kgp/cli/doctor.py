"""``kgp doctor``: is this machine ready?"""

from __future__ import annotations

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, show


def doctor(
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Check Python, packages, extras, folders, disk and the store; say what to do."""
    from kgp.api.health import check_health
    from kgp.errors import BadInputError
    from kgp.report.tables import Column, TableData

    checks = check_health(store)
    if json:
        print_json(checks)
    else:
        columns = (Column("Check"), Column("State"), Column("Found"), Column("To do"))
        rows = tuple((c.name, c.state, c.found, c.advice) for c in checks)
        show(TableData("", columns, rows))
    failed = [c.name for c in checks if c.state == "fails"]
    if failed:
        raise BadInputError(f"Not ready: {', '.join(failed)}.", command="the advice above")
