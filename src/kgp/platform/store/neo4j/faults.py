"""What the errors of a Neo4j server and its driver mean to a user: one message for each fault."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neo4j.exceptions import AuthError, DriverError, GqlError, Neo4jError

from kgp.errors import KgpError, StoreError, StoreUnavailableError, causes
from kgp.log import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.address import Address


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that is known.

    Args:
        message: what is wrong; may name ``{url}``, ``{server}``, ``{user}`` and ``{database}``.
        hint: what would be valid.
        command: the command to type next.
        passes: whether the same call may succeed later.
        signs: what tells it: an ending of the server's code, or a part of the message.
    """

    message: str
    hint: str
    command: str
    passes: bool = False
    signs: tuple[str, ...] = ()

    def error(self, address: Address) -> KgpError:
        """The error that a user sees."""
        about = {"url": address.url, "server": address.server}
        about |= {"user": address.user, "database": address.database}
        kind = StoreUnavailableError if self.passes else StoreError
        hint, command = self.hint.format(**about), self.command.format(**about)
        return kind(self.message.format(**about), hint=hint, command=command)


_CREDENTIALS = Fault(
    "{url} does not accept the password of user {user!r}.",
    "User and password come from the URL, a file or the environment (KGP_NEO4J_PASSWORD_FILE).",
    "kgp neo4j status, if it is a server of kgp's: it names the file of its password",
)
_STRANGE_CERTIFICATE = Fault(
    "{url} shows a certificate that this machine does not trust.",
    "Is it signed by the server itself? Then +ssc instead of +s encrypts without asking who it is.",
    "the same command with +ssc in the URL, or with the certificate's issuer in SSL_CERT_FILE",
)
_NO_TLS = Fault(
    "{url} asks for TLS, and the server does not speak it at this port.",
    "Valid is a URL without +s or +ssc, or a server with dbms.ssl.policy.bolt.enabled=true.",
    "the same command with neo4j://HOST:PORT",
)
_UNKNOWN_HOST = Fault(
    "There is no machine of the name in {url}.",
    "Valid is the name or the number of the machine that the server runs on.",
    "kgp neo4j status, or ping HOST",
)
_REFUSED = Fault(
    "Nothing listens at {url}.",
    "Is the server running, and is this its port of Bolt (7687 unless it is set otherwise)?",
    "kgp neo4j status, or kgp neo4j start",
    passes=True,
)

