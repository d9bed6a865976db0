"""Opening the embedded store's file: locks, formats, and errors a user can act on."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from kgp.errors import BadInputError, StoreBusyError, StoreError, StoreUnavailableError
from kgp.platform.store.embedded.schema import CREATE
from kgp.platform.store.records import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

MEMORY = ":memory:"
BATCH_ROWS = 65_536
_LOCKED = re.compile(r"Conflicting lock is held in (?P<who>.*?)(?: by user .*?)?\.", re.S)

_FULL = re.compile("No space left|File too large|Disk quota exceeded")
_OF_THE_FILE = (
    duckdb.IOException,
    duckdb.CatalogException,
    duckdb.FatalException,
    # A commit that cannot be written.
    duckdb.TransactionException,
)


class Session:
    """A connection to one DuckDB file and the transactions on it.

    Args:
        path: the file, or ``:memory:``.
        create: make the file where there is none.
        busy_wait: seconds to wait while another process holds the file.

    Raises:
        StoreError: if there is no store, or it is not one, or it is of a newer format.
        StoreBusyError: if another process holds it.
    """

    def __init__(self, path: str, *, create: bool = True, busy_wait: float = 2.0) -> None:
        self.path = path
        self.url = f"duckdb:{path}"
        self._owner = os.getpid()
        fresh = path == MEMORY or not Path(path).exists()
        if fresh and not create:
            raise StoreError(
                f"There is no store at {path}.",
                hint="A store comes into being with the first load, or is named by --store.",
                command=f"kgp load SOURCE PATH --store duckdb:{path}",
            )
        self._con = _connect(path, busy_wait)
        try:
            self._prepare(fresh)
        except BaseException:
            self.close()
            if fresh and path != MEMORY:
                Path(path).unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self._con.close()

    def execute(self, sql: str, *parameters: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        """Run one statement; a full disk or a damaged file becomes an error of kgp.

        Args:
            sql: the statement, with ``?`` or ``$name`` for values.
            parameters: values for ``?``.
            named: values for ``$name``.

        Raises:
            StoreUnavailableError: if the disk is full.
            StoreError: if the file is damaged, or this is another process's store object.
        """
        if os.getpid() != self._owner:
            raise StoreError(
                "A store object cannot be used in a forked process.",
                hint="Give workers the path of a snapshot instead.",
                command="kgp snapshot OUT",
            )
        with translated(self.path):
            return self._con.execute(sql, named or list(parameters) or None)

    def rows(self, sql: str, *parameters: Any, **named: Any) -> list[tuple[Any, ...]]:
        """Run a query and fetch all rows."""
        with translated(self.path):
            return self.execute(sql, *parameters, **named).fetchall()

    def scalar(self, sql: str, *parameters: Any) -> Any:
        """Run a query that gives one value."""
        return self.rows(sql, *parameters)[0][0]

    @contextmanager
    def registered(self, name: str, table: pa.Table) -> Iterator[None]:
        """Let SQL see an Arrow table under ``name`` for a while."""
        self._con.register(name, table)
        try:
            yield
        finally:
            self._con.unregister(name)

    def stream(self, sql: str, *parameters: Any, **named: Any) -> Iterator[pa.RecordBatch]:
        """Run a query on a cursor of its own and stream the result."""
        cursor = self._con.cursor()
        try:
            with translated(self.path):
                relation = cursor.sql(sql, params=named or list(parameters) or None)
                reader: pa.RecordBatchReader = relation.to_arrow_reader(BATCH_ROWS)
                yield from reader
        finally:
            cursor.close()

    def table(self, sql: str, *parameters: Any, **named: Any) -> pa.Table:
        """Run a query and fetch the whole result as an Arrow table."""
        with translated(self.path):
            return self._con.sql(sql, params=named or list(parameters) or None).to_arrow_table()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the cached fingerprint goes with the first write."""
        self.execute("BEGIN")
        try:
            self.execute("DELETE FROM meta WHERE key = 'fingerprint'")
            yield
            self.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise

    @staticmethod
    def now() -> str:
        """The time, for records that carry one; never part of the content."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def nodes_exist(self, ids: set[str]) -> None:
        """Check that every id means a node.

        Raises:
            BadInputError: for the first that does not.
        """
        known = {
            row[0]
            for row in self.rows(
                "SELECT id FROM entity WHERE nid IS NOT NULL AND id IN (SELECT unnest(?))",
                sorted(ids),
            )
        }
        missing = sorted(ids - known)
        if missing:
            raise BadInputError(
                f"No node {missing[0]!r} in {self.url}.",
                hint="Valid is an identifier of a loaded node, such as ncbigene:7157.",
                command=f"kgp find {missing[0].partition(':')[2] or missing[0]}",
            )

    def get_meta(self, key: str) -> str | None:
        """Look up a fact about the store itself."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0]) if rows else None

    def _rollback(self) -> None:
        try:
            self._con.execute("ROLLBACK")
        except duckdb.Error:
            # The failed statement may have ended the transaction already.
            return

    def _prepare(self, fresh: bool) -> None:
        if fresh:
            with translated(self.path):
                self._con.begin()
                self._con.execute(CREATE)
                self._con.execute("INSERT INTO meta VALUES ('format', ?)", [str(FORMAT_VERSION)])
                self._con.commit()
        self._check_format()
        self._con.execute("SET preserve_insertion_order = false")
        self._con.execute("SET enable_progress_bar = false")

    def _check_format(self) -> None:
        try:
            found = int(self.get_meta("format") or 0)
        except StoreError as error:
            raise StoreError(
                f"{self.path} is a DuckDB file, but not a kgp store.",
                hint="Name another file; kgp does not write into databases of others.",
                command="kgp load SOURCE PATH --store duckdb:kgp.duckdb",
            ) from error
        if found != FORMAT_VERSION:
            raise StoreError(
                f"{self.path} has store format {found}; this kgp reads format {FORMAT_VERSION}.",
                hint="A newer kgp wrote it; nothing was changed.",
                command="pip install --upgrade kgp",
            )


def _connect(path: str, busy_wait: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + busy_wait
    while True:
        try:
            return duckdb.connect(path)
        except duckdb.IOException as error:
            held = _LOCKED.search(str(error))
            if not held:
                raise _translate(error, path) from error
            if time.monotonic() >= deadline:
                raise StoreBusyError(
                    f"{path} is held by another process: {' '.join(held['who'].split())}.",
                    hint="One process at a time may open an embedded store.",
                    command="the same command when the other one has ended",
                ) from error
            time.sleep(0.1)
        except duckdb.Error as error:
            raise _translate(error, path) from error


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn DuckDB's errors about disk and file into errors of kgp; others are defects of ours.

    Raises:
        KeyboardInterrupt: if Ctrl-C ended a query; DuckDB has several names for that.
    """
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:
        if isinstance(error, duckdb.InterruptException) or "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise
    except _OF_THE_FILE as error:
        raise _translate(error, path) from error


def _translate(error: Exception, path: str) -> StoreError | StoreUnavailableError:
    text = str(error).strip().splitlines()[0]
    if _FULL.search(str(error)):
        return StoreUnavailableError(
            f"The disk of {path} is full: {text}",
            hint="Free some space; the graph is as it was before.",
            command="the same command, which continues",
        )
    return StoreError(
        f"Cannot open {path}: {text}",
        hint="It is not a kgp store, it is damaged, or its folder cannot be written.",
        command=f"ls -l {Path(path).parent}",
    )
