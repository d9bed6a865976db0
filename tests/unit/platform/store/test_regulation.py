"""Every store: networks in versions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kgp.errors import BadInputError, HeadMovedError
from kgp.platform import grn
from kgp.platform.store.records import EdgeChange, GrnRecord, GrnVersion
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, REGULATION, TP53
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import columns, dicts, signs

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

TRANSCRIPTIONAL = "transcriptional"
NOW: dict[tuple[str, str], str] = {
    (TP53, CDKN1A): "dual",
    (TP53, MDM2): "activation",
    (TP53, BCL2): "repression",
    (TP53, TP53): "unknown",
}


def change(
    src: str, dst: str, sign: int | None, effect: str = "", confidence: float | None = 0.75
) -> EdgeChange:
    effect = effect or {1: "activation", -1: "repression", None: ""}.get(sign, "dual")
    return EdgeChange(src, dst, TRANSCRIPTIONAL, sign, effect, confidence, {"for": ["lincs:1"]})


def version(parent: int, method: str = "refine", **parameters: Any) -> GrnVersion:
    return GrnVersion(
        NETWORK, parent + 1, parent, method, parameters, "data", {"f1": 0.9}, "me", "2026-01-01"
    )


def second(store: KnowledgeStore) -> GrnVersion:
    """Version 2: BCL2 flips, MDM2 ends, and MDM2 starts to repress TP53."""
    return store.commit_version(
        version(1), [change(TP53, BCL2, 1), change(TP53, MDM2, None), change(MDM2, TP53, -1)]
    )


def test_an_imported_network_is_version_1(reader: KnowledgeStore) -> None:
    assert reader.grns() == [GrnRecord(NETWORK, 1, "", "")]
    (first,) = reader.grn_versions(NETWORK)
    assert (first.version, first.parent, first.method) == (1, 0, "import")
    assert first.parameters == {"source": "trrust", "version": "2"}


@pytest.mark.parametrize("at", [None, 1])
def test_self_loops_unsigned_and_dual_edges_are_kept(
    reader: KnowledgeStore, at: int | None
) -> None:
    rows = dicts(reader.scan_regulation(NETWORK, at))
    kept = [tuple(row[c] for c in ("dst", "layer", "sign", "effect", "weight")) for row in rows]
    assert kept == REGULATION
    assert {row["src"] for row in rows} == {TP53}
    assert {(row["since"], row["until"], row["source"]) for row in rows} == {(1, None, "trrust")}
    assert {row["evidence"] for row in rows} == {'{"pubmed":["1"]}'}


@pytest.mark.parametrize("asked", ["toi", "", "Toy"])
def test_an_unknown_network_is_named_with_the_known_ones(
    reader: KnowledgeStore, asked: str
) -> None:
    for read in (reader.grn_versions, lambda name: list(reader.scan_regulation(name))):
        with pytest.raises(BadInputError, match=f"'{asked}'.*toy"):
            read(asked)
    with pytest.raises(BadInputError, match=f"'{asked}'"):
        reader.edge_history(asked, TP53, MDM2)


@pytest.mark.parametrize("at", [0, 2, -1])
def test_a_version_that_is_not_there_is_refused(reader: KnowledgeStore, at: int) -> None:
    with pytest.raises(BadInputError, match=rf"no version {at}"):
        list(reader.scan_regulation(NETWORK, at))


def test_a_new_version_leaves_the_old_one_readable(store: KnowledgeStore) -> None:
    written = second(store)
    after = {**NOW, (TP53, BCL2): "activation", (MDM2, TP53): "repression"}
    del after[TP53, MDM2]
    assert written == version(1)
    assert store.grn_versions(NETWORK)[1] == written
    assert store.grns() == [GrnRecord(NETWORK, 2, "", "")]
    assert signs(store, NETWORK, 1) == NOW
    assert signs(store, NETWORK, 2) == signs(store, NETWORK) == after
    assert store.counts().relationships["REGULATES"] == 4


def test_rows_say_since_when_until_when_and_why(store: KnowledgeStore) -> None:
    second(store)
    old, new = store.edge_history(NETWORK, "symbol:P53", "symbol:BCL2")
    assert (old["effect"], old["since"], old["until"]) == ("repression", 1, 2)
    assert (old["end_confidence"], old["end_evidence"]) == (0.75, '{"for":["lincs:1"]}')
    assert (new["effect"], new["since"], new["until"]) == ("activation", 2, None)
    assert (new["sign_source"], new["source"], new["weight"]) == ("toy@2 refine", "kgp", 1.0)
    (ended,) = store.edge_history(NETWORK, TP53, MDM2)
    assert (ended["until"], ended["end_confidence"]) == (2, 0.75)
    assert store.edge_history(NETWORK, CDKN1A, MDM2) == []


def test_current_regulation_is_what_the_edges_show(store: KnowledgeStore) -> None:
    second(store)
    rows = columns(store.scan_edges("REGULATES"), "src", "dst", "source", "license")
    assert rows == [
        (MDM2, TP53, "kgp", ""),
        (TP53, CDKN1A, "trrust", "CC-BY-SA-4.0"),
        (TP53, BCL2, "kgp", ""),
        (TP53, TP53, "trrust", "CC-BY-SA-4.0"),
    ]


def test_the_same_work_gives_the_same_version(store: KnowledgeStore) -> None:
    asked = replace(version(1), parameters={"seeds": (1, 2), "p": 0.4})
    first = store.commit_version(asked, [change(TP53, BCL2, 1)])
    later = replace(asked, metrics={}, author="you", time="2027-01-01")
    before = store.fingerprint()
    again = store.commit_version(later, [change(TP53, BCL2, 1)])
    assert (again.version, again.author) == (first.version, "me")
    assert store.grns()[0].head == 2
    assert store.fingerprint() == before


def test_a_moved_head_refuses_the_write_and_changes_nothing(store: KnowledgeStore) -> None:
    second(store)
    before, history = store.fingerprint(), store.grn_versions(NETWORK)
    with pytest.raises(HeadMovedError, match="version 2 now"):
        store.commit_version(version(1, seed=2), [change(TP53, CDKN1A, 1)])
    assert store.grn_versions(NETWORK) == history
    assert store.fingerprint() == before


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (change(TP53, "ncbigene:999", 1), "ncbigene:999"),
        (change(TP53, BCL2, 1, "repression"), r"\+1 and effect 'repression'"),
        (change(TP53, BCL2, 0, "nonsense"), "nonsense"),
        (change(TP53, BCL2, 1, confidence=math.nan), "nan"),
        (replace(change(TP53, BCL2, 1), layer="epigenetic"), "layer"),
        (change(TP53, CDKN1A, 1), "twice"),
    ],
)
def test_a_change_that_cannot_be_written_leaves_the_network_as_it_was(
    store: KnowledgeStore, bad: EdgeChange, what: str
) -> None:
    before = store.fingerprint()
    with pytest.raises(BadInputError, match=what):
        store.commit_version(version(1), [change(TP53, CDKN1A, -1), bad])
    assert store.grns()[0].head == 1
    assert store.fingerprint() == before


def test_a_version_without_changes_is_a_version(store: KnowledgeStore) -> None:
    assert store.commit_version(version(1), []).version == 2
    assert signs(store, NETWORK, 2) == NOW


def test_a_change_under_another_name_of_a_gene_ends_the_same_edge(store: KnowledgeStore) -> None:
    store.commit_version(version(1), [change("symbol:P53", "symbol:CDKN1A", 1)])
    assert signs(store, NETWORK)[TP53, CDKN1A] == "activation"
    assert signs(store, NETWORK, 1)[TP53, CDKN1A] == "dual"


def test_layers_of_one_pair_are_edges_of_their_own(store: KnowledgeStore) -> None:
    sigma = replace(change(TP53, BCL2, 1), layer="sigma")
    store.commit_version(version(1), [sigma])
    rows = columns(store.scan_regulation(NETWORK), "dst", "layer", "sign")
    assert [row[1:] for row in rows if row[0] == BCL2] == [("sigma", 1), (TRANSCRIPTIONAL, -1)]


def test_genes_that_are_joined_after_a_refinement_give_one_current_row(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    early = SourceBuilder(source_info("trrust"))
    for gene in ("symbol:A", "symbol:B", "ncbigene:2"):
        early.node(gene, "Gene", gene)
    early.regulates(NETWORK, "symbol:A", "ncbigene:2", 1)
    early.regulates(NETWORK, "symbol:B", "ncbigene:2", 1)
    publish(empty, early.loader(), tmp_path)
    empty.commit_version(version(1), [change("symbol:A", "ncbigene:2", -1)])
    assert len(signs(empty, NETWORK)) == 2
    late = SourceBuilder(source_info("gene-info")).node("ncbigene:1", "Gene", "A")
    for alias in "AB":
        late.xref("ncbigene:1", f"symbol:{alias}", "synonym")
    publish(empty, late.loader(), tmp_path)
    (row,) = dicts(empty.scan_regulation(NETWORK))
    assert (row["src"], row["effect"], row["since"]) == ("ncbigene:1", "dual", 2)
    assert signs(empty, NETWORK, 1) == {("ncbigene:1", "ncbigene:2"): "activation"}
    assert empty.counts().relationships == {"REGULATES": 1}
    assert len(empty.edge_history(NETWORK, "symbol:A", "ncbigene:2")) == 3


def test_a_fork_starts_from_the_head_and_goes_its_own_way(store: KnowledgeStore) -> None:
    second(store)
    at_fork = signs(store, NETWORK)
    made = store.fork_grn(NETWORK, "toy-k562", "cell=K562", "me")
    assert (made.version, made.parent, made.method) == (1, 0, "fork")
    assert made.parameters == {"from": NETWORK, "version": 2, "context": "cell=K562"}
    assert store.grns()[1] == GrnRecord("toy-k562", 1, f"{NETWORK}@2", "cell=K562")
    assert signs(store, "toy-k562") == at_fork
    store.commit_version(replace(version(1), grn="toy-k562"), [change(TP53, TP53, None)])
    assert (TP53, TP53) not in signs(store, "toy-k562")
    assert signs(store, "toy-k562", 1) == signs(store, NETWORK) == at_fork
    assert [v.version for v in store.grn_versions("toy-k562")] == [1, 2]


def test_a_fork_may_begin_with_an_older_version(store: KnowledgeStore) -> None:
    second(store)
    made = store.fork_grn(NETWORK, "toy-old", "cell=K562", "me", 1)
    assert made.parameters == {"from": NETWORK, "version": 1, "context": "cell=K562"}
    assert signs(store, "toy-old") == NOW
    rows = dicts(store.scan_regulation("toy-old"))
    assert {(r["since"], r["until"], r["end_confidence"], r["end_evidence"]) for r in rows} == {
        (1, None, None, None)
    }
    store.commit_version(replace(version(1), grn="toy-old"), [change(TP53, TP53, None)])
    assert (TP53, TP53) in signs(store, NETWORK)


@pytest.mark.parametrize("at", [0, 2])
def test_a_fork_of_no_version_is_refused_and_writes_nothing(store: KnowledgeStore, at: int) -> None:
    before = store.fingerprint()
    with pytest.raises(BadInputError, match=f"no version {at}"):
        store.fork_grn(NETWORK, "fork", "cell=K562", "me", at)
    assert store.fingerprint() == before


def test_a_fork_needs_a_name_of_its_own_and_a_parent(store: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match="toy"):
        store.fork_grn(NETWORK, NETWORK, "", "me")
    with pytest.raises(BadInputError, match="'nothing'"):
        store.fork_grn("nothing", "new", "", "me")
    assert [record.name for record in store.grns()] == [NETWORK]


def test_rollback_restores_as_a_new_version(store: KnowledgeStore) -> None:
    second(store)
    made = grn.rollback(store, NETWORK, 1)
    assert (made.version, made.parent, made.method) == (3, 2, "rollback")
    assert signs(store, NETWORK) == NOW
    assert grn.diff(store, NETWORK, 1, 3) == []
    restored = grn.edges(store, NETWORK)[TP53, BCL2, TRANSCRIPTIONAL]
    assert restored.evidence == {
        "pubmed": ["1"],
        "rollback_to": 1,
        "previous_sign": 1,
        "previous_effect": "activation",
    }
    with pytest.raises(BadInputError, match="nothing to roll back"):
        grn.rollback(store, NETWORK, 1)
