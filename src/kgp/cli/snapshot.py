"""``kgp snapshot``: the memory-mapped export that models read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot


def snapshot(
    out: Annotated[Path, typer.Argument(help="Folder that holds snapshots.")],
    relation: Annotated[
        list[str] | None, typer.Option(help="Only these relations; default all with messages.")
    ] = None,
    node_type: Annotated[
        list[str] | None, typer.Option(help="Only these node types; default all but signatures.")
    ] = None,
    reverse: Annotated[
        bool, typer.Option(help="Add rev_RELATION for every directed relation.")
    ] = True,
    vectors: Annotated[
        list[str] | None, typer.Option(help="Only these vector sets; default all.")
    ] = None,
    hold_out: Annotated[
        list[str] | None,
        typer.Option(metavar="RELATION=SHARE", help="Keep a share of its edges apart, for tests."),
    ] = None,
    hold_out_seed: Annotated[int, typer.Option(help="Another seed holds others out.")] = 0,
    edge_property: Annotated[
        list[str] | None, typer.Option(help="A number of the edges to export, such as score.")
    ] = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Export this version of the graph as memory-mapped arrays under OUT/<hash>."""
    from kgp.api.graph import snapshot as export
    from kgp.platform.snapshot import SnapshotConfig
    from kgp.progress import make_progress

    config = SnapshotConfig(
        relations=tuple(relation) if relation else None,
        node_types=tuple(node_type) if node_type else None,
        reverse=reverse,
        vectors=tuple(vectors) if vectors else None,
        hold_out=tuple(_share(text) for text in hold_out or ()),
        hold_out_seed=hold_out_seed,
        edge_properties=tuple(edge_property or ()),
    )
    done = export(store, out, config=config, progress=make_progress(progress))
    size = sum(path.stat().st_size for path in done.path.rglob("*") if path.is_file())
    if json:
        print_json(_facts(done, size))
        return
    say(f"Snapshot {done.path}")
    say(f"  {done.adjacency.nodes:,} nodes, {done.adjacency.edges:,} messages, {size / 1e6:.1f} MB")
    if hold_out:
        say(f"  {len(done.held_out):,} edges held out")
    say(f"  of graph {done.fingerprint}")


def _facts(done: Snapshot, size: int) -> dict[str, str | int]:
    return {
        "path": str(done.path),
        "fingerprint": done.fingerprint,
        "nodes": done.adjacency.nodes,
        "messages": done.adjacency.edges,
        "held_out": len(done.held_out),
        "bytes": size,
    }


def _share(text: str) -> tuple[str, float]:
    """Read ``RELATION=SHARE``."""
    from kgp.errors import UsageError

    name, _, share = text.partition("=")
    try:
        return name, float(share)
    except ValueError:
        raise UsageError(
            f"--hold-out {text!r} is not a relation and a share.",
            hint="Valid: RELATION=SHARE with a share from 0 to 1.",
            command="kgp snapshot OUT --hold-out INDICATED_FOR=0.1",
        ) from None
