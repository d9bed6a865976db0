"""A snapshot of one graph has the same bytes whatever store the graph is in, held-out edges too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.snapshot import Snapshot, SnapshotConfig, write_snapshot
from kgp.testing import ListLoader, SourceBuilder
from kgp.testing.loads import source_info
from tests.unit.platform.store.conftest import STORES, Reading

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

GENES = 12
CONFIG = SnapshotConfig(hold_out=(("INTERACTS_WITH", 0.3), ("REGULATES", 0.5)), hold_out_seed=4)


def world() -> list[ListLoader]:
    """Twelve genes that all interact, a third of them by another name, and a network of them."""
    stated = SourceBuilder(source_info("primekg"))
    for number in range(GENES):
        stated.node(f"uniprot:{number}", "Gene", f"p{number}").vector(
            "expression", f"uniprot:{number}", [1.0, number / 3]
        )
        for other in range(number):
            stated.edge(f"uniprot:{number}", "INTERACTS_WITH", f"uniprot:{other}", "ppi")
            stated.regulates("net", f"uniprot:{other}", f"uniprot:{number}", (-1) ** number)
    named = SourceBuilder(source_info("gene-info"))
    for number in range(0, GENES, 3):
        named.node(f"ncbigene:{number}", "Gene", f"g{number}")
        named.xref(f"ncbigene:{number}", f"uniprot:{number}")
    return [stated.loader(), named.loader()]


def export(store: KnowledgeStore, folder: Path) -> tuple[Snapshot, dict[str, bytes]]:
    """A snapshot, and all its files by their place."""
    made = write_snapshot(store, folder, CONFIG)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return made, {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def expected(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the reference store gives."""
    store = reading("memory", "interacting", world())
    made, files = export(store, tmp_path_factory.mktemp("reference"))
    pairs = GENES * (GENES - 1) // 2
    assert 0 < len(made.held_out) < 2 * pairs
    assert made.adjacency.edges == 2 * (2 * pairs - len(made.held_out))
    return files


@pytest.mark.parametrize("kind", sorted(set(STORES) - {"memory"}))
def test_every_store_gives_the_same_bytes(
    reading: Reading, kind: str, expected: dict[str, bytes], tmp_path: Path
) -> None:
    # What came first must not matter: identifiers have other numbers then.
    store = reading(kind, "interacting", world()[::-1])
    assert export(store, tmp_path)[1] == expected
