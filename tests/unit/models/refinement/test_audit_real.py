from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.models.refinement.audit import audit
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.observations import Observations
from tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Iterator


def table(relative: str) -> Iterator[dict[str, str]]:
    with gzip.open(shared(relative), "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def entrez_of_symbol() -> dict[str, str]:
    with gzip.open(
        shared("identifiers/Homo_sapiens.gene_info.gz"), "rt", encoding="utf-8"
    ) as lines:
        rows = (line.split("\t", 3) for line in lines if not line.startswith("#"))
        return {symbol: f"ncbigene:{entrez}" for _, entrez, symbol, _ in rows}


def test_trrust_before_lincs_over_expression() -> None:
    known = entrez_of_symbol()
    responses = list(table("lincs/dysreg_overexpression.tsv.gz"))
    measured = {f"ncbigene:{row['entrez_gene_id']}" for row in responses}
    edges = [
        (known[row["tf"]], known[row["target"]], float(row["mor"]))
        for row in table("grn/trrust_hs.tsv.gz")
        if row["tf"] in known and row["target"] in known
    ]
    genes = sorted({end for edge in edges for end in edge[:2]} | measured)
    sources, targets, signs = zip(*edges, strict=True)
    network, _ = SignedNetwork.from_edges(sources, targets, signs, genes=genes)

    position = {gene: i for i, gene in enumerate(genes)}
    summary = table("lincs/dysreg_overexpression_summary.tsv.gz")
    tested = [f"ncbigene:{row['perturbagen']}" for row in summary]
    tested = [gene for gene in tested if gene in position]
    row_of = {gene: i for i, gene in enumerate(tested)}
    labels = np.zeros((len(tested), len(genes)), np.int8)
    for row in responses:
        at = row_of.get(f"ncbigene:{row['perturbagen']}")
        if at is not None:
            sign = 1 if row["direction"] == "up" else -1
            labels[at, position[f"ncbigene:{row['entrez_gene_id']}"]] = sign
    mask = np.isin(np.array(genes), np.array(sorted(measured)))
    seen = Observations(
        np.array([position[gene] for gene in tested], np.int32),
        np.ones(len(tested), np.int8),
        labels,
        np.tile(mask, (len(tested), 1)),
        tuple(tested),
    )

    found = audit(network, seen).enrichment

    assert (found.edges_responding, found.signs_agreeing) == (21, 12)
    assert found.rate == pytest.approx(0.02, abs=0.001)
    assert found.fold > 2
    assert found.p_value < 1e-4
    # Its genes respond to much and have many regulators: random networks of its degrees do as well.
    assert found.same_degrees is not None
    assert found.same_degrees.mean == pytest.approx(20, abs=1)
    assert not found.is_enriched
