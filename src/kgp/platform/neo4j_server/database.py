"""The graph of a stopped server as a whole: check it, write it to a file, replace it by one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, StoreError
from kgp.platform.neo4j_server.admin import run_admin
from kgp.platform.neo4j_server.process import offline
from kgp.platform.neo4j_server.replacing import replacing
from kgp.platform.neo4j_server.settings import DATABASE

if TYPE_CHECKING:
    from kgp.platform.neo4j_server.home import Home


def check_database(home: Home) -> str:
    """Check each record of the stopped server's graph; returns what the tool printed.

    Raises:
        StoreError: if it is damaged, or there is no graph, or the server runs.
    """
    _needs_graph(home)
    report = f"--report-path={home.log.parent}"
    with offline(home):
        return run_admin(home, "database", "check", report, DATABASE)


def dump_database(home: Home, file: Path) -> int:
    """Write the stopped server's graph to one file, whole or not at all; returns its bytes.

    Raises:
        BadInputError: if the file exists, or its folder does not.
        StoreError: if there is no graph, the server runs or the tool fails.
    """
    if file.exists():
        raise BadInputError(
            f"{file} exists; a dump replaces nothing.",
            hint="Valid is a new name, such as graph.dump.",
            command=f"kgp neo4j dump {file.with_stem(file.stem + '-2')}",
        )
    if not file.absolute().parent.is_dir():
        raise BadInputError(
            f"There is no folder {file.parent}.",
            hint="Valid is a file in a folder that is there.",
            command=f"mkdir -p {file.parent}",
        )
    _needs_graph(home)
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".kgp-dump.") as aside:
        with offline(home):
            run_admin(home, "database", "dump", f"--to-path={aside}", DATABASE)
        whole = Path(aside) / f"{DATABASE}.dump"
        size = whole.stat().st_size
        whole.rename(file)
    return size


def load_database(home: Home, file: Path, *, overwrite: bool = False) -> None:
    """Give the stopped server the graph of a dump, whole or not at all.

    Args:
        home: the server.
        file: what :func:`dump_database` wrote.
        overwrite: also where there is a graph already.

    Raises:
        BadInputError: if there is no such file, or there is a graph already.
        StoreError: if the file is no dump; the graph is as it was before.
        StoreBusyError: if the server runs.
    """
    if not file.is_file():
        raise BadInputError(
            f"There is no file {file}.",
            hint="Valid is what kgp neo4j dump wrote.",
            command="kgp neo4j dump FILE",
        )
    with file.open("rb") as source, offline(home):
        if home.database.is_dir() and not overwrite:
            raise BadInputError(
                f"There is a graph in {home.folder} already, though it may be an empty one.",
                hint="Restoring replaces it; kgp neo4j dump keeps a copy.",
                command=f"kgp neo4j restore {file} --home {home.folder} --overwrite",
            )
        with replacing(home):
            run_admin(home, "database", "load", "--from-stdin", DATABASE, source=source)


def _needs_graph(home: Home) -> None:
    if not home.database.is_dir():
        raise StoreError(
            f"There is no graph in {home.folder}.",
            hint="A server has one after its first start.",
            command=f"kgp neo4j start --home {home.folder}",
        )
