"""Signed networks: what each source knows of the one planted network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

MODE = {"activation": 1.0, "repression": -1.0, "unknown": 0.0}
"""TRRUST's mode of regulation; an edge of both signs has two rows."""

_LEVELS, _LEVEL_SHARES = ("A", "B", "C", "D", "E"), (0.05, 0.05, 0.10, 0.20, 0.60)
_FIRST_PUBMED = 900_000_000
_RESOURCE = "Reactome"
"""Stands where a source names a resource: its licence, CC0, is that of synthetic data, too."""


def view_of(world: World, source: str) -> pl.DataFrame:
    """``src, dst`` (genes) and ``effect`` of the edges that a source knows."""
    if source == "trrust":
        return world.view(source, 0.2, dual=True, hidden=0.3)
    if source == "omnipath":
        return world.view(source, 0.5, dual=True, hidden=0.2)
    return world.view(source, {"dorothea": 0.9, "collectri": 0.6}.get(source, 0.7), dual=False)


def _named(world: World, source: str, column: str = "symbol") -> pl.DataFrame:
    """The view with ``tf, target`` as names, and the line number."""
    names = world.genes()[column]
    rows = view_of(world, source)
    return rows.with_columns(tf=names[rows["src"]], target=names[rows["dst"]]).with_row_index("n")


def _sign() -> pl.Expr:
    return pl.col("effect").replace_strict(MODE, return_dtype=pl.Float64)


def write_trrust(world: World, output: Output) -> dict[str, str]:
    """Write TRRUST's table; where its authors disagree, a pair has a row for each sign."""
    rows = _named(world, "trrust").with_columns(
        effect=pl.when(pl.col("effect") == "dual")
        .then(pl.lit(["activation", "repression"]))
        .otherwise(pl.concat_list("effect"))
    )
    rows = rows.explode("effect").select(
        "tf", "target", mor=_sign(), pubmed_id=pl.col("n") + _FIRST_PUBMED
    )
    return {"network": output.table("regulons/trrust_hs.tsv.gz", [rows])}


def dorothea_levels(world: World) -> pl.Series:
    """Confidence level of each edge of DoRothEA's view."""
    n = view_of(world, "dorothea").height
    drawn = world.random("dorothea levels").choice(_LEVELS, n, p=_LEVEL_SHARES)
    return pl.Series("confidence", drawn.tolist(), dtype=pl.String)


def write_dorothea(world: World, output: Output) -> dict[str, str]:
    """Write DoRothEA's table; the sign of level E is a default and says +1 throughout."""
    rows = _named(world, "dorothea").with_columns(dorothea_levels(world))
    default = pl.col("confidence") == "E"
    mode = pl.when(default).then(pl.lit(1.0)).otherwise(_sign())
    rows = rows.select("tf", "confidence", "target", mor=mode)
    return {"network": output.table("regulons/dorothea_hs.tsv.gz", [rows])}


def write_collectri(world: World, output: Output) -> dict[str, str]:
    """Write CollecTRI's table, with the resources and papers behind every edge."""
    rows = _named(world, "collectri").select(
        source="tf",
        target="target",
        weight=_sign().cast(pl.Int8),
        resources=pl.lit(_RESOURCE),
        references=pl.format("{};{}", pl.col("n") + _FIRST_PUBMED, pl.col("n") + _FIRST_PUBMED + 1),
        sign_decision=pl.lit("PMID"),
    )
    return {"network": output.table("regulons/collectri.csv.gz", [rows], separator=",")}


def write_omnipath(world: World, output: Output) -> dict[str, str]:
    """Write OmniPath's interactions, between UniProt accessions."""
    effect = pl.col("effect")
    rows = _named(world, "omnipath", "uniprot").select(
        source="tf",
        target="target",
        direction=pl.lit(1),
        stimulation=effect.is_in(["activation", "dual"]).cast(pl.Int8),
        inhibition=effect.is_in(["repression", "dual"]).cast(pl.Int8),
        sources=pl.lit(_RESOURCE),
        references=pl.format("{}:{}", pl.lit(_RESOURCE), pl.col("n") + _FIRST_PUBMED),
    )
    return {"interactions": output.table("regulons/omnipath_interactions.tsv.gz", [rows])}


def write_network(world: World, output: Output) -> dict[str, str]:
    """Write a frame as decoupler has them: source, target, weight."""
    rows = _named(world, "network")
    strength = world.random("weights").integers(20, 100, rows.height) / 100
    rows = rows.select(source="tf", target="target", weight=_sign() * pl.Series(strength))
    return {"network": output.table("regulons/decoupler_network.csv.gz", [rows], separator=",")}
