"""The settings of a Neo4j server, in one place for the local runner and for compose.

One figure, the memory that the server may use in all, decides the others. What is left after heap
and page cache belongs to the JVM itself and to the vector indexes, which Lucene keeps outside the
heap in the system's cache of files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "5.26.30"
"""The pinned release of the long-term support line; later lines need Java 21."""

IMAGE = f"neo4j:{VERSION}-community"
DATABASE, USER = "neo4j", "neo4j"

IMPORT_FOLDER = "import"
DEFAULT_MEMORY = "4g"
LEAST_MEMORY = 768
"""MiB below which the server starts, but runs out of heap in a batch of ten thousand rows."""

HEAP_PERCENT, PAGE_CACHE_PERCENT = 50, 30
TRANSACTION_PERCENT = 70
"""Of the heap: what all transactions together may take before one is refused."""

LARGEST_HEAP = 31 * 1024
"""MiB up to which the JVM keeps pointers of 32 bits; a larger heap holds less."""

JVM = (
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
)
"""Options of the Java machine; Neo4j's image brings the same."""

_SIZE = re.compile(r"(\d+)\s*([mg])i?b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Memory:
    """How a server's memory is shared out, in MiB."""

    total: int
    heap: int
    page_cache: int
    transactions: int


def parse_memory(text: str) -> Memory:
    """Share out an amount such as ``4g`` or ``1500m``.

    Raises:
        UsageError: if it is no amount, or too little to work with.
    """
    found = _SIZE.fullmatch(text.strip())
    total = int(found[1]) * (1024 if found[2].lower() == "g" else 1) if found else 0
    if total < LEAST_MEMORY:
        raise UsageError(
            f"{text!r} is no amount of memory that a Neo4j server can work with.",
            hint=f"Valid is a number with m or g, from {LEAST_MEMORY}m on, such as 4g.",
            command=f"kgp neo4j start --memory {DEFAULT_MEMORY}",
        )
    heap = min(total * HEAP_PERCENT // 100, LARGEST_HEAP)
    page_cache = total * PAGE_CACHE_PERCENT // 100
    return Memory(total, heap, page_cache, heap * TRANSACTION_PERCENT // 100)


def common_settings() -> dict[str, str]:
    """What every server has: Bolt alone, nothing sent to anybody, no disk taken in advance."""
    return {
        "dbms.usage_report.enabled": "false",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.directories.import": IMPORT_FOLDER,
        # Otherwise a server takes half a gigabyte for the logs of an empty graph.
        "db.tx_log.preallocate": "false",
    }


def memory_settings(heap: str, page_cache: str, transactions: str) -> dict[str, str]:
    """The settings that share out memory; amounts are MiB as text, or what a shell expands."""
    return {
        "server.memory.heap.initial_size": f"{heap}m",
        "server.memory.heap.max_size": f"{heap}m",
        "server.memory.pagecache.size": f"{page_cache}m",
        "dbms.memory.transaction.total.max": f"{transactions}m",
    }


def local_settings(memory: Memory, port: int) -> dict[str, str]:
    """The settings of a server that only this machine reaches."""
    return {
        **common_settings(),
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        # When its databases are closed it would wait ten seconds for connections that none has.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        **memory_settings(str(memory.heap), str(memory.page_cache), str(memory.transactions)),
    }


def as_conf(settings: Mapping[str, str]) -> str:
    """Render settings as ``neo4j.conf``."""
    lines = [f"{name}={value}" for name, value in sorted(settings.items())]
    return "\n".join(["# Written by kgp at each start of the server.", *lines, ""])


def as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Render settings as the environment that Neo4j's image reads."""
    return {_variable(name): value for name, value in sorted(settings.items())}


def _variable(name: str) -> str:
    return "NEO4J_" + name.replace("_", "__").replace(".", "_")
