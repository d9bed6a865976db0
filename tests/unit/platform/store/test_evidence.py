"""Every store: what experiments say of the changes of a network."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kgp.errors import BadInputError
from kgp.platform.store.records import EdgeEvidence
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, TP53, responses
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import dicts, tuples
from tests.unit.platform.store.test_regulation import TRANSCRIPTIONAL, change, version

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

FOR = EdgeEvidence("lincs:2", "supports", 2.5)
AGAINST = EdgeEvidence("lincs:3", "contradicts", -0.1)


def commit(store: KnowledgeStore, parent: int = 1) -> None:
    """Version 2: BCL2 flips with one experiment for it and one against it; CDKN1A ends."""
    flip = replace(change(TP53, BCL2, 1), signatures=(AGAINST, FOR))
    end = replace(change(TP53, CDKN1A, None), signatures=(FOR,))
    store.commit_version(version(parent), [flip, end])


def said(dst: str, evidence: EdgeEvidence, at: int = 2) -> tuple[Any, ...]:
    return TP53, dst, TRANSCRIPTIONAL, at, evidence.signature, evidence.role, evidence.gain


def test_evidence_of_a_version_comes_back_in_canonical_order(store: KnowledgeStore) -> None:
    assert tuples(store.scan_evidence(NETWORK)) == []
    commit(store)
    expected = [said(CDKN1A, FOR), said(BCL2, FOR), said(BCL2, AGAINST)]
    assert tuples(store.scan_evidence(NETWORK)) == expected
    assert tuples(store.scan_evidence(NETWORK, 2)) == expected
    assert tuples(store.scan_evidence(NETWORK, 1)) == []


def test_evidence_of_one_pair_is_asked_under_any_name(store: KnowledgeStore) -> None:
    commit(store)
    rows = store.edge_evidence(NETWORK, "symbol:P53", "symbol:BCL2")
    assert [tuple(row.values()) for row in rows] == [said(BCL2, FOR), said(BCL2, AGAINST)]
    assert store.edge_evidence(NETWORK, TP53, BCL2, 1) == []
    assert store.edge_evidence(NETWORK, TP53, MDM2) == []


def test_evidence_given_under_aliases_is_about_the_nodes(store: KnowledgeStore) -> None:
    flip = replace(change("symbol:P53", "symbol:BCL2", 1), signatures=(FOR,))
    store.commit_version(version(1), [flip])
    assert tuples(store.scan_evidence(NETWORK)) == [said(BCL2, FOR)]


def test_evidence_of_later_versions_joins_that_of_earlier_ones(store: KnowledgeStore) -> None:
    commit(store)
    back = replace(change(TP53, BCL2, -1), signatures=(replace(FOR, gain=0.0),))
    store.commit_version(version(2, seed=2), [back])
    found = store.edge_evidence(NETWORK, TP53, BCL2)
    assert [(row["version"], row["gain"]) for row in found] == [(2, 2.5), (2, -0.1), (3, 0.0)]
    assert store.edge_evidence(NETWORK, TP53, BCL2, 2) == found[:2]


def test_evidence_is_content(store: KnowledgeStore) -> None:
    plain = version(1)
    prints = set()
    for parent, gain in enumerate((0.5, 0.25), 1):
        flip = replace(change(TP53, BCL2, 1), signatures=(replace(FOR, gain=gain),))
        store.commit_version(replace(plain, version=parent + 1, parent=parent), [flip])
        prints.add(store.fingerprint())
    assert len(prints) == 2


def test_the_same_evidence_gives_the_same_fingerprint_in_every_store(
    store: KnowledgeStore, golden_memory: KnowledgeStore
) -> None:
    plain = copy.deepcopy(golden_memory)
    for each in (store, plain):
        commit(each)
    assert store.fingerprint() == plain.fingerprint()


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (replace(FOR, signature="lincs:9"), "'lincs:9', which is no signature"),
        (replace(FOR, signature=TP53), "which is no signature"),
        (replace(FOR, role="proves"), "role 'proves'"),
        (replace(FOR, gain=math.nan), "gain nan"),
        (replace(FOR, gain=-1.0), "'supports' and gain -1.0"),
        (replace(AGAINST, gain=1.0), "'contradicts' and gain 1.0"),
        (AGAINST, "'lincs:3' twice"),
    ],
)
def test_evidence_that_is_no_experiments_leaves_the_network_as_it_was(
    store: KnowledgeStore, bad: EdgeEvidence, what: str
) -> None:
    before = store.fingerprint()
    flip = replace(change(TP53, BCL2, 1), signatures=(AGAINST, bad))
    with pytest.raises(BadInputError, match=what):
        store.commit_version(version(1), [change(TP53, CDKN1A, None), flip])
    assert store.grns()[0].head == 1
    assert store.fingerprint() == before


@pytest.mark.parametrize("at", [0, 2])
def test_evidence_at_a_version_that_is_not_there_is_refused(
    reader: KnowledgeStore, at: int
) -> None:
    with pytest.raises(BadInputError, match=rf"no version {at}"):
        list(reader.scan_evidence(NETWORK, at))
    with pytest.raises(BadInputError, match="'nothing'"):
        reader.edge_evidence("nothing", TP53, BCL2)


def test_purging_another_load_keeps_the_evidence(store: KnowledgeStore) -> None:
    commit(store)
    before = tuples(store.scan_evidence(NETWORK))
    store.purge(next(s.load_id for s in store.sources() if s.source == "string"))
    assert tuples(store.scan_evidence(NETWORK)) == before


def test_evidence_sleeps_while_its_experiments_are_not_loaded(
    store: KnowledgeStore, tmp_path: Path
) -> None:
    commit(store)
    before = tuples(store.scan_evidence(NETWORK))
    store.purge(next(s.load_id for s in store.sources() if s.source == "lincs"))
    assert tuples(store.scan_evidence(NETWORK)) == []
    publish(store, responses(), tmp_path)
    assert tuples(store.scan_evidence(NETWORK)) == before


def test_genes_that_are_joined_later_share_their_evidence(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    early = SourceBuilder(source_info("trrust"))
    for gene in ("symbol:A", "symbol:B", "ncbigene:2"):
        early.node(gene, "Gene", gene)
    early.node("lincs:1", "Signature", "").edge("lincs:1", "PERTURBS", "symbol:A", "1")
    early.regulates(NETWORK, "symbol:A", "ncbigene:2", 1)
    publish(empty, early.loader(), tmp_path)
    weighed = [
        replace(change(f"symbol:{name}", "ncbigene:2", -1), signatures=(replace(FOR, gain=gain),))
        for name, gain in (("A", 1.0), ("B", 3.0))
    ]
    one = [replace(c, signatures=(replace(c.signatures[0], signature="lincs:1"),)) for c in weighed]
    empty.commit_version(version(1), one)
    late = SourceBuilder(source_info("gene-info")).node("ncbigene:1", "Gene", "A")
    for alias in "AB":
        late.xref("ncbigene:1", f"symbol:{alias}", "synonym")
    publish(empty, late.loader(), tmp_path)
    (row,) = empty.edge_evidence(NETWORK, "symbol:A", "ncbigene:2")
    assert (row["src"], row["version"], row["gain"]) == ("ncbigene:1", 2, 3.0)


def test_a_fork_knows_what_made_the_edges_that_it_begins_with(store: KnowledgeStore) -> None:
    commit(store)
    store.fork_grn(NETWORK, "toy-k562", "cell=K562", "me")
    assert tuples(store.scan_evidence("toy-k562")) == [said(BCL2, FOR, 1), said(BCL2, AGAINST, 1)]
    store.fork_grn(NETWORK, "toy-early", "cell=K562", "me", 1)
    assert dicts(store.scan_evidence("toy-early")) == []
