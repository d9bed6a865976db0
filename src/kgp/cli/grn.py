"""``kgp grn``: networks and their versions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.audit import audit
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
from kgp.cli.grn_options import Limit, Network, Picture, Version, say_picture
from kgp.cli.suggest import suggest
from kgp.errors import UsageError


def build() -> typer.Typer:
    """Assemble ``kgp grn``."""
    app = typer.Typer(help="Networks and their versions.", no_args_is_help=True)
    for command in (audit, log, show_network, diff, explain, rollback, fork, export, suggest):
        app.command(command.__name__.partition("_")[0])(command)
    return app


def log(
    network: Annotated[str, typer.Argument(help="Name of the network; none lists all.")] = "",
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Show the history of a network, newest first."""
    from kgp.api.stores import open_store
    from kgp.cli.graph_tables import network_table
    from kgp.cli.tables import version_table

    with open_store(store) as graph:
        if not network:
            networks = graph.grns()
            print_json(networks) if json else show(network_table(networks))
            return
        versions = graph.grn_versions(network)
    print_json(versions) if json else show(version_table(network, versions))


def show_network(
    network: Network,
    version: Version = None,
    regulator: Annotated[str, typer.Option(help="Only this regulator.")] = "",
    limit: Limit = 40,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Show the edges of a network."""
    from kgp.api.networks import names_of
    from kgp.api.stores import open_store
    from kgp.cli.tables import edge_table
    from kgp.platform.grn import edges
    from kgp.platform.nodes import GENES, resolve_node

    with open_store(store) as graph:
        src = resolve_node(graph, regulator, *GENES) if regulator else ""
        states = [s for s in edges(graph, network, version).values() if src in ("", s.src)]
        names = names_of(graph, {s.src for s in states} | {s.dst for s in states})
    if json:
        print_json(states)
        return
    show(edge_table(f"{network}: {len(states):,} edges", states[:limit], names))
    note_rest(len(states), limit)


def diff(
    network: Network,
    old: Annotated[int, typer.Argument(help="The earlier version.")],
    new: Annotated[int, typer.Argument(help="The later version.")],
    regulator: Annotated[str, typer.Option(help="Only this regulator.")] = "",
    picture: Picture = None,
    limit: Limit = 40,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Show the edges that differ between two versions."""
    from kgp.api.networks import names_of
    from kgp.api.stores import open_store
    from kgp.cli.tables import diff_table
    from kgp.platform.grn import diff as compare
    from kgp.platform.nodes import GENES, resolve_node

    if picture:
        from kgp.api.pictures import regulon_picture

        regulon_picture(store, network, old, new, regulator, picture)
    with open_store(store) as graph:
        src = resolve_node(graph, regulator, *GENES) if regulator else ""
        changes = [d for d in compare(graph, network, old, new) if src in ("", d.src)]
        names = names_of(graph, {d.src for d in changes} | {d.dst for d in changes})
    if json:
        print_json([{"kind": d.kind, "confidence": d.confidence, **asdict(d)} for d in changes])
        return
    ranked = sorted(changes, key=lambda d: -(d.confidence or 0))
    title = f"{network}: version {old} to {new}, {len(changes):,} edges differ"
    show(diff_table(title, ranked[:limit], names))
    note_rest(len(changes), limit)
    say_picture(picture)


def explain(
    network: Network,
    regulator: Annotated[str, typer.Argument(help="Symbol, name or CURIE.")],
    target: Annotated[str, typer.Argument(help="Symbol, name or CURIE.")],
    responses: Annotated[str, typer.Option(help="Response set to draw, with --picture.")] = "",
    picture: Picture = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Tell the history of one edge: what it was, what changed it, on what evidence."""
    from kgp.api.networks import explain_edge
    from kgp.cli.audits import explain_lines

    if bool(responses) != (picture is not None):
        raise UsageError(
            "A picture of an edge shows its experiments in a response set.",
            hint="--responses and --picture go together.",
            command=f"kgp grn explain {network} {regulator} {target} --responses SET "
            "--picture edge.svg",
        )
    if picture:
        from kgp.api.pictures import edge_picture

        edge_picture(store, network, regulator, target, responses, picture)
    found = explain_edge(store, network, regulator, target)
    if json:
        print_json(found)
        return
    for line in explain_lines(found):
        say(line)
    say_picture(picture)


def rollback(
    network: Network,
    to: Annotated[int, typer.Argument(help="The version to return to.")],
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write a new version that equals an earlier one; history is never rewritten."""
    from kgp.api.stores import open_store
    from kgp.platform.grn import rollback as write

    with open_store(store) as graph:
        version = write(graph, network, to)
    if json:
        print_json(version)
    else:
        say(f"{network} is at version {version.version}, which equals version {to}.")


def fork(
    network: Network,
    name: Annotated[str, typer.Argument(help="Name of the new network.")],
    context: Annotated[str, typer.Option(help="KEY=VALUE, such as cell=K562.")],
    version: Version = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Start a history of its own for one context from a version of a network."""
    from kgp.api.networks import fork_network

    made = fork_network(store, network, name, context, version=version)
    if json:
        print_json(made)
        return
    origin = f"{network} version {made.parameters['version']}"
    say(f"{name} begins at version 1, equal to {origin}, for {context}.")


def export(
    network: Network,
    out: Annotated[
        Path,
        typer.Argument(help="File: .csv, .tsv, .parquet (decoupler), .sif, .graphml or .gmt."),
    ],
    version: Version = None,
    format: Annotated[str | None, typer.Option(help="Default: as the file's ending tells.")] = None,
    ids: Annotated[
        str, typer.Option(help="What stands for a gene: curie, or symbol where it is unique.")
    ] = "curie",
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write a network for decoupler, Cytoscape or gene-set tools, as of any version."""
    from kgp.api.grn_export import export_network

    done = export_network(store, network, out, version=version, format=format, ids=ids)
    if json:
        print_json(done)
    else:
        say(f"{done.file}: {done.edges:,} edges of {network} version {done.version}")
