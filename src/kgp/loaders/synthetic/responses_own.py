"""A lab's own experiment: counts and log expression with a design, and tables of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import stats

from kgp.loaders.moderation import contrast
from kgp.loaders.synthetic.responses import KNOCK_OUT, OVER_EXPRESSION, Treatment
from kgp.loaders.synthetic.responses_screen import kinetic_screen

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.responses import Floats, Ints
    from kgp.loaders.synthetic.responses_screen import Screen
    from kgp.loaders.synthetic.world import World

REPLICATES = 3
KNOCKED_OUT = "SYNTF0"
"""The regulator of the tables of results; every world has it."""

_MAX_GENES = 1_000
_CONDITIONS = (
    ("wt", Treatment()),
    ("ko0", Treatment((0,), KNOCK_OUT)),
    ("oe1", Treatment((1,), OVER_EXPRESSION)),
)


def _measured(screen: Screen) -> np.ndarray:
    """Numbers of the genes that are measured: the first of them, among which all regulators."""
    return np.arange(min(screen.mechanism.n_genes, _MAX_GENES))


def _design(screen: Screen, output: Output) -> str:
    rows = [
        {
            "sample": f"{name}_{place + 1}",
            "condition": name,
            "batch": f"b{place + 1}",
            "perturbed": screen.genes["symbol"][each.genes[0]] if each.genes else "",
            "direction": {-1: "down", 1: "up"}[each.direction] if each.genes else "",
        }
        for name, each in _CONDITIONS
        for place in range(REPLICATES)
    ]
    return output.table("own/design.csv.gz", [pl.DataFrame(rows)], separator=",")


def _matrix(screen: Screen, values: Floats | Ints, output: Output, name: str) -> str:
    """Write genes by samples, [n_samples, n_genes] as it comes."""
    genes = screen.genes["ensembl"][_measured(screen)].to_list()
    samples = [f"{name}_{i + 1}" for name, _ in _CONDITIONS for i in range(REPLICATES)]
    table = pl.DataFrame(values.T, schema=samples)
    table = pl.concat([pl.DataFrame({"gene_id": genes}), table], how="horizontal")
    return output.table(name, [table], separator=",")


def write_counts(world: World, output: Output) -> dict[str, str]:
    """Write negative binomial counts of a knock-out, an over-expression and the wild type."""
    screen, random = kinetic_screen(world), world.random("counts")
    kept = _measured(screen)
    drawn = [
        screen.assay.counts(screen.change(each), REPLICATES, random)[:, kept]
        for _, each in _CONDITIONS
    ]
    counts = _matrix(screen, np.concatenate(drawn), output, "own/counts.csv.gz")
    return {"counts": counts, "design": _design(screen, output)}


def write_expression(world: World, output: Output) -> dict[str, str]:
    """Write log2 expression of the same conditions."""
    screen, random = kinetic_screen(world), world.random("expression")
    kept = _measured(screen)
    drawn = [
        screen.assay.logs(screen.change(each), REPLICATES, random)[:, kept]
        for _, each in _CONDITIONS
    ]
    values = np.concatenate(drawn).round(4)
    name = _matrix(screen, values, output, "own/log_expression.csv.gz")
    return {"expression": name, "design": _design(screen, output)}


def write_limma(world: World, output: Output) -> dict[str, str]:
    """Write limma's table of the knock-out: moderated t-statistics of replicates."""
    screen, random = kinetic_screen(world), world.random("limma")
    treated, control = (
        screen.assay.logs(screen.change(each), REPLICATES, random) for _, each in _knock_out()
    )
    found = contrast(treated, control)
    t = found.effect / found.error
    p = 2 * stats.t.sf(np.abs(t), found.df)
    table = pl.DataFrame(
        {
            "ID": screen.genes["ensembl"],
            "logFC": found.effect,
            "AveExpr": (treated.mean(0) + control.mean(0)) / 2,
            "t": t,
            "P.Value": p,
            "adj.P.Val": stats.false_discovery_control(p),
        }
    )
    return _results(table.sort("P.Value"), output, "limma_ko")


def write_deseq2(world: World, output: Output) -> dict[str, str]:
    """Write DESeq2's table of the knock-out."""
    mean, effect, error, p = _wald(world, "deseq2")
    table = pl.DataFrame(
        {
            "gene_id": kinetic_screen(world).genes["ensembl"],
            "baseMean": mean,
            "log2FoldChange": effect,
            "lfcSE": error,
            "stat": effect / error,
            "pvalue": p,
            "padj": stats.false_discovery_control(p),
        }
    )
    return _results(table, output, "deseq2_ko")


def write_edger(world: World, output: Output) -> dict[str, str]:
    """Write edgeR's table of the knock-out."""
    mean, effect, _, p = _wald(world, "edger")
    table = pl.DataFrame(
        {
            "gene_id": kinetic_screen(world).genes["ensembl"],
            "logFC": effect,
            "logCPM": np.log2(mean / mean.sum() * 1e6),
            "PValue": p,
            "FDR": stats.false_discovery_control(p),
        }
    )
    return _results(table.sort("PValue"), output, "edger_ko")


def _knock_out() -> tuple[tuple[str, Treatment], ...]:
    return _CONDITIONS[1], _CONDITIONS[0]


def _wald(world: World, name: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Test counts of the knock-out against the wild type by Wald's test.

    The dispersion of each gene is the one that the counts were drawn with, which no analysis of
    real counts knows; so the tests are as good as such tests can be.

    Returns:
        Mean count, log2 fold change, its standard error and p-value, [n_genes] each.
    """
    screen, random = kinetic_screen(world), world.random(name)
    drawn = [
        screen.assay.counts(screen.change(each), REPLICATES, random) for _, each in _knock_out()
    ]
    counts = np.concatenate(drawn).astype(np.float64)
    counts /= _size_factors(counts)[:, None]
    treated, control = (
        counts[part].mean(0) + 0.5 for part in (slice(REPLICATES), slice(-REPLICATES, None))
    )
    effect = np.log2(treated / control)
    variance = sum((1 / each + screen.assay.dispersion) / REPLICATES for each in (treated, control))
    error = np.sqrt(variance) / np.log(2)
    return counts.mean(0) + 0.5, effect, error, 2 * stats.norm.sf(np.abs(effect) / error)


def _size_factors(counts: Floats) -> Floats:
    """Medians of ratios (Anders and Huber 2010), [n_samples]."""
    logs = np.log(counts + 0.5)
    return np.asarray(np.exp(np.median(logs - logs.mean(0), axis=1)), np.float64)


def _results(table: pl.DataFrame, output: Output, name: str) -> dict[str, str]:
    rounded = table.with_columns(pl.selectors.float().round_sig_figs(8))
    return {"results": output.table(f"own/{name}.csv.gz", [rounded], separator=",")}
