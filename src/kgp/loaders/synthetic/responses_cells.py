"""Perturb-seq in AnnData: counts of single cells with their guides and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix

from kgp.loaders.synthetic.responses import KNOCK_DOWN, Assay, Treatment
from kgp.loaders.synthetic.responses_hdf5 import marked_hdf5
from kgp.loaders.synthetic.responses_screen import genetic_treatments, kinetic_screen

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

CELL_LINE, CONTROL = "SYNCELL1", "control"
GUIDES, BATCHES, CELLS = 2, 2, 20
"""Guides of each perturbation, batches, and cells of each guide in each batch."""

_MAX_GENES = 2_000
_DEPTH = 0.05
_BATCH_SPREAD, _GUIDE_SPREAD = 0.1, 0.1


def write_cells(world: World, output: Output) -> dict[str, str]:
    """Write knock-downs of single regulators and of pairs, with twice as many control cells."""
    screen, random = kinetic_screen(world), world.random("cells")
    n = min(world.n_coding, _MAX_GENES)
    assay = Assay(screen.assay.base[:n], screen.assay.spread[:n], screen.assay.dispersion[:n] * 3)
    sets = dict.fromkeys(each.genes for each in genetic_treatments(world))
    batches = _BATCH_SPREAD * random.standard_normal((BATCHES, n))
    rows, counts = [], []
    for genes in ((), *sets):
        change = screen.change(Treatment(genes, KNOCK_DOWN))[:n]
        label = "+".join(screen.genes["symbol"][gene] for gene in genes) or CONTROL
        for guide in range(GUIDES):
            own = change + _GUIDE_SPREAD * random.standard_normal(n)
            for batch in range(BATCHES):
                cells = CELLS * (1 if genes else 2)
                drawn = assay.counts(own + batches[batch], cells, random, depth=_DEPTH)
                counts.append(csr_matrix(drawn.astype(np.float32)))
                rows += [(label, f"{label}_g{guide + 1}", f"b{batch + 1}")] * cells
    name = "perturb-seq/synthetic_crispri.h5ad"
    with marked_hdf5(output, name) as file:
        _write(file, rows, counts, screen.genes.head(n))
    output.step.advance(len(rows))
    return {"cells": name}


def _write(file: Any, rows: list[tuple[str, str, str]], counts: list[Any], genes: Any) -> None:
    import pandas as pd
    from anndata import AnnData
    from anndata.io import write_elem
    from scipy.sparse import vstack

    names = [f"CELL{number:06}" for number in range(len(rows))]
    obs = pd.DataFrame(rows, columns=["perturbation", "guide_id", "batch"], index=names)
    obs = obs.assign(cell_line=CELL_LINE, perturbation_type="CRISPRi", organism="human")
    var = pd.DataFrame({"gene_id": genes["ensembl"].to_list()}, index=genes["symbol"].to_list())
    data = AnnData(vstack(counts, format="csr"), obs=obs, var=var)
    write_elem(file, "/", data, dataset_kwargs={"compression": "gzip"})
