from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.perturbations import Perturbations
from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.reasoning import walk_counts
from kgp.models.refinement.wiring import Regulation, Wired, wire
from tests.unit.models.refinement.wiring_worlds import GENES, GeneByGene, World, worlds

T, SIGNAL = "transcriptional", "signalling"
IHF = {"IHF": ("ihfA", "ihfB")}
LOOP = World(
    (Regulation("a", "b", -1, T), Regulation("a", "c", 1, T), Regulation("d", "a", 1, SIGNAL)),
    unit=("a", "b", "c"),
    experiment={"d": -1},
)


def built(world: World) -> Wired:
    return wire(world.rows, world.complexes, world.units, GENES)


def at(wired: Wired, *names: str) -> list[int]:
    return [wired.position[name] for name in names]


def edges(wired: Wired) -> set[tuple[str, str, int]]:
    network, names = wired.network, wired.network.genes
    ends = zip(network.source.tolist(), network.target.tolist(), network.sign.tolist(), strict=True)
    return {(names[s], names[t], sign) for s, t, sign in ends}


def rows(*texts: str) -> list[Regulation]:
    """Read ``a+b`` (a activates b), ``a-b``, ``a?b`` and ``a~b`` (a signals to b)."""
    found = []
    for text in texts:
        mark = next(c for c in text if c in "+-?~")
        src, dst = text.split(mark)
        layer = SIGNAL if mark == "~" else T
        found.append(Regulation(src, dst, {"-": -1, "?": 0}.get(mark, 1), layer))
    return found


@settings(max_examples=150)
@given(worlds(), st.integers(1, 3))
@example(LOOP, 2)
def test_predictions_are_those_worked_out_gene_by_gene(world: World, longest: int) -> None:
    wired = built(world)
    experiment = tuple((GENES.index(gene), sign) for gene, sign in world.experiment.items())
    seeds = Perturbations.of([wired.seeds_of(experiment)])
    walks = walk_counts(wired.network, seeds, max_length=longest)[:, 0]
    target = [wired.position[wired.folding.unit_of.get(gene, gene)] for gene in GENES]
    predicted = (walks[target, 0] > 0).astype(int) - (walks[target, 1] > 0)
    expected = GeneByGene(world).responses(longest)
    assert dict(zip(GENES, predicted.tolist(), strict=True)) == expected


@settings(max_examples=100)
@given(worlds())
def test_edges_unfold_to_the_statements_that_they_were_folded_from(world: World) -> None:
    wired, plain = built(world), GeneByGene(world)
    clear = {key for key, signs in plain.effects().items() if len(signs) == 1}
    expected = {
        (row.src, row.dst, row.layer)
        for row in plain.signed()
        if any(actor == plain.actor[row] and row.dst in genes for actor, _, genes in clear)
    }
    found = [
        edge
        for source, target in zip(wired.network.source, wired.network.target, strict=True)
        for edge in wired.unfold(int(source), int(target))
    ]
    sources = zip(wired.network.source.tolist(), wired.network.target.tolist(), strict=True)
    signs = {edge: wired.network.signs()[pair] for pair in sources for edge in wired.unfold(*pair)}
    assert len(found) == len(set(found))
    assert set(found) <= expected
    stated = {(row.src, row.dst, row.layer): row.sign for row in world.rows}
    assert all(stated[edge] == sign for edge, sign in signs.items())
    conflicting = sum(len(signs) > 1 for signs in plain.effects().values())
    assert wired.dropped.conflicting == conflicting
    if not conflicting:
        assert set(found) == {(row.src, row.dst, row.layer) for row in plain.signed()}


@settings(max_examples=60)
@given(worlds())
def test_a_plain_network_stays_as_it_is(world: World) -> None:
    plain = [row for row in world.rows if row.layer != SIGNAL]
    columns = ([r.src for r in plain], [r.dst for r in plain], [r.sign for r in plain])
    expected, dropped = SignedNetwork.from_edges(*columns)
    wired = wire(plain)
    assert wired.network.genes == expected.genes
    np.testing.assert_array_equal(wired.network.keys(), expected.keys())
    np.testing.assert_array_equal(wired.network.sign, expected.sign)
    assert not len(wired.network.links)
    assert wired.dropped == dropped
    known = wired.knowledge()
    assert known.sources is None
    assert known.targets is None


@settings(max_examples=60)
@given(worlds())
def test_no_pair_that_would_be_a_self_loop_may_become_an_edge(world: World) -> None:
    wired = built(world)
    known, n = wired.knowledge(), wired.network.n_genes
    carried, carrier = wired.network.links[:, 1], wired.network.links[:, 0]
    assert known.forbidden(carried, carrier, np.zeros(len(carried), np.int8)).all()
    assert not set(wired.network.keys().tolist()) & set((carried * n + carrier).tolist())


