"""Where a Neo4j server is, and who asks: the store's URL and its credentials."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from kgp.errors import StoreError, UsageError
from kgp.log import redact

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
DEFAULT_PORT, DEFAULT_DATABASE, DEFAULT_USER = 7687, "neo4j", "neo4j"

USER, PASSWORD, PASSWORD_FILE = "KGP_NEO4J_USER", "KGP_NEO4J_PASSWORD", "KGP_NEO4J_PASSWORD_FILE"
"""Environment variables that say who asks."""

_EXAMPLE = "neo4j://host:7687/neo4j?password_file=PATH"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9.-]{2,62}")
_CREDENTIALS = re.compile(r"(?<=://)\S*@")


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
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return self.host in ("localhost", "127.0.0.1", "::1")

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
            found = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise self._no_password(path, str(error.strerror)) from error
        except UnicodeDecodeError:
            # Its text would show bytes of the file.
            raise self._no_password(path, "it is no text") from None
        if not found:
            raise self._no_password(path, "it is empty")
        return found

    def _no_password(self, path: Path, why: str) -> StoreError:
        return StoreError(
            f"Cannot read the password of {self.url} from {path}: {why}.",
            hint="Valid is a text file with the password alone, readable by its owner.",
            command=f"ls -l {path}",
        )


def parse_address(url: str) -> Address:
    """Understand the URL of a Neo4j store.

    Raises:
        UsageError: if it is none, or holds a password.
    """
    user, at, _ = url.partition("://")[2].rpartition("@")
    if at and ":" in user:
        raise UsageError(
            f"{without_secret(url)} holds a password, which would stay in the history of your"
            " shell.",
            hint=f"Put it into {PASSWORD} or into a file: {_EXAMPLE}.",
            command=f"export {PASSWORD_FILE}=PATH",
        )
    try:
        parts = urlsplit(url)
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise _not_one(url, f"{error}".rstrip(".").lower()) from error
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
        raise _not_one(url, "it needs a host, and a port from 1 to 65535 if it names one")
    database = parts.path.strip("/") or DEFAULT_DATABASE
    if not _NAME.fullmatch(database):
        raise _not_one(url, f"{database!r} is not the name of a database")
    named = unquote(parts.username) if parts.username else os.environ.get(USER)
    file = _password_file(url, parts)
    return Address(parts.scheme, parts.hostname, port, database, named or DEFAULT_USER, file)


def without_secret(url: str) -> str:
    """A URL as it may be shown: whoever is named before its host is left out."""
    return redact(_CREDENTIALS.sub("***@", url))


def _password_file(url: str, parts: SplitResult) -> Path | None:
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.fragment or set(query) - {"password_file"}:
        raise _not_one(url.partition("?")[0], "its one option is password_file")
    return _path(query["password_file"][0]) if "password_file" in query else None


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _not_one(url: str, why: str) -> UsageError:
    return UsageError(
        f"{without_secret(url)!r} is not the URL of a Neo4j store: {why}.",
        hint=f"Valid is such as {_EXAMPLE}.",
        command="kgp … --store neo4j://localhost:7687",
    )
