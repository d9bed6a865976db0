"""LINCS consensus responses: one row per drug or gene, one column per landmark gene (Entrez)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import Unseen, drop_rows, emit
from kgp.loaders.lincs.repeats import repeats, row_hashes
from kgp.loaders.responses import (
    HUMAN,
    TREATMENT,
    dataset_batches,
    dense,
    parse_direction,
    perturbs,
    signature_id,
)
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

KEY = "perturbagen"
LANDMARKS = 978
LANDMARK_SPACE = "lincs-landmark-978"
PERTURBED = {r"^DB\d+$": ("drugbank", "Drug"), r"^BRD-": ("lincs.brd", "Drug")}
"""How a drug is recognised → prefix and node type; a bare number is an Entrez gene."""


class LincsConsensus(FileLoader):
    """Reads the consensus table; values stay raw z-scores.

    Args:
        inputs: the file of role ``consensus``.
        name: name of the data set.
        direction: for a table of genes, ``1`` (over-expression) or ``-1`` (knock-down).
        version: the release, where the user states it.
    """

    source = "lincs"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "lincs-consensus",
        direction: str | int = TREATMENT,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.direction = name, parse_direction(direction)
        path = inputs["consensus"]
        columns = check_columns(path, (KEY,), "\t")
        self.genes = [column for column in columns if column != KEY]
        strange = [gene for gene in self.genes if not gene.isdecimal()]
        if strange or not self.genes:
            raise BadInputError(
                f"{path}: column {(strange or ['(none)'])[0]!r} is not an Entrez gene.",
                hint="Expected are the column perturbagen and one column per Entrez id.",
            )

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, data set and space, then the dense effects, then the signatures."""
        features = [f"ncbigene:{gene}" for gene in self.genes]
        space = LANDMARK_SPACE if len(features) == LANDMARKS else self.name
        yield from emit(Kind.NODES, pl.DataFrame({"id": features, "type": "Gene"}))
        yield from dataset_batches(
            self.name,
            space,
            features,
            measure="consensus z-score",
            censored=False,
            organism=HUMAN,
        )
        unseen, signatures = Unseen((KEY,)), []
        for block in stream_table(self.inputs["consensus"], (KEY, *self.genes), tally):
            rows = self._usable(block, unseen, tally)
            values = _matrix(rows, self.genes)
            part = self._signatures(rows).with_columns(row_hashes(values))
            signatures.append(part)
            if rows.height:
                yield from dense(self.name, part["id"], values)
        yield from _signature_batches(pl.concat(signatures))

    def _usable(self, block: pl.DataFrame, unseen: Unseen, tally: Tally) -> pl.DataFrame:
        """Rows of numbers with a recognised perturbagen that has not come before."""
        known = pl.col(KEY).str.contains("|".join(PERTURBED))
        is_gene = pl.col(KEY).str.contains(r"^\d+$")
        if self.direction == TREATMENT and block.select(is_gene.any()).item():
            raise BadInputError(
                f"{self.inputs['consensus']} holds perturbed genes, without saying how.",
                hint="Give the direction: 1 for over-expression, -1 for knock-down.",
                command="kgp sources",
            )
        rows = drop_rows(
            block, ~(known | is_gene), "not a DrugBank, BRD or Entrez id", tally, (KEY,)
        )
        rows = rows.with_columns(pl.col(self.genes).cast(pl.Float32, strict=False))
        finite = pl.all_horizontal(pl.col(self.genes).is_finite().fill_null(False))
        rows = drop_rows(rows, ~finite, "a value is not a number", tally, (KEY,))
        fresh = unseen.new(rows)
        tally.drop("perturbagen listed twice", rows.height - fresh.height)
        return fresh

    def _signatures(self, rows: pl.DataFrame) -> pl.DataFrame:
        prefix, node_type = pl.lit("ncbigene"), pl.lit("Gene")
        for pattern, (its_prefix, its_type) in PERTURBED.items():
            match = pl.col(KEY).str.contains(pattern)
            prefix = pl.when(match).then(pl.lit(its_prefix)).otherwise(prefix)
            node_type = pl.when(match).then(pl.lit(its_type)).otherwise(node_type)
        perturbed = pl.concat_str(prefix, pl.lit(":"), KEY)
        drug = node_type == "Drug"
        return rows.select(
            id=signature_id(self.name, pl.col(KEY)),
            type=pl.lit("Signature"),
            name=pl.lit("response to ") + perturbed,
            dataset=pl.lit(self.name),
            perturbed=perturbed,
            perturbed_type=node_type,
            direction=pl.when(drug).then(pl.lit(TREATMENT)).otherwise(pl.lit(self.direction)),
        )


def _matrix(
    rows: pl.DataFrame, genes: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.ascontiguousarray(rows.select(genes).to_numpy(), dtype=np.float32)


def _signature_batches(signatures: pl.DataFrame) -> Iterator[Batch]:
    """Yield what was perturbed, the signatures, and the edges between them.

    A signature whose response equals another's to the last digit names the first of them by id.
    """
    signatures = signatures.join(repeats(signatures), on="id", how="left", maintain_order="left")
    yield from emit(Kind.NODES, signatures.select(id="perturbed", type="perturbed_type"))
    properties = signatures.drop("perturbed", "perturbed_type", "direction", "hash")
    yield from emit(Kind.NODES, properties)
    yield from perturbs(signatures)
