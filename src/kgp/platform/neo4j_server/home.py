"""The folder of one server: what lies where, and the password that only its owner reads."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from kgp.errors import StoreUnavailableError
from kgp.platform.neo4j_server.jars import neo4j_folder
from kgp.platform.neo4j_server.settings import DATABASE, IMPORT_FOLDER, as_conf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one server.

    Args:
        folder: absolute; made when the server is first started.
    """

    folder: Path

    @property
    def conf(self) -> Path:
        """The folder of ``neo4j.conf``."""
        return self.folder / "conf"

    @property
    def database(self) -> Path:
        """The files of the graph."""
        return self.folder / "data" / "databases" / DATABASE

    @property
    def graph_folders(self) -> tuple[Path, Path]:
        """The files of the graph, and its transactions that are not in them yet."""
        return self.database, self.folder / "data" / "transactions" / DATABASE

    @property
    def imports(self) -> Path:
        """The folder that ``LOAD CSV`` and imports read from."""
        return self.folder / IMPORT_FOLDER

    @property
    def log(self) -> Path:
        """What the server logs."""
        return self.folder / "logs" / "neo4j.log"

    @property
    def console(self) -> Path:
        """What the Java machine itself says, such as why it did not start."""
        return self.folder / "logs" / "console.log"

    @property
    def password_file(self) -> Path:
        """The password, readable by its owner alone."""
        return self.folder / "password"

    @property
    def process_file(self) -> Path:
        """Which process the server is."""
        return self.folder / "process.json"

    @property
    def port_file(self) -> Path:
        """The port of the last start, which the next one takes again if it is free."""
        return self.folder / "port"

    @property
    def lock_file(self) -> Path:
        """Held while the server is started, stopped or worked on."""
        return self.folder / "lock"

    @property
    def has_password(self) -> bool:
        """Whether the server has been given its password."""
        return any((self.folder / "data" / "dbms" / name).exists() for name in ("auth", "auth.ini"))

    def port(self) -> int | None:
        """The port of the last start; None before the first."""
        try:
            return int(self.port_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def store(self, port: int) -> str:
        """The URL that ``--store`` takes; it finds the password by itself."""
        return f"neo4j://127.0.0.1:{port}?password_file={quote(str(self.password_file))}"

    def prepare(self) -> None:
        """Make the folder and the password, where they are missing.

        Raises:
            StoreUnavailableError: if the folder cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.conf, self.imports, self.log.parent, self.folder / "data"):
                part.mkdir(exist_ok=True)
            if not self.password_file.exists():
                _write_secret(self.password_file, secrets.token_hex(24))
        except OSError as error:
            raise StoreUnavailableError(
                f"Cannot write the server's folder {self.folder}: {error.strerror}.",
                hint="Valid is a folder of yours on a local disk.",
                command="kgp neo4j start --home FOLDER",
            ) from error

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write ``neo4j.conf``."""
        (self.conf / "neo4j.conf").write_text(as_conf(settings), encoding="utf-8")


def open_home(folder: Path | None = None) -> Home:
    """The server in ``folder``; by default the user's own."""
    return Home((folder or neo4j_folder() / "default").expanduser().absolute())


def _write_secret(path: Path, secret: str) -> None:
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    aside.rename(path)
