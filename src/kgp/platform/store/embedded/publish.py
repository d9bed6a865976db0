"""Phase 2 of a load in the embedded store: staged parts become statements, in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import orjson

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.provenance import source_rank
from kgp.platform.store.embedded.inserts import ENDS, INSERTS
from kgp.platform.store.embedded.loaded_vectors import LoadedVectors
from kgp.platform.store.embedded.merging import Merging
from kgp.platform.store.records import UNCONNECTED, PublishReport
from kgp.platform.store.refusals import check_free

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.staging import Staged
    from kgp.progress import Step

_MEMORY, _THREADS = "1GB", 4
"""What the bulk of a load may use while it is written."""


class Publishing(Merging, LoadedVectors):
    """Writing loads."""

    def publish(self, staged: Staged, step: Step | None = None) -> PublishReport:
        """Write a staging: all of it or, whatever happens, nothing.

        Args:
            staged: the load.
            step: where to say how many of its rows are written.

        Raises:
            BadInputError: if it names a network, data set or vector set that is there already.
        """
        known = self.rows("SELECT nodes, edges, merged FROM load WHERE load_id = ?", staged.load_id)
        if known:
            nodes, edges, merged = known[0]
            return PublishReport(staged.load_id, True, nodes, edges, merged)
        with self._own_limits(), self.transaction():
            self._refuse_taken_names(staged)
            load = int(self.rows("SELECT coalesce(max(load), 0) + 1 FROM load")[0][0])
            threads = self._bound()
            self._add_entities(staged)
            for kind in INSERTS:
                written = self._insert(staged, kind, load)
                if step:
                    step.advance(written)
            self._unbind(threads)
            time = staged.moved.loaded_at if staged.moved else self.now()
            self._start_networks(load, staged, time)
            self.describe_vectors(load, staged.info, time[:10])
            self._record(staged, load, time)
            if staged.parts(Kind.NODES) or staged.parts(Kind.XREFS):
                self.touch(load)
                self.rebuild_nodes()
            return self._account(staged, load)

    def half_written(self) -> None:
        """Nothing is ever half written in a file: each load is one transaction."""

    def abort_pending(self) -> None:
        """Nothing is ever half written: a load is one transaction."""

    @contextmanager
    def _own_limits(self) -> Iterator[None]:
        """Give DuckDB its limits back once the transaction is over, however it ended.

        After an error a transaction takes no more statements, so this is around it.
        """
        threads = self._threads()
        try:
            yield
        finally:
            self._unbind(threads)

    def _bound(self) -> int:
        """Keep the memory flat however many rows come in: what does not fit goes to disk.

        Each thread needs some memory of its own, so their number is bounded, too; return the
        number before.
        """
        threads = self._threads()
        self.execute(f"SET memory_limit = '{_MEMORY}'")
        self.execute(f"SET threads = {min(threads, _THREADS)}")
        return threads

    def _unbind(self, threads: int) -> None:
        self.execute("RESET memory_limit")
        self.execute(f"SET threads = {threads}")

    def _threads(self) -> int:
        return int(self.scalar("SELECT current_setting('threads')"))

    def _refuse_taken_names(self, staged: Staged) -> None:
        for kind, column, table, what in (
            (Kind.REGULATION, "grn", "grn_version", "network"),
            (Kind.DATASETS, "dataset", "dataset", "response set"),
            (Kind.VECTORS, "name", "vector_set", "vector set"),
        ):
            parts = staged.parts(kind)
            if not parts:
                continue
            taken = self.rows(
                f"SELECT DISTINCT {column} FROM read_parquet(?)"
                f" WHERE {column} IN (SELECT {column} FROM {table}) ORDER BY {column}",
                parts,
            )
            check_free(what, [row[0] for row in taken], staged.info.name)

    def _add_entities(self, staged: Staged) -> None:
        for kind, columns in ENDS.items():
            parts = staged.parts(kind)
            if not parts:
                continue
            ids = " UNION ".join(
                f"SELECT {column} AS id FROM read_parquet($parts)" for column in columns
            )
            self.execute(
                f"""INSERT INTO identifier
                SELECT (SELECT coalesce(max(eid), -1) FROM identifier) + row_number() OVER (), id
                FROM (SELECT DISTINCT id FROM ({ids}) ANTI JOIN identifier USING (id))""",
                parts=parts,
            )

    def _insert(self, staged: Staged, kind: Kind, load: int) -> int:
        """Write the statements of one kind; return how many rows there were."""
        parts = staged.parts(kind)
        if not parts:
            return 0
        sql = INSERTS[kind].replace("part p", "read_parquet($parts) p")
        self.execute(sql, parts=parts, load=load)
        return int(self.scalar("SELECT count(*) FROM read_parquet(?)", parts))

    def _start_networks(self, load: int, staged: Staged, time: str) -> None:
        """Give every imported network its version 1."""
        parameters = orjson.dumps(
            {"source": staged.info.name, "version": staged.info.version}
        ).decode()
        self.execute(
            """INSERT INTO grn_version
            SELECT DISTINCT grn, 1, 0, 'import', ?, '', '{}', 'kgp load', ?
            FROM regulation WHERE load = ?""",
            parameters,
            time,
            load,
        )
        self.execute(
            "INSERT INTO grn SELECT DISTINCT grn, 1, '', '' FROM regulation WHERE load = ?", load
        )

    def _record(self, staged: Staged, load: int, time: str) -> None:
        info, tally = staged.info, staged.tally
        self.execute(
            f"INSERT INTO load VALUES ({', '.join('?' * 17)})",
            load,
            staged.load_id,
            info.name,
            info.title,
            info.version,
            info.license,
            info.citation,
            info.url,
            info.synthetic,
            source_rank(info.name),
            tally.rows_in,
            tally.rows_kept,
            _dropped(staged, {}),
            0,
            0,
            0,
            time,
        )

    def _account(self, staged: Staged, load: int) -> PublishReport:
        """Count what the load states, and what of it found no node."""
        nodes = self.rows(
            "SELECT count(DISTINCT nid) FROM node_statement JOIN meaning USING (eid)"
            " WHERE load = ?",
            load,
        )[0][0]
        stated, edges = self._stated_edges(load)
        rows = sum(
            self.rows("SELECT count(*) FROM read_parquet(?)", parts)[0][0]
            for kind in (Kind.EDGES, Kind.REGULATION)
            if (parts := staged.parts(kind))
        )
        merged = staged.tally.rows_merged + rows - stated
        dropped = {UNCONNECTED: stated - edges} if stated > edges else {}
        if moved := staged.moved:
            # Which ends found no node depends on what had been loaded before.
            nodes, edges, merged = moved.nodes, moved.edges, moved.merged
            read = staged.tally.dropped
            dropped = {why: n for why, n in moved.dropped.items() if why not in read}
        self.execute(
            "UPDATE load SET nodes = ?, edges = ?, merged = ?, dropped = ? WHERE load = ?",
            nodes,
            edges,
            merged,
            _dropped(staged, dropped),
            load,
        )
        return PublishReport(staged.load_id, False, nodes, edges, merged, dropped)

    def _stated_edges(self, load: int) -> tuple[int, int]:
        """Relationships that a load states, and those of them whose two ends are nodes."""
        stated = edges = 0
        for table in ("edge_statement", "regulation"):
            found = self.rows(
                f"""SELECT count(*), count(*) FILTER (s.nid IS NOT NULL AND d.nid IS NOT NULL)
                FROM {table} t
                LEFT JOIN meaning s ON s.eid = t.src LEFT JOIN meaning d ON d.eid = t.dst
                WHERE t.load = ?""",
                load,
            )[0]
            stated, edges = stated + found[0], edges + found[1]
        return stated, edges


def _dropped(staged: Staged, published: dict[str, int]) -> str:
    """Rows dropped by reason, while reading and while publishing, as JSON."""
    read = {reason: entry.count for reason, entry in staged.tally.dropped.items()}
    return orjson.dumps(read | published, option=orjson.OPT_SORT_KEYS).decode()