def test_a_complex_regulates_in_place_of_its_subunits() -> None:
    wired = wire(rows("ihfA+x", "ihfB+x", "ihfA-y", "ihfB-y", "ihfB+z"), IHF)
    assert edges(wired) == {("IHF", "x", 1), ("IHF", "y", -1), ("ihfB", "z", 1)}
    assert wired.unfold(*at(wired, "IHF", "x")) == (("ihfA", "x", T), ("ihfB", "x", T))


@pytest.mark.parametrize(
    ("experiment", "complex_"),
    [
        ([("ihfA", -1)], -1),
        ([("ihfA", 1)], None),
        ([("ihfA", 1), ("ihfB", 1)], 1),
        ([("ihfA", 1), ("ihfB", -1)], -1),
        ([("x", -1)], None),
    ],
)
def test_a_complex_fails_with_either_subunit_and_rises_with_all(
    experiment: list[tuple[str, int]], complex_: int | None
) -> None:
    wired = wire(rows("ihfA+x", "ihfB+x"), IHF)
    seeds = tuple((wired.position[gene], sign) for gene, sign in experiment)
    expected = () if complex_ is None else ((wired.position["IHF"], complex_),)
    assert wired.seeds_of(seeds) == seeds + expected


def test_a_complex_may_stand_as_a_regulator_by_its_own_id() -> None:
    wired = wire(rows("IHF+x", "y+ihfA"), IHF)
    assert edges(wired) == {("IHF", "x", 1), ("y", "ihfA", 1)}
    assert wired.unfold(*at(wired, "IHF", "y")) == (("IHF", "y", T),)
    assert wired.seeds_of(((wired.position["ihfA"], -1),))[1:] == ((wired.position["IHF"], -1),)


def test_a_complex_that_represses_its_own_subunit_is_a_self_loop() -> None:
    wired = wire(rows("ihfA+x", "ihfB+x", "ihfA-ihfA", "ihfB-ihfA"), IHF)
    assert edges(wired) == {("IHF", "x", 1)}
    assert wired.dropped.self_loops == 2


def test_genes_of_a_unit_are_one_target() -> None:
    wired = wire(rows("r+lacZ", "r+lacY", "r+x"), units={"lac": ("lacZ", "lacY", "lacA")})
    assert edges(wired) == {("r", "lac", 1), ("r", "x", 1)}
    whole = wire(rows("r+lacZ", "r+lacY", "s+lacA"), units={"lac": ("lacZ", "lacY", "lacA")})
    assert whole.unfold(*at(whole, "r", "lac")) == (("r", "lacY", T), ("r", "lacZ", T))
    added = {edge[:2] for edge in whole.unfold(*at(whole, "lacA", "lac"))}
    assert added == {("lacA", "lacY"), ("lacA", "lacZ")}


def test_an_addition_to_a_unit_reaches_all_its_genes_in_the_layer_of_its_regulator() -> None:
    stated = [Regulation("rpoS", "x", 1, "sigma"), Regulation("r", "a", 1, T)]
    wired = wire([*stated, Regulation("r", "b", 1, T)], units={"ab": ("a", "b")})
    added = wired.unfold(*at(wired, "rpoS", "ab"))
    assert added == (("rpoS", "a", "sigma"), ("rpoS", "b", "sigma"))


def test_an_addition_names_the_layer_of_the_statement_without_a_sign() -> None:
    stated = [Regulation("r", "a", 0, "sigma"), Regulation("r", "x", 1, T)]
    wired = wire(stated)
    assert wired.unfold(*at(wired, "r", "a")) == (("r", "a", "sigma"),)


def test_a_regulator_in_a_unit_carries_on_what_happens_to_the_unit() -> None:
    wired = wire(rows("r+a", "r+b", "a-x"), units={"ab": ("a", "b")})
    walks = walk_counts(wired.network, Perturbations.singles(at(wired, "r")), max_length=2)
    assert walks[wired.position["x"], 0].tolist() == [0, 1]


def test_a_regulator_of_its_own_unit_stays_a_target_of_its_own() -> None:
    units = {"mar": ("marA", "marB", "marR")}
    wired = wire(rows("marR-marR", "marR-marA", "marR-marB", "x+marR", "x+marA"), units=units)
    assert edges(wired) == {("marR", "mar", -1), ("x", "marR", 1), ("x", "mar", 1)}
    assert wired.folding.units == {"mar": ("marA", "marB")}


def test_a_signal_counts_where_it_ends_in_an_edge_that_changes_expression() -> None:
    wired = wire(rows("k~t", "t+x", "k~x"))
    predicted = walk_counts(wired.network, Perturbations.singles(at(wired, "k")), max_length=2)
    moved = {name for name in ("k", "t", "x") if predicted[wired.position[name]].any()}
    assert moved == {"x"}


