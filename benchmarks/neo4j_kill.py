"""Kill a load into Neo4j at random moments, run the same command again, compare the graphs.

In turn ``kill -9`` strikes kgp or the server, which is then started again, or the server is stopped
in order and started again while kgp waits. The moments lie at seeded random shares of the time
that publishing takes undisturbed. After a kill of kgp the graph has to be what it was, or whole, or
refused to readers; after the second run its fingerprint has to be that of the undisturbed load.
Then the load is removed, which has to give the fingerprint of before; in between one half-written
load is taken back by ``kgp load --abort``.

    python -m benchmarks.neo4j_kill [--json FILE] [--kills 30] [--seed 7] [FILE]
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.harness import parser, publish
from benchmarks.killing import BEFORE, HALF, KGP, WHOLE, Outcome, rows, table
from kgp.errors import StoreBusyError
from kgp.loaders.sample import sample_file
from kgp.loaders.synthetic.primekg import write_primekg
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.settings import parse_memory
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS = 400_000
MEMORY = "1g"
VICTIMS = ("kgp", "server", "restart")
REFUSED = "refused to readers"


class Neo4jTrial:
    """A load into a server of its own, and what an undisturbed one gives.

    Args:
        folder: where the server and the stagings lie.
        source: the source that is loaded.
        file: its file.
    """

    def __init__(self, folder: Path, source: str, file: Path) -> None:
        self.folder, self.arguments = folder, ["load", source, str(file)]
        kept = {name: v for name, v in os.environ.items() if not name.startswith("COVERAGE_")}
        own = {f"KGP_{name.upper()}": str(folder / name) for name in ("logs", "state", "cache")}
        self.environment = {**kept, **own}
        self.home = Home(folder / "server")
        self.start_server()
        trrust = str(sample_file("trrust_hs.tsv.gz"))
        self.check(self.start(["load", "trrust", trrust]))
        self.before = self.fingerprint()
        begun = time.monotonic()
        self.finish()
        self.seconds = time.monotonic() - begun
        self.whole = self.fingerprint()
        self.remove()

    def close(self) -> None:
        """Stop the server."""
        process.stop(self.home)

    def start_server(self) -> None:
        """Start the server, on the same port as before."""
        record, _ = process.start(self.home, parse_memory(MEMORY))
        self.url = self.home.store(record.port)

    def kill_server(self) -> None:
        """Let the server have no time to write anything, and start it again."""
        record = process.running(self.home)
        if record and (found := record.process()):
            found.kill()
            found.wait()
        self.start_server()

    def store(self) -> Neo4jStore:
        """The store, to look into it."""
        return Neo4jStore(parse_address(self.url))

    def fingerprint(self) -> str:
        """The fingerprint of the graph, computed anew."""
        with self.store() as store:
            store.write("MATCH (s:KgpStore) REMOVE s.fingerprint")
            return store.fingerprint()

    def state(self) -> str:
        """What the graph is to readers."""
        known = {self.before: BEFORE, self.whole: WHOLE}
        try:
            return known.get(self.fingerprint(), HALF)
        except StoreBusyError:
            return REFUSED

    def batches(self) -> int:
        """Number of batches that have their mark."""
        with self.store() as store:
            return int(store.write("MATCH (b:KgpBatch) RETURN count(b) AS n")[0]["n"])

    def start(self, arguments: Sequence[str] | None = None) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(
            [str(KGP), *(arguments or self.arguments), "--store", self.url, "--progress", "none"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self) -> None:
        """Run the command to its end."""
        self.check(self.start())

    def check(self, running: subprocess.Popen[str]) -> None:
        """Wait for a command.

        Raises:
            RuntimeError: with what it said, if it fails.
        """
        _, said = running.communicate()
        if running.returncode:
            raise RuntimeError(said)

    def remove(self) -> None:
        """Remove the load again; what was there before has to be left."""
        with self.store() as store:
            (load,) = store.write("MATCH (l:KgpLoad) RETURN l.load_id AS id ORDER BY l.number")[1:]
            store.purge(load["id"])
        if (found := self.fingerprint()) != self.before:
            raise RuntimeError(f"removed, the graph is {found}, not {self.before}")

    def strike(self, victim: str, share: float) -> Outcome | None:
        """Disturb a load at a share of its time; None if it had ended before or not begun."""
        running = self.start()
        time.sleep(seconds := share * self.seconds)
        if running.poll() is not None:
            self.remove()
            return None
        if victim == "kgp":
            running.send_signal(signal.SIGKILL)
        elif victim == "server":
            self.kill_server()
        else:
            process.stop(self.home)
            self.start_server()
        _, said = running.communicate()
        batches, found = self.batches(), self.state()
        if running.returncode not in (0, -signal.SIGKILL) and "Traceback" in said:
            raise RuntimeError(said)
        self.finish()
        equal = self.fingerprint() == self.whole
        self.remove()
        return Outcome(victim, seconds, batches, found, equal)

    def strikes(self, count: int, seed: int) -> Iterator[Outcome]:
        """Disturb ``count`` loads, each victim in turn."""
        draw, done = random.Random(seed), 0
        while done < count:
            outcome = self.strike(VICTIMS[done % len(VICTIMS)], draw.uniform(0.3, 1.0))
            if outcome is not None:
                done += 1
                yield outcome

    def abort(self) -> list[str]:
        """Kill loads until one is half written, and take it back; what the graph was on the way."""
        for share in (0.9, 0.8, 0.7, 0.6, 0.95, 0.5):
            running = self.start()
            time.sleep(share * self.seconds)
            running.send_signal(signal.SIGKILL)
            running.communicate()
            if (found := self.state()) == REFUSED:
                self.check(self.start(["load", "--abort"]))
                return [found, self.state()]
            if found == WHOLE:
                self.remove()
        raise RuntimeError("No load was ever half written.")


def main() -> None:
    """Disturb, load again, compare and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--kills", type=int, default=30, help="loads to disturb")
    options.add_argument("--seed", type=int, default=7, help="of the random points")
    options.add_argument("file", nargs="?", type=Path, help="a kg.csv; default a synthetic one")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or write_primekg(Path(folder) / "kg.csv", ROWS)
        trial = Neo4jTrial(Path(folder), "primekg", file)
        try:
            outcomes = []
            for outcome in trial.strikes(given.kills, given.seed):
                print(outcome, flush=True)
                outcomes.append(outcome)
            aborted = trial.abort()
        finally:
            trial.close()
    Console().print(table(outcomes), f"kgp load --abort: {' → '.join(aborted)}")
    publish("neo4j_kill", rows(outcomes, "loads"), given.json, ("kgp", "neo4j"))
    if not all(o.unharmed and o.equal for o in outcomes) or aborted != [REFUSED, BEFORE]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
