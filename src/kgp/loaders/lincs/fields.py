"""What the releases of LINCS call their fields: one table from the older names to those of 2020.

The order of columns is never assumed. Where a table has both names, the newer counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import first_line, look
from kgp.loaders.lincs.annotations import without_null_codes
from kgp.loaders.tables import stream_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

OLDER: dict[str, tuple[str, ...]] = {
    # signatures and wells
    "sig_id": ("sample_id", "inst_id", "distil_id"),
    "cmap_name": ("pert_iname", "pert_desc"),
    "cell_iname": ("cell_id",),
    "nsample": ("distil_nsample",),
    "cc_q75": ("distil_cc_q75",),
    "ss_ngene": ("distil_ss_ngene",),
    "is_exemplar": ("is_exemplar_sig",),
    "det_plates": ("det_plate", "brew_prefix", "rna_plate"),
    "distil_ids": ("distil_id",),
    # genes
    "gene_id": ("pr_gene_id", "entrez_id"),
    "gene_symbol": ("pr_gene_symbol",),
    "is_landmark": ("is_lm", "pr_is_lm", "pr_is_lmark"),
    "is_bing": ("pr_is_bing",),
    "probe_id": ("pr_id",),
    # compounds
    "inchi_key": ("inchikey",),
    # cell lines
    "cell_lineage": ("primary_site",),
    "primary_disease": ("primary_histology", "cell_histology"),
}
"""Name in LINCS2020, or kgp's own where the releases agree on none → names in GEO's releases."""

TRUE = ("1", "1.0", "true", "t", "yes")


def canonical(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with every field under the name of ``OLDER``; others stay as they are."""
    added = {}
    for name, older in OLDER.items():
        found = [other for other in older if other in table.columns]
        if name not in table.columns and found:
            added[name] = pl.col(found[0])
    return table.with_columns(**added)


def read_info(
    path: Path,
    needed: str,
    tally: Tally,
    fields: Collection[str] | None = None,
    wanted: pl.Series | None = None,
) -> pl.DataFrame:
    """Read a table of metadata, all as text, under the names of ``OLDER``; null for -666.

    Args:
        path: separated by tabs or commas.
        needed: the field that it cannot do without.
        tally: rows that cannot be read are counted here, others are not rows of the source.
        fields: what is read beside ``needed``; all where it is None. A table of signatures has 1.2
            million rows of 40 fields.
        wanted: rows whose ``needed`` is not among these are passed over; see :func:`slashless`.

    Raises:
        BadInputError: if it lacks the field, in every spelling.
    """
    delimiter, columns = check_info(path, needed)
    known = columns if fields is None else _spelt(columns, {needed, *fields})
    own, kept = Tally(), []
    blocks = stream_table(
        path, known, own, delimiter=delimiter, names=columns, quoted=delimiter == ","
    )
    for block in blocks:
        table = canonical(without_null_codes(block)).drop_nulls(needed)
        if wanted is not None:
            table = table.filter(slashless(needed).is_in(wanted.implode()))
        kept.append(table)
    for reason, entry in own.dropped.items():
        tally.read(entry.count)
        tally.drop(f"{path.name}: {reason}", entry.count, *entry.examples[:1])
    return pl.concat(kept)


def _spelt(columns: Sequence[str], fields: Collection[str]) -> list[str]:
    """Those columns that are one of the fields, under any of its names."""
    names = {name for field in fields for name in (field, *OLDER.get(field, ()))}
    return [column for column in columns if column in names]


def slashless(name: str) -> pl.Expr:
    """Identifiers as writers of GCTX put them, with ``|`` for ``/``."""
    return pl.col(name).str.replace_all("/", "|", literal=True)


def check_info(path: Path, needed: str) -> tuple[str, list[str]]:
    """Return the delimiter and the columns of a table that must have the field ``needed``.

    Raises:
        BadInputError: if it has not, under any of its names.
    """
    line = first_line(path)
    delimiter = "\t" if "\t" in line else ","
    columns = [name.strip().strip('"') for name in line.split(delimiter)]
    names = (needed, *OLDER.get(needed, ()))
    if not set(names) & set(columns):
        raise BadInputError(
            f"{path} has no column {needed!r}; it has: {', '.join(columns[:12])[:300]}.",
            hint=f"Expected is a table of LINCS metadata with {' or '.join(names)}.",
            command=look(path),
        )
    return delimiter, columns


def text(table: pl.DataFrame, name: str) -> pl.Expr:
    """The field as text; null where the table does not have it."""
    known = pl.col(name).cast(pl.String) if name in table.columns else pl.lit(None, pl.String)
    return known.alias(name)


def number(table: pl.DataFrame, name: str) -> pl.Expr:
    """The field as a number; null where there is none."""
    if name not in table.columns:
        return pl.lit(None, pl.Float64).alias(name)
    # By its text, or 0.18 of a 32-bit annotation would become 0.18000000715.
    short = table.schema[name] == pl.Float32
    known = pl.col(name).cast(pl.String) if short else pl.col(name)
    value = known.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value).alias(name)


def flag(table: pl.DataFrame, name: str) -> pl.Expr:
    """The field as a truth value; releases write 1, 1.0 and True."""
    return text(table, name).str.to_lowercase().is_in(TRUE).alias(name)
