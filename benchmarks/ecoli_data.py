"""EcoCyc's network and the knock-outs of PRECISE-278, as arrays over one list of genes.

The published matrix is rebuilt from its independent components, which were fitted on all samples:
it is rebuilt, and it leaks. A label is a difference of more than two-fold between one knock-out
sample and the mean of its wild types: all of the same study with the same medium and supplement,
or, with ``alike``, those of them that are grown alike in everything that is known of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.harness import real_data
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.ecocyc.network import EcoCycNetwork
from kgp.loaders.precise.matrix import Expression
from kgp.loaders.precise.samples import match_controls, read_samples, with_genotypes
from kgp.loaders.responses import KNOCK_DOWN
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MATCH = ("study", "medium", "supplement")
"""What a knock-out has in common with its wild types."""


@dataclass(frozen=True, slots=True)
class Knockouts:
    """Knock-out samples of single regulators.

    Attributes:
        genes: locus tags of the measured genes.
        difference: float64 [n_samples, n_genes], log2 difference to the mean of the wild types.
        perturbed: names of the genes knocked out, by sample.
        samples: names of the samples.
        studies: study of each sample.
        media: medium and supplement of each sample.
        controls: the wild types of each sample, joined; equal texts are shared controls.
    """

    genes: tuple[str, ...]
    difference: NDArray[np.float64]
    perturbed: tuple[str, ...]
    samples: tuple[str, ...]
    studies: tuple[str, ...]
    media: tuple[str, ...]
    controls: tuple[str, ...]

    def observe(self, cut: float = 1.0) -> Observations:
        """Label the samples; those that share controls are one group."""
        place = {gene: i for i, gene in enumerate(self.genes)}
        n = len(self.samples)
        label = np.where(np.abs(self.difference) > cut, np.sign(self.difference), 0)
        return Observations(
            np.array([place[gene] for gene in self.perturbed], np.int32),
            np.full(n, -1, np.int8),
            label.astype(np.int8),
            np.ones(label.shape, bool),
            self.samples,
            groups=self.controls,
        )


def locus_tags() -> dict[str, str]:
    """Read name → locus tag; names before synonyms, and no synonym of two genes."""
    table = pl.read_csv(real_data("ecocyc/precise1k_gene_info.csv.gz"))
    pairs = table.select("synonyms", "locus_tag").drop_nulls().iter_rows()
    synonyms = [(name, tag) for names, tag in pairs for name in names.split(";")]
    once = pl.Series([name for name, _ in synonyms])
    unique = set(once.filter(once.is_unique()))
    known = {name: tag for name, tag in synonyms if name in unique}
    return known | dict(table.select("gene_name", "locus_tag").drop_nulls().iter_rows())


def read_network(genes: Sequence[str], *, sigma: bool = True) -> SignedNetwork:
    """Read EcoCyc's signed edges between ``genes``, with or without those of sigma factors."""
    tags, inside = locus_tags(), set(genes)
    path = real_data("ecocyc/ECOLI-regulatory-network.txt")
    rows = []
    for batch in EcoCycNetwork({"network": path}).batches(Tally()):
        if batch.kind is Kind.REGULATION:
            rows += batch.data.select(["src", "dst", "sign", "layer"]).to_pylist()
    edges = []
    for row in rows:
        ends = [tags.get(row[end].removeprefix("symbol:"), "") for end in ("src", "dst")]
        if inside.issuperset(ends) and (sigma or row["layer"] != "sigma"):
            edges.append((*ends, row["sign"] or 0))
    sources, targets, signs = zip(*edges, strict=True)
    return SignedNetwork.from_edges(sources, targets, signs, genes=genes)[0]


def read_knockouts(*, alike: bool = False) -> Knockouts:
    """Read the samples with one deleted gene that have wild types to compare with."""
    matrix = Expression(real_data("perturb/ecoli_precise278_MA.json.gz")).matrix
    stated = pl.read_csv(real_data("perturb/ecoli_precise1k_ko_samples.csv"))
    single = stated.filter(pl.col("n_ko") == 1)
    deleted: dict[str, tuple[Sequence[str], Sequence[str]]] = {
        sample: ([gene], [KNOCK_DOWN])
        for sample, gene in single.select("sample_id", "ko_bnumbers").iter_rows()
    }
    several = set(stated.filter(pl.col("n_ko") > 1)["sample_id"])
    samples = with_genotypes(
        read_samples(real_data("perturb/ecoli_precise278_samples.csv")), deleted
    )
    wild = samples.filter(
        (pl.col("genes").list.len() == 0)
        & (pl.col("other") == "")
        & (pl.col("evolved") == "No")
        & ~pl.col("sample").is_in(several)
    )
    treated = samples.filter(pl.col("sample").is_in(deleted))
    found = [
        (row, controls)
        for row, controls in _with_controls(treated, wild, alike=alike)
        if row["genes"][0] in matrix.genes
    ]
    effects = [
        matrix.rows([row["sample"]])[0] - matrix.rows(controls).mean(axis=0)
        for row, controls in found
    ]
    return Knockouts(
        tuple(matrix.genes),
        np.stack(effects),
        tuple(row["genes"][0] for row, _ in found),
        tuple(row["sample"] for row, _ in found),
        tuple(row["study"] for row, _ in found),
        tuple(f"{row['medium']} {row['supplement'] or ''}".strip() for row, _ in found),
        tuple(" ".join(controls) for _, controls in found),
    )


def _with_controls(
    treated: pl.DataFrame, wild: pl.DataFrame, *, alike: bool
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield each treated sample that has wild types, and their names."""
    if alike:
        matched = match_controls(treated, wild).drop_nulls("controls")
        matched = matched.filter(pl.col("control_match") != "same medium and supplement")
        yield from ((row, row["controls"]) for row in matched.iter_rows(named=True))
        return
    for row in treated.iter_rows(named=True):
        same = [pl.col(name).eq_missing(pl.lit(row[name], pl.String)) for name in MATCH]
        controls = wild.filter(same)["sample"].sort().to_list()
        if controls:
            yield row, controls
