"""The genes of a user's own table: what they are named by, and of which species they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.regulons.network_ids import SYMBOL, as_curie, guess_kind, is_of_kind
from kgp.loaders.species import HUMAN, check_symbols

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

K12_MG1655 = "511145"
_B_NUMBER = r"^b\d{4}$"


def identify_genes(
    names: pl.Series, path: Path, tally: Tally, *, kind: str | None, taxon: str | None
) -> tuple[pl.DataFrame, str]:
    """Give genes their CURIEs.

    Args:
        names: called ``gene``, each once.
        path: where they are from.
        tally: drops those that are not written as most are.
        kind: what they are named by; by default told from the names.
        taxon: the species; by default human, and E. coli K-12 where most are called b0001 ….

    Returns:
        ``gene, id, name`` of what was kept (``name`` null but for symbols), and the taxon.

    Raises:
        BadInputError: if two names mean one gene, symbols are of another species, or none is left.
    """
    kind = kind or guess_kind(names)
    frame = names.to_frame().with_columns(fits=is_of_kind("gene", kind))
    for gene in frame.filter(~pl.col("fits"))["gene"][:1]:
        strange = frame.height - int(frame["fits"].sum())
        tally.drop(f"not written as {kind} is", strange, gene)
    kept = frame.filter("fits")["gene"]
    tags = int(kept.str.contains(_B_NUMBER).sum())
    taxon = taxon or (K12_MG1655 if 2 * tags > kept.len() else HUMAN)
    if kind == SYMBOL:
        check_symbols(kept, taxon, path)
    shown = pl.col("gene") if kind == SYMBOL else pl.lit(None, pl.String)
    genes = kept.to_frame().select("gene", id=as_curie("gene", kind, taxon), name=shown)
    twice = genes.filter(pl.col("id").is_duplicated())
    if twice.height or genes.is_empty():
        listed = ", ".join(twice["gene"].head(4))
        what = f"{listed} mean one gene" if listed else "no gene is left of it"
        raise BadInputError(
            f"{path}: {what}.",
            hint="Expected is every gene once, by one kind of identifier.",
            command="kgp load responses … --option identifiers=KIND",
        )
    return genes, taxon
