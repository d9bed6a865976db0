"""How fast a graph gets into Neo4j and out again, beside the targets and beside a plain loader.

A server of the benchmark's own is started; every figure is of one run on one machine. Parts:

* ``bulk``: a file of PrimeKG's size (8.1 M rows, 4.05 M relationships) with ``--bulk``, by step;
* ``plain``: a tenth of it by an UNWIND loader as others write it (5,000 nodes and 2,000
  relationships a transaction, ``CREATE``, an index on ``id``), extrapolated;
* ``online``: relationships that are new (on a server just started, and on one that has run) and
  that are there, through ``publish``; two clients;
* ``stream``: relationships as Arrow, over one connection and over several;
* ``vectors``: 42,422 of 384 numbers, in bulk, online and out.

    python -m benchmarks.neo4j [--part bulk --part plain …] [--share 1] [--folder DIR] [--json FILE]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.harness import Row, parser, publish, timed
from benchmarks.neo4j_worlds import N_VECTORS, WIDTH, Vectors, primekg, server, strip
from kgp.api.bulk_loading import BulkFiles, bulk_load
from kgp.api.loading import load, load_bulk
from kgp.api.publishing import Manner
from kgp.api.publishing import publish as publish_loader
from kgp.api.stores import open_store
from kgp.errors import StoreError
from kgp.platform.store.neo4j import ranges, scan
from kgp.platform.store.records import VectorSet
from kgp.progress import SilentProgress, Step
from kgp.testing.server import connected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PACKAGES = ("kgp", "duckdb", "pyarrow", "neo4j")
NODES, RELATIONSHIPS = 5_000, 2_000
"""Rows of a transaction of the plain loader."""

_TENTH = 0.1
_CREATE_NODES = "UNWIND $rows AS r CREATE (n:Node {id: r.id, name: r.name, type: r.type})"
_CREATE_LINKS = """
UNWIND $rows AS r MATCH (s:Node {id: r.x_id}) MATCH (d:Node {id: r.y_id})
CREATE (s)-[:RELATED {relation: r.relation, display: r.display_relation}]->(d)"""


class Stopwatch(SilentProgress):
    """A progress that keeps the seconds of every step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        """Time one step."""
        start = time.perf_counter()
        yield self
        self.seconds[title] = time.perf_counter() - start


def bulk(url: str, folder: Path, share: float) -> list[Row]:
    """The whole of a first load, and its steps."""
    strip(url)
    source, watch = primekg(folder, share), Stopwatch()
    done, whole = timed(lambda: load_bulk("primekg", [source], "", Manner(url, watch)))
    if isinstance(done, BulkFiles):
        raise StoreError("The server of the benchmark was not started by kgp.")
    rows = [Row(f"bulk: {title}", seconds, "s") for title, seconds in watch.seconds.items()]
    edges = done[0].published.edges
    with connected(url) as session:
        found = session.run("MATCH (:Kgp)-[r]->(:Kgp) RETURN count(r)").single(strict=True).value()
    if found != edges:
        raise StoreError(f"{found:,} relationships instead of {edges:,}.")
    target = 60 * share
    return [Row(f"bulk: {edges:,} relationships, whole", whole, "s", "target", target), *rows]


def peer(url: str, folder: Path, whole: float) -> list[Row]:
    """A plain UNWIND loader on a tenth, extrapolated to the whole."""
    strip(url)
    table = pl.read_csv(primekg(folder, _TENTH), infer_schema_length=0)
    both = [
        table.select(id=f"{end}_id", name=f"{end}_name", type=f"{end}_type") for end in ("x", "y")
    ]
    nodes = pl.concat(both).unique("id", maintain_order=True)
    # Each pair stands twice in the file; like kgp, the plain loader writes it once.
    links = table.filter(pl.col("x_id") <= pl.col("y_id"))

    def work() -> None:
        with connected(url) as session:
            session.run("CREATE INDEX node_id IF NOT EXISTS FOR (n:Node) ON (n.id)").consume()
            session.run("CALL db.awaitIndexes()").consume()
            for frame, size, cypher in (
                (nodes, NODES, _CREATE_NODES),
                (links, RELATIONSHIPS, _CREATE_LINKS),
            ):
                for some in frame.iter_slices(size):
                    session.run(cypher, rows=some.to_dicts()).consume()

    _, seconds = timed(work)
    extrapolated = seconds / _TENTH
    rate = Row("plain UNWIND loader: relationships", links.height / seconds, "/s")
    against = "kgp --bulk, whole" if whole else ""
    times = Row("plain UNWIND loader, extrapolated", extrapolated, "s", against, whole or None)
    return [rate, times]


