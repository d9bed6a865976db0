"""Versioned regulation in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from kgp.platform.row_checks import SIGN_OF_EFFECT
from kgp.platform.store.checks import check_changes, same_work
from kgp.platform.store.records import GrnRecord, GrnVersion
from kgp.platform.store.refusals import check_free_fork, check_head
from kgp.testing.memory.base import check_known, record_batches
from kgp.testing.memory.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kgp.platform.store.records import EdgeChange
    from kgp.testing.memory.content import Row

_COLUMNS = {
    **{"src": pa.string(), "dst": pa.string(), "layer": pa.string(), "sign": pa.int8()},
    **{"effect": pa.string(), "sign_source": pa.string(), "weight": pa.float32()},
    **{"confidence": pa.float32(), "since": pa.int32(), "until": pa.int32()},
    **{"source": pa.string(), "evidence": pa.string()},
    **{"end_confidence": pa.float32(), "end_evidence": pa.string()},
}


class Regulation(Evidence):
    """The regulation store of the port; each method is documented there."""

    def grns(self) -> list[GrnRecord]:
        """All networks, by name."""
        return [self.networks[name] for name in sorted(self.networks)]

    def grn_versions(self, name: str) -> list[GrnVersion]:
        """History of a network, oldest first."""
        check_known("network", name, self.networks)
        return [version for version in self.versions if version.grn == name]

    def scan_regulation(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream the network as of a version."""
        held = self.as_of(name, self._at(name, version))
        rows = [tuple(row[column] for column in _COLUMNS) for row in held]
        yield from record_batches(rows, pa.schema(list(_COLUMNS.items())))

    def current(self, name: str) -> list[Row]:
        """The rows of a network that hold now."""
        return self.as_of(name, self.networks[name].head)

    def as_of(self, name: str, version: int) -> list[Row]:
        """The rows of a network that held at a version, one per pair and layer."""
        held = self._rows(name, lambda row: _holds(row, version))
        groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in held:
            groups[row["src"], row["dst"], row["layer"]].append(row)
        return [_merged(groups[key]) for key in sorted(groups)]

    def states(self, name: str, turn: str) -> list[Row]:
        """The rows that ever began (``since``) or ended (``until``), one per pair, layer and turn.

        They are in the order of their turns.
        """
        groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self._rows(name, lambda r: r[turn] is not None):
            groups[row[turn], row["src"], row["dst"], row["layer"]].append(row)
        return [_merged(groups[key]) for key in sorted(groups)]

    def edge_history(self, name: str, src: str, dst: str) -> list[dict[str, Any]]:
        """All rows that the network ever held for one pair, by layer and version."""
        check_known("network", name, self.networks)
        pair = self.world.node_of(src), self.world.node_of(dst)
        groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in self._rows(name, lambda r: True):
            if (row["src"], row["dst"]) == pair:
                groups[row["layer"], row["since"], row["until"] or 1 << 30].append(row)
        merged = [_merged(groups[key]) for key in sorted(groups)]
        return [{column: row[column] for column in _COLUMNS} for row in merged]

    def _rows(self, name: str, keep: Callable[[Row], bool]) -> Iterator[Row]:
        """Rows between nodes, with ends and provenance filled in."""
        for row in self.regulation:
            src, dst = self.world.node_of(row["src"]), self.world.node_of(row["dst"])
            if row["grn"] == name and src and dst and keep(row):
                yield {**row, "src": src, "dst": dst, **self._provenance(row["load"])}

    def _provenance(self, load_id: str | None) -> dict[str, str]:
        if load_id is None:
            return {"source": "kgp", "source_version": "", "license": ""}
        record = self.loads[load_id].record
        version, license = record.version, record.license
        return {"source": record.source, "source_version": version, "license": license}

    def commit_version(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> GrnVersion:
        """Write a new version and its head."""
        changes = check_changes(changes, self._known_signatures)
        history = self.grn_versions(version.grn)
        same = [known for known in history if same_work(known, version)]
        if same:
            return same[0]
        head = history[-1].version
        check_head(version, head)
        self.check_nodes(end for change in changes for end in (change.src, change.dst))
        written = replace(version, version=head + 1)
        for change in changes:
            self._close(written, change)
        for change in changes:
            self._open(written, change)
        self._write_evidence(written, changes)
        self.versions.append(written)
        self.networks[version.grn] = replace(self.networks[version.grn], head=written.version)
        return written

    def _close(self, version: GrnVersion, change: EdgeChange) -> None:
        key = self.world.node_of(change.src), self.world.node_of(change.dst), change.layer
        for row in self.regulation:
            ends = self.world.node_of(row["src"]), self.world.node_of(row["dst"])
            if row["grn"] == version.grn and row["until"] is None and (*ends, row["layer"]) == key:
                row["until"] = version.version
                row["end_confidence"] = change.confidence
                row["end_evidence"] = _json(change.evidence)

    def _open(self, version: GrnVersion, change: EdgeChange) -> None:
        if change.sign is None:
            return
        self.regulation.append(
            {
                "grn": version.grn,
                "src": change.src,
                "dst": change.dst,
                "layer": change.layer,
                "sign": change.sign,
                "effect": change.effect,
                "sign_source": f"{version.grn}@{version.version} {version.method}",
                "weight": change.weight,
                "confidence": change.confidence,
                "since": version.version,
                "until": None,
                "evidence": _json(change.evidence),
                **{"load": None, "end_confidence": None, "end_evidence": None},
            }
        )

    def fork_grn(
        self,
        name: str,
        fork: str,
        context: str,
        author: str,
        version: int | None = None,
        *,
        time: str | None = None,
    ) -> GrnVersion:
        """Start a history of its own from a version of another network."""
        at = self._at(name, version)
        check_free_fork(fork, self.networks, name, context)
        rows = [row for row in self.regulation if row["grn"] == name and _holds(row, at)]
        begins = {"grn": fork, "since": 1, "until": None}
        never = {"end_confidence": None, "end_evidence": None}
        self.regulation += [{**row, **begins, **never} for row in rows]
        self._fork_evidence(name, rows, fork)
        parameters = {"from": name, "version": at, "context": context}
        made = time or now()
        first = GrnVersion(fork, 1, 0, "fork", parameters, "", {}, author, made)
        self.versions.append(first)
        self.networks[fork] = GrnRecord(fork, 1, f"{name}@{at}", context)
        return first


def _holds(row: Row, version: int) -> bool:
    return bool(row["since"] <= version and (row["until"] or version + 1) > version)


def now() -> str:
    """The time, for records that carry one."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _merged(rows: list[Row]) -> Row:
    """One row from those that state the same pair; names of one gene that disagree make it dual."""
    known = {row["effect"] for row in rows} - {"unknown"} or {"unknown"}
    effect = known.pop() if len(known) == 1 else "dual"
    ends = [row["until"] for row in rows if row["until"] is not None]
    return {
        **rows[0],
        "sign": SIGN_OF_EFFECT[effect],
        "effect": effect,
        "since": max(row["since"] for row in rows),
        "until": min(ends, default=None),
        **{key: _pick(min, rows, key) for key in ("sign_source", "source", "license")},
        **{
            key: _pick(max, rows, key)
            for key in (
                *("weight", "confidence", "evidence", "source_version"),
                *("end_confidence", "end_evidence"),
            )
        },
    }


def _pick(choose: Callable[[list[Any]], Any], rows: list[Row], key: str) -> Any:
    stated = [row[key] for row in rows if row[key] is not None]
    return choose(stated) if stated else None
