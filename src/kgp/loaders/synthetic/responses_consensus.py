"""Consensus tables of over-expressions, by each of the two mechanisms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.lincs.consensus import KEY
from kgp.loaders.synthetic.lincs import landmarks
from kgp.loaders.synthetic.responses import OVER_EXPRESSION
from kgp.loaders.synthetic.responses_screen import (
    genetic_treatments,
    kinetic_screen,
    walk_screen,
)
from kgp.loaders.synthetic.responses_walks import blur

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

_REPLICATES = 3
_MISSED, _INVENTED = 0.3, 0.1
"""Share of the responses by walks that are lost, and that are invented."""


def _consensus(world: World, output: Output, *, walks: bool) -> dict[str, str]:
    screen = walk_screen(world) if walks else kinetic_screen(world)
    random, chosen = world.random("walk consensus" if walks else "consensus"), landmarks(world)
    treatments = [
        each
        for each in genetic_treatments(world)
        if len(each.genes) == 1 and each.kind == OVER_EXPRESSION
    ]
    values = []
    for each in treatments:
        change = screen.change(each)
        if walks:
            change = blur(change, random, missed=_MISSED, invented=_INVENTED)
        scores = (screen.assay.logs(change, _REPLICATES, random) - screen.assay.base).mean(0)
        values.append((scores / screen.assay.spread)[chosen] * np.sqrt(_REPLICATES))
    entrez = screen.genes["entrez"]
    ids = pl.DataFrame({KEY: [entrez[each.genes[0]] for each in treatments]})
    table = pl.DataFrame(np.stack(values).round(3), schema=entrez[chosen].to_list())
    name = f"lincs/consensus_overexpression_{'walks' if walks else 'kinetics'}.tsv.gz"
    return {"consensus": output.table(name, [pl.concat([ids, table], how="horizontal")])}


write_walk_consensus = partial(_consensus, walks=True)
write_kinetic_consensus = partial(_consensus, walks=False)
