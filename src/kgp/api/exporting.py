"""Writing response sets for other tools."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from kgp.api.responses import LabelOptions, record_of, rule_parameters
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError, unknown
from kgp.models.labelled import scan_labelled
from kgp.report.export.content import (
    SIGNATURE_SOURCE,
    TARGET_SOURCES,
    ExportedSet,
    SignatureAbout,
)
from kgp.report.export.formats import format_for, writer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kgp.models.labels import Rule
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import DatasetRecord
    from kgp.report.export.formats import ExportFormat


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """What was written.

    Args:
        dataset: the response set.
        file: where it is.
        format: its format.
        count: how many of what ``counted`` says.
        counted: ``signatures``, ``rows``, ``gene sets`` or ``pairs``.
        rule: the rule behind the labels.
    """

    dataset: str
    file: Path
    format: str
    count: int
    counted: str
    rule: Rule


def export_responses(
    store: str | None,
    dataset: str,
    out: Path,
    *,
    format: str | None = None,
    labels: LabelOptions | None = None,
    source: str = SIGNATURE_SOURCE,
    force: bool = False,
) -> ExportedFile:
    """Write a response set with its labels; the file appears when it is whole.

    Args:
        store: URL of the store.
        dataset: name of the response set.
        out: the file, or a folder in which it is called after the set.
        format: ``h5ad``, ``parquet``, ``gmt`` or ``decoupler``; by default as the file's ending
            tells, and ``h5ad`` in a folder.
        labels: how effects become labels; by default as the unit of the effects asks.
        source: what is the source of a decoupler frame: ``signature`` or ``perturbed``.
        force: whether a file that is there is replaced.

    Raises:
        UsageError: for an unknown format, rule or source.
        BadInputError: for an unknown set, a file that is there, or one that cannot be written.
    """
    if source not in TARGET_SOURCES:
        raise UsageError(unknown("source", source, TARGET_SOURCES))
    path, chosen = _place(out, dataset, format, force=force)
    with open_store(store) as graph:
        record = record_of(graph.datasets(), dataset)
        rule = (labels or LabelOptions()).for_set(record)
        exported = _exported(graph, record, rule)
        with _whole(path) as temporary:
            count = writer_of(chosen, source)(exported, temporary)
    return ExportedFile(dataset, path, chosen.name, count, chosen.counted, rule)


def _exported(graph: KnowledgeStore, record: DatasetRecord, rule: Rule) -> ExportedSet:
    from kgp import __version__

    features = tuple(graph.features(record.name))
    named = _names(graph, features)
    about = {
        "dataset": record.name,
        "measure": record.measure,
        "censored": record.censored,
        "organism": record.organism,
        "space": record.space,
        "space_hash": record.space_hash,
        "kgp_version": __version__,
        **(rule_parameters(rule) or {}),
    }
    return ExportedSet(
        record.name,
        about,
        features,
        tuple(named.get(feature) or feature for feature in features),
        _signatures(graph, record.name),
        partial(scan_labelled, graph, record.name, rule),
    )


def _signatures(graph: KnowledgeStore, dataset: str) -> tuple[SignatureAbout, ...]:
    rows = [row for batch in graph.scan_signatures(dataset) for row in batch.to_pylist()]
    nodes = {node for row in rows for node in (*(row["perturbed"] or ()), row["context"]) if node}
    named = _names(graph, sorted(nodes)) | _names(graph, [row["signature"] for row in rows])
    return tuple(_about(row, named) for row in rows)


def _about(row: dict[str, Any], named: dict[str, str]) -> SignatureAbout:
    perturbed, context = tuple(row["perturbed"] or ()), row["context"] or ""
    properties = orjson.loads(row["properties"] or "{}")
    properties.pop("dataset", None)
    return SignatureAbout(
        row["signature"],
        named.get(row["signature"], ""),
        perturbed,
        tuple(named.get(node) or node for node in perturbed),
        tuple(row["direction"] or ()),
        context,
        named.get(context, ""),
        properties,
    )


def _names(graph: KnowledgeStore, ids: Sequence[str]) -> dict[str, str]:
    """Names of those of ``ids`` that are nodes."""
    wanted, found = set(ids), dict[str, str]()
    for node_type in ("Gene", "Drug", "Signature", "CellLine", "Strain"):
        for batch in graph.scan_nodes(node_type):
            columns = (batch.column(name).to_pylist() for name in ("id", "name"))
            found.update((i, name or "") for i, name in zip(*columns, strict=True) if i in wanted)
    return found


def _place(
    out: Path, dataset: str, format: str | None, *, force: bool
) -> tuple[Path, ExportFormat]:
    """The file that is written, which is new or may be replaced, and its format."""
    with _writable(out):
        folder = out.is_dir()
        chosen = format_for(format or ("h5ad" if folder else None), out)
        path = out / f"{dataset}{chosen.endings[0]}" if folder else out
        taken, is_file = path.exists(), path.is_file()
    if taken and not (force and is_file):
        command = f"kgp export responses {dataset} --out {path} --format {chosen.name} --force"
        raise BadInputError(
            f"{path} is there already.",
            hint="A file is only replaced with --force." if is_file else "It is no file.",
            command=command if is_file else "kgp export responses --help",
        )
    return path, chosen


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Turn what the file system says into one clear error."""
    try:
        yield
    except OSError as error:
        raise BadInputError(
            f"Cannot write {path}: {error.strerror or error}.",
            hint="Give a file in a folder that you may write, with room for it.",
            command="kgp export responses --help",
        ) from error


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its name when nothing went wrong.

    Raises:
        BadInputError: if it cannot be written.
    """
    temporary = path.with_name(f".{path.stem}.partial-{os.getpid()}{path.suffix}")
    with _writable(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
