"""``kgp predict``: responses of drugs that were not measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show


def predict(
    run: Annotated[Path, typer.Argument(help="Folder of a run, written by kgp train.")],
    drugs: Annotated[list[str] | None, typer.Argument(help="Drugs: names or CURIEs.")] = None,
    out: Annotated[Path | None, typer.Option(help="File for all genes: .csv, .parquet.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Genes to show for each drug.")] = 10,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Predict the response to drugs with a trained run."""
    from kgp.api.networks import names_of
    from kgp.api.stores import open_store
    from kgp.api.training import predict as compute
    from kgp.cli.runs import prediction_tables

    found = compute(store, run, drugs or [], out=out)
    if json:
        print_json(found)
        return
    with open_store(store) as graph:
        curies = {drug for drug in found.drugs if drug.startswith("drugbank:")}
        names = names_of(graph, {*found.genes, *curies})
    for table in prediction_tables(found, top, names):
        show(table)
    if out:
        say(f"All genes: {out}")
