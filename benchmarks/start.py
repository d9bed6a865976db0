"""How long ``kgp --help`` takes, beside an empty Python and the import of typer.

python -m benchmarks.start [--json FILE] [--repeats 20]
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from statistics import median, stdev

from benchmarks.harness import Row, parser, publish, timed

COMMANDS = {
    "kgp --help": ["-m", "kgp", "--help"],
    "python -c pass": ["-c", "pass"],
    "python -c 'import typer'": ["-c", "import typer"],
}


def main() -> None:
    """Measure in turn and publish medians; the first round warms the file cache."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=20, help="runs of each command, in turn")
    given = options.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for repeat in range(given.repeats + 1):
        for name, arguments in COMMANDS.items():
            _, took = timed(partial(_run, arguments))
            if repeat:
                seconds[name].append(took)
    ours, *others = COMMANDS
    spread = stdev(seconds[ours]) if given.repeats > 1 else None
    found = [
        Row(ours, median(seconds[ours]), "s", other, median(seconds[other]), given.repeats, spread)
        for other in others
    ]
    publish("start", found, given.json, ("kgp", "typer"))


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
