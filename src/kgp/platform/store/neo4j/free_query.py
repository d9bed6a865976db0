"""Free Cypher, in a transaction that cannot write.

It is the server that refuses to write in a transaction opened for reading; kgp does not look at the
text. This is no part of the store's port: only a graph database understands Cypher.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import neo4j
from neo4j.exceptions import ClientError

from kgp.errors import BadInputError, StoreError
from kgp.log import redact
from kgp.platform.store.neo4j.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_POSITION = re.compile(r"\s*\(line (\d+), column (\d+) \(offset: \d+\)\)")


@dataclass(frozen=True, slots=True)
class CypherAnswer:
    """What the server answers.

    Args:
        columns: names of the columns.
        rows: one list per row, of the driver's own values.
        more: whether rows beyond the limit were left behind.
    """

    columns: tuple[str, ...]
    rows: list[list[Any]]
    more: bool


class FreeQueries(Session):
    """Cypher of the user's own."""

    def cypher(
        self, text: str, parameters: Mapping[str, Any], *, limit: int, timeout: float
    ) -> CypherAnswer:
        """Run a query and read its first rows.

        Args:
            text: one query in Cypher.
            parameters: values of its ``$name``.
            limit: most rows; one more is read, to know whether there are more.
            timeout: seconds after which the server ends the transaction.

        Raises:
            BadInputError: if the server does not understand the query, or it fails.
            StoreError: if the query would write, or takes too long.
            StoreBusyError: while a load is half written.
        """
        # Not in the same transaction, in which commands such as SHOW DATABASES stand alone.
        self.reading(lambda tx: None)
        with self.guarded(), _explained(self.url, timeout):
            with self._session(neo4j.READ_ACCESS, fetch_size=limit + 1) as session:
                with session.begin_transaction(timeout=timeout) as tx:
                    result = tx.run(text, dict(parameters))
                    rows = [list(record.values()) for record in result.fetch(limit + 1)]
        return CypherAnswer(tuple(result.keys()), rows[:limit], len(rows) > limit)


@contextmanager
def _explained(url: str, timeout: float) -> Iterator[None]:
    """Say what is wrong with a query in one message."""
    try:
        yield
    except OverflowError as error:
        raise BadInputError(
            "A parameter holds a whole number beyond 64 bits.",
            hint="Cypher knows none; write it as a text or with a decimal point.",
            command="kgp query --cypher 'RETURN $x' --param 'x=\"…\"'",
        ) from error
    except ClientError as error:
        code = error.code or ""
        if "Statement.AccessMode" in code:
            raise StoreError(
                f"{url} refused the query, because it would write.",
                hint="kgp query only reads; a graph changes by loads and refinements.",
                command="kgp load --help",
            ) from error
        if "TransactionTimedOut" in code:
            raise StoreError(
                f"The query took longer than {timeout:g} seconds, and {url} ended it.",
                hint="Start from a node by its id, bound the length of paths, or allow more time.",
                command=f"kgp query --cypher … --timeout {timeout * 10:g}",
            ) from error
        if ".Statement." in code or ".Procedure." in code:
            raise _fault(error.message or str(error)) from error
        raise


def _fault(message: str) -> BadInputError:
    """An error of the query itself, with the place in its text where the server found it."""
    found = _POSITION.search(message)
    what = message[: found.start()] if found else message
    excerpt = message[found.end() :].strip("\n") if found else ""
    at = f" at line {found[1]}, column {found[2]}" if found and found[1] != "0" else ""
    return BadInputError(
        f"Cypher{at}: {redact(what)}." + (f"\n{redact(excerpt)}" if at else ""),
        hint="A parameter $name is given as --param name=VALUE."
        if "parameter" in what
        else "docs/cypher.md has queries to start from.",
        command="kgp query --cypher 'MATCH (g:Kgp {id: $gene}) RETURN g' "
        "--param gene=ncbigene:7157",
    )
