"""PRECISE of the world's bacterium: log2(TPM) of its knock-outs with a sample table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.synthetic.bacterium import bacterial_genes, regulation
from kgp.loaders.synthetic.responses import Treatment, make_assay
from kgp.loaders.synthetic.responses_kinetics import plant
from kgp.loaders.synthetic.responses_screen import GATED, HIDDEN, Screen

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

_KNOCK_OUTS, _REPLICATES = 8, 2
_WILD_REPLICATES = 3
_CONDITIONS = (("glc", "glucose(2)", True), ("ac", "acetate(3)", False))
"""Name, carbon source, and whether the ligand of the gated factors is there."""

_STRAIN = "Escherichia coli K-12 MG1655"


def bacterial_screen(world: World) -> Screen:
    """The bacterium as the steady states of its network."""
    genes = bacterial_genes(world)
    place = dict(zip(genes["name"], range(genes.height), strict=True))
    signs = {"activation": 1.0, "repression": -1.0}
    rows = regulation(world).filter(
        pl.col("effect").is_in(list(signs)) & (pl.col("src") != pl.col("dst"))
    )
    src, dst = (np.array([place[name] for name in rows[end]], np.int64) for end in ("src", "dst"))
    sign = rows["effect"].replace_strict(signs, return_dtype=pl.Float64).to_numpy()
    random = world.random("bacterial kinetics")
    mechanism = plant(genes.height, (src, dst, sign), random, hidden=HIDDEN, gated=GATED)
    assay = make_assay(genes.height, world.random("bacterial assay"))
    return Screen(mechanism, assay, genes)


def write_precise(world: World, output: Output) -> dict[str, str]:
    """Write expression, sample table, and the table of knocked-out genes."""
    screen, random = bacterial_screen(world), world.random("precise")
    regulators = [
        gene for gene in _regulators(world) if len(screen.genes["name"][gene]) == len("syrA")
    ]
    single = [(gene,) for gene in regulators[:_KNOCK_OUTS]]
    rows: list[dict[str, str]] = []
    values = []
    for condition, carbon, ligand in _CONDITIONS:
        for genes in ((), *single, tuple(regulators[:2])):
            n = _REPLICATES if genes else _WILD_REPLICATES
            change = screen.change(Treatment(genes, ligand=ligand))
            values.append(screen.assay.logs(change, n, random))
            rows += [_sample(screen, genes, condition, carbon, i) for i in range(n)]
    samples = pl.DataFrame(rows)
    table = pl.DataFrame(np.concatenate(values).round(4).T, schema=samples["sample"].to_list())
    tags = pl.DataFrame({"": screen.genes["tag"]})
    expression = pl.concat([tags, table], how="horizontal")
    knocked = samples.filter(pl.col("ko_bnumbers") != "")
    written = {
        "expression": ("log_tpm", expression),
        "samples": ("sample_table", samples.drop("ko_genes", "ko_bnumbers")),
        "knockouts": ("ko_samples", knocked.select("sample", "ko_genes", "ko_bnumbers")),
    }
    return {
        role: output.table(f"precise/{name}.csv.gz", [frame], separator=",")
        for role, (name, frame) in written.items()
    }


def _regulators(world: World) -> list[int]:
    """Numbers of the genes that regulate others, those with the most targets first."""
    names = bacterial_genes(world)["name"].to_list()
    counts = regulation(world)["src"].value_counts().sort("count", "src", descending=[True, False])
    return [names.index(name) for name in counts["src"]]


def _sample(
    screen: Screen, genes: tuple[int, ...], condition: str, carbon: str, replicate: int
) -> dict[str, str]:
    names = [screen.genes["name"][gene] for gene in genes]
    named = "_".join(f"del_{name}" for name in names) or "wt"
    return {
        "sample": f"synthetic__{named}_{condition}__{replicate + 1}",
        "project": "Synthetic",
        "study": "synthetic",
        "condition": f"{named}_{condition}",
        "rep_id": str(replicate + 1),
        "Strain Description": " ".join([_STRAIN, *(f"del_{name}" for name in names)]),
        "Strain": "MG1655",
        "Base Media": "M9",
        "Carbon Source (g/L)": carbon,
        "Nitrogen Source (g/L)": "NH4Cl(1)",
        "Electron Acceptor": "O2",
        "Trace Element Mixture": "",
        "Supplement": "",
        "Temperature (C)": "37",
        "pH": "7.0",
        "Culture Type": "Batch",
        "Evolved Sample": "No",
        "ko_genes": "+".join(names),
        "ko_bnumbers": "+".join(screen.genes["tag"][gene] for gene in genes),
    }
