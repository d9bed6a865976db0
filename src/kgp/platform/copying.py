"""A whole graph from one store into another, through the port alone.

Loads travel as the parts that were staged of them, with their accounts and times; then versions
and forks are written again, each with its author, time, figures and evidence, then the vectors that
were computed. Whatever is there already is not written twice, so an interrupted copy continues.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import StoreError
from kgp.kg_schema.provenance import SourceInfo
from kgp.kg_schema.tally import Dropped, Tally
from kgp.platform.staging import Staged
from kgp.platform.store.records import UNCONNECTED, EdgeChange, EdgeEvidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import GrnRecord, GrnVersion, SourceRecord
    from kgp.progress import Step

Key = tuple[str, str, str]
"""Regulator, target and layer."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy brought over.

    Args:
        fingerprint: of both stores.
        loads: number of loads.
        versions: number of versions that were written after an import or a fork.
        forks: number of forks.
        vector_sets: number of vector sets that no load brought.
    """

    fingerprint: str
    loads: int
    versions: int
    forks: int
    vector_sets: int


def copy_graph(source: KnowledgeStore, target: KnowledgeStore, step: Step) -> Copied:
    """Copy all that ``source`` holds into ``target``, and compare their fingerprints.

    Not copied: the folder and the files that a load was read from, its options where the source
    does not keep them, and rows of later versions whose genes are no longer in the graph.

    Args:
        source: the store that is read.
        target: an empty store, or one that holds the beginning of the same copy.
        step: progress, in loads, versions and vector sets.

    Raises:
        StoreError: if the fingerprints differ in the end.
    """
    loads = source.sources()
    for record in sorted(loads, key=lambda each: (each.loaded_at, each.source, each.load_id)):
        copy_load(source, target, record)
        step.advance()
    brought = {spec.name for spec in target.vector_sets()}
    computed = [spec for spec in source.vector_sets() if spec.name not in brought]
    networks = in_order(source.grns())
    written = sum(_copy_network(source, target, network, step) for network in networks)
    for spec in computed:
        target.write_vectors(spec, source.scan_vectors(spec.name))
        step.advance()
    found, expected = target.fingerprint(), source.fingerprint()
    if found != expected:
        raise StoreError(
            f"The copy in {target.url} has fingerprint {found}, {source.url} has {expected}.",
            hint="Was one of them changed meanwhile? The copy is not used.",
            command="the same command, when nothing else writes",
        )
    forks = sum(bool(network.forked_from) for network in networks)
    return Copied(expected, len(loads), written, forks, len(computed))


def copy_load(source: KnowledgeStore, target: KnowledgeStore, record: SourceRecord) -> None:
    """Publish one load of ``source`` in ``target``, with its account and its time."""
    with TemporaryDirectory(prefix="kgp-copy-") as folder:
        source.write_parts(record.load_id, Path(folder))
        target.publish(_staged(record, Path(folder)))


def in_order(networks: Iterable[GrnRecord]) -> list[GrnRecord]:
    """Networks so that each fork comes after what it was forked from."""
    left = {network.name: network for network in networks}
    ordered: list[GrnRecord] = []
    while left:
        ready = [n for n in left.values() if origin(n)[0] not in left]
        ordered += ready
        for network in ready:
            del left[network.name]
    return ordered


def origin(network: GrnRecord) -> tuple[str, int]:
    """The network and the version that a fork starts from; ``("", 0)`` for an imported one."""
    name, _, version = network.forked_from.rpartition("@")
    return name, int(version or 0)


def changes_of(store: KnowledgeStore, version: GrnVersion) -> list[EdgeChange]:
    """The changes that made ``version`` of its parent, with the evidence for each."""
    before = _rows(store.scan_regulation(version.grn, version.parent))
    after = _rows(store.scan_regulation(version.grn, version.version))
    said = _evidence(store, version)
    begun = [
        _change(key, row["sign"], row["effect"], row["confidence"], row["evidence"], row["weight"])
        for key, row in after.items()
        if row["since"] == version.version
    ]
    ended = [
        _change(key, None, "", row["end_confidence"], row["end_evidence"], None)
        for key, row in before.items()
        if key not in after
    ]
    return [replace(change, signatures=tuple(said[_key(change)])) for change in begun + ended]


def _staged(record: SourceRecord, folder: Path) -> Staged:
    info = SourceInfo(
        record.source,
        record.title,
        record.version,
        record.license,
        record.citation,
        record.url,
        synthetic=record.synthetic,
    )
    dropped = {why: Dropped(n) for why, n in record.dropped.items() if why != UNCONNECTED}
    tally = Tally(record.rows_in, 0, dropped)
    return Staged(folder, record.load_id, info, {}, tally, (), moved=record)


def _copy_network(
    source: KnowledgeStore, target: KnowledgeStore, network: GrnRecord, step: Step
) -> int:
    """Write the versions of one network that ``target`` lacks; return their number."""
    first, *later = source.grn_versions(network.name)
    name, version = origin(network)
    if name and network.name not in {known.name for known in target.grns()}:
        target.fork_grn(name, network.name, network.context, first.author, version, time=first.time)
    there = len(target.grn_versions(network.name))
    missing = [each for each in later if each.version > there]
    for each in missing:
        target.commit_version(each, changes_of(source, each))
        step.advance()
    return len(missing)


def _rows(batches: Iterable[pa.RecordBatch]) -> dict[Key, dict[str, Any]]:
    return {
        (row["src"], row["dst"], row["layer"]): row
        for batch in batches
        for row in batch.to_pylist()
    }


def _evidence(store: KnowledgeStore, version: GrnVersion) -> dict[Key, list[EdgeEvidence]]:
    said: dict[Key, list[EdgeEvidence]] = defaultdict(list)
    for batch in store.scan_evidence(version.grn, version.version):
        for row in batch.to_pylist():
            if row["version"] == version.version:
                evidence = EdgeEvidence(row["signature"], row["role"], row["gain"])
                said[row["src"], row["dst"], row["layer"]].append(evidence)
    return said


def _change(
    key: Key,
    sign: int | None,
    effect: str,
    confidence: float | None,
    evidence: str | None,
    weight: float | None,
) -> EdgeChange:
    known = orjson.loads(evidence or "{}")
    return EdgeChange(*key, sign, effect, confidence, known, 1.0 if weight is None else weight)


def _key(change: EdgeChange) -> Key:
    return change.src, change.dst, change.layer
