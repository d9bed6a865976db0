"""``kgp demo``: the main job on the packaged sample, as a user would type it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import orjson
import typer

from kgp.cli.common import Debug, ProgressMode, hint, say
from kgp.errors import BadInputError, ExitCode, KgpError

NETWORK, PLANTED, SHARE, SEED = "trrust", "trrust-planted", "0.2", "7"


def demo(
    out: Annotated[Path, typer.Argument(help="Folder for the store and the report.")] = Path(
        "demo"
    ),
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Load the packaged sample, embed, train, audit, refine and report, in a few minutes."""
    from kgp.loaders.sample import sample_folder

    if out.exists() and not (out / "sample").is_dir() and any(out.iterdir()):
        raise BadInputError(
            f"{out} holds other files; the demo writes into a folder of its own.",
            command="kgp demo ANOTHER-FOLDER",
        )
    start = time.monotonic()
    _fresh(out)
    shutil.copytree(sample_folder(), out / "sample", ignore=shutil.ignore_patterns("*.py*", "__*"))
    store = f"duckdb:{out / 'kgp.duckdb'}"
    os.environ["KGP_STORE"] = store
    say(f"$ export KGP_STORE={store}")
    for command in _commands(out):
        _run(command, progress)
    _run(_explain(), progress)
    report = out / "report.html"
    _run(["report", str(report)], progress)
    say(f"\nDone in {time.monotonic() - start:.0f} s. The report: {report.absolute()}")


def _fresh(out: Path) -> None:
    """Remove what an earlier demo left, and nothing else."""
    for name in ("sample", "snapshots", "kgp.runs", "kgp.duckdb.staging"):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in ("kgp.duckdb", "kgp.duckdb.wal", "report.html", "report.json"):
        (out / name).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)


def _commands(out: Path) -> list[list[str]]:
    from kgp.loaders.sample import WORLD

    snapshots = str(out / "snapshots")
    planted = ["--planted", SHARE, "--seed", SEED, "--name", PLANTED, "--write"]
    return [
        ["load", "--world", str(out / "sample" / WORLD)],
        ["stats"],
        ["embed"],
        ["snapshot", snapshots],
        ["train", "kg-gat", "--snapshot", snapshots],
        ["grn", "audit", NETWORK, "--responses", "lincs-overexpression"],
        ["refine", NETWORK, *planted],
        ["grn", "log", PLANTED],
        ["grn", "diff", PLANTED, "1", "2", "--limit", "10"],
        ["query", "drugs-on-changed-regulators", PLANTED, "2", "--limit", "10"],
    ]


def _explain() -> list[str]:
    """The command that explains the most certain change."""
    raw = subprocess.run(
        [sys.executable, "-m", "kgp", "grn", "diff", PLANTED, "1", "2", "--json"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    changes = orjson.loads(raw)
    sure = max(changes, key=lambda c: (c["confidence"] or 0, c["src"], c["dst"]))
    return ["grn", "explain", PLANTED, sure["src"], sure["dst"]]


def _run(arguments: list[str], progress: str) -> None:
    """Run one command of kgp as a user would; stop with its exit code if it fails."""
    say(f"\n$ kgp {shlex.join(arguments)}")
    sys.stdout.flush()
    command = [sys.executable, "-m", "kgp", *arguments, "--progress", progress]
    code = subprocess.run(command, check=False).returncode
    if code:
        hint("The demo stops here.")
        raise _StoppedError(code)


class _StoppedError(KgpError):
    """A command of the demo failed; it has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"The command above ended with exit code {code}.")
        known = code in set(ExitCode)
        self.exit_code = ExitCode(code) if known else ExitCode.DEFECT
