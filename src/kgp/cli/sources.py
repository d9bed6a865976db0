"""``kgp sources``: what can be loaded, and what a store holds of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, show


def sources(
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """List the sources: what each reads, its licence, and the versions that are loaded."""
    from kgp.loaders.catalogue import SOURCES
    from kgp.report.tables import Column, TableData

    loaded = _loaded(store)
    specs = [spec for _, spec in sorted(SOURCES.items())]
    if json:
        print_json([{**asdict(spec), "loaded": loaded.get(spec.name, [])} for spec in specs])
        return
    names = ("Source", "Reads", "Licence", "Loaded", "Command")
    rows = tuple(
        (s.name, s.description, s.license, ", ".join(loaded.get(s.name, [])), s.usage)
        for s in specs
    )
    show(TableData("Sources", tuple(Column(name) for name in names), rows))


def _loaded(store: str) -> dict[str, list[str]]:
    """Versions in the store by source; without a store there are none."""
    from kgp.api.stores import open_store, store_path

    found: dict[str, list[str]] = {}
    if Path(store_path(store)).exists():
        with open_store(store) as graph:
            for record in graph.sources():
                found.setdefault(record.source, []).append(record.version)
    return found
