"""Networks and the records of their versions, in the embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError, unknown
from kgp.platform.store.embedded.session import Session
from kgp.platform.store.records import GrnRecord, GrnVersion
from kgp.platform.store.refusals import meant_version

if TYPE_CHECKING:
    import duckdb


class Networks(Session):
    """What there is of networks; each public method is documented in the port."""

    def grns(self) -> list[GrnRecord]:
        """All networks, by name."""
        return [GrnRecord(*row) for row in self.rows("SELECT * FROM grn ORDER BY name")]

    def grn_versions(self, name: str) -> list[GrnVersion]:
        """History of a network, oldest first."""
        self._head(name)
        rows = self.rows("SELECT * FROM grn_version WHERE grn = ? ORDER BY version", name)
        return [_version(row) for row in rows]

    def _head(self, name: str) -> int:
        known = dict(self.rows("SELECT name, head FROM grn"))
        if name not in known:
            raise BadInputError(
                unknown("network", name, known, command="kgp load trrust FILE --name NAME")
            )
        return int(known[name])

    def _at(self, name: str, version: int | None) -> int:
        """The version that is meant: by default the head."""
        return meant_version(name, version, self._head(name))

    def _write_version(self, v: GrnVersion) -> None:
        texts = [
            orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
            for value in (v.parameters, v.metrics)
        ]
        self.execute(
            "INSERT INTO grn_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(v.grn, v.version, v.parent, v.method, texts[0], v.data_hash, texts[1]),
            *(v.author, v.time),
        )


def records(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of a result by the names of its columns."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _version(row: tuple[Any, ...]) -> GrnVersion:
    grn, version, parent, method, parameters, data_hash, metrics, author, time = row
    known = orjson.loads(parameters), data_hash, orjson.loads(metrics)
    return GrnVersion(grn, version, parent, method, *known, author, time)
