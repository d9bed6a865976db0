"""Baseline expression of cell lines: what they express before anything is done to them.

A table of cell lines by genes, as the Cancer Dependency Map (``OmicsExpression…csv``, with headers
such as ``TP53 (7157)``) and the training data of response models give it. Each line becomes a node
with a vector; the genes, in their order, are the features of the vectors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.loaders.base import FileLoader, restated
from kgp.loaders.cell_lines import cell_curie, read_cell_lines
from kgp.loaders.files import first_line, look
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.perturb_seq.genes import gene_curie
from kgp.loaders.species import HUMAN, check_symbols, taxon_of
from kgp.loaders.tables import stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

LARGEST_LOG = 25.0
"""No logarithm of an expression value, to whatever usual base, is larger."""

_HEADER = re.compile(r"^(?:(?P<symbol>.+?) \((?P<id>\d+|ENSG\d{11})(?:\.\d+)?\)|(?P<entrez>\d+))$")
_LINE = ("ModelID", "cell_iname", "cell_id", "cell_line", "depmap_id", "DepMap_ID", "ccle_name")
_DEFAULT = "IsDefaultEntryForModel"
_ABOUT = (*_LINE, "", _DEFAULT, "SequencingID", "ModelConditionID", "IsDefaultEntryForMC")
_MEANS = ("averaged", "average", "mean", "median")
"""Rows of summaries, which tables of models carry for want of a line; they are no cell lines."""


class Baseline(FileLoader):
    """Reads a table of cell lines by genes.

    Args:
        inputs: the file of role ``expression``, and optionally ``cells``, which knows the lines.
        name: name of the vector set.
        taxon: the species of the cell lines, where headers are symbols.
        version: the release, where the user states it.
        title: what to call the table.
        license: its licence.
        citation: how to cite it.
    """

    source = "baseline"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "baseline",
        taxon: str | int = HUMAN,
        version: str | None = None,
        title: str | None = None,
        license: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        self.name = name
        self._path = inputs["expression"]
        self._taxon = taxon_of(taxon)
        self._header = _Header(self._path, self._taxon)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, features, and the cell lines with their vectors."""
        known = read_cell_lines(self.inputs["cells"]) if "cells" in self.inputs else {}
        header = self._header
        genes = node_rows(pl.Series(header.ids), "Gene", pl.Series(header.symbols, dtype=pl.String))
        yield from emit(Kind.NODES, genes)
        features = pl.DataFrame({"space": self.name, "id": header.ids}).with_row_index("position")
        yield from emit(Kind.FEATURES, features)
        seen: set[str] = set()
        for block in self._blocks(tally):
            lines = _lines(block, known)
            lines = drop_rows(
                lines, _repeated(lines, seen), "cell line given twice", tally, ["line"]
            )
            yield from _described(lines)
            yield from emit(Kind.VECTORS, lines.select("id", "values", name=pl.lit(self.name)))

    def _blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield ``line, values`` of the rows that have a value for every gene."""
        header = self._header
        wanted = ["line", *(["default"] if "default" in header.columns else []), *header.values]
        for block in stream_table(
            self._path,
            wanted,
            tally,
            delimiter=header.delimiter,
            names=header.columns,
            quoted=True,
        ):
            rows = _kept(block, tally)
            numbers = rows.select(pl.col(header.values).cast(pl.Float32, strict=False))
            matrix = numbers.to_numpy()
            rows = rows.select("line", whole=pl.Series(np.isfinite(matrix).all(1)))
            self._check_scale(matrix)
            reason = "cell line without a number for every gene"
            kept = rows["whole"].to_numpy()
            drop_rows(rows, ~pl.col("whole"), reason, tally, ["line"])
            values = pl.Series(matrix[kept]).arr.to_list()
            yield rows.filter("whole").select("line", values=values)

    def _check_scale(self, matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
        above = matrix[np.isfinite(matrix) & (matrix > LARGEST_LOG)]
        if len(above):
            raise BadInputError(
                f"{self._path} holds {float(above[0]):,.6g}: no logarithm of an expression.",
                hint="Expected are logarithms, such as log2(TPM + 1); these look like counts.",
                command=look(self._path),
            )


class _Header:
    """What the first line of the table says.

    Attributes:
        columns: a name for every column: ``line``, ``default`` (where there is one), and numbers.
        values: those of them that hold the genes.
        ids: CURIEs of the genes.
        symbols: their symbols, None where the table gives none.
    """

    def __init__(self, path: Path, taxon: str) -> None:
        line = first_line(path)
        self.delimiter = "\t" if "\t" in line else ","
        names = [name.strip().strip('"') for name in line.split(self.delimiter)]
        key = next((names.index(name) for name in _LINE if name in names), 0)
        about = {i for i, name in enumerate(names) if name in _ABOUT} | {key}
        found = [(i, name) for i, name in enumerate(names) if i not in about]
        self.columns = [str(i) for i in range(len(names))]
        self.columns[key] = "line"
        if _DEFAULT in names:
            self.columns[names.index(_DEFAULT)] = "default"
        self.values = [str(i) for i, _ in found]
        genes = [_HEADER.match(name) or name for _, name in found]
        self.symbols = [_symbol(gene) for gene in genes]
        self.ids = [_curie(gene, taxon) for gene in genes]
        _check_genes(path, [name for _, name in found], genes, self.ids, taxon)


def _symbol(gene: re.Match[str] | str) -> str | None:
    return gene if isinstance(gene, str) else gene["symbol"]


def _curie(gene: re.Match[str] | str, taxon: str) -> str:
    if isinstance(gene, str):
        return gene_curie(gene, taxon)
    number = gene["entrez"] or gene["id"]
    return f"ncbigene:{number}" if number.isdecimal() else f"ensembl:{number}"


def _check_genes(
    path: Path,
    names: Sequence[str],
    genes: Sequence[re.Match[str] | str],
    ids: Sequence[str],
    taxon: str,
) -> None:
    if not ids:
        raise BadInputError(
            f"{path} has no column of a gene.",
            hint="Expected are cell lines in rows and genes in columns: 7157 or TP53 (7157).",
            command=look(path),
        )
    twice = pl.Series(ids).to_frame("id").filter(pl.col("id").is_duplicated())["id"]
    if twice.len():
        shown = next(name for name, gene in zip(names, ids, strict=True) if gene == twice[0])
        raise BadInputError(
            f"{path} has {twice.n_unique():,} genes in several columns, such as {shown}.",
            hint="Expected is each gene once.",
            command=look(path),
        )
    symbols = [
        gene
        for gene, id in zip(genes, ids, strict=True)
        if isinstance(gene, str) and not id.startswith("ensembl:")
    ]
    check_symbols(pl.Series(symbols, dtype=pl.String), taxon, path)


def _kept(block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    block = drop_rows(block, pl.col("line") == "", "row without a cell line", tally, ["line"])
    summary = pl.col("line").str.to_lowercase().is_in(list(_MEANS))
    block = drop_rows(block, summary, "a summary of cell lines", tally, ["line"])
    if "default" not in block.columns:
        return block
    other = pl.col("default").str.to_lowercase().is_in(["no", "false", "0"])
    return drop_rows(block, other, "not the default entry of its cell line", tally, ["line"])


def _lines(block: pl.DataFrame, known: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """Add ``id, name`` and ``other``, the identifier under which the table knows the line."""
    found = [known.get(line, (cell_curie(line), line)) for line in block["line"]]
    own = [cell_curie(line) for line in block["line"]]
    return block.with_columns(
        id=pl.Series([id for id, _ in found], dtype=pl.String),
        name=pl.Series([name for _, name in found], dtype=pl.String),
        other=pl.Series(own, dtype=pl.String),
    )


def _repeated(lines: pl.DataFrame, seen: set[str]) -> pl.Expr:
    """Rows whose line was there before; ``seen`` grows by those of this block."""
    repeated = []
    for identifier in lines["id"]:
        repeated.append(identifier in seen)
        seen.add(identifier)
    return pl.lit(pl.Series(repeated, dtype=pl.Boolean))


def _described(lines: pl.DataFrame) -> Iterator[Batch]:
    yield from emit(Kind.NODES, lines.select("id", "name", type=pl.lit("CellLine")))
    pairs = lines.filter(pl.col("id") != pl.col("other")).select("id", "other")
    yield from emit(Kind.XREFS, pairs.with_columns(kind=pl.lit(XREF_EXACT)))
