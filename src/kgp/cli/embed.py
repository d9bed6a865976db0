"""``kgp embed``: vectors on nodes."""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, show


def embed(
    encoder: Annotated[list[str] | None, typer.Argument(help="Encoders; none runs all.")] = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Compute vectors of molecules, texts and sequences and store them on their nodes."""
    from kgp.api.graph import embed as compute
    from kgp.cli.tables import embed_table
    from kgp.progress import make_progress

    done = compute(store, encoder or [], progress=make_progress(progress))
    if json:
        print_json(done)
    else:
        show(embed_table(done))
