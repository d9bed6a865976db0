"""Which genes of an L1000 matrix are read: the landmarks, the well-inferred ones, or all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError, UsageError, unknown
from kgp.loaders.files import first_line
from kgp.loaders.frames import node_rows
from kgp.loaders.lincs.fields import canonical, flag, text
from kgp.loaders.sample import sample_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

GENES = ("landmark", "bing", "all")
"""978 measured genes; these and the 9,196 that are inferred well; these and all other inferred."""

_ENTREZ = r"^\d+$"
_SPACES = {"landmark": ("landmark",), "bing": ("landmark", "best inferred")}
_FLAGS = {"landmark": "is_landmark", "bing": "is_bing"}


@dataclass(frozen=True, slots=True, eq=False)
class GeneSpace:
    """The chosen genes of a matrix, in its order.

    Args:
        positions: int64 [n_genes], rows of the file's annotations.
        nodes: ``id, type, name`` of each gene.
        strange: ids of genes that are left out because they have no Entrez id.
        entrez: symbol → Entrez id, of all genes that are described.
    """

    positions: NDArray[np.int64]
    nodes: pl.DataFrame
    strange: tuple[str, ...]
    entrez: dict[str, str]

    @property
    def features(self) -> Sequence[str]:
        """CURIE of each gene."""
        return self.nodes["id"].to_list()


def check_genes(genes: str) -> str:
    """Return the choice of genes if it is one of ``GENES``; otherwise raise UsageError."""
    if genes not in GENES:
        raise UsageError(unknown("choice of genes", genes, GENES))
    return genes


def choose_genes(
    path: Path, annotated: pl.DataFrame, info: pl.DataFrame | None, choice: str
) -> GeneSpace:
    """Choose genes by geneinfo, else by the file's own annotations, else by the packaged list.

    Args:
        path: the matrix, for messages.
        annotated: its genes, ``id`` and annotations.
        info: geneinfo, under the names of LINCS2020.
        choice: one of ``GENES``.

    Raises:
        BadInputError: if nothing says which genes are meant, none is left, or one comes twice.
    """
    own = _described(annotated).with_row_index("row")
    known = None if info is None else _described(info)
    if known is not None and not own["gene"].str.contains(_ENTREZ).any():
        probes = (
            known.drop_nulls("probe_id")
            .unique("probe_id", keep="first")
            .select("gene", "symbol", id="probe_id")
        )
        own = own.drop("gene", "symbol").join(probes, on="id", how="left", maintain_order="left")
    rows = own.with_columns(entrez=pl.col("gene").str.contains(_ENTREZ).fill_null(False))
    named = pl.concat(
        [table.select("gene", "symbol") for table in (known, own) if table is not None]
    )
    wanted = _wanted(path, own, known, choice)
    if wanted is not None:
        rows = rows.filter(pl.col("gene").is_in(wanted) | ~pl.col("entrez"))
    chosen, strange = rows.filter("entrez"), rows.filter(~pl.col("entrez"))
    _check(path, chosen, choice)
    names = (
        named.drop_nulls()
        .filter(pl.col("gene").str.contains(_ENTREZ))
        .unique("gene", keep="first", maintain_order=True)
    )
    chosen = chosen.drop("symbol").join(names, on="gene", how="left", maintain_order="left")
    return GeneSpace(
        chosen["row"].to_numpy().astype(np.int64),
        node_rows("ncbigene:" + chosen["gene"], "Gene", chosen["symbol"]),
        tuple(strange["id"] if choice == "all" else ()),
        dict(names.select("symbol", "gene").iter_rows()),
    )


def responsive(info: pl.DataFrame, choice: str) -> pl.Series:
    """Entrez ids of the genes that geneinfo counts as ``choice``, sorted by number."""
    known = _described(info)
    chosen = known if choice == "all" else known.filter(_belongs(known, choice))
    genes = chosen["gene"].filter(chosen["gene"].str.contains(_ENTREZ).fill_null(False))
    return genes.cast(pl.Int64).unique().sort().alias("gene")


def _described(table: pl.DataFrame) -> pl.DataFrame:
    """``id, gene, symbol, probe_id`` and what tells landmarks, of the file or of geneinfo."""
    table = canonical(table)
    table = table if "id" in table.columns else table.with_columns(id=text(table, "gene_id"))
    gene = text(table, "gene_id") if "gene_id" in table.columns else pl.col("id")
    kept = [n for n in ("feature_space", *_FLAGS.values()) if n in table.columns]
    return table.select(
        "id",
        *kept,
        text(table, "probe_id"),
        gene=gene.cast(pl.String),
        symbol=text(table, "gene_symbol"),
    )


def _belongs(table: pl.DataFrame, choice: str) -> pl.Expr:
    if "feature_space" in table.columns:
        return pl.col("feature_space").str.to_lowercase().is_in(_SPACES[choice])
    return flag(table, _FLAGS[choice])


def _tells(table: pl.DataFrame, choice: str) -> bool:
    return "feature_space" in table.columns or _FLAGS[choice] in table.columns


def _wanted(
    path: Path, own: pl.DataFrame, known: pl.DataFrame | None, choice: str
) -> list[str] | None:
    """Entrez ids of the chosen genes; None for all."""
    if choice == "all":
        return None
    for table in (known, own):
        if table is not None and _tells(table, choice):
            return table.filter(_belongs(table, choice))["gene"].drop_nulls().to_list()
    if choice == "landmark":
        return packaged_landmarks()
    raise BadInputError(
        f"Nothing says which genes of {path} are well inferred (genes={choice}).",
        hint="Give geneinfo, with the column feature_space or is_bing; or choose landmark or all.",
        command="kgp sources lincs-signatures",
    )


def packaged_landmarks() -> list[str]:
    """Entrez ids of the 978 landmark genes: the columns of the packaged consensus."""
    return first_line(sample_file("consensus_drugbank_978.tsv.gz")).split("\t")[1:]


def _check(path: Path, chosen: pl.DataFrame, choice: str) -> None:
    if chosen.is_empty():
        raise BadInputError(
            f"{path} holds no gene with an Entrez id that is {choice}.",
            hint="Genes are joined by Entrez id: in the file's own annotations, its ids, or "
            "geneinfo.",
            command="kgp sources lincs-signatures",
        )
    repeated = chosen["gene"].filter(chosen["gene"].is_duplicated())
    if len(repeated):
        raise BadInputError(
            f"{path} measures the gene ncbigene:{repeated[0]} more than once.",
            hint="Expected is one row per gene: which of them is meant is unknown.",
        )
