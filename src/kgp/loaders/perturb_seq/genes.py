"""The genes of an AnnData file: their identifiers, and of which species they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.species import HUMAN, MOUSE, check_symbols, symbol_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ID_COLUMNS = ("ensembl_id", "ensembl_ids", "gene_id", "gene_ids", "ensembl", "ensemblid")
NAME_COLUMNS = ("gene_name", "gene_symbol", "gene_names", "gene_symbols", "gene_short_name")
"""Columns of ``var`` with Ensembl identifiers and with symbols; else its index is taken."""

_ENSEMBL = re.compile(r"^(ENS[A-Z]*G\d{11})(?:\.\d+)?$")
_GENOME = re.compile(r"^(GRCh38|hg19|hg38|GRCm38|GRCm39|mm10|mm39)_+")
_HUMAN_GENOMES = ("GRCh", "hg")
_PREFIX_OF_TAXON = {HUMAN: "ENSG", MOUSE: "ENSMUSG"}
_FEW = 0.1
"""Largest share of genes that may look like those of another species: naming has exceptions."""


@dataclass(frozen=True, slots=True)
class Genes:
    """The genes of a file, in its order.

    Args:
        ids: CURIEs, each once.
        names: what the file calls them.
        taxon: NCBI taxon, such as ``9606``.
    """

    ids: list[str]
    names: list[str]
    taxon: str


def gene_curie(gene: str, taxon: str) -> str:
    """CURIE of a gene, given by Ensembl identifier or by symbol."""
    ensembl = _ENSEMBL.match(gene)
    return f"ensembl:{ensembl[1]}" if ensembl else f"{symbol_prefix(taxon)}{gene}"


def read_genes(path: Path, var: Any, taxon: str | None) -> Genes:
    """Read the genes of a file: by Ensembl identifiers where it has them, else by symbols.

    Args:
        path: the file, for messages.
        var: the annotations of the genes.
        taxon: the species, where the user or the cells state it.

    Raises:
        BadInputError: if genes of several species are mixed, are of another species than stated,
            or one is there twice.
    """
    index = [str(name) for name in var.index]
    names = _column(var, NAME_COLUMNS) or index
    ids = next((found for found in (_column(var, ID_COLUMNS), index) if _ensembl(found)), None)
    plain = [_GENOME.sub("", gene) for gene in ids or names]
    _check_genomes(path, ids or names)
    found = _taxon_of_ids(path, plain, taxon) if ids else taxon or HUMAN
    if ids is None:
        _check_one_naming(path, plain)
        check_symbols(pl.Series(plain, dtype=pl.String), found, path)
    curies = [gene_curie(gene, found) for gene in plain]
    _refuse_twice(path, curies)
    return Genes(curies, [_GENOME.sub("", name) for name in names], found)


def _column(var: Any, wanted: Sequence[str]) -> list[str] | None:
    name = next((name for name in wanted if name in var.columns), None)
    return None if name is None else [str(value) for value in var[name]]


def _ensembl(genes: Sequence[str] | None) -> bool:
    """Whether most of the genes are Ensembl identifiers."""
    found = [bool(_ENSEMBL.match(_GENOME.sub("", gene))) for gene in genes or ()]
    return 2 * sum(found) > len(found)


def _check_genomes(path: Path, genes: Sequence[str]) -> None:
    genomes = {match[1] for gene in genes if (match := _GENOME.match(gene))}
    if len({genome.startswith(_HUMAN_GENOMES) for genome in genomes}) > 1:
        raise _mixed(path, sorted(genomes))


def _taxon_of_ids(path: Path, genes: Sequence[str], taxon: str | None) -> str:
    ids = [match[1] for gene in genes if (match := _ENSEMBL.match(gene))]
    prefixes = sorted({re.sub(r"\d+$", "", gene) for gene in ids})
    if len(prefixes) > 1:
        raise _mixed(path, prefixes)
    found = next((t for t, prefix in _PREFIX_OF_TAXON.items() if prefix == prefixes[0]), taxon)
    if found is None or (taxon is not None and found != taxon):
        raise BadInputError(
            f"{path} holds genes such as {ids[0]}, not of taxon {taxon or 'human or mouse'}.",
            hint="Ensembl begins human genes with ENSG and those of mouse with ENSMUSG.",
            command=f"kgp load perturb-seq {path.name} --option taxon={found or 'TAXON'}",
        )
    return found


def _check_one_naming(path: Path, genes: Sequence[str]) -> None:
    """Refuse human and mouse symbols side by side: upper case and capitalised."""
    lettered = [gene for gene in genes if re.match(r"^[A-Za-z]{2}", gene)]
    human = [gene for gene in lettered if re.sub("orf", "ORF", gene).isupper()]
    mouse = [gene for gene in lettered if re.match(r"^[A-Z][a-z]+[a-z0-9-]*$", gene)]
    if lettered and min(len(human), len(mouse)) > _FEW * len(lettered):
        raise _mixed(path, [human[0], mouse[0]])


def _mixed(path: Path, shown: Sequence[str]) -> BadInputError:
    return BadInputError(
        f"{path} mixes the genes of several species: {', '.join(shown[:4])}.",
        hint="Expected are the genes of one species; keep those of the cells' own.",
    )


def _refuse_twice(path: Path, curies: Sequence[str]) -> None:
    seen = pl.Series(curies, dtype=pl.String)
    twice = seen.filter(seen.is_duplicated()).unique(maintain_order=True)
    if twice.len():
        raise BadInputError(
            f"{path} holds {twice.len():,} genes more than once: {', '.join(twice.head(3))}.",
            hint="Expected is each gene once. Symbols repeat, Ensembl identifiers do not: give "
            "them in a column gene_id of var, or keep one row of each gene.",
        )
