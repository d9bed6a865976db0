"""``neo4j-admin``: Neo4j's own tools for a server that is stopped."""

from __future__ import annotations

import os
import subprocess
from typing import IO, TYPE_CHECKING

from kgp.errors import StoreError
from kgp.log import redact
from kgp.platform.neo4j_server.jars import install_jars
from kgp.platform.neo4j_server.java import java_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.platform.neo4j_server.home import Home

TOOL = ("-Dfile.encoding=UTF-8", "org.neo4j.cli.AdminTool")
"""The tool itself; what Neo4j's script starts would only start it in a second Java machine."""

_LINES = 15
"""Last lines of the tool's output that an error shows."""


def run_admin(home: Home, *arguments: str, source: IO[bytes] | None = None) -> str:
    """Run one command of ``neo4j-admin``; returns what it printed.

    Args:
        home: the server, which must be stopped: see :func:`process.offline`.
        arguments: such as ``database``, ``import``, ``full``, …; no secrets, as other users of
            the machine see them.
        source: what the tool reads on standard input.

    Raises:
        StoreError: if the tool fails, with its own last lines.
    """
    command = java_command(install_jars(), *TOOL, *arguments)
    done = subprocess.run(  # noqa: S603  # Neo4j's own tool
        command,
        env=java_environment(home),
        stdin=source or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        what = " ".join(word for word in arguments[:2] if not word.startswith("-"))
        said = tail(output.splitlines(), _LINES)
        raise StoreError(
            f"neo4j-admin {what} ended with {done.returncode}:\n{said}",
            hint=f"The server's folder is {home.folder}.",
            command=f"kgp neo4j status --home {home.folder}",
        )
    return output


def java_environment(home: Home) -> dict[str, str]:
    """What tells Neo4j's programs where a server lies."""
    own = {"NEO4J_HOME": str(home.folder), "NEO4J_CONF": str(home.conf)}
    return {name: value for name, value in os.environ.items() if "PASSWORD" not in name} | own


def tail(lines: Iterable[str], count: int) -> str:
    """The last lines that are not empty, indented, without secrets."""
    kept = [line.rstrip() for line in lines if line.strip()][-count:]
    return "\n".join(f"  {redact(line)}" for line in kept)
