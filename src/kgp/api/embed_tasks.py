"""What ``kgp embed`` can compute, and with which options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kgp.errors import UsageError, unknown
from kgp.platform.encoders.base import EncoderOptions
from kgp.platform.encoders.recipes import RECIPES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SYMBOLIC = ("CellLine", "Complex", "Gene", "Strain", "TranscriptionUnit")
"""Types whose names are symbols; a sentence encoder has never seen BRCA1 as a word."""

EXPRESSION, GRAPH = "expression", "graph-svd"


@dataclass(frozen=True, slots=True)
class Task:
    """What ``kgp embed`` can compute.

    Args:
        encoder: name of the encoder; empty where there is no text to encode.
        node_type: the type that is read; empty for all.
        property: the property that is read; empty for the encoder's own.
        by_itself: whether it runs where no task is named: what needs neither a download nor a
            choice.
    """

    encoder: str = ""
    node_type: str = ""
    property: str = ""
    by_itself: bool = False


TASKS: dict[str, Task] = {
    "morgan": Task("morgan", "Drug", by_itself=True),
    "minilm": Task("minilm", property="name", by_itself=True),
    "minilm-definition": Task("minilm", property="definition", by_itself=True),
    "composition": Task("composition", "Gene", by_itself=True),
    "biobert": Task("biobert"),
    "molformer": Task("molformer", "Drug"),
    "protein-bert": Task("protein-bert", "Gene"),
    "sentence-transformers": Task("sentence-transformers", property="name"),
    EXPRESSION: Task(),
    GRAPH: Task(),
}
"""The names that ``kgp embed`` takes."""

BY_ITSELF = tuple(name for name, task in TASKS.items() if task.by_itself)
"""The tasks that run where none is named."""

NETWORKS = tuple(name for name, task in TASKS.items() if task.encoder in RECIPES)
"""The tasks that run a network; the others compute on the CPU."""

TEXTS = tuple(name for name, task in TASKS.items() if task.encoder)
"""The tasks that read a property of nodes."""


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """How vectors are computed.

    Args:
        encoder: model, device, precision and batches of a transformer.
        node_type: another node type than the task's own.
        property: another property than the task's own.
        name: another name for the set; for one task only.
        snapshot: folder of the snapshot whose edges ``graph-svd`` sees.
        of: the set of values that ``expression`` reduces.
        dimensions: coordinates of ``graph-svd``, components of ``expression``.
    """

    encoder: EncoderOptions = field(default_factory=EncoderOptions)
    node_type: str = ""
    property: str = ""
    name: str = ""
    snapshot: Path | None = None
    of: str = ""
    dimensions: int = 64


def check_tasks(tasks: Sequence[str], options: EmbedOptions) -> None:
    """Refuse what does not go together, before anything is computed.

    Raises:
        UsageError: for an unknown task, an option that none of the tasks takes, or one that goes
            with one task only.
    """
    for task in tasks:
        if task not in TASKS:
            raise UsageError(unknown("encoder", task, TASKS, command="kgp embed"))
    for typed, takers in _of_some_tasks(options):
        if not set(takers) & set(tasks or BY_ITSELF):
            where = " The others compute on the CPU." if takers is NETWORKS else ""
            raise UsageError(
                f"{typed} does not go with {', '.join(tasks or BY_ITSELF)}.",
                hint=f"Encoders that take it: {', '.join(takers)}.{where}",
                command=" ".join(["kgp embed", *tasks]),
            )
    single = {"--name": options.name, "--model": options.encoder.model}
    for option, value in {**single, "--property": options.property, "--of": options.of}.items():
        if value and len(tasks) != 1:
            raise UsageError(
                f"{option} {value} goes with one encoder, not with {len(tasks) or 'all of them'}.",
                hint=f"Encoders: {', '.join(TASKS)}.",
                command=f"kgp embed {tasks[0] if tasks else 'minilm'} {option} {value}",
            )
    numbers = {"--batch-tokens": (options.encoder.batch_tokens, 0)}
    for option, (number, least) in {**numbers, "--dimensions": (options.dimensions, 1)}.items():
        if number < least:
            raise UsageError(
                f"{option} {number}: valid are {least} and up.", command="kgp embed --help"
            )


def check_file_options(options: EmbedOptions) -> None:
    """Refuse options by which vectors are computed, where they are loaded from a file.

    Raises:
        UsageError: for any but the set's name and the type of its nodes.
    """
    for typed, _takers in _of_some_tasks(replace(options, node_type="")):
        raise UsageError(
            f"{typed} does not go with --from, which computes nothing.",
            hint="With --from go --name, --type, --ids and --prefix.",
            command=f"kgp embed --from FILE --name {options.name or 'NAME'}",
        )


def _of_some_tasks(options: EmbedOptions) -> list[tuple[str, tuple[str, ...]]]:
    """List the given options that only some tasks take, as they are typed, with these tasks."""
    setup = options.encoder
    every = [
        (setup.model, f"--model {setup.model}", NETWORKS),
        (setup.device not in {"auto", "cpu"}, f"--device {setup.device}", NETWORKS),
        (setup.precision != "float32", f"--precision {setup.precision}", NETWORKS),
        (setup.batch_tokens, f"--batch-tokens {setup.batch_tokens}", NETWORKS),
        (setup.trust_remote_code, "--trust-remote-code", NETWORKS),
        (options.property, f"--property {options.property}", TEXTS),
        (options.node_type, f"--type {options.node_type}", TEXTS),
        (options.snapshot, f"--snapshot {options.snapshot}", (GRAPH,)),
        (options.of, f"--of {options.of}", (EXPRESSION,)),
        (
            options.dimensions != EmbedOptions().dimensions,
            f"--dimensions {options.dimensions}",
            (EXPRESSION, GRAPH),
        ),
    ]
    return [(typed, takers) for given, typed, takers in every if given]
