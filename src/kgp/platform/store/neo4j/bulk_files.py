"""The files that ``neo4j-admin database import full`` reads, written by DuckDB's own ``COPY``.

CSV and not Parquet: the import tool reads Parquet through Hadoop, which Neo4j's published jars do
not bring. A text is quoted where it has to be, and an empty text always, so that it differs from
none; a file whose fields hold line breaks is told to the tool by name, because reading all files
that way is slower.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

from kgp.errors import BadInputError
from kgp.platform.store.neo4j.bulk_columns import SEPARATOR, Variant, properties_of
from kgp.platform.store.neo4j.bulk_sheets import prepared, sheets
from kgp.platform.store.neo4j.engine import times_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.embedded.store import EmbeddedStore
    from kgp.platform.store.neo4j.bulk_sheet import Sheet
    from kgp.progress import Step

ARGUMENTS = "arguments"
"""Name of the file that the import tool takes its arguments from."""

_MANIFEST, _ODD = "bulk.json", "odd"
_BLOCK = 1 << 24
_SET_NAME = re.compile(r"\w(?:[\w .-]*\w)?")
_BUFFER = 4 << 20
"""Bytes that the tool reads at once by default, and in which a field has to find place."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file that was written.

    Args:
        name: its name without ending.
        labels: labels joined by colons, or the relationship type.
        is_node: whether it holds nodes.
        rows: their number.
        lines: whether fields hold line breaks.
        longest: bytes of its longest line.
    """

    name: str
    labels: str
    is_node: bool
    rows: int
    lines: bool
    longest: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a bulk load consists of; it is written when the files are whole.

    Args:
        mark: what tells this bulk load from others.
        files: what the import tool reads.
        odd: Parquet files of rows whose properties the driver writes.
        vectors: vector set → its dimension.
        times: load → when it was published into the engine.
    """

    mark: str
    files: tuple[Written, ...]
    odd: tuple[str, ...]
    vectors: dict[str, int]
    times: dict[str, str]

    def counts(self, *, is_node: bool) -> dict[str, int]:
        """Label → number of nodes with it, or type → number of relationships."""
        found: dict[str, int] = {}
        for file in self.files:
            if file.is_node is is_node:
                for label in file.labels.split(":"):
                    found[label] = found.get(label, 0) + file.rows
        return found


def write_files(store: EmbeddedStore, folder: Path, mark: str, step: Step) -> Manifest:
    """Write the graph of an engine as files for the import tool.

    Args:
        store: the engine.
        folder: an empty folder.
        mark: what tells this bulk load from others.
        step: progress in rows.

    Raises:
        BadInputError: for a vector set with a name that cannot be that of a property.
    """
    vectors = {spec.name: spec.dimension for spec in store.vector_sets()}
    _check_names(vectors)
    files: list[Written] = []
    odd: list[str] = []
    with prepared(store):
        for sheet in sheets(store, mark):
            for file in _write_sheet(store, sheet, folder, odd):
                files.append(file)
                step.advance(file.rows)
    manifest = Manifest(mark, tuple(files), tuple(odd), vectors, times_of(store))
    (folder / ARGUMENTS).write_text(arguments(manifest), encoding="utf-8")
    whole = folder / f"{_MANIFEST}.new"
    whole.write_bytes(orjson.dumps(asdict(manifest)))
    whole.rename(folder / _MANIFEST)
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """What ``folder`` holds, if its files are whole."""
    try:
        found = orjson.loads((folder / _MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    files = tuple(Written(**file) for file in found["files"])
    odd, vectors, times = tuple(found["odd"]), found["vectors"], found["times"]
    return Manifest(found["mark"], files, odd, vectors, times)


def arguments(manifest: Manifest) -> str:
    """The arguments of the import tool, one on each line; files are named as in their folder."""
    longest = max(file.longest for file in manifest.files)
    lines = [
        "--id-type=integer",
        f"--array-delimiter=U+{SEPARATOR:04X}",
        "--overwrite-destination=true",
        "--bad-tolerance=0",
        "--report-file=import.report",
    ]
    if longest >= _BUFFER:
        lines.append(f"--read-buffer-size={2 * longest}")
    if broken := [f"{file.name}.csv" for file in manifest.files if file.lines]:
        lines += ["--multiline-fields-format=v2", f"--multiline-fields={','.join(broken)}"]
    for file in manifest.files:
        kind = "nodes" if file.is_node else "relationships"
        lines.append(f"--{kind}={file.labels}={file.name}.header,{file.name}.csv")
    return "\n".join(lines) + "\n"


def _write_sheet(
    store: EmbeddedStore, sheet: Sheet, folder: Path, odd: list[str]
) -> Iterator[Written]:
    variants: tuple[Variant, ...] = (Variant((), "true"),)
    if sheet.packed:
        found = properties_of(store, sheet.rows)
        variants = found.variants
        if _write_odd(store, sheet, found.odd, folder):
            odd.append(f"{sheet.name}.{_ODD}")
    for number, variant in enumerate(variants):
        columns = (*sheet.columns, *variant.columns)
        name = sheet.name if number == 0 else f"{sheet.name}-{number}"
        path = folder / f"{name}.csv"
        selected = ", ".join(f"{column.sql} AS c{n}" for n, column in enumerate(columns))
        rows = store.rows(
            f"COPY (SELECT {selected} FROM ({sheet.rows}) WHERE {variant.where}) "
            f"TO {_quoted(path)} (FORMAT csv, HEADER false)"
        )[0][0]
        if not rows:
            path.unlink()
            continue
        header = ",".join(column.header for column in columns)
        (folder / f"{name}.header").write_text(f"{header}\n", encoding="utf-8")
        broken, longest = _look(path, rows)
        yield Written(name, sheet.labels, sheet.is_node, rows, broken, longest)


def _write_odd(store: EmbeddedStore, sheet: Sheet, condition: str, folder: Path) -> int:
    """Write the rows whose properties are left for the driver; return their number."""
    path = folder / f"{sheet.name}.{_ODD}"
    if sheet.is_node:
        sql = f"SELECT id, properties FROM ({sheet.rows}) WHERE {condition}"
    else:
        sql = (
            f"SELECT '{sheet.labels}' AS verb, s.id AS src, d.id AS dst, r.qualifier, r.source, "
            f"r.properties FROM (SELECT * FROM ({sheet.rows}) WHERE {condition}) r "
            "JOIN identifier s ON s.eid = r.src JOIN identifier d ON d.eid = r.dst"
        )
    rows = int(store.rows(f"COPY ({sql}) TO {_quoted(path)} (FORMAT parquet)")[0][0])
    if not rows:
        path.unlink()
    return rows


def _look(path: Path, rows: int) -> tuple[bool, int]:
    """Whether fields of a file hold line breaks, and an upper bound of its longest line.

    DuckDB ends each row with one line feed: more of them, or any carriage return, are in a field.
    """
    feeds, broken, longest, since = 0, False, 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            feeds += block.count(b"\n")
            broken = broken or b"\r" in block
            first, last = block.find(b"\n"), block.rfind(b"\n")
            longest = max(longest, since + (first if first >= 0 else len(block)))
            since = len(block) - last - 1 if last >= 0 else since + len(block)
    return broken or feeds != rows, max(longest, since)


def _check_names(vectors: dict[str, int]) -> None:
    for name in vectors:
        if not _SET_NAME.fullmatch(name):
            raise BadInputError(
                f"The vector set {name!r} cannot be loaded in bulk: its name would have to be "
                "written into the header of a file.",
                hint="Valid are letters, digits, spaces, points, hyphens and underscores.",
                command="the same command without --bulk",
            )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
