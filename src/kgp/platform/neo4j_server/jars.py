"""The jars of the server, installed by Maven into a folder of the user's."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from kgp.errors import StoreUnavailableError
from kgp.platform.neo4j_server.java import find_java, find_maven
from kgp.platform.neo4j_server.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = 12
"""Last lines of Maven's output that an error shows."""


def neo4j_folder() -> Path:
    """Where the user's jars and servers lie."""
    return user_data_path("kgp") / "neo4j"


def jars_folder() -> Path:
    """Where the jars of the pinned version lie, once they are installed."""
    return neo4j_folder() / f"lib-{VERSION}"


def install_jars(folder: Path | None = None) -> Path:
    """Install the jars, unless they are there; returns their folder.

    They are written aside and renamed when whole; two installations at once wait for each other.

    Raises:
        MissingExtraError: if Java or Maven is missing, or Java is too old.
        StoreUnavailableError: if Maven cannot get them.
    """
    folder = folder or jars_folder()
    if folder.is_dir():
        return folder
    find_java()
    maven = find_maven()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.parent / f"{folder.name}.lock"):
        if not folder.is_dir():
            _install(maven, folder)
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file, after waiting for whoever holds it."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(maven: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as aside:
        whole = Path(aside) / "lib"
        with as_file(files(__package__) / "pom.xml") as pom:
            # Maven puts build files beside the pom, hence the copy.
            shutil.copy(pom, Path(aside) / "pom.xml")
        done = subprocess.run(  # noqa: S603  # constants and folders only
            [
                maven,
                "--quiet",
                "--batch-mode",
                f"--file={aside}/pom.xml",
                f"-Dneo4j.version={VERSION}",
                f"-DoutputDirectory={whole}",
                "dependency:copy-dependencies",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not any(whole.glob("neo4j-server-*.jar")):
            raise _not_fetched(done.stdout + done.stderr)
        whole.rename(folder)


def _not_fetched(output: str) -> StoreUnavailableError:
    said = "\n".join(f"  {line}" for line in output.strip().splitlines()[-_LINES:])
    return StoreUnavailableError(
        f"Maven could not get the jars of Neo4j {VERSION}:\n{said}",
        hint="It needs Maven Central, or a mirror named in ~/.m2/settings.xml.",
        command="kgp neo4j install",
    )
