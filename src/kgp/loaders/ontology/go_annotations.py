"""GO annotations as a table: one row per term, with its genes by Entrez id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.node_types import GO_ASPECTS
from kgp.loaders.base import FileLoader
from kgp.loaders.files import look
from kgp.loaders.frames import Unseen, drop_rows, emit
from kgp.loaders.ontology.gaf import RELATION_OF
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = (
    "go_id",
    "go_name",
    "go_domain",
    "tax_id",
    "annotation_type",
    "gene_ids",
    "gene_symbols",
)
_LISTS = ("gene_ids", "gene_symbols")


class GoAnnotations(FileLoader):
    """Reads the table.

    Args:
        inputs: the file of role ``annotations``.
        taxon: NCBI taxon to keep, such as ``9606``; all by default.
        version: the release, where the user states it.
    """

    source = "go-annotations"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["annotations"], COLUMNS, "\t")
        self.taxon = None if taxon is None else str(taxon)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield terms and genes, then one edge per gene and term."""
        path, unseen, others = self.inputs["annotations"], Unseen(("id",)), set[str]()
        for block in stream_table(path, COLUMNS, tally):
            others.update(block["tax_id"])
            rows = self._valid(block, tally)
            yield from emit(Kind.NODES, unseen.new(_terms(rows)))
            edges = _edges(rows)
            genes = edges.select(id="src", type=pl.lit("Gene"), name="symbol")
            yield from emit(Kind.NODES, unseen.new(genes))
            yield from emit(Kind.EDGES, edges.drop("symbol"))
        if self.taxon and self.taxon not in others:
            raise BadInputError(
                f"{path} holds no annotations of taxon {self.taxon}.",
                hint=f"It is of {', '.join(sorted(others)[:5])}.",
                command=look(path),
            )

    def _valid(self, block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        rows = block.with_columns(pl.col(_LISTS).str.split("|"))
        bad = ~pl.col("go_id").str.contains(r"^GO:\d{7}$")
        rows = drop_rows(rows, bad, "not a GO id", tally, ("go_id",))
        bad = ~pl.col("go_domain").is_in(list(GO_ASPECTS))
        rows = drop_rows(rows, bad, "not a namespace of GO", tally, ("go_id", "go_domain"))
        if self.taxon:
            bad = pl.col("tax_id") != self.taxon
            rows = drop_rows(rows, bad, "another taxon", tally, ("go_id", "tax_id"))
        lengths = [pl.col(name).list.len() for name in _LISTS]
        reason = "not as many symbols as genes"
        rows = drop_rows(rows, lengths[0] != lengths[1], reason, tally, ("go_id",))
        numbers = pl.col("gene_ids").list.eval(pl.element().str.contains(r"^\d+$")).list.all()
        return drop_rows(rows, ~numbers, "not Entrez genes", tally, ("go_id",))


def _terms(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("go_domain").replace_strict(GO_ASPECTS, return_dtype=pl.String)
    return rows.select(id=_curie(), type=kind, name="go_name")


def _edges(rows: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("go_domain").replace_strict(GO_ASPECTS).replace_strict(RELATION_OF)
    edges = rows.select(*_LISTS, "annotation_type", dst=_curie(), type=kind).explode(*_LISTS)
    return edges.select(
        "dst",
        "type",
        "annotation_type",
        src=pl.lit("ncbigene:") + pl.col("gene_ids"),
        symbol="gene_symbols",
        qualifier=pl.lit(""),
    )


def _curie() -> pl.Expr:
    return pl.lit("go:") + pl.col("go_id").str.strip_prefix("GO:")
