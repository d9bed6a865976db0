from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.kg_schema.batches import Kind
from kgp.models.refinement.groups import (
    Locus,
    infer_complexes,
    infer_operons,
    mates_of,
    split_units,
)
from kgp.models.refinement.wiring import Regulation, wire
from tests.shared_data import shared
from tests.unit.loaders.drained import drain

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture(scope="module")
def ecocyc() -> list[Regulation]:
    """EcoCyc's exported network."""
    path = shared("ecocyc/ECOLI-regulatory-network.txt")
    rows = drain("ecocyc-network", {"network": path}).rows(Kind.REGULATION)
    return [Regulation(row["src"], row["dst"], row["sign"], row["layer"]) for row in rows]


@pytest.fixture(scope="module")
def operons(ecocyc: list[Regulation]) -> Mapping[str, tuple[str, ...]]:
    """Operons of E. coli from coordinates and regulators, by gene name."""
    nodes = drain("locus-tags", {"table": shared("ecocyc/precise1k_gene_info.csv.gz")}).nodes
    loci = [Locus(n["name"], n["left"], n["right"], n["strand"]) for n in nodes.values()]
    named = [row._replace(dst=row.dst.removeprefix("symbol:")) for row in ecocyc]
    found = infer_operons(loci, named)
    return {gene: group for group in found.values() for gene in group}


def test_subunits_of_known_complexes_regulate_the_same(ecocyc: list[Regulation]) -> None:
    groups = set(infer_complexes(ecocyc).values())
    known = ("ihfA", "ihfB"), ("hupA", "hupB"), ("flhC", "flhD")
    assert {tuple(f"symbol:{gene}" for gene in pair) for pair in known} <= groups
    assert len(groups) < 10


def test_a_known_complex_carries_all_that_its_subunits_share(ecocyc: list[Regulation]) -> None:
    wired = wire(ecocyc, infer_complexes(ecocyc))
    complex_ = wired.position["inferred-complex:symbol:ihfA+symbol:ihfB"]
    subunits = {wired.position["symbol:ihfA"], wired.position["symbol:ihfB"]}
    sources = wired.network.source.tolist()
    assert sources.count(complex_) > 200
    assert not subunits & set(sources)


def test_small_regulons_make_no_complex() -> None:
    rows = [Regulation(src, dst, 1, "transcriptional") for src in "ab" for dst in "wxyz"]
    assert infer_complexes(rows) == {}
    assert infer_complexes(rows, min_targets=4) == {"inferred-complex:a+b": ("a", "b")}


def test_regulators_of_opposite_signs_make_no_complex() -> None:
    rows = [
        Regulation(src, dst, 1 if src == "a" else -1, "transcriptional")
        for src in "ab"
        for dst in "uvwxyz"
    ]
    assert infer_complexes(rows) == {}


@pytest.mark.parametrize(
    "operon",
    [
        "lacZ lacY lacA",
        "thrA thrB thrC",
        "araB araA araD",
        "trpE trpD trpC trpB trpA",
        "galE galT galK galM",
        "marR marA marB",
    ],
)
def test_known_operons_are_found(operons: Mapping[str, tuple[str, ...]], operon: str) -> None:
    genes = operon.split()
    assert set(genes) <= set(operons[genes[0]])


@pytest.mark.parametrize(("one", "other"), [("lacI", "lacZ"), ("araC", "araB"), ("crp", "yhfA")])
def test_genes_of_other_strands_or_far_apart_are_parted(
    operons: Mapping[str, tuple[str, ...]], one: str, other: str
) -> None:
    assert other not in operons.get(one, ())


def test_a_gap_of_fifty_base_pairs_joins_and_one_more_parts() -> None:
    loci = [Locus("a", 1, 100, "+"), Locus("b", 151, 200, "+"), Locus("c", 252, 300, "+")]
    assert list(infer_operons(loci).values()) == [("a", "b")]


def test_the_same_regulators_join_neighbours_that_lie_farther_apart() -> None:
    loci = [Locus("a", 1, 100, "+"), Locus("b", 301, 400, "+"), Locus("c", 702, 800, "+")]
    rows = [Regulation(src, dst, 1, "transcriptional") for src in "rs" for dst in "abc"]
    assert list(infer_operons(loci, rows).values()) == [("a", "b")]
    assert infer_operons(loci, rows[:3]) == {}


def test_a_gene_of_the_other_strand_between_them_parts_two_genes() -> None:
    loci = [Locus("a", 1, 100, "+"), Locus("b", 101, 110, "-"), Locus("c", 120, 300, "+")]
    assert infer_operons(loci) == {}
    assert infer_operons([]) == {}


_UNITS = st.dictionaries(st.sampled_from("UVW"), st.sets(st.sampled_from("abcde")), max_size=3)


@given(_UNITS)
def test_parted_units_hold_genes_that_are_in_the_same_units(units: dict[str, set[str]]) -> None:
    parts = list(split_units(units).values())
    genes = [gene for part in parts for gene in part]
    assert len(genes) == len(set(genes))
    for part in parts:
        assert len(part) > 1
        assert all(set(part) <= group or not set(part) & group for group in units.values())


def test_an_inner_promoter_parts_an_operon() -> None:
    units = {"abcd": "abcd", "cd": "cd"}
    assert list(split_units(units).values()) == [("a", "b"), ("c", "d")]
    assert mates_of(units)["c"] == {"a", "b", "d"}
