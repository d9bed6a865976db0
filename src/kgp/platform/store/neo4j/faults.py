"""What the errors of a Neo4j server and its driver mean to a user."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

from kgp.errors import StoreError, StoreUnavailableError
from kgp.log import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.address import Address


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn errors of the driver and the server into errors of kgp.

    Raises:
        StoreError: what trying again does not change: credentials, database, version, rights.
        StoreUnavailableError: what may pass: no connection, a full disk.
    """
    try:
        yield
    except AuthError as error:
        raise StoreError(
            f"{address.url} does not accept the password of user {address.user!r}.",
            hint="User and password come from the environment, the URL or a file.",
            command="kgp doctor",
        ) from error
    except (ServiceUnavailable, DriverError) as error:
        raise StoreUnavailableError(
            f"Cannot reach {address.url}: {redact(str(error))}",
            hint="Is the server running, and is this its port?",
            command="kgp neo4j status",
        ) from error
    except Neo4jError as error:
        raise StoreError(
            f"{address.url}: {redact(error.message or str(error))}", command="kgp doctor"
        ) from error
