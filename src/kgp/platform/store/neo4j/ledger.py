"""What sources state, in Neo4j: each load with the very parts that were staged of it.

The graph is derived from them; they are also what effects of experiments are streamed from.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from kgp.kg_schema.provenance import SourceInfo
from kgp.platform.staging import Staged
from kgp.platform.staging_blocks import read_tally, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import ManagedTransaction

    from kgp.kg_schema.batches import Kind
    from kgp.platform.store.neo4j.session import Row, Session
    from kgp.platform.store.records import PublishReport

PIECE = 1_000_000
"""Bytes of a part on one record: Neo4j holds a transaction's values in memory."""

_AT_ONCE = 4_000_000
"""Bytes that one transaction writes or reads."""

_LOAD = "MATCH (l:KgpRecord:KgpLoad {key: 'load/' + $load_id})"

_NAME = """
OPTIONAL MATCH (other:KgpLoad)
WITH coalesce(max(other.number), 0) + 1 AS number
MERGE (l:KgpRecord {key: 'load/' + $load_id})
ON CREATE SET l:KgpLoad, l.number = number, l.published = false
SET l += $about"""

_WRITE = """
UNWIND $pieces AS p
MERGE (d:KgpRecord {key: 'part/' + $load_id + '/' + p.name + '/' + p.piece})
SET d:KgpPart, d.load_id = $load_id, d.name = p.name, d.piece = p.piece, d.data = p.data"""

_PIECES = """
MATCH (l:KgpRecord {key: 'load/' + $load_id}) UNWIND l.parts AS part
WITH split(part, '/') AS part WHERE $kind IS NULL OR part[0] ENDS WITH $kind
UNWIND range(0, toInteger(part[1]) - 1) AS piece
RETURN 'part/' + $load_id + '/' + part[0] + '/' + piece AS key ORDER BY part[0], piece"""

_READ = """
UNWIND $keys AS key MATCH (d:KgpRecord {key: key}) RETURN d.name AS name, d.data AS data"""

_FORGET = """
MATCH (d:KgpPart) WHERE NOT d.load_id IN $kept
WITH d LIMIT 20 DELETE d RETURN count(*) AS gone"""


def find_load(tx: ManagedTransaction, load_id: str) -> Row | None:
    """The record of a load, whether published or not."""
    row = tx.run(f"{_LOAD} RETURN l {{.*}} AS l", load_id=load_id).single()
    found: Row | None = row["l"] if row else None
    return found


def published_loads(session: Session) -> list[Row]:
    """The records of the published loads in the order of their arrival."""
    rows = session.write("MATCH (l:KgpLoad) WHERE l.published RETURN l {.*} AS l ORDER BY l.number")
    return [row["l"] for row in rows]


def write_load(session: Session, staged: Staged, report: PublishReport, loaded_at: str) -> None:
    """Write a load's record and parts; written again they are the same.

    Args:
        session: where to.
        staged: the load.
        report: what became of it.
        loaded_at: when the engine published it; its networks have version 1 since then, too.
    """
    pieces = list(_numbered(staged))
    parts: dict[str, int] = {}
    for name, _ in pieces:
        parts[name] = parts.get(name, 0) + 1
    about = _about(staged, report) | {
        "parts": [f"{name}/{count}" for name, count in parts.items()],
        "loaded_at": loaded_at,
    }
    session.write(_NAME, load_id=staged.load_id, about=about)
    for some in _grouped(staged, pieces):
        session.write(_WRITE, load_id=staged.load_id, pieces=some)


def read_load(session: Session, load: Row, folder: Path, kind: Kind | None = None) -> Staged:
    """Write the parts of a load into ``folder``, as its staging had them.

    Args:
        session: where the ledger is.
        load: the load's record.
        folder: an empty folder.
        kind: only the parts of this kind.
    """
    suffix = None if kind is None else f".{kind}.parquet"
    asked = {"load_id": load["load_id"], "kind": suffix}
    keys = [row["key"] for row in session.write(_PIECES, **asked)]
    per_read = _AT_ONCE // PIECE
    with writing(folder):
        for start in range(0, len(keys), per_read):
            for row in session.write(_READ, keys=keys[start : start + per_read]):
                with (folder / row["name"]).open("ab") as part:
                    part.write(row["data"])
    info = SourceInfo(**orjson.loads(load["info"]))
    tally = read_tally(orjson.loads(load["tally"]))
    return Staged(folder, load["load_id"], info, orjson.loads(load["options"]), tally, ())


@contextmanager
def parts_of(session: Session, load_id: str, kind: Kind) -> Iterator[list[str]]:
    """Paths of the parts of one kind that a published load staged, for a while."""
    load = session.reading(lambda tx: find_load(tx, load_id))
    with TemporaryDirectory(prefix="kgp-parts-") as folder:
        yield [] if load is None else read_load(session, load, Path(folder), kind).parts(kind)


def forget_loads(session: Session) -> None:
    """Remove what there is of loads that are not published."""
    kept = [load["load_id"] for load in published_loads(session)]
    while session.write(_FORGET, kept=kept)[0]["gone"]:
        pass
    session.write("MATCH (l:KgpLoad) WHERE NOT l.published DELETE l")


def _about(staged: Staged, report: PublishReport) -> dict[str, Any]:
    """The fields of a load's record: those of a :class:`SourceRecord`, and of its staging."""
    info, tally = staged.info, staged.tally
    read = {reason: entry.count for reason, entry in tally.dropped.items()}
    return {
        "load_id": staged.load_id,
        "source": info.name,
        "title": info.title,
        "version": info.version,
        "license": info.license,
        "citation": info.citation,
        "url": info.url,
        "synthetic": info.synthetic,
        "rows_in": tally.rows_in,
        "rows_kept": tally.rows_kept,
        "dropped": _json(read | report.dropped),
        "nodes": report.nodes,
        "edges": report.edges,
        "merged": report.merged,
        "info": _json(asdict(info)),
        "options": _json(staged.options),
        "tally": _json(asdict(tally)),
    }


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _numbered(staged: Staged) -> Iterator[tuple[str, int]]:
    """File name and number of every piece of a staging's parts."""
    for path in sorted(staged.folder.glob("*.parquet")):
        for piece in range(-(-path.stat().st_size // PIECE)):
            yield path.name, piece


def _grouped(staged: Staged, pieces: list[tuple[str, int]]) -> Iterator[list[Row]]:
    """The pieces with their bytes, as many as one transaction takes."""
    group: list[Row] = []
    size = 0
    for name, piece in pieces:
        with (staged.folder / name).open("rb") as part:
            part.seek(piece * PIECE)
            data = part.read(PIECE)
        if size + len(data) > _AT_ONCE:
            yield group
            group, size = [], 0
        group.append({"name": name, "piece": piece, "data": data})
        size += len(data)
    if group:
        yield group