_KNOWN = (
    Fault(
        "{url} takes no more attempts of user {user!r} for some seconds: too many wrong passwords.",
        "Wait a few seconds, and give the right password.",
        "the same command, later",
        passes=True,
        signs=("Security.AuthenticationRateLimit",),
    ),
    Fault(
        "The password of user {user!r} of {url} has to be changed before it can be used.",
        "It is the one that the server came with.",
        "cypher-shell -d system: ALTER CURRENT USER SET PASSWORD FROM … TO …",
        signs=("Security.CredentialsExpired",),
    ),
    Fault(
        "User {user!r} of {url} is not allowed to do this.",
        "Reading needs the right to read, loading that to write and to make indexes.",
        "the same command as another user, named in KGP_NEO4J_USER",
        signs=("Security.Forbidden",),
    ),
    Fault(
        "There is no database {database!r} on {server}.",
        "Neo4j Community has one, called neo4j unless the server is set otherwise.",
        "the same command with {server}/neo4j",
        signs=("Database.DatabaseNotFound",),
    ),
    Fault(
        "{url} can be read only; nothing was written.",
        "The server is set so (server.databases.default_to_read_only or read_only), or follows "
        "another one that takes writes.",
        "the same command on a server that takes writes",
        signs=("ReadOnlyAccessDatabase", "OnReadOnlyDatabase", "Cluster.NotALeader"),
    ),
    Fault(
        "The database {database!r} on {server} is not available.",
        "It is starting, stopping or recovering, or could not be started; its log says which.",
        "kgp neo4j logs, then the same command",
        passes=True,
        signs=("General.DatabaseUnavailable", "Database.DatabaseUnavailable"),
    ),
    Fault(
        "{url} has less memory than this needs.",
        "Give it more (server.memory.heap.max_size, dbms.memory.transaction.total.max).",
        "kgp doctor --store {url}",
        passes=True,
        signs=("MemoryPoolOutOfMemoryError", "OutOfMemoryError", "TransactionMemoryLimit"),
    ),
    Fault(
        "{url} cannot write to its disk: it is full, or fails.",
        "What was committed is safe. Kill the server (kill -9) before you free space where it "
        "keeps its data, as one that ends by itself writes on into a damaged log; then start it.",
        "kgp doctor --store {url}, then the same command, which continues",
        passes=True,
        signs=(
            "Transaction.TransactionCommitFailed",
            "Transaction.TransactionLogError",
            "No space left",
            "critical error, and needs to be restarted",
        ),
    ),
    Fault(
        "{url} holds what a constraint of kgp's forbids, so the constraint cannot be made.",
        "Someone dropped it, and wrote two nodes of one identity: (:Kgp {{id}}), (:KgpIdentifier "
        "{{id}}) and (:KgpRecord {{key}}) are unique.",
        "kgp doctor --store {url}, which names what is missing",
        signs=("Schema.ConstraintCreationFailed",),
    ),
    Fault(
        "{url} closed the connection at once: it takes TLS alone at this port, or it is no Neo4j.",
        "Valid is neo4j+s://HOST:PORT for a server with a certificate that this machine trusts, "
        "neo4j+ssc:// for one that signed its own.",
        "the same command with +s or +ssc in the URL",
        signs=("closed with incomplete handshake", "closed without handshake"),
    ),
    Fault(
        "What listens at {url} is no Neo4j server, or one too old to know this protocol.",
        "Valid is the port of Bolt, 7687 unless the server is set otherwise; not that of its pages "
        "for browsers, 7474.",
        "the same command with another port",
        signs=("Bolt handshake", "looks like HTTP", "Unknown Bolt", "does not support Bolt"),
    ),
)


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn errors of the driver and the server into errors of kgp.

    Raises:
        StoreError: what trying again does not change: credentials, database, version, rights.
        StoreUnavailableError: what may pass: no connection, a full disk.
    """
    try:
        yield
    except GqlError as error:
        raise explain(error, address) from error


def explain(error: BaseException, address: Address) -> KgpError:
    """What an error of the driver means; the cause nearest to the root decides."""
    chain = list(causes(error))
    for cause in reversed(chain):
        if fault := _known(cause):
            return fault.error(address)
    server = next((cause for cause in reversed(chain) if isinstance(cause, Neo4jError)), None)
    if server is not None:
        said = redact(server.message or str(server)).strip().splitlines()[0]
        kind = StoreUnavailableError if server.is_retryable() else StoreError
        return kind(
            f"{address.url}: {said}",
            hint=f"The server calls it {server.code}.",
            command=f"kgp doctor --store {address.url}",
        )
    return StoreUnavailableError(
        f"The connection to {address.url} is lost: {redact(str(chain[-1])).splitlines()[0]}",
        hint="The server may have been stopped, or the network failed; what was committed is safe.",
        command="kgp neo4j status, then the same command",
    )


def _known(cause: BaseException) -> Fault | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _STRANGE_CERTIFICATE
    if isinstance(cause, ssl.SSLError):
        return _NO_TLS
    if isinstance(cause, socket.gaierror):
        return _UNKNOWN_HOST
    if isinstance(cause, ConnectionRefusedError):
        return _REFUSED
    if not isinstance(cause, Neo4jError | DriverError):
        return None
    text = str(cause)
    for fault in _KNOWN:
        if any(sign in text for sign in fault.signs):
            return fault
    return _CREDENTIALS if isinstance(cause, AuthError) else None
