"""Where a Neo4j server is, and who asks: the store's URL and its credentials."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kgp.errors import StoreError, UsageError
from kgp.log import redact

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
DEFAULT_PORT, DEFAULT_DATABASE, DEFAULT_USER = 7687, "neo4j", "neo4j"

USER, PASSWORD, PASSWORD_FILE = "KGP_NEO4J_USER", "KGP_NEO4J_PASSWORD", "KGP_NEO4J_PASSWORD_FILE"
"""Environment variables that say who asks."""

_EXAMPLE = "neo4j://host:7687/neo4j?password_file=PATH"


@dataclass(frozen=True, slots=True)
class Address:
    """One database of one server.

    Args:
        scheme: one of ``SCHEMES``; ``+s`` asks for TLS.
        host: name or number of the machine.
        port: the port of Bolt.
        database: the database's name.
        user: who asks.
        password_file: file that holds the password; None takes it from the environment.
    """

    scheme: str
    host: str
    port: int
    database: str
    user: str
    password_file: Path | None = field(default=None)

    @property
    def server(self) -> str:
        """What the driver connects to."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """How the store is named to the user: never with a secret."""
        return (
            self.server if self.database == DEFAULT_DATABASE else f"{self.server}/{self.database}"
        )

    def password(self) -> str:
        """The password, from its file or the environment.

        Raises:
            StoreError: if there is none, or the file cannot be read.
        """
        path = self.password_file or _path(os.environ.get(PASSWORD_FILE))
        if path is None:
            if found := os.environ.get(PASSWORD):
                return found
            raise StoreError(
                f"{self.url} needs a password, and there is none.",
                hint=f"Put it into {PASSWORD}, or its file into {PASSWORD_FILE} or the URL: "
                f"{_EXAMPLE}.",
                command=f"export {PASSWORD_FILE}=PATH",
            )
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                f"Cannot read the password of {self.url} from {path}: {error}.",
                hint="Valid is a text file with the password alone, readable by its owner.",
                command=f"ls -l {path}",
            ) from error


def parse_address(url: str) -> Address:
    """Understand the URL of a Neo4j store.

    Raises:
        UsageError: if it is none, or holds a password.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError as error:
        raise _not_one(url, "its port is no number from 1 to 65535") from error
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise _not_one(url, "it needs a host")
    if parts.password is not None:
        raise UsageError(
            f"{redact(url)} holds a password, which would stay in the history of your shell.",
            hint=f"Put it into {PASSWORD} or into a file: {_EXAMPLE}.",
            command=f"export {PASSWORD_FILE}=PATH",
        )
    query = parse_qs(parts.query)
    if strange := sorted(set(query) - {"password_file"}):
        raise _not_one(url, f"it has the unknown option {strange[0]!r}")
    user = parts.username or os.environ.get(USER) or DEFAULT_USER
    database = parts.path.strip("/") or DEFAULT_DATABASE
    file = _path(query["password_file"][0]) if "password_file" in query else None
    return Address(parts.scheme, parts.hostname, port, database, user, file)


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _not_one(url: str, why: str) -> UsageError:
    return UsageError(
        f"{redact(url)!r} is not the URL of a Neo4j store: {why}.",
        hint=f"Valid is such as {_EXAMPLE}.",
        command="kgp … --store neo4j://localhost:7687",
    )
