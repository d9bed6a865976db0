"""Kill a load at random points with ``kill -9``, run the same command again, compare the graphs.

Half of the points lie in the reading of the source, half in the publishing. Each load goes into a
copy of one store that holds another source already. After every kill the graph has to be what it
was (or whole, where the kill came after the last write), and after the second run its fingerprint
has to be that of the undisturbed load.

    python -m benchmarks.kill [--json FILE] [--kills 20] [--seed 7] [FILE]
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.harness import parser, publish
from benchmarks.killing import Trial, rows, table
from kgp.loaders.sample import sample_file
from kgp.loaders.synthetic.primekg import write_primekg

ROWS = 2_500_000
PHASES = {"reading": "begun.json", "publishing": "load.json"}


def load_trial(folder: Path, source: str, file: Path) -> Trial:
    """Loads of one file, into stores that hold a network already."""
    prepare = ["load", "trrust", str(sample_file("trrust_hs.tsv.gz"))]
    return Trial(folder, prepare, ["load", source, str(file)], PHASES)


def main() -> None:
    """Kill, load again, compare and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--kills", type=int, default=20, help="loads to kill")
    options.add_argument("--seed", type=int, default=7, help="of the random points")
    options.add_argument("file", nargs="?", type=Path, help="a kg.csv; default a synthetic one")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or write_primekg(Path(folder) / "kg.csv", ROWS)
        trial = load_trial(Path(folder), "primekg", file)
        outcomes = list(trial.kills(given.kills, given.seed))
    Console().print(table(outcomes))
    publish("kill", rows(outcomes, "loads"), given.json, ("kgp", "duckdb"))
    if not all(o.unharmed and o.equal for o in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
