"""``kgp stats``: what the graph holds, and what it is like."""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show


def stats(
    responses: Annotated[
        bool, typer.Option("--responses", help="Report on the response sets instead.")
    ] = False,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Report on the graph: counts, orphans, hubs, duplicates, licences, sources, vectors."""
    if responses:
        _responses(store, json)
        return
    from kgp.api.graph import graph_stats
    from kgp.cli import graph_tables as tables

    found = graph_stats(store)
    if json:
        print_json(found)
        return
    show(tables.degree_table(found.summary.degrees))
    show(tables.relationship_table(found.relationships, found.summary.corroborated))
    if found.summary.shared_names:
        show(tables.shared_name_table(found.summary.shared_names))
    show(tables.source_table(found.sources))
    show(tables.license_table(found.summary.licenses))
    if found.vectors:
        show(tables.vector_table(found.vectors, found.coverage))
    if found.datasets:
        show(tables.dataset_table(found.datasets))
    if found.networks:
        show(tables.network_table(found.networks))
    say(f"Fingerprint {found.fingerprint}")


def _responses(store: str, json: bool) -> None:
    from kgp.api.responses import response_stats
    from kgp.api.stores import open_store
    from kgp.cli.response_tables import response_tables

    with open_store(store) as graph:
        found = response_stats(graph)
    if json:
        print_json(found)
        return
    for table in response_tables(found):
        show(table)
