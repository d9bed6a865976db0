"""How much of the processor a start of Neo4j takes, with the archive of its classes and without.

python -m benchmarks.neo4j_start [--json FILE] [--repeats 5]
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median, stdev

import psutil

from benchmarks.harness import Row, parser, publish, timed
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.class_archive import make_archive
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.java import find_java
from kgp.platform.neo4j_server.settings import parse_memory

NAMES = ("with the archive", "without")


def main() -> None:
    """Measure in turn and publish medians; the first round warms the file cache."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=5, help="starts of each kind, in turn")
    given = options.parse_args()
    if not make_archive():
        raise SystemExit("This machine cannot make the archive: kgp neo4j start --debug says why.")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "server")
        for repeat in range(given.repeats + 1):
            for name in NAMES:
                work = start(home, archived=name == NAMES[0])
                if repeat:
                    found[name].append(work)
    rows = []
    for k, what in enumerate(("processor time", "seconds until it answers")):
        ours, theirs = ([work[k] for work in found[name]] for name in NAMES)
        spread = stdev(ours) if given.repeats > 1 else None
        label = f"start {NAMES[0]}, {what}"
        rows.append(Row(label, median(ours), "s", NAMES[1], median(theirs), given.repeats, spread))
    publish("neo4j_start", rows, given.json, ("kgp", "neo4j"))


def start(home: Home, *, archived: bool) -> tuple[float, float]:
    """Start and stop a server; returns processor time and seconds until it answered."""
    own = find_java().resolve().parents[1] / "lib" / "server" / "classes.jsa"
    others = () if archived else (f"-XX:SharedArchiveFile={own}",)  # the last one counts
    (record, _), seconds = timed(lambda: process.start(home, parse_memory("1g"), None, *others))
    times = psutil.Process(record.pid).cpu_times()
    process.stop(home)
    return times.user + times.system, seconds


if __name__ == "__main__":
    main()
