"""Writing a world: its files, the world file that loads them, and what a reader must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import UsageError, unknown
from kgp.loaders.synthetic.formats import FORMATS
from kgp.loaders.synthetic.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kgp.loaders.synthetic.formats import Format
    from kgp.loaders.synthetic.world import World
    from kgp.progress import Progress

WORLD_FILE, README = "world.toml", "README.md"

_README = """\
# A synthetic world

{mark}

Written by `kgp synthetic`, size `{size}`, seed {seed}; the same command writes the same bytes. \
Names, identifiers, links and numbers are drawn at random, consistently over all files. The \
licence is CC0-1.0.

It may be used to test loaders and pipelines, to show how kgp works, and to measure speed and \
memory. It must not be used to say anything about biology, nor about how well a model predicts: \
its responses follow from its networks by construction.

Load it with

    kgp load --world {world}

Each load is marked `synthetic` in `kgp sources`, `kgp stats` and every report. The mark is in the \
files themselves (a comment, or the comment field of the gzip header), so that it survives \
copying a single file; a file that is unpacked loses it.

| format | source | files |
|---|---|---|
{rows}
"""


def formats_named(names: Sequence[str]) -> list[Format]:
    """Return the formats called ``names``, in the order of loading; all where none is named.

    Raises:
        UsageError: naming the nearest formats.
    """
    for name in names:
        if name not in FORMATS:
            command = "kgp synthetic OUT --format primekg"
            raise UsageError(unknown("format", name, FORMATS, command=command))
    return [item for name, item in FORMATS.items() if not names or name in names]


def write_world(
    world: World, size: str, folder: Path, formats: Iterable[Format], progress: Progress
) -> dict[str, dict[str, str]]:
    """Write formats, the world file and the README into an empty folder.

    Args:
        world: what to write.
        size: name of its size.
        folder: where the files go.
        formats: in which formats.
        progress: a step for each format, counting rows.

    Returns:
        Name of the format → role → file below ``folder``.
    """
    written, used = {}, list(formats)
    for item in used:
        with progress.step(f"write {item.name}") as step:
            written[item.name] = item.write(world, Output(folder, world.seed, step))
    with progress.step("write world.toml") as step:
        output = Output(folder, world.seed, step)
        loads = "\n".join(_load(item, written[item.name], world.seed) for item in used)
        (folder / WORLD_FILE).write_text(f"# {output.mark}\n\n{loads}", "utf-8")
        (folder / README).write_text(_readme(output, size, used, written), "utf-8")
    return written


def _load(item: Format, files: Mapping[str, str], seed: int) -> str:
    """One table of the world file."""
    listed = ", ".join(f'{role} = "{file}"' for role, file in files.items())
    lines = ["[[load]]", f'source = "{item.source}"', f"files = {{ {listed} }}"]
    lines.append(f'version = "synthetic-{item.name}-seed-{seed}"')
    if item.network:
        lines.append(f'name = "{item.network}"')
    if item.options:
        options = ", ".join(f'{key} = "{value}"' for key, value in item.options.items())
        lines.append(f"options = {{ {options} }}")
    return "\n".join(lines) + "\n"


def _readme(
    output: Output, size: str, formats: Iterable[Format], written: Mapping[str, Mapping[str, str]]
) -> str:
    rows = "\n".join(
        f"| {f.name}: {f.text} | {f.source} | {', '.join(written[f.name].values())} |"
        for f in formats
    )
    return _README.format(
        mark=output.mark, size=size, seed=output.seed, world=WORLD_FILE, rows=rows
    )
