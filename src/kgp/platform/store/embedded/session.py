"""A connection to the embedded store's file: statements, streams, transactions."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from kgp.errors import BadInputError, NoStoreError, StoreError
from kgp.platform.store.embedded.connection import (
    MEMORY,
    connect,
    create_file,
    create_tables,
    translated,
)
from kgp.platform.store.embedded.migrations import OLDEST_FORMAT, migrate
from kgp.platform.store.records import FORMAT_VERSION
from kgp.platform.store.refusals import check_none_missing, check_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

BATCH_ROWS = 65_536


class Session:
    """A connection to one DuckDB file and the transactions on it.

    Args:
        path: the file, or ``:memory:``.
        create: make the file where there is none.
        busy_wait: seconds to wait while another process holds the file.

    Raises:
        NoStoreError: if there is no store.
        StoreError: if it is not one, or it is of a newer format.
        StoreBusyError: if another process holds it.
    """

    def __init__(self, path: str, *, create: bool = True, busy_wait: float = 2.0) -> None:
        self.path = path
        self.url = f"duckdb:{path}"
        self._owner = os.getpid()
        if path != MEMORY and not Path(path).exists():
            if not create:
                raise NoStoreError(
                    f"There is no store at {path}.",
                    hint="A store comes into being with the first load, or is named by --store.",
                    command=f"kgp load SOURCE PATH --store duckdb:{path}",
                )
            create_file(path)
        self._con = connect(path, busy_wait)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the file; safe to call twice, and without effect in a forked process."""
        if os.getpid() == self._owner:
            self._con.close()

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, for the process that opened it.

        Raises:
            StoreError: in a forked process.
        """
        check_process(self._owner)
        return self._con

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
        con = self.connection()
        with translated(self.path, con):
            return con.execute(sql, named or list(parameters) or None)

    def rows(self, sql: str, *parameters: Any, **named: Any) -> list[tuple[Any, ...]]:
        """Run a query and fetch all rows."""
        with translated(self.path, self._con):
            return self.execute(sql, *parameters, **named).fetchall()

    def scalar(self, sql: str, *parameters: Any) -> Any:
        """Run a query that gives one value."""
        return self.rows(sql, *parameters)[0][0]

    @contextmanager
    def registered(self, name: str, table: pa.Table) -> Iterator[None]:
        """Let SQL see an Arrow table under ``name`` for a while."""
        con = self.connection()
        con.register(name, table)
        try:
            yield
        finally:
            con.unregister(name)

    def stream(self, sql: str, *parameters: Any, **named: Any) -> Iterator[pa.RecordBatch]:
        """Run a query on a cursor of its own and stream the result."""
        cursor = self.connection().cursor()
        try:
            with translated(self.path, cursor):
                # Not cursor.sql: with parameters it holds the whole result before the first row.
                running = cursor.execute(sql, named or list(parameters))
                reader: pa.RecordBatchReader = running.to_arrow_reader(BATCH_ROWS)
                yield from reader
        finally:
            cursor.close()

    def table(self, sql: str, *parameters: Any, **named: Any) -> pa.Table:
        """Run a query and fetch the whole result as an Arrow table."""
        with translated(self.path, self._con):
            return self.execute(sql, *parameters, **named).to_arrow_table()

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
        check_none_missing(self.url, ids - known)

    def load_number(self, load_id: str) -> int:
        """The number of a load in this file.

        Raises:
            BadInputError: for an unknown load.
        """
        known = dict(self.rows("SELECT load_id, load FROM load"))
        if load_id not in known:
            raise BadInputError(f"No load {load_id!r}. Known: {', '.join(known) or 'none'}.")
        return int(known[load_id])

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

    def _prepare(self) -> None:
        if self.path == MEMORY:
            create_tables(self._con)
        self._check_format()
        self._con.execute("SET enable_progress_bar = false")

    def _check_format(self) -> None:
        """Bring a store of an older format to this one; refuse what cannot be read."""
        try:
            found = self.get_meta("format")
        except (duckdb.CatalogException, duckdb.BinderException):
            found = None
        if found is None or not found.isdecimal():
            raise StoreError(
                f"{self.path} is a DuckDB file, but not a kgp store.",
                hint="Name another file; kgp does not write into databases of others.",
                command="kgp load SOURCE PATH --store duckdb:kgp.duckdb",
            )
        if not OLDEST_FORMAT <= int(found) <= FORMAT_VERSION:
            raise StoreError(
                f"{self.path} has store format {found}; this kgp reads formats {OLDEST_FORMAT} to "
                f"{FORMAT_VERSION}.",
                hint="A newer kgp wrote it; nothing was changed.",
                command="pip install --upgrade kgp",
            )
        if int(found) < FORMAT_VERSION:
            with translated(self.path, self._con):
                migrate(self._con, int(found))
