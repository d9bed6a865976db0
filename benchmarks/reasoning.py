"""Predict the responses to all single perturbations of 20,000 genes with 200,000 signed edges.

Two networks: *even*, whose every gene regulates, and *hubs*, whose regulators are one gene in
fifteen, with out-degrees as uneven as in curated networks. Each way runs in a process of its own.

    python -m benchmarks.reasoning [--json FILE] [--genes 20000] [--edges 200000]
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, parser, publish, run_program
from kgp.models.refinement.network import SignedNetwork

WALKS = 3
IMPORTS = """
import numpy as np
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.reasoning import predict, responses_blocks
from kgp.models.refinement.reasoning_rules import Conflict, Reasoning
stored = np.load(path)
genes = tuple(map(str, range(int(stored["n"]))))
network = SignedNetwork(genes, stored["source"], stored["target"], stored["sign"])
everyone = np.arange(len(genes))
"""
IMPORT_ALONE = IMPORTS + "matrix = network.to_matrix()\n"
BLOCKS = """
how = Reasoning({walks}, "upto", Conflict.parse("{rule}"))
n = sum(block.nnz for _, block in responses_blocks(network, everyone, how=how))
"""
DENSE_RESULT = """
n = np.count_nonzero(predict(network, everyone, how=Reasoning({walks})))
"""
DENSE_PRODUCTS = """
some = everyone[:{rows}]
plus, minus = (np.float32(matrix == sign) for sign in (1, -1))
up, down = plus[some], minus[some]
positive, negative = up.copy(), down.copy()
for _ in range({walks} - 1):
    up, down = up @ plus + down @ minus, up @ minus + down @ plus
    positive, negative = positive + up, negative + down
n = np.count_nonzero(np.sign(positive) - np.sign(negative))
"""


def draw(n_genes: int, n_edges: int, kind: str, seed: int = 0) -> SignedNetwork:
    """Draw a signed network; 70 % of its edges activate."""
    rng = np.random.default_rng(seed)
    regulators = rng.permutation(n_genes)[: n_genes if kind == "even" else n_genes // 15]
    weight = np.arange(1, len(regulators) + 1) ** (-0.6 if kind == "hubs" else 0.0)
    source = rng.choice(regulators, 2 * n_edges, p=weight / weight.sum())
    target = rng.integers(0, n_genes, 2 * n_edges)
    keys = np.unique((source * n_genes + target)[source != target])
    keys = np.sort(rng.permutation(keys)[:n_edges])
    sign = np.where(rng.random(len(keys)) < 0.7, 1, -1).astype(np.int8)
    genes = tuple(map(str, range(n_genes)))
    ends = ((keys // n_genes).astype(np.int32), (keys % n_genes).astype(np.int32))
    return SignedNetwork(genes, *ends, sign)


def rows_of(network: SignedNetwork, kind: str, folder: Path, dense_rows: int) -> list[Row]:
    """Measure every way of predicting all responses of one network."""
    path = folder / f"{kind}.npz"
    np.savez(
        path,
        n=np.array(network.n_genes),
        source=network.source,
        target=network.target,
        sign=network.sign,
    )
    rows = []
    for rule in ("cancel", "shortest", "majority(2)"):
        body = BLOCKS.format(walks=WALKS, rule=rule)
        count, seconds, memory = run_program(IMPORTS, body, path)
        rows.append(Row(f"{kind}, {rule}, CSR blocks: time", seconds, "s"))
        rows.append(Row(f"{kind}, {rule}, CSR blocks: peak of the process", memory, "MB"))
        rows.append(Row(f"{kind}, {rule}: responses", count, "cells"))
    _, seconds, memory = run_program(IMPORTS, DENSE_RESULT.format(walks=WALKS), path)
    rows.append(Row(f"{kind}, cancel, one int8 array: time", seconds, "s"))
    rows.append(Row(f"{kind}, cancel, one int8 array: peak of the process", memory, "MB"))
    body = DENSE_PRODUCTS.format(walks=WALKS, rows=dense_rows)
    _, seconds, memory = run_program(IMPORT_ALONE, body, path)
    name = f"{kind}, dense float32 products of {dense_rows:,} rows"
    rows.append(Row(f"{name}: time", seconds, "s"))
    rows.append(Row(f"{name}: peak of the process", memory, "MB"))
    return rows


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--genes", type=int, default=20_000)
    options.add_argument("--edges", type=int, default=200_000)
    options.add_argument("--dense-rows", type=int, default=512, help="of the dense products")
    given = options.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("even", "hubs"):
            network = draw(given.genes, given.edges, kind)
            rows += rows_of(network, kind, Path(folder), given.dense_rows)
    publish("reasoning", rows, given.json)


if __name__ == "__main__":
    main()
