"""Every store: the named queries, with hand-worked answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kgp.platform.queries import NODE_KINDS, QUERIES, run_query
from kgp.platform.store.records import EdgeChange, GrnVersion
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


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_columns_are_those_of_the_first_row_for_every_argument(
    reader: KnowledgeStore, name: str
) -> None:
    arguments = ["MDM2"] if QUERIES[name].parameters[0].kind in NODE_KINDS else []
    some, none = run_query(reader, name, arguments), None
    none = run_query(reader, name, ["BCL2"] if arguments else [])
    assert some.column_names == none.column_names
    assert len(set(some.column_names)) == len(some.column_names)
