"""``kgp snapshot``: the memory-mapped export that models read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say


def snapshot(
    out: Annotated[Path, typer.Argument(help="Folder that holds snapshots.")],
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Export this version of the graph as memory-mapped arrays under OUT/<hash>."""
    from kgp.api.graph import snapshot as export
    from kgp.progress import make_progress

    done = export(store, out, progress=make_progress(progress))
    size = sum(path.stat().st_size for path in done.path.rglob("*") if path.is_file())
    nodes, messages = done.adjacency.nodes, done.adjacency.edges
    if json:
        print_json(
            {
                "path": str(done.path),
                "fingerprint": done.fingerprint,
                "nodes": nodes,
                "messages": messages,
                "bytes": size,
            }
        )
        return
    say(f"Snapshot {done.path}")
    say(f"  {nodes:,} nodes, {messages:,} messages, {size / 1e6:.1f} MB")
    say(f"  of graph {done.fingerprint}")
