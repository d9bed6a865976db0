"""How a Neo4j server is: its release, memory, disk, constraints and indexes."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.founding import missing_schema
from kgp.platform.store.neo4j.vector_index import is_indexed
from kgp.platform.store.neo4j.vectors import slot_of

if TYPE_CHECKING:
    from kgp.platform.store.neo4j.session import Session

_RELEASE = "CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition"

_SETTINGS = """
SHOW SETTINGS YIELD name, value
WHERE name IN ['server.memory.pagecache.size', 'server.directories.data'] RETURN name, value"""

_HEAP = """
CALL dbms.queryJmx('java.lang:type=Memory') YIELD attributes
RETURN attributes.HeapMemoryUsage.value.properties.max AS heap"""

_SETS = "MATCH (v:KgpRecord:VectorSet) RETURN v {.*} AS about ORDER BY v.name"

_AMOUNT = re.compile(r"([0-9.]+)\s*([KMGT]?)i?B?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says of itself; None where it does not, or the user may not ask.

    Args:
        version: its release.
        edition: ``community`` or ``enterprise``.
        heap: largest heap, in bytes.
        page_cache: page cache, in bytes.
        size: bytes of the database's files, where they lie on this machine.
        free: free bytes on their disk.
        folder: where they lie.
        missing: constraints and indexes of the graph that are not there.
        unindexed: vector sets without a complete index.
        pending: the load that is half written.
        writer: the process that writes it, or wrote it.
    """

    version: str
    edition: str
    heap: int | None
    page_cache: int | None
    size: int | None
    free: int | None
    folder: str
    missing: list[str]
    unindexed: list[str]
    pending: str | None
    writer: str


def diagnose(session: Session) -> ServerFacts:
    """Ask a server how it is; also while a load is half written."""
    (release,) = session.write(_RELEASE)
    settings = {row["name"]: row["value"] for row in session.write(_SETTINGS)}
    heap = session.write(_HEAP)
    record = session.record()
    folder = Path(settings.get("server.directories.data") or "/nowhere")
    files = folder / "databases" / session.address.database
    here = session.address.is_local and files.is_dir()
    sets = {row["about"]["name"]: slot_of(row["about"]) for row in session.write(_SETS)}
    return ServerFacts(
        version=release["version"],
        edition=release["edition"],
        heap=heap[0]["heap"] if heap else None,
        page_cache=as_bytes(settings.get("server.memory.pagecache.size")),
        size=_size(files) if here else None,
        free=shutil.disk_usage(folder).free if here else None,
        folder=str(folder) if here else "",
        missing=missing_schema(session),
        unindexed=[name for name, slot in sets.items() if not is_indexed(session, slot.index)],
        pending=record.get("pending"),
        writer=(record.get("pending_owner") or "").rpartition(":")[0],
    )


def as_bytes(amount: str | None) -> int | None:
    """An amount of memory as a server tells it, such as ``256.00MiB``, in bytes."""
    found = _AMOUNT.fullmatch(amount or "")
    if found is None:
        return None
    power = " KMGT".index(found[2].upper() or " ")
    return round(float(found[1]) * 2.0 ** (10 * power))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
