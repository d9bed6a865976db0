"""An archive of the server's classes, from which Java starts it with less work.

Java checks and lays out some twenty thousand classes whenever a server starts; from an archive
that a first server leaves as it ends, later ones take them as they are. An archive belongs to one
build of Java and one folder of jars; another Java says that it cannot use it, and goes without.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from kgp.errors import KgpError
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.jars import install_jars, locked
from kgp.platform.neo4j_server.java import archive_file, find_java
from kgp.platform.neo4j_server.process import start, stop
from kgp.platform.neo4j_server.settings import LEAST_MEMORY, parse_memory

_LOG = logging.getLogger(__name__)


def make_archive() -> bool:
    """Make the archive, unless it is there; without one a server starts as well, but slower.

    Returns:
        Whether it is there now.

    Raises:
        MissingExtraError: if Java or Maven is missing, or Java is too old.
        StoreUnavailableError: if the jars are not there and Maven cannot get them.
    """
    jars = install_jars()
    archive = archive_file(jars, find_java())
    with locked(jars.with_name(f"{jars.name}.classes.lock")):
        if not archive.exists():
            try:
                _make(archive)
            except (KgpError, OSError) as error:
                _LOG.warning("No archive of Neo4j's classes was made: %s", error)
        return archive.exists()


def _make(archive: Path) -> None:
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=f"{archive.stem}.") as aside:
        home, whole = Home(Path(aside) / "server"), Path(aside) / archive.name
        start(home, parse_memory(f"{LEAST_MEMORY}m"), None, f"-XX:ArchiveClassesAtExit={whole}")
        stop(home)
        # Java would crash on half an archive.
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.rename(archive)
