"""The programs that a server needs from the system: Java, and Maven to install its jars."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from kgp.errors import MissingExtraError
from kgp.platform.neo4j_server.settings import VERSION

OLDEST_JAVA = 17

_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def find_java() -> Path:
    """The Java that runs the server: of ``JAVA_HOME``, else of ``PATH``.

    Raises:
        MissingExtraError: if there is none, or one that is too old.
    """
    java = _program("java")
    if java is None:
        raise MissingExtraError(
            f"Neo4j {VERSION} runs on Java, and there is no java on the PATH.",
            hint=f"Valid is Java {OLDEST_JAVA} or 21; on a cluster: module load java.",
            command="sudo apt-get install openjdk-17-jre-headless",
        )
    said = subprocess.run(  # noqa: S603  # the system's own Java
        [java, "-version"], capture_output=True, text=True, check=False
    )
    found = _VERSION.search(said.stderr + said.stdout)
    if found is None or int(found[1]) < OLDEST_JAVA:
        first = (said.stderr + said.stdout).strip().partition("\n")[0]
        raise MissingExtraError(
            f"Neo4j {VERSION} needs Java {OLDEST_JAVA} or later; {java} says: {first or 'nothing'}",
            hint="JAVA_HOME, where it is set, goes before the PATH.",
            command="sudo apt-get install openjdk-17-jre-headless",
        )
    return java


def find_maven() -> Path:
    """The Maven that fetches the jars.

    Raises:
        MissingExtraError: if there is none.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingExtraError(
            f"The jars of Neo4j {VERSION} are installed by Maven, and there is no mvn on the PATH.",
            hint="It is needed once; a folder of jars can also be copied from another machine.",
            command="sudo apt-get install maven",
        )
    return Path(maven)


def _program(name: str) -> Path | None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home) / "bin" / name)) if home else None
    found = found or shutil.which(name)
    return Path(found) if found else None


def java_command(jars: Path, *options: str) -> list[str]:
    """The start of a command that runs a class of the jars, from their archive if there is one."""
    java = find_java()
    archive = archive_file(jars, java)
    # Verified, because Java would hang on a damaged one.
    shared = [f"-XX:SharedArchiveFile={archive}", "-XX:+VerifySharedSpaces"]
    return [str(java), *(shared if archive.exists() else ()), "-cp", f"{jars}/*", *options]


def archive_file(jars: Path, java: Path) -> Path:
    """Where the archive of the jars' classes lies that this build of Java can use."""
    program = java.resolve()
    build = f"{program} {program.stat().st_size} {program.stat().st_mtime_ns}"
    name = hashlib.blake2b(build.encode(), digest_size=4).hexdigest()
    return jars.with_name(f"{jars.name}.classes-{name}.jsa")
