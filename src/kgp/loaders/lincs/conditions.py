"""What was done to the cells of an L1000 sample, where, at which dose and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError, unknown
from kgp.loaders.cell_lines import cell_curie
from kgp.loaders.frames import drop_rows
from kgp.loaders.lincs.fields import number, text
from kgp.loaders.responses import KNOCK_DOWN, OVER_EXPRESSION, TREATMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgp.kg_schema.tally import Tally

COMPOUND = "trt_cp"
DIRECTION_OF = {
    COMPOUND: TREATMENT,
    "trt_oe": OVER_EXPRESSION,
    "trt_sh": KNOCK_DOWN,
    "trt_sh.cgs": KNOCK_DOWN,
    "trt_xpr": KNOCK_DOWN,
}
"""pert_type → direction. Ligands, antibodies, mutants and seeds name no drug and no gene alone."""

UNITS = {"um": "uM", "µm": "uM", "μm": "uM", "nm": "nM", "mm": "mM", "pm": "pM", "hr": "h"}
"""Units in lower case → as they are written here; others stay as they are."""

_AMOUNT = r"^\s*([0-9.]+(?:[eE][+-]?\d+)?)\s*(\S+)\s*$"
_BRD = r"^(BRD-[A-Z]\d{8})"
_CLONES = r"^CGS\d+-(\d+)$"


def check_types(types: str) -> tuple[str, ...]:
    """Return the perturbation types in a list separated by commas; all where it is empty.

    Raises:
        UsageError: naming one that names neither a drug nor a gene.
    """
    chosen = tuple(name.strip() for name in types.split(",") if name.strip())
    for name in chosen:
        if name not in DIRECTION_OF:
            raise UsageError(unknown("pert_type", name, DIRECTION_OF))
    return chosen or tuple(DIRECTION_OF)


def described(table: pl.DataFrame) -> pl.DataFrame:
    """Add ``dose, dose_unit, time, time_unit`` and ``condition``.

    The numeric fields count; ``pert_idose`` and ``pert_itime`` ("10 µM", "24 h") stand in for them.
    What is no amount, such as "6 h & 4 h", becomes the ``condition``.
    """
    table = table.with_columns(*_amount(table, "dose"), *_amount(table, "time"))
    odd = pl.when(pl.col("time").is_null()).then(text(table, "pert_itime"))
    return table.with_columns(condition=odd)


def _amount(table: pl.DataFrame, what: str) -> tuple[pl.Expr, pl.Expr]:
    written = text(table, f"pert_i{what}")
    value, unit = number(table, f"pert_{what}"), text(table, f"pert_{what}_unit")
    read = written.str.extract(_AMOUNT, 1).cast(pl.Float64, strict=False)
    amount = pl.coalesce(value, read)
    units = pl.coalesce(unit, written.str.extract(_AMOUNT, 2)).str.strip_chars()
    spelt = units.str.to_lowercase().replace_strict(UNITS, default=units)
    return amount.alias(what), pl.when(amount.is_not_null()).then(spelt).alias(f"{what}_unit")


def treated(table: pl.DataFrame, types: Sequence[str], tally: Tally) -> pl.DataFrame:
    """Keep the samples of the chosen types that name what was perturbed; count the others.

    Args:
        table: with ``id``, ``pert_type``, ``pert_id`` and ``cmap_name``.
        types: perturbation types.
        tally: counts what is dropped, with its reason.
    """
    kind = pl.col("pert_type")
    shown = ("id", "pert_type")
    for bad, reason in (
        (kind.is_null(), "no pert_type"),
        (kind.str.starts_with("ctl_"), "control"),
        (kind.str.starts_with("trt_poscon"), "positive control"),
        (~kind.is_in(list(DIRECTION_OF)), "neither a drug nor a gene was perturbed"),
        (~kind.is_in(list(types)), "pert_type not asked for"),
        (pl.col("pert_id").is_null() & pl.col("cmap_name").is_null(), "no pert_id"),
    ):
        table = drop_rows(table, bad, reason, tally, shown)
    return table


def with_perturbed(table: pl.DataFrame, entrez: Mapping[str, str]) -> pl.DataFrame:
    """Add ``perturbed`` and ``direction``, lists of one.

    A compound is ``lincs.brd:`` by the first 13 characters of its id (batches share a compound),
    or ``kgp.drug:`` by its id or name. A gene is known by its Entrez id where the id of the clones
    or its symbol tells that, else by its symbol.
    """
    own, name = pl.col("pert_id"), pl.col("cmap_name")
    compound = pl.coalesce(
        pl.lit("lincs.brd:") + own.str.extract(_BRD),
        pl.lit("kgp.drug:") + pl.coalesce(own, name),
    )
    by_symbol = name.replace_strict(entrez, default=None, return_dtype=pl.String)
    gene = pl.coalesce(
        pl.lit("ncbigene:") + own.str.extract(_CLONES),
        pl.lit("ncbigene:") + by_symbol,
        pl.lit("hgnc.symbol:") + pl.coalesce(name, own),
    )
    kind = pl.col("pert_type")
    curie = pl.when(kind == COMPOUND).then(compound).otherwise(gene)
    direction = kind.replace_strict(DIRECTION_OF)
    return table.with_columns(perturbed=pl.concat_list(curie), direction=pl.concat_list(direction))


def with_context(table: pl.DataFrame, cells: pl.DataFrame | None) -> pl.DataFrame:
    """Add ``context``: the cell line by its Cellosaurus accession, where that is known.

    Cellinfo comes first; otherwise the names of common lines mean what they mean in every source.

    Args:
        table: with ``cell_iname``.
        cells: cellinfo under the names of LINCS2020.
    """
    name = pl.col("cell_iname")
    accession = text(table, "cellosaurus_id")
    if cells is not None and "cellosaurus_id" in cells.columns:
        pairs = cells.select("cell_iname", "cellosaurus_id").drop_nulls()
        accession = name.replace_strict(
            dict(pairs.iter_rows()), default=None, return_dtype=pl.String
        )
    known = accession.str.contains("^CVCL_")
    curie = pl.when(known).then(pl.lit("cellosaurus:") + accession)
    return table.with_columns(
        context=pl.coalesce(curie, name.map_elements(cell_curie, return_dtype=pl.String)),
        context_type=pl.when(name.is_not_null()).then(pl.lit("CellLine")),
        context_name=name,
    )
