from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.releases import align, over_genes
from tests.unit.models.refinement.worlds import networks

if TYPE_CHECKING:
    from collections.abc import Sequence


def named(*edges: tuple[str, str, int], genes: Sequence[str] | None = None) -> SignedNetwork:
    sources, targets, signs = zip(*edges, strict=True)
    return SignedNetwork.from_edges(sources, targets, signs, genes)[0]


def edges(of: SignedNetwork) -> dict[tuple[str, str], int]:
    return {(of.genes[i], of.genes[j]): sign for (i, j), sign in of.signs().items()}


def test_aligned_networks_share_the_union_of_their_genes() -> None:
    older, newer = named(("b", "c", 1)), named(("a", "c", -1), ("c", "d", 1))
    both = align(older, newer)
    assert [each.genes for each in both] == [("a", "b", "c", "d")] * 2
    assert [edges(each) for each in both] == [edges(older), edges(newer)]


def test_edges_outside_the_list_of_genes_are_left_out() -> None:
    part = over_genes(named(("a", "b", 1), ("b", "c", -1)), ("c", "b"))
    assert part.genes == ("c", "b")
    assert edges(part) == {("b", "c"): -1}


@given(networks(), networks())
def test_aligning_loses_no_edge(first: SignedNetwork, second: SignedNetwork) -> None:
    for before, after in zip((first, second), align(first, second), strict=True):
        assert edges(after) == edges(before)