def online(url: str, folder: Path) -> list[Row]:
    """Relationships through the writer: new, there already, and by two clients at once."""
    strip(url)
    source = primekg(folder, _TENTH)
    rows = [
        _published(url, source, "new relationships", "1", 38_000),
        _published(url, source, "existing relationships", "2", 45_000),
    ]
    # Java has compiled what it runs often by now.
    strip(url)
    rows.append(_published(url, source, "new ones, on a server that has run", "1", 38_000))
    return [*rows, _two_clients(url, folder)]


def _published(url: str, source: Path, what: str, version: str, target: float) -> Row:
    """How fast a load is published, once its file is read."""
    watch = Stopwatch()
    report = load("primekg", [source], store=url, options={"version": version}, progress=watch)
    rate = report.published.edges / watch.seconds["publish primekg"]
    return Row(f"online: {what}, published", rate, "/s", "target", target)


def _two_clients(url: str, folder: Path) -> Row:
    """Two loads at once: each ends, or is told that it is not its turn; then it tries again."""
    source = primekg(folder, _TENTH)
    command = [sys.executable, "-m", "kgp", "load", "primekg", str(source), "--store", url]
    started = [
        subprocess.Popen(
            [*command, "--version", version, "--progress", "none"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for version in ("3", "4")
    ]
    said = [process.communicate()[1] for process in started]
    return Row("two clients at once: deadlocks shown", sum("eadlock" in s for s in said), "", "", 0)


def stream(url: str, folder: Path, share: float) -> list[Row]:
    """Relationships as Arrow batches."""
    with open_store(url, create=True) as store:
        filled = bool(store.counts().relationships)
    if not filled:
        bulk(url, folder, share)
    rows = []
    for connections in (1, ranges.CONNECTIONS):
        scan.fetch_ahead = partial(ranges.fetch_ahead, connections=connections)
        with open_store(url) as store:
            n, seconds = timed(lambda store=store: sum(b.num_rows for b in store.scan_edges()))
        what = f"stream: {n:,} relationships, connections: {connections}"
        rows.append(Row(what, n / seconds, "/s", "target", 60_000))
    scan.fetch_ahead = ranges.fetch_ahead
    return rows


def vectors(url: str) -> list[Row]:
    """Vectors in and out."""
    strip(url)
    watch = Stopwatch()
    bulk_load([(Vectors(), {})], Manner(url, watch), "")
    seconds = sum(watch.seconds.values())
    imported = seconds - watch.seconds["index and count"]
    rows = [
        Row("vectors in, bulk, vector index built", N_VECTORS / seconds, "/s", "target", 10_000),
        Row("vectors in, bulk, without the index", N_VECTORS / imported, "/s", "target", 10_000),
    ]
    strip(url)
    loader = Vectors(bring=False)
    publish_loader(loader, {}, store=url)
    spec = VectorSet("means", "Gene", "none", "1", "", WIDTH, "float32", 0, "2026-01-01")
    with open_store(url) as store:
        _, seconds = timed(lambda: store.write_vectors(spec, loader.record_batches()))
        rows.append(Row("vectors in, online", N_VECTORS / seconds, "/s", "target", 2_000))
        for name in ("vectors out", "vectors out, again", "vectors out, a third time"):
            n, seconds = timed(lambda: sum(b.num_rows for b in store.scan_vectors("means")))
            rows.append(Row(name, n / seconds, "/s", "target", 25_000))
    return rows


def run(parts: Iterable[str], folder: Path, share: float) -> Iterator[Row]:
    """Run the parts in an order in which one can use what another has loaded."""
    asked, whole = set(parts), 0.0
    with server(folder) as url:
        if "bulk" in asked:
            rows = bulk(url, folder, share)
            whole = rows[0].value
            yield from rows
        if "stream" in asked:
            yield from stream(url, folder, share)
        if "vectors" in asked:
            yield from vectors(url)
        if "online" in asked:
            yield from online(url, folder)
        if "plain" in asked:
            yield from peer(url, folder, whole)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts and print the table."""
    options = parser(__doc__ or "")
    names = ("bulk", "plain", "online", "stream", "vectors")
    options.add_argument("--part", action="append", choices=names, help="default: all")
    options.add_argument("--share", type=float, default=1, help="of PrimeKG's size")
    options.add_argument("--folder", type=Path, help="for files and the server; kept")
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kgp-benchmark-") as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        for row in run(given.part or names, folder, given.share):
            print(row, flush=True)
            rows.append(row)
    publish("neo4j", rows, given.json, PACKAGES)


if __name__ == "__main__":
    main()
