"""Laws of refining plain tables: order, names and unknowns change nothing; frozen edges stay."""

from __future__ import annotations

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kgp
from tests.unit.api import frame_worlds

FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])

worlds = st.integers(0, 10_000).map(
    lambda seed: frame_worlds.planted(seed, genes=12, edges=16, share=0.3)
)


def _partly(seen: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Half of the rows, so that not everything is settled."""
    return seen.sample(fraction=0.5, seed=seed)


@FEW
@given(worlds, st.integers(0, 1000))
def test_order_of_rows_changes_nothing(
    world: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], seed: int
) -> None:
    _, damaged, seen = world
    seen = _partly(seen, seed)
    shuffled = kgp.refine(damaged.sample(fraction=1, shuffle=True, seed=seed), seen.reverse())
    straight = kgp.refine(damaged, seen)
    assert shuffled.network.equals(straight.network)
    assert shuffled.edits.equals(straight.edits)


@FEW
@given(worlds, st.permutations(range(12)))
def test_renaming_genes_renames_the_result(
    world: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], order: list[int]
) -> None:
    _, damaged, seen = world
    genes = [f"g:{i}" for i in range(12)]
    new = {gene: f"h{place}" for gene, place in zip(genes, order, strict=True)}
    ends = [pl.col(end).replace_strict(new) for end in ("source", "target")]
    renamed = kgp.refine(
        damaged.with_columns(ends),
        seen.with_columns(
            perturbation="-" + pl.col("perturbation").str.strip_prefix("-").replace_strict(new),
            gene=pl.col("gene").replace_strict(new),
        ),
    )
    expected = kgp.refine(damaged, seen).network.with_columns(ends)
    assert renamed.network.equals(expected.sort(pl.all()))


@FEW
@given(worlds, st.integers(0, 1000))
def test_unknown_cells_weigh_nothing(
    world: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], seed: int
) -> None:
    """A row of no confidence says what an absent row says."""
    _, damaged, seen = world
    some = _partly(seen, seed)
    rest = seen.join(some, on=["perturbation", "gene"], how="anti")
    whole = pl.concat(
        [some.with_columns(confidence=pl.lit(1.0)), rest.with_columns(confidence=pl.lit(0.0))]
    )
    assert kgp.refine(damaged, whole).network.equals(kgp.refine(damaged, some).network)


@FEW
@given(worlds, st.integers(0, 1000))
def test_frozen_edges_never_change(
    world: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], seed: int
) -> None:
    _, damaged, seen = world
    frozen = damaged.sample(fraction=0.5, seed=seed)
    refined = kgp.refine(damaged, seen, frozen=frozen).network
    assert frozen.join(refined, on=["source", "target", "weight"], how="anti").is_empty()
