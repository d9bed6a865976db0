"""``kgp train``: fit a model, beside its baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show


def train(
    model: Annotated[str, typer.Argument(help="Name of the model, such as kg-gat.")],
    snapshot: Annotated[Path | None, typer.Option(help="Snapshot; default: a new one.")] = None,
    responses: Annotated[str, typer.Option(help="Name of the response set.")] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Number of splits, each with a network.")] = 5,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first split.")] = 100,
    epochs: Annotated[int | None, typer.Option(min=1, help="Most epochs of each.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Drugs per step.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto: a GPU if any.")] = "cpu",
    precision: Annotated[str, typer.Option(help="float32, or bfloat16 products.")] = "float32",
    out: Annotated[Path | None, typer.Option(help="Folder of the runs.")] = None,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Train a model on a response set; mean response, ridge and neighbours in the same table."""
    from kgp.api.training import train as fit
    from kgp.cli.runs import model_lines
    from kgp.models.launch import launched
    from kgp.progress import make_progress
    from kgp.report.sections.models import model_table

    leads = launched().leads
    run = fit(
        store,
        model,
        snapshot=snapshot,
        responses=responses,
        seeds=seeds,
        first_seed=first_seed,
        epochs=epochs,
        batch_size=batch_size,
        device=device,
        precision=precision,
        out=out,
        progress=make_progress(progress if leads else "none"),
    )
    if not leads:
        return  # of several processes one speaks
    if json:
        print_json(run)
        return
    show(model_table(run.table))
    for line in model_lines(run):
        say(line)
