"""Every store: a graph with all its history leaves for another store, and comes from one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.errors import BadInputError, StoreError
from kgp.platform import grn
from kgp.platform.copying import changes_of, copy_graph, in_order
from kgp.platform.store.records import EdgeChange, EdgeEvidence, GrnRecord, VectorSet
from kgp.progress import SilentProgress
from kgp.testing import MemoryStore, SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, TP53, golden
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import dicts, tuples

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.copying import Copied
    from kgp.platform.store.port import KnowledgeStore

OLD = "2021-05-06T07:08:09+00:00"
LAYER = "transcriptional"


def with_history(store: KnowledgeStore, folder: Path) -> KnowledgeStore:
    """A refined version, a rollback, a fork of the first version with one of its own, vectors."""
    cells = SourceBuilder(source_info("baseline", "24Q2"))
    publish(store, cells.vector("lines", TP53, [1.5, 2.0]).loader(), folder / "staging")
    said = EdgeEvidence("lincs:2", "supports", 1.5), EdgeEvidence("lincs:3", "contradicts", -0.25)
    changes = [
        EdgeChange(TP53, MDM2, LAYER, -1, "repression", 0.75, {"why": "ö"}, 0.5, said),
        EdgeChange(TP53, BCL2, LAYER, None, "", 0.1, {"reason": "silent"}, 1.0, said[:1]),
        EdgeChange(MDM2, CDKN1A, "sigma", 0, "dual", None, {}),
    ]
    first = grn.new_version(NETWORK, 1, "refine", {"p": [1, 2]}, "hash", {"gain": 1.0})
    grn.commit(store, replace(first, author="curator", time=OLD), changes)
    grn.rollback(store, NETWORK, 1)
    store.fork_grn(NETWORK, "fork", "cell=K562", "forker", 2, time=OLD)
    own = grn.new_version("fork", 1, "refine", {}, "", {})
    grn.commit(store, own, [EdgeChange(TP53, TP53, LAYER, 1, "activation", 1.0, {})])
    store.fork_grn("fork", "fork-of-fork", "cell=HepG2", "forker")
    spec = VectorSet("morgan", "Gene", "morgan", "1", "", 2, "float32", 0, "2021-01-01")
    ids, vectors = (
        pa.array([MDM2, TP53]),
        pa.array([[0.1, 1.0], [2.0, 3.0]], pa.list_(pa.float32())),
    )
    store.write_vectors(spec, [pa.RecordBatch.from_arrays([ids, vectors], names=["id", "vector"])])
    return store


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> MemoryStore:
    """The golden graph with its history, in memory."""
    store, folder = MemoryStore(), tmp_path_factory.mktemp("original")
    for loader in golden():
        publish(store, loader, folder / "staging")
    with_history(store, folder)
    return store


def copied(source: KnowledgeStore, target: KnowledgeStore) -> Copied:
    with SilentProgress().step("copy") as step:
        return copy_graph(source, target, step)


def all_of(store: KnowledgeStore) -> dict[str, object]:
    """Everything that a copy has to keep, times and authors included."""
    names = [network.name for network in store.grns()]
    return {
        "fingerprint": store.fingerprint(),
        "sources": store.sources(),
        "networks": store.grns(),
        "versions": [store.grn_versions(name) for name in names],
        "evidence": [tuples(store.scan_evidence(name)) for name in names],
        "history": [store.edge_history(name, TP53, MDM2) for name in names],
        "sets": store.vector_sets(),
        "vectors": [tuples(store.scan_vectors(spec.name)) for spec in store.vector_sets()],
        "summary": store.summary(),
    }


def test_a_graph_leaves_with_all_its_history(store: KnowledgeStore, tmp_path: Path) -> None:
    with_history(store, tmp_path)
    target = MemoryStore()
    done = copied(store, target)
    assert (done.loads, done.versions, done.forks, done.vector_sets) == (7, 3, 2, 1)
    assert all_of(target) == all_of(store)


def test_a_graph_comes_with_all_its_history(empty: KnowledgeStore, original: MemoryStore) -> None:
    done = copied(original, empty)
    assert done.fingerprint == original.fingerprint() == empty.fingerprint()
    assert all_of(empty) == all_of(original)


def test_what_a_copy_gave_can_be_copied_again(empty: KnowledgeStore, original: MemoryStore) -> None:
    copied(original, empty)
    third = MemoryStore()
    copied(empty, third)
    assert all_of(third) == all_of(original)


def test_an_interrupted_copy_continues(empty: KnowledgeStore, original: MemoryStore) -> None:
    class Interrupted(MemoryStore):
        def grn_versions(self, name: str) -> list[object]:
            raise KeyboardInterrupt

    half = Interrupted(**{name: getattr(original, name) for name in original.__dataclass_fields__})
    with pytest.raises(KeyboardInterrupt):
        copied(half, empty)
    assert len(empty.sources()) == 7
    copied(original, empty)
    assert all_of(empty) == all_of(original)
    assert copied(original, empty).versions == 0


def test_a_copy_into_something_else_is_noticed(original: MemoryStore, tmp_path: Path) -> None:
    target = MemoryStore()
    other = SourceBuilder(source_info("other")).node("ncbigene:1", "Gene", "A1BG")
    publish(target, other.loader(), tmp_path)
    with pytest.raises(StoreError, match="fingerprint"):
        copied(original, target)


def test_changes_of_a_version_are_those_that_made_it(original: MemoryStore) -> None:
    made = original.grn_versions(NETWORK)[1]
    changes = {(c.src, c.dst): c for c in changes_of(original, made)}
    assert set(changes) == {(TP53, MDM2), (TP53, BCL2), (MDM2, CDKN1A)}
    ended = changes[TP53, BCL2]
    assert (ended.sign, ended.evidence["reason"]) == (None, "silent")
    assert ended.signatures == (EdgeEvidence("lincs:2", "supports", 1.5),)


def test_forks_come_after_what_they_were_forked_from() -> None:
    names = {"a": "b@2", "b": "c@1", "c": "", "d": ""}
    networks = [GrnRecord(name, 1, origin, "") for name, origin in names.items()]
    assert [network.name for network in in_order(networks)] == ["c", "d", "b", "a"]


def test_parts_of_an_unknown_load_are_refused(reader: KnowledgeStore, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="'nonsense'"):
        reader.write_parts("nonsense", tmp_path)
    assert dicts(reader.scan_nodes("Drug"))
