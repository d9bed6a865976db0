"""``kgp embed``: vectors on nodes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, show


class Precision(StrEnum):
    """What a network computes in."""

    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"


def embed(
    encoder: Annotated[
        list[str] | None,
        typer.Argument(
            help="morgan, minilm, minilm-definition, composition (these run where none is named), "
            "biobert, molformer, protein-bert, sentence-transformers, expression, graph-svd."
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Folder of a model, or its name on the hub if it is in the cache.")
    ] = "",
    property: Annotated[str, typer.Option(help="Property to read.")] = "",
    node_type: Annotated[str, typer.Option("--type", help="Only nodes of this type.")] = "",
    name: Annotated[str, typer.Option(help="Name of the vector set.")] = "",
    device: Annotated[
        str, typer.Option(help="cpu, cuda, or auto: a GPU that is there, for a network.")
    ] = "auto",
    precision: Annotated[
        Precision, typer.Option(help="What a network computes in; stored is float32.")
    ] = Precision.float32,
    batch_tokens: Annotated[
        int, typer.Option(help="Tokens of one batch; 0: 4,096 on a CPU, 32,768 on a GPU.")
    ] = 0,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run Python code of the model's folder.")
    ] = False,
    snapshot: Annotated[
        Path | None, typer.Option(help="graph-svd: the snapshot whose edges are seen.")
    ] = None,
    of: Annotated[str, typer.Option(help="expression: the set of values to reduce.")] = "",
    dimensions: Annotated[int, typer.Option(help="graph-svd, expression: length.")] = 64,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Load the vectors of a file: pickle of arrays, npy, npz, pt, safetensors, "
            "parquet, csv, tsv.",
        ),
    ] = None,
    ids: Annotated[
        Path | None, typer.Option(help="With --from: one id per line, for a bare matrix.")
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="With --from: CURIE prefix that the ids lack, such as drugbank.")
    ] = "",
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Compute vectors of molecules, texts and sequences, or load a file of them, onto nodes."""
    from kgp.api.embed_tasks import EmbedOptions, check_file_options
    from kgp.api.embedding import embed as compute
    from kgp.api.embedding import embed_file
    from kgp.cli.tables import embed_table
    from kgp.errors import UsageError
    from kgp.platform.encoders.base import EncoderOptions
    from kgp.progress import make_progress

    if source and (encoder or not name):
        raise UsageError(
            "--from loads vectors that are there: it takes --name and no encoder.",
            command=f"kgp embed --from {source} --name {name or 'NAME'}",
        )
    if (ids or prefix) and not source:
        raise UsageError("--ids and --prefix go with --from.", command="kgp embed --help")
    setup = EncoderOptions(model, device, precision.value, batch_tokens, trust_remote_code)
    options = EmbedOptions(setup, node_type, property, name, snapshot, of, dimensions)
    if source:
        check_file_options(options)
        done = [embed_file(store, source, name, ids=ids, prefix=prefix, node_type=node_type)]
    else:
        done = compute(store, encoder or [], options=options, progress=make_progress(progress))
    if json:
        print_json(done)
    else:
        show(embed_table(done))
