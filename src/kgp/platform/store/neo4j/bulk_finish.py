"""The end of a bulk load, on the running server: indexes, ledger, what is odd, counts, the record.

The store's own record comes last: until then there is no graph of kgp for anyone who asks.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from kgp.errors import StoreError
from kgp.kg_schema.relations import check_relation
from kgp.platform.store.neo4j.founding import mend_schema
from kgp.platform.store.neo4j.ledger import write_load
from kgp.platform.store.neo4j.properties import native
from kgp.platform.store.neo4j.schema import BULK_KEY, OWN_LABELS, STORE_KEY
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.neo4j.vector_index import index_loaded
from kgp.platform.store.records import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from neo4j import ManagedTransaction

    from kgp.platform.staging import Staged
    from kgp.platform.store.neo4j.bulk_files import Manifest
    from kgp.platform.store.neo4j.session import Row
    from kgp.platform.store.records import PublishReport
    from kgp.progress import Step

_BATCH = 1_000

_ODD_NODES = "UNWIND $rows AS r MATCH (n:Kgp {id: r.id}) SET n += r.p"


class BulkSession(Session):
    """A connection to a database that holds no store of kgp's yet."""

    def _prepare(self, *, create: bool, into_existing: bool) -> None:
        """Make nothing and refuse nothing: that comes at the end."""

    def begun(self) -> str | None:
        """Look what the database holds before or after an import.

        Returns:
            The mark of a bulk load that is not done; None if the database is empty.

        Raises:
            StoreError: if it holds anything else.
        """
        [row] = self.write(
            "OPTIONAL MATCH (b:KgpRecord:KgpBulk {key: $key}) "
            "RETURN b.mark AS mark, COUNT { () } AS nodes",
            key=BULK_KEY,
        )
        if row["nodes"] == 0:
            return None
        if row["mark"] is not None and not self._others():
            return str(row["mark"])
        raise StoreError(
            f"{self.url} holds {row['nodes']:,} nodes; --bulk is for the first load into an empty "
            "database, and replaces all there is.",
            hint="Nothing was changed. Without --bulk the load is added to what is there.",
            command="the same command without --bulk",
        )

    def take_back(self) -> bool:
        """Remove what an import has brought, if it was not finished; tell whether one had."""
        if self.begun() is None:
            return False
        for label in OWN_LABELS:
            self.command(
                f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
            )
        return True

    def finish(
        self,
        manifest: Manifest,
        folder: Path,
        loads: Sequence[tuple[Staged, PublishReport]],
        step: Step,
    ) -> None:
        """Make a store of what was imported.

        Args:
            manifest: what was imported.
            folder: where its files are.
            loads: the stagings, in the order of their arrival, with what became of them.
            step: where to say how far it is.

        Raises:
            StoreError: if there is more or less in the graph than was written into the files.
        """
        step.note("indexes")
        mend_schema(self)
        step.note("ledger")
        for staged, report in loads:
            write_load(self, staged, report, manifest.times[staged.load_id])
        for name in manifest.odd:
            self._write_odd(folder / name)
        index_loaded(self)
        step.note("counts")
        self.verify(manifest)
        self.writing(_whole)

    def verify(self, manifest: Manifest) -> None:
        """Compare the number of nodes by label and of relationships by type with the files'.

        Raises:
            StoreError: naming what differs.
        """
        wanted = manifest.counts(is_node=True)
        # The labels and types are those of the sheets, all from the tables of kg_schema.
        found = {
            label: self.write(f"MATCH (n:{label}) RETURN count(n) AS n")[0]["n"] for label in wanted
        }
        found["KgpRecord"] -= self._ledger()
        differing = _differing("nodes", wanted, found)
        wanted = manifest.counts(is_node=False)
        found = {
            verb: self.write(f"MATCH ()-[r:{verb}]->() RETURN count(r) AS n")[0]["n"]
            for verb in wanted
        }
        differing += _differing("relationships", wanted, found)
        if differing:
            raise StoreError(
                f"{self.url} does not hold what was imported: {'; '.join(differing)}.",
                hint="There is no graph of kgp in it yet.",
                command=f"kgp load --abort --store {self.url}, then the same command again",
            )

    def _ledger(self) -> int:
        """Number of the records that did not come from the files."""
        [row] = self.write("RETURN COUNT { (:KgpLoad) } + COUNT { (:KgpPart) } AS n")
        return int(row["n"])

    def _write_odd(self, path: Path) -> None:
        """Write the properties of rows that no cell of a file can carry."""
        for rows in _batches(path):
            if "id" in rows[0]:
                self.write(_ODD_NODES, rows=rows)
                continue
            verb = check_relation(rows[0]["verb"]).name
            self.write(
                "UNWIND $rows AS r MATCH (:Kgp {id: r.src})"
                f"-[x:{verb} {{qualifier: r.qualifier, source: r.source}}]->(:Kgp {{id: r.dst}}) "
                "SET x += r.p",
                rows=rows,
            )

    def _others(self) -> bool:
        own = " OR ".join(f"n:{label}" for label in OWN_LABELS)
        return bool(self.write(f"MATCH (n) WHERE NOT ({own}) RETURN 1 AS one LIMIT 1"))


def _whole(tx: ManagedTransaction) -> None:
    tx.run("MATCH (l:KgpLoad) SET l.published = true")
    tx.run("MATCH (b:KgpRecord:KgpBulk {key: $key}) DELETE b", key=BULK_KEY)
    tx.run(
        "CREATE (:KgpRecord:KgpStore {key: $key, format: $format, uuid: $uuid, sequence: 1})",
        key=STORE_KEY,
        format=FORMAT_VERSION,
        uuid=str(uuid.uuid4()),
    )


def _batches(path: Path) -> Iterator[list[Row]]:
    for batch in pq.ParquetFile(path).iter_batches(_BATCH):
        rows: list[Row] = batch.to_pylist()
        for row in rows:
            row["p"] = native(row.pop("properties"))
        yield rows


def _differing(what: str, wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    return [
        f"{found[name]:,} {what} {name} instead of {number:,}"
        for name, number in wanted.items()
        if found[name] != number
    ]
