"""A small world for the models: real molecules, targets, and responses that follow the targets.

The responses are made by this file: a drug's response is the mean of its targets' profiles plus a
common part and noise, so that there is something to learn; they say nothing about real drugs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.embed import embed
from kgp.platform.snapshot import Snapshot, write_snapshot
from tests.memory_graph import MemoryGraph

if TYPE_CHECKING:
    from pathlib import Path

RINGS = (
    *("c1ccccc1", "c1ccncc1", "c1ccoc1", "c1ccsc1", "C1CCCCC1", "C1CCNCC1", "c1ccc2ccccc2c1"),
    *("C1CCOC1", "C1CCCC1", "c1cncnc1", "c1c[nH]cn1", "C1COCCN1", "c1ccc2[nH]ccc2c1", "C1CC1"),
)
CHAINS = ("", "C", "CCN", "CO", "C(=O)O")
GENES, TARGETS = 60, 12


def molecules() -> list[str]:
    """70 molecules: fourteen rings with five side chains each."""
    return [chain + ring for ring in RINGS for chain in CHAINS]


def drug_graph(seed: int = 0, noise: float = 0.3) -> MemoryGraph:
    """Drugs with targets, targets with processes, responses that follow the targets."""
    rng = np.random.default_rng(seed)
    smiles = molecules()
    drugs = [f"drugbank:DB{n:03d}" for n in range(len(smiles))]
    genes = [f"ncbigene:{n:03d}" for n in range(GENES)]
    named = enumerate(zip(drugs, smiles, strict=True))
    nodes = [(drug, "Drug", f"drug {n}", {"smiles": text}) for n, (drug, text) in named]
    nodes += [(gene, "Gene", f"gene {n}", {}) for n, gene in enumerate(genes)]
    nodes += [(f"go:{n}", "BiologicalProcess", f"process {n}", {}) for n in range(4)]
    edges = [("PARTICIPATES_IN", gene, f"go:{n % 4}", {}) for n, gene in enumerate(genes)]
    edges += [("INTERACTS_WITH", genes[n], genes[n + 1], {}) for n in range(GENES - 1)]
    profiles, common = rng.normal(size=(TARGETS, GENES)), 2 * rng.normal(size=GENES)
    rows = []
    for drug in drugs:
        hit = rng.choice(TARGETS, 2, replace=False)
        edges += [("TARGETS", drug, genes[target], {}) for target in hit]
        effect = common + 2 * profiles[hit].mean(0) + noise * rng.normal(size=GENES)
        rows.append((f"lincs:{drug[-3:]}", [drug], [0], np.sinh(effect).tolist()))
    graph = MemoryGraph(nodes, edges)
    graph.add_responses("lincs", genes, rows)
    return graph


def drug_snapshot(folder: Path, seed: int = 0) -> Snapshot:
    """Write the world's snapshot, with molecular vectors."""
    graph = drug_graph(seed)
    embed(graph, "morgan", "Drug")
    return write_snapshot(graph, folder)
