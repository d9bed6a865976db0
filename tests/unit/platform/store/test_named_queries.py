"""Every store: the named queries, with hand-worked answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kgp.errors import BadInputError
from kgp.platform import grn
from kgp.platform.queries import run_query
from kgp.platform.query_catalogue import QUERIES
from kgp.platform.store.records import EdgeChange, EdgeEvidence, GrnVersion
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NETWORK, NUTLIN, TP53

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore

LAYER = "transcriptional"


def ask(store: KnowledgeStore, name: str, *arguments: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in run_query(store, name, arguments).to_pylist()]


def edge(dst: str, target: str, effect: str) -> tuple[Any, ...]:
    return NETWORK, "TP53", TP53, target, dst, effect, LAYER, 1, None


def test_regulators_of_a_gene(reader: KnowledgeStore) -> None:
    expected = [edge(CDKN1A, "CDKN1A", "dual")]
    assert ask(reader, "regulators-of", "P21") == expected
    assert ask(reader, "regulators-of", "hgnc:11998", NETWORK) == [edge(TP53, "TP53", "unknown")]


def test_targets_of_a_regulator(reader: KnowledgeStore) -> None:
    assert ask(reader, "targets-of", "TP53") == [
        edge(BCL2, "BCL2", "repression"),
        edge(CDKN1A, "CDKN1A", "dual"),
        edge(MDM2, "MDM2", "activation"),
        edge(TP53, "TP53", "unknown"),
    ]
    assert ask(reader, "targets-of", "MDM2") == []


def test_drugs_of_a_gene_and_of_what_it_controls(reader: KnowledgeStore) -> None:
    row = ("Nutlin", NUTLIN, "TARGETS", "target", "primekg")
    assert ask(reader, "drugs-targeting", "MDM2") == [row]
    assert ask(reader, "drugs-targeting", "BCL2") == []
    found = ("MDM2", MDM2, "activation", "Nutlin", NUTLIN, "primekg")
    assert ask(reader, "drugs-on-targets-of", "TP53", NETWORK) == [found]
    assert ask(reader, "drugs-on-targets-of", "BCL2") == []


def test_signatures_of_a_gene_or_drug(reader: KnowledgeStore) -> None:
    assert ask(reader, "signatures-of", "Nutlin") == [("lincs:1", "0", "drugs")]
    expected = [("lincs:2", "1", "genes"), ("lincs:3", "1", "genes")]
    assert ask(reader, "signatures-of", "TP53") == expected


def test_a_first_version_started_every_edge(reader: KnowledgeStore) -> None:
    assert ask(reader, "changed-edges") == [
        ("TP53", TP53, "BCL2", BCL2, LAYER, None, "repression", None),
        ("TP53", TP53, "CDKN1A", CDKN1A, LAYER, None, "dual", None),
        ("TP53", TP53, "MDM2", MDM2, LAYER, None, "activation", None),
        ("TP53", TP53, "TP53", TP53, LAYER, None, "unknown", None),
    ]


def test_changed_edges_show_both_sides(store: KnowledgeStore) -> None:
    changes = [
        EdgeChange(TP53, BCL2, LAYER, 1, "activation", 0.5, {}),
        EdgeChange(TP53, CDKN1A, LAYER, None, "", 0.25, {}),
        EdgeChange(MDM2, CDKN1A, LAYER, -1, "repression", 0.75, {}),
    ]
    made = GrnVersion(NETWORK, 2, 1, "refine", {}, "", {}, "me", "2026-01-01")
    store.commit_version(made, changes)
    expected = [
        ("MDM2", MDM2, "CDKN1A", CDKN1A, LAYER, None, "repression", 0.75),
        ("TP53", TP53, "BCL2", BCL2, LAYER, "repression", "activation", 0.5),
        ("TP53", TP53, "CDKN1A", CDKN1A, LAYER, "dual", None, None),
    ]
    assert ask(store, "changed-edges") == ask(store, "changed-edges", NETWORK, "2") == expected
    assert len(ask(store, "changed-edges", NETWORK, "1")) == 4
    found = [("MDM2", MDM2, 1, ["Nutlin"])]
    assert ask(store, "drugs-on-changed-regulators", NETWORK) == found
    assert ask(store, "drugs-on-changed-regulators", NETWORK, "1") == []


ARGUMENTS = {
    "gene": ("MDM2", "BCL2"),
    "node": ("MDM2", "BCL2"),
    "signature": ("lincs:1", "lincs:2"),
    "network": (NETWORK, NETWORK),
}


# What asks for vectors has tests of its own: the golden graph has none.
@pytest.mark.parametrize("name", sorted(set(QUERIES) - {"similar-to"}))
def test_columns_are_those_of_the_first_row_for_every_argument(
    reader: KnowledgeStore, name: str
) -> None:
    kinds = [p.kind for p in QUERIES[name].parameters if p.required]
    some, none = (run_query(reader, name, [ARGUMENTS[k][i] for k in kinds]) for i in (0, 1))
    assert some.column_names == none.column_names
    assert len(set(some.column_names)) == len(some.column_names)


def refine(store: KnowledgeStore, network: str = NETWORK) -> None:
    """Version 2 flips BCL2 and ends CDKN1A, version 3 ends BCL2, each on its experiments."""
    flip = grn.changed_edge(
        *(TP53, BCL2, LAYER, 1, 0.75, {}), signatures=(says("lincs:2", 2.0), says("lincs:3", -0.5))
    )
    end = grn.changed_edge(TP53, CDKN1A, LAYER, 0, 0.5, {}, signatures=(says("lincs:3", 1.0),))
    grn.commit(store, grn.new_version(network, 1, "refine", {"step": 1}, "", {}), [flip, end])
    gone = grn.changed_edge(TP53, BCL2, LAYER, 0, 0.5, {}, signatures=(says("lincs:3", 3.0),))
    grn.commit(store, grn.new_version(network, 2, "refine", {"step": 2}, "", {}), [gone])


def says(signature: str, gain: float) -> EdgeEvidence:
    return EdgeEvidence(signature, "supports" if gain > 0 else "contradicts", gain)


def test_evidence_for_an_edge_lists_the_experiments_of_each_change(store: KnowledgeStore) -> None:
    assert ask(store, "evidence-for", "TP53", "BCL2") == []
    refine(store)
    flip, end = (LAYER, 2, "repression", "activation"), (LAYER, 3, "activation", None)
    early = [
        (*flip, "supports", 2.0, "lincs:2", ""),
        (*flip, "contradicts", -0.5, "lincs:3", ""),
    ]
    assert ask(store, "evidence-for", "P53", "BCL2", NETWORK, "2") == early
    assert ask(store, "evidence-for", "TP53", "BCL2") == [
        *early,
        (*end, "supports", 3.0, "lincs:3", ""),
    ]
    assert ask(store, "evidence-for", "TP53", "BCL2", NETWORK, "1") == []


def test_the_strongest_experiment_comes_first(store: KnowledgeStore) -> None:
    three = tuple(says(f"lincs:{n}", gain) for n, gain in ((1, 1.0), (2, 3.0), (3, 2.0)))
    flip = grn.changed_edge(TP53, BCL2, LAYER, 1, 0.75, {}, signatures=three)
    grn.commit(store, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [flip])
    assert [row[6] for row in ask(store, "evidence-for", "TP53", "BCL2")] == [
        "lincs:2",
        "lincs:3",
        "lincs:1",
    ]


def test_edges_against_a_signature_are_those_that_it_speaks_of(store: KnowledgeStore) -> None:
    refine(store)
    bcl2, cdkn1a = (
        ("TP53", TP53, name, node, LAYER) for name, node in (("BCL2", BCL2), ("CDKN1A", CDKN1A))
    )
    assert ask(store, "edges-against-signature", "lincs:3") == [
        (*cdkn1a, 2, "dual", None, "supports", 1.0),
        (*bcl2, 2, "repression", "activation", "contradicts", -0.5),
        (*bcl2, 3, "activation", None, "supports", 3.0),
    ]
    assert ask(store, "edges-against-signature", "lincs:1", NETWORK) == []


def test_only_a_signature_is_a_signature(reader: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match="no node of type Signature"):
        ask(reader, "edges-against-signature", "TP53")


def test_contradicted_edges_are_those_that_hold_against_an_experiment(
    store: KnowledgeStore,
) -> None:
    assert ask(store, "contradicted-edges") == []
    refine(store)
    row = ("TP53", TP53, "BCL2", BCL2, LAYER, "activation", 2, 0.75, 1, 1, -0.5)
    assert ask(store, "contradicted-edges", NETWORK, "2") == [row]
    assert ask(store, "contradicted-edges", NETWORK, "1") == []
    assert ask(store, "contradicted-edges", NETWORK) == []


def test_unperturbed_regulators_are_those_without_an_experiment(store: KnowledgeStore) -> None:
    assert ask(store, "unperturbed-regulators") == []
    added = [
        grn.changed_edge(src, dst, LAYER, 1, 0.5, {})
        for src, dst in ((CDKN1A, TP53), (BCL2, TP53), (BCL2, MDM2), (MDM2, TP53))
    ]
    grn.commit(store, grn.new_version(NETWORK, 1, "refine", {}, "", {}), added)
    assert ask(store, "unperturbed-regulators", NETWORK) == [
        ("BCL2", BCL2, 2),
        ("CDKN1A", CDKN1A, 1),
    ]


def test_between_contexts_shows_what_each_holds_and_why(store: KnowledgeStore) -> None:
    store.fork_grn(NETWORK, "fork", "cell=K562", "me")
    assert ask(store, "between-contexts", NETWORK, "fork") == []
    refine(store, "fork")
    later = grn.changed_edge(TP53, MDM2, LAYER, -1, 0.25, {})
    grn.commit(store, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [later])
    ours = [("TP53", TP53, n, i, LAYER) for n, i in (("BCL2", BCL2), ("CDKN1A", CDKN1A))]
    unsupported = grn.UNSUPPORTED_HERE
    assert ask(store, "between-contexts", NETWORK, "fork") == [
        (*ours[0], "repression", None, 3, 0.5, unsupported),
        (*ours[1], "dual", None, 2, 0.5, unsupported),
        ("TP53", TP53, "MDM2", MDM2, LAYER, "repression", "activation", 1, None, None),
    ]
    back = ask(store, "between-contexts", "fork", NETWORK)
    assert back[0] == (*ours[0], None, "repression", 1, None, None)


def test_an_edge_that_only_the_network_gained_was_never_in_the_fork(
    store: KnowledgeStore,
) -> None:
    store.fork_grn(NETWORK, "fork", "cell=K562", "me")
    added = grn.changed_edge(MDM2, TP53, LAYER, -1, 0.5, {})
    grn.commit(store, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [added])
    ends = ("MDM2", MDM2, "TP53", TP53, LAYER)
    expected = [(*ends, "repression", None, None, None, None)]
    assert ask(store, "between-contexts", NETWORK, "fork") == expected
