"""Sizes and pairs of synthetic worlds: exact counts, distinct pairs, nothing left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import UsageError
from kgp.loaders.synthetic.pairs import draw_pairs
from kgp.loaders.synthetic.plan import FULL_ROWS, KINDS, RELATIONS, make_plan, possible_pairs
from kgp.loaders.synthetic.world import SIZES, Size, make_world
from tests.unit.loaders.synthetic_worlds import tiny

SEEDS = st.integers(0, 10_000)


def test_a_world_of_full_size_has_the_counts_of_primekg() -> None:
    plan = make_plan()
    assert sum(plan.nodes.values()) == 129_375
    assert plan.rows == FULL_ROWS == 8_100_498
    assert len(plan.pairs) == 30
    shown = (plan.nodes["protein"], plan.nodes["drug"], plan.nodes["exposure"])
    assert shown == (27_671, 7_957, 818)
    assert (plan.pairs["drug_drug"], plan.pairs["exposure_cellcomp"]) == (1_336_314, 10)


@given(st.integers(1, FULL_ROWS))
def test_every_fraction_of_primekg_can_be_drawn(rows: int) -> None:
    plan = make_plan(rows)
    assert min(plan.nodes.values()) >= 2
    for name, n in plan.pairs.items():
        assert 1 <= n <= possible_pairs(RELATIONS[name], plan.nodes)


@pytest.mark.parametrize("rows", [0, -5, FULL_ROWS + 1])
def test_no_other_number_of_rows_can_be_planned(rows: int) -> None:
    with pytest.raises(UsageError, match="rows cannot be planned"):
        make_plan(rows)


@given(SEEDS, st.integers(2, 30), st.integers(2, 30), st.floats(0, 1), st.booleans())
def test_pairs_are_distinct_in_range_and_as_many_as_asked(
    seed: int, n_x: int, n_y: int, share: float, undirected: bool
) -> None:
    n_y = n_x if undirected else n_y
    possible = n_x * (n_x - 1) // 2 if undirected else n_x * n_y
    wanted = max(1, round(share * possible))
    x, y = draw_pairs(np.random.default_rng(seed), n_x, n_y, wanted, undirected=undirected)
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == wanted
    assert x.min() >= 0
    assert x.max() < n_x
    assert y.min() >= 0
    assert y.max() < n_y
    assert not undirected or (x < y).all()


@given(SEEDS, st.integers(2, 40), st.integers(2, 40))
def test_covered_ends_appear_where_the_pairs_allow(seed: int, n_x: int, n_y: int) -> None:
    random = np.random.default_rng(seed)
    wanted = min(n_x * n_y, n_x + n_y)
    x, y = draw_pairs(random, n_x, n_y, wanted, cover=(True, True))
    assert set(x.tolist()) == set(range(n_x))
    assert set(y.tolist()) == set(range(n_y))


@given(SEEDS, st.integers(2, 40))
def test_a_covering_relation_of_one_kind_reaches_every_node(seed: int, n: int) -> None:
    x, y = draw_pairs(np.random.default_rng(seed), n, n, n - 1, undirected=True, cover=(True, True))
    assert set(x.tolist()) | set(y.tolist()) == set(range(n))


@settings(max_examples=20)
@given(SEEDS, st.integers(500, 30_000))
def test_every_node_of_a_world_is_in_its_graph(seed: int, rows: int) -> None:
    world = make_world(Size(rows, 0, 0, 0), seed)
    for name, kind in KINDS.items():
        ends = RELATIONS[kind.cover]
        sides = zip((ends.x, ends.y), world.pairs(kind.cover), strict=True)
        seen = {n for end, numbers in sides if end == name for n in numbers.tolist()}
        assert world.plan.nodes[name] == 2 or seen == set(range(world.plan.nodes[name]))


def test_a_relation_of_full_size_covers_its_nodes() -> None:
    x, _ = make_world(SIZES["primekg"], 1).pairs("cellcomp_protein")
    assert len(x) == 83_402
    assert len(set(x.tolist())) == 4_176


def test_identifiers_of_genes_are_distinct_and_beyond_real_ones() -> None:
    genes = make_world(SIZES["primekg"], 1).genes()
    for column in ("entrez", "symbol", "ensembl", "ensp", "hgnc", "uniprot", "alias"):
        assert genes[column].n_unique() == 27_671
    assert genes["entrez"].cast(int).min() == 900_000_000
    assert genes["uniprot"].str.contains(r"^[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){2}$").all()


def test_two_genes_share_an_alias() -> None:
    assert tiny(1).genes()["shared_alias"].n_unique() == 40


def test_a_view_knows_a_share_of_the_network_and_never_more() -> None:
    world = make_world(SIZES["small"], 1)
    network = {(a, b): s for a, b, s in world.network().iter_rows()}
    signs = {"activation": 1, "repression": -1, "dual": 0}
    rows = world.view("some source", 0.5, dual=True).rows()
    assert 0.4 < len(rows) / len(network) < 0.6
    assert all(network[src, dst] == signs[effect] for src, dst, effect in rows)


def test_a_source_that_cannot_state_both_signs_has_no_such_edge() -> None:
    effects = make_world(SIZES["small"], 1).view("x", 1.0, dual=False, hidden=0.1)["effect"]
    assert set(effects) == {"activation", "repression", "unknown"}
