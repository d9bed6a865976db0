"""``kgp stats``: what the graph holds."""

from __future__ import annotations

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show


def stats(
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Count nodes and relationships; list sources, vectors, response sets and networks."""
    from kgp.api.graph import graph_stats
    from kgp.cli.tables import count_table, dataset_table, network_table, source_table, vector_table

    found = graph_stats(store)
    if json:
        print_json(found)
        return
    show(count_table("Nodes", "Type", found.nodes))
    show(count_table("Relationships", "Type", found.relationships))
    show(source_table(found.sources))
    if found.vectors:
        show(vector_table(found.vectors))
    if found.datasets:
        show(dataset_table(found.datasets))
    if found.networks:
        show(network_table(found.networks))
    say(f"Fingerprint {found.fingerprint}")