def test_only_layers_that_change_transcripts_are_edited() -> None:
    stated = [
        Regulation("k", "t", 1, SIGNAL),
        Regulation("m", "t", -1, "translational"),
        Regulation("m", "x", -1, "translational"),
        Regulation("m", "x", -1, T),
        Regulation("t", "x", 1, T),
    ]
    wired = wire(stated)
    network = wired.network
    fixed = wired.knowledge().forbidden(network.source, network.target, network.sign)
    free = {
        edge[:2] for edge, frozen in zip(sorted(edges(wired)), fixed, strict=True) if not frozen
    }
    assert free == {("t", "x")}


def test_a_pair_of_several_layers_is_one_edge_and_all_its_statements_change() -> None:
    wired = wire([Regulation("s", "x", 1, "sigma"), Regulation("s", "x", 1, T)])
    assert wired.unfold(*at(wired, "s", "x")) == (("s", "x", "sigma"), ("s", "x", T))


def test_subunits_that_regulate_only_together_get_no_targets_alone() -> None:
    wired = wire(rows("ihfA+x", "ihfB+x", "ihfB+z"), IHF)
    allowed = wired.knowledge().sources
    assert allowed is not None
    assert [allowed[i] for i in at(wired, "ihfA", "ihfB", "IHF", "x")] == [False, True, True, True]


def test_what_is_known_of_genes_is_known_of_their_nodes() -> None:
    units = {"ab": ("a", "b")}
    wired = wire(rows("ihfA+a", "ihfB+a", "ihfA+b", "ihfB+b", "r+x"), IHF, units)
    n, (a, b, first, r) = wired.n_genes, at(wired, "a", "b", "ihfA", "r")
    keys = np.array(sorted([first * n + a, r * n + a, r * n + b]), np.int64)
    levels = {first * n + a: 2.0, r * n + a: 0.5, r * n + b: 1.5}
    mean = np.zeros(n)
    mean[a] = 1.0
    gene = Knowledge(
        keys,
        np.array([levels[int(k)] for k in keys]),
        np.zeros(n),
        mean,
        np.array([r * n + b]),
        signed=np.array(sorted([r * n + a, r * n + b])),
        sign=np.array([-2.0, -1.0]),
    )
    known = wired.knowledge(gene)
    pairs = [at(wired, "IHF", "ab"), at(wired, "r", "ab"), at(wired, "r", "x")]
    source, target = np.array(pairs, np.int32).T
    assert known.support(source, target).tolist() == [2.5, 2.0, 0.0]
    assert known.sign_support(source, target).tolist() == [0.0, -1.0, 0.0]
    stuck = known.forbidden(source, target, np.array([1, 0, 1], np.int8))
    assert stuck.tolist() == [False, True, False]


def test_units_that_overlap_are_refused() -> None:
    with pytest.raises(BadInputError, match=r"a is in the transcription units u, v"):
        wire(rows("r+a"), units={"u": ("a", "r"), "v": ("a", "r")})


def test_a_unit_named_like_a_gene_is_refused() -> None:
    with pytest.raises(BadInputError, match="r names two things"):
        wire(rows("r+a", "r+b"), units={"r": ("a", "b")})


def apply(
    stated: tuple[Regulation, ...], changed: tuple[tuple[str, str, str], ...], sign: int
) -> list[Regulation]:
    """Give the named statements another sign; 0 takes them away."""
    kept = [row for row in stated if (row.src, row.dst, row.layer) not in changed]
    return kept + [Regulation(*edge[:2], sign, edge[2]) for edge in changed if sign]


def owned(wired: Wired) -> set[tuple[str, str, str]]:
    """Statements that are about a complex."""
    return {(row.src, row.dst, row.layer) for row in wired.folding.owner}


@settings(max_examples=100)
@given(worlds(), st.data())
def test_an_edit_and_what_it_unfolds_to_are_the_same(world: World, data: st.DataObject) -> None:
    wired = built(world)
    network, n = wired.network, wired.network.n_genes
    pairs = [(s, t) for s in range(n) for t in range(n) if s != t]
    source, target = np.array(pairs, np.int32).T
    before = network.sign_at(source.astype(np.int64) * n + target)
    free = np.flatnonzero(~wired.knowledge().forbidden(source, target, before))
    chosen = data.draw(st.sampled_from(free.tolist()))
    sign = data.draw(st.sampled_from([s for s in (-1, 0, 1) if s != before[chosen]]))
    changed = wired.unfold(*pairs[chosen])
    again = wire(apply(world.rows, changed, sign), world.complexes, world.units, GENES)
    assume(again.folding.units == wired.folding.units)
    # A subunit's own edit may complete what all subunits state alike.
    assume(again.folding.complexes == wired.folding.complexes)
    assume(owned(again) - set(changed) == owned(wired) - set(changed))
    assume(pairs[chosen][0] >= wired.n_genes or not owned(again) & set(changed))
    after = before.copy()
    after[chosen] = sign
    expected = network.with_edges(source, target, after)
    assert edges(again) == {
        (network.genes[s], network.genes[t], sign)
        for s, t, sign in zip(expected.source, expected.target, expected.sign.tolist(), strict=True)
    }
