"""Write docs/cli.md: every command with its options, a real example and its real output.

    python scripts/make_cli_page.py

It runs every example on the packaged sample, in a temporary folder, which takes a few minutes.
``tests/unit/test_docs.py`` fails when a command or an option is missing from the page.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgp.cli.app import build_app
from kgp.loaders.sample import sample_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
COMMON = ("--store", "--json", "--progress", "--debug", "--help")
LINES, WIDTH = 22, 150
"""Most lines of output that are shown, and their length."""

EXAMPLES = {
    "load": "kgp load --world sample/world.toml",
    "sources": "kgp sources",
    "fetch": "",
    "synthetic": "kgp synthetic tiny-world --format gene-info --format trrust",
    "find": "kgp find TP53 --limit 4",
    "stats": "kgp stats",
    "embed": "kgp embed morgan",
    "snapshot": "kgp snapshot snapshots",
    "train": "kgp train kg-gat --snapshot snapshots --seeds 1 --epochs 5",
    "predict": "kgp predict kgp.runs/kg-gat Tamoxifen --top 5",
    "grn audit": "kgp grn audit trrust --responses lincs-overexpression --limit 5",
    "refine": "kgp refine trrust --planted 0.2 --seed 7 --name planted --write --limit 5",
    "grn log": "kgp grn log planted",
    "grn show": "kgp grn show trrust --regulator MYC --limit 4",
    "grn diff": "kgp grn diff planted 1 2 --limit 5",
    "grn explain": "kgp grn explain trrust MYC CDK4",
    "grn rollback": "kgp grn rollback planted 1",
    "grn fork": "kgp grn fork trrust trrust-k562 --context cell=K562",
    "grn suggest": "kgp grn suggest trrust --max-length 1 --limit 5",
    "grn export": "kgp grn export trrust trrust.csv",
    "query": "kgp query drugs-on-changed-regulators planted 2",
    "export responses": "kgp export responses lincs-overexpression --out responding.gmt",
    **{
        f"neo4j {name}": ""
        for name in ("install", "start", "status", "logs", "check", "dump", "restore", "stop")
    },
    "report": "kgp report report.html --drug Tamoxifen",
    "doctor": "kgp doctor",
    "copy": "kgp copy duckdb:kgp.duckdb duckdb:copy.duckdb",
    "demo": "",
}
"""Command → its example, in an order in which they can run.

The demo runs all of these itself; servers are shown in docs/neo4j.md, as ports differ.
"""

_HEAD = f"""\
# The command line

<!-- Written by scripts/make_cli_page.py, which runs every example; do not edit by hand. -->

Every example below was run on the packaged sample, in this order. Output longer than {LINES}
lines is cut and ends with `…`; so are lines longer than {WIDTH} characters.

Results go to standard output, progress and remarks to standard error. These options are the same
everywhere:

| option | meaning |
|---|---|
| `--store URL` | `duckdb:PATH` or `neo4j://HOST`; default: `KGP_STORE`, else `duckdb:kgp.duckdb` |
| `--json` | the result as one JSON document on standard output |
| `--progress MODE` | `auto`, `rich` (bars), `log` (one line per step) or `none` |
| `--debug` | the traceback of an error too |
| `--help` | the command's arguments and options |

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a defect of kgp; the log has the traceback |
| 2 | the command is not one that kgp knows |
| 3 | bad input: a file, an identifier, a name that the graph lacks, a missing extra |
| 4 | the store: absent, busy, of a newer version, or its disk is full |
| 130 | interrupted with Ctrl-C; what was not finished left the graph as it was |

| variable | meaning |
|---|---|
| `KGP_STORE` | URL of the store |
| `KGP_LOGS` | folder of the log file |
| `KGP_BUSY_WAIT` | seconds to wait for a store that another process holds; default 2 |
| `KGP_STATE` | folder of stagings and results of stores on a server |
| `KGP_CACHE` | folder of what can be made again |
| `KGP_NEO4J_USER`, `KGP_NEO4J_PASSWORD`, `KGP_NEO4J_PASSWORD_FILE` | who asks a Neo4j server |
"""


def commands() -> dict[str, Any]:
    """Every command by its full name, as typer knows it."""
    top: dict[str, Any] = dict(build_app().commands)  # type: ignore[attr-defined]  # a group
    for group in ("grn", "export", "neo4j"):
        inner = top.pop(group).commands
        top |= {f"{group} {name}": command for name, command in inner.items()}
    return top


def options_of(command: Any) -> Iterator[tuple[str, str, str]]:
    """Name, kind and help of each argument and of each option that is not common to all."""
    for parameter in command.params:
        name = max(parameter.opts, key=len)
        if name not in COMMON:
            is_option = parameter.param_type_name == "option"
            shown = name if is_option else str(parameter.name).upper()
            yield shown, "option" if is_option else "argument", str(parameter.help or "")


def _section(name: str, command: Any, folder: Path) -> Iterator[str]:
    yield f"\n## kgp {name}\n{command.help}\n"
    found = list(options_of(command))
    if found:
        yield "\n| | |\n|---|---|\n"
        yield from (f"| `{shown}` | {text} |\n" for shown, _, text in found)
    if EXAMPLES[name]:
        yield f"\n```\n$ {EXAMPLES[name]}\n{_output(EXAMPLES[name], folder)}\n```\n"


def _output(example: str, folder: Path) -> str:
    """Run an example as a user would; return what a pipe would see."""
    print(example, file=sys.stderr)
    arguments = [sys.executable, "-m", *example.split(), "--progress", "none"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KGP_")}
    kept["LOGNAME"] = "you"
    done = subprocess.run(
        arguments, cwd=folder, env=kept, check=True, capture_output=True, text=True
    )
    shown = done.stdout.replace(str(folder), "/data")
    lines = [line[:WIDTH] + "…" if len(line) > WIDTH else line for line in shown.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join([*lines[:LINES], "…"] if len(lines) > LINES else lines)


def main() -> None:
    """Run the examples and write the page."""
    known = commands()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(sample_folder(), folder / "sample")
        sections = ["".join(_section(command, known[command], folder)) for command in EXAMPLES]
    PAGE.write_text(_HEAD + "".join(sections), encoding="utf-8")


if __name__ == "__main__":
    main()
