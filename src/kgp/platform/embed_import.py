"""Vectors that a user has: their ids mapped to the graph's nodes, then written as a set."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.kg_schema.node_types import check_node_type
from kgp.platform.embed_formats import read_table
from kgp.platform.embed_writing import (
    EmbedReport,
    EmbedStore,
    Provenance,
    check_set_name,
    find_written,
    write_set,
)
from kgp.platform.snapshot.config import EXPERIMENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.embed_formats import Table

ASKED = 4_096
"""Identifiers that the store is asked about at once."""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file of vectors.

    Args:
        path: the file; see :func:`kgp.platform.embed_formats.read_table`.
        ids: file with one id per line, for a matrix that comes without.
        prefix: a CURIE prefix that the ids lack, such as ``drugbank``.
    """

    path: Path
    ids: Path | None = None
    prefix: str = ""

    def digest(self) -> str:
        """Hash of the content."""
        total = hashlib.sha256()
        for path in (self.path, *([self.ids] if self.ids else [])):
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        if self.ids:
            return "sha256:" + total.hexdigest()
        with self.path.open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Nodes:
    """What the ids of a file may mean: node → type, and name → nodes."""

    types: dict[str, str] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class _Matched:
    """Row of each node, and the ids of the file that mean none or several."""

    rows: dict[str, int]
    unknown: list[str]
    several: list[str]

    def __str__(self) -> str:
        parts = [f"{len(self.rows):,} of {self.all:,} ids mean a node"]
        for ids, what in ((self.unknown, "mean none"), (self.several, "mean several")):
            if ids:
                shown = ", ".join(map(repr, ids[:SHOWN])) + (" …" if len(ids) > SHOWN else "")
                parts.append(f"{len(ids):,} {what} ({shown})")
        return "; ".join(parts)

    @property
    def all(self) -> int:
        return len(self.rows) + len(self.unknown) + len(self.several)


def import_vectors(
    store: EmbedStore, file: VectorFile, name: str, node_type: str = ""
) -> EmbedReport:
    """Write the vectors of a file as the set ``name``.

    An id means a node by its CURIE, by another CURIE of the same node, or by the node's name,
    where it is the name of one node only. What means none or several is left out and counted.

    Args:
        store: the graph.
        file: the file.
        name: name of the set.
        node_type: only nodes of this type; default all but signatures.

    Raises:
        BadInputError: for a file that cannot be used, no id that means a node, or two that mean
            the same one.
    """
    check_set_name(name)
    table = read_table(file.path, file.ids)
    nodes = _read_nodes(store, node_type)
    matched = _match(store, table, nodes, file)
    ids = sorted(matched.rows)
    rows = np.array([matched.rows[node] for node in ids], np.int64)
    types = {nodes.types[node] for node in ids}
    meant = hashlib.sha256("\n".join(f"{i}\t{matched.rows[i]}" for i in ids).encode())
    origin = Provenance(
        name=name,
        node_type=node_type or (types.pop() if len(types) == 1 else ""),
        encoder=f"file {file.path.name}",
        revision=f"{file.digest()} nodes:{meant.hexdigest()[:16]}",
    )
    missing = sum(kind in types | {origin.node_type} for kind in nodes.types.values()) - len(ids)
    left = len(matched.unknown) + len(matched.several)
    known = find_written(store, origin)
    written = known or write_set(store, origin, ids, table.vectors[rows])
    repeated = known is not None
    return EmbedReport(written, missing + len(ids), missing, left, repeated, note=str(matched))


def _read_nodes(store: EmbedStore, node_type: str) -> _Nodes:
    types = set(store.counts().nodes) - set(EXPERIMENT_TYPES)
    found = _Nodes()
    for kind in [check_node_type(node_type)] if node_type else sorted(types):
        for batch in store.scan_nodes(kind):
            for node, name in zip(batch["id"].to_pylist(), batch["name"].to_pylist(), strict=True):
                found.types[node] = kind
                found.named[name].append(node)
    return found


def _match(store: EmbedStore, table: Table, nodes: _Nodes, file: VectorFile) -> _Matched:
    texts = [f"{file.prefix}:{text}" if file.prefix else text for text in table.ids]
    means = {text: [text] if text in nodes.types else nodes.named.get(text, []) for text in texts}
    open_ones = [text for text in texts if not means[text] and ":" in text]
    for start in range(0, len(open_ones), ASKED):
        for text, node in _other_ids(store, open_ones[start : start + ASKED]):
            means[text] = [node] if node in nodes.types else []
    matched = _Matched({}, [], [])
    for row, text in enumerate(texts):
        if len(means[text]) != 1:
            (matched.several if means[text] else matched.unknown).append(text)
            continue
        (node,) = means[text]
        if node in matched.rows:
            raise BadInputError(
                f"{texts[matched.rows[node]]!r} and {text!r} in {file.path} both mean {node}.",
                hint="A node has one vector in a set.",
                command=f"kgp find {node}",
            )
        matched.rows[node] = row
    if not matched.rows:
        raise BadInputError(
            f"None of the {len(texts):,} ids in {file.path} means a node, such as {texts[0]!r}.",
            hint=f"Valid are CURIEs and names, such as {next(iter(nodes.types), 'none')!r}; "
            "--prefix says which identifiers bare ones are.",
            command=f"kgp find {texts[0]!r}",
        )
    return matched


def _other_ids(store: EmbedStore, texts: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of an identifier and the node that it means, found by halving what is unknown."""
    known = store.known(texts) if texts else 0
    if not known:
        return []
    if known == len(texts):
        return [(t, str(n["id"])) for t, n in zip(texts, store.nodes(texts), strict=True)]
    half = len(texts) // 2
    return _other_ids(store, texts[:half]) + _other_ids(store, texts[half:])
