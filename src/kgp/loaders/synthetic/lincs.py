"""LINCS responses that follow from the planted network, under noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from kgp.loaders.lincs.consensus import KEY, LANDMARKS
from kgp.loaders.synthetic.drugs import targets
from kgp.loaders.synthetic.plan import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

MAX_DRUGS = 1_170
_STRENGTH, _PENETRANCE = 3.0, 0.6
_FIRST_Z, _LAST_Z = 4.0, 9.0


def landmarks(world: World) -> NDArray[np.int64]:
    """Numbers of the measured genes, sorted: 978, or half of the coding genes of small worlds."""
    n = min(LANDMARKS, max(1, world.n_coding // 2))
    return np.sort(world.random("landmarks").choice(world.n_coding, n, replace=False))


def consensus(world: World) -> tuple[list[int], NDArray[np.float64]]:
    """Drugs and their responses: a drug silences its targets, and these their regulons.

    A drug without a known target has noise alone.

    Returns:
        The drugs' numbers, and float64 [n_drugs, n_landmarks], standardised noise plus effects.
    """
    drugs = list(range(min(MAX_DRUGS, world.plan.nodes["drug"])))
    bound = targets(world).filter(pl.col("drug") < len(drugs))
    n = world.n_genes
    pairs = (bound["drug"].to_numpy(), bound["gene"].to_numpy())
    silenced = csr_array((-np.ones(bound.height), pairs), (len(drugs), n))
    network = world.network()
    signs = network["sign"].to_numpy().astype(np.float64)
    ends = (network["src"].to_numpy(), network["dst"].to_numpy())
    effects = (silenced @ csr_array((signs, ends), (n, n)))[:, landmarks(world)].toarray()
    noise = world.random("responses").standard_normal(effects.shape)
    return drugs, noise + _STRENGTH * effects


def write_consensus(world: World, output: Output) -> dict[str, str]:
    """Write the consensus table: drugs by DrugBank id, genes by Entrez id."""
    drugs, values = consensus(world)
    form, first = KINDS["drug"].form, KINDS["drug"].first
    names = world.genes()["entrez"][landmarks(world)].to_list()
    ids = pl.DataFrame({KEY: [form.format(first + drug) for drug in drugs]})
    table = pl.concat([ids, pl.DataFrame(values.round(3), schema=names)], how="horizontal")
    return {"consensus": output.table("lincs/consensus_drugbank.tsv.gz", [table])}


def overexpression(world: World) -> pl.DataFrame:
    """``src, dst`` (genes) and ``z``: the targets that respond when a gene is over-expressed."""
    network = world.network().filter(pl.col("sign") != 0)
    random = world.random("over-expression")
    responds = pl.Series(random.random(network.height) < _PENETRANCE)
    size = pl.Series(random.uniform(_FIRST_Z, _LAST_Z, network.height).round(3))
    rows = network.with_columns(z=pl.col("sign") * size).filter(responds)
    return rows.select("src", "dst", "z")


def write_overexpression(world: World, output: Output) -> dict[str, str]:
    """Write the significant responses, and the summary of all regulators, also of silent ones."""
    genes = world.genes()
    rows = overexpression(world)
    up = pl.col("z") > 0
    rows = rows.with_columns(
        perturbagen=genes["entrez"][rows["src"]],
        entrez_gene_id=genes["entrez"][rows["dst"]],
        symbol=genes["symbol"][rows["dst"]],
        status=pl.when(pl.col("dst").is_in(landmarks(world).tolist()))
        .then(pl.lit("measured"))
        .otherwise(pl.lit("imputed")),
        direction=pl.when(up).then(pl.lit("up")).otherwise(pl.lit("down")),
    )
    columns = ("perturbagen", "entrez_gene_id", "z_score", "symbol", "status", "direction")
    listed = rows.rename({"z": "z_score"}).select(columns)
    listed = listed.with_columns(nlog10_bonferroni_pval=pl.lit(3.0))
    counts = [
        ((pl.col("direction") == way) & (pl.col("status") == status)).sum().alias(f"{way}-{status}")
        for way in ("down", "up")
        for status in ("imputed", "measured")
    ]
    tested = genes.head(world.n_tfs).select(perturbagen="entrez")
    summary = tested.join(
        rows.group_by("perturbagen").agg(counts),
        on="perturbagen",
        how="left",
        maintain_order="left",
    )
    summary = summary.with_columns(pl.col("^(up|down)-.*$").fill_null(0))
    return {
        "responses": output.table("lincs/dysreg_overexpression.tsv.gz", [listed]),
        "summary": output.table("lincs/dysreg_overexpression_summary.tsv.gz", [summary]),
    }
