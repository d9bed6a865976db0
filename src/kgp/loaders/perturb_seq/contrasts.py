"""From groups of cells to responses: each perturbation beside the controls of its own context."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.cell_lines import cell_curie
from kgp.loaders.moderation import contrast
from kgp.loaders.perturb_seq.genes import gene_curie
from kgp.loaders.perturb_seq.groups import CONTEXT
from kgp.loaders.responses import TREATMENT, control_set, signature_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.perturb_seq.pseudobulk import PseudoBulk

    Floats = np.ndarray[tuple[int, int], np.dtype[np.float32]]

_SIGNATURE = ("perturbation", *CONTEXT, "dose", "assay")
_BLOCK_VALUES = 1 << 21
_NO_CONTROL = "no control of the same context"


def pair(groups: pl.DataFrame, bulk: PseudoBulk, tally: Tally) -> pl.DataFrame:
    """Return the signatures, each with its groups and those of its controls.

    Args:
        groups: as :func:`kgp.loaders.perturb_seq.groups.group` makes them.
        bulk: their means; groups without a cell are left out.
        tally: counts the rows of perturbations without controls.

    Returns:
        One row per signature: its key, ``parts, direction, treated`` and ``controls_of`` (lists of
        groups), ``controls`` (labels), ``n_replicates, n_cells, n_controls, n_rows`` and the rest.
    """
    groups = groups.with_columns(n_cells=pl.Series(bulk.cells)).filter(pl.col("n_cells") > 0)
    is_control = pl.col("is_control")
    context = _matched_on(groups.filter(is_control))
    controls = (
        groups.filter(is_control)
        .group_by(context, maintain_order=True)
        .agg(controls_of="group", controls=_control_label(), n_controls=pl.col("n_cells").sum())
    )
    kept = ("parts", "direction", "time_unit", "dose_unit", "chembl")
    signatures = (
        groups.filter(~is_control)
        .group_by(_SIGNATURE, maintain_order=True)
        .agg(
            pl.col(kept).first(),
            treated="group",
            n_replicates=pl.len(),
            n_cells=pl.col("n_cells").sum(),
            n_rows=pl.col("n_rows").sum(),
        )
    )
    paired = signatures.join(controls, on=context, how="left", maintain_order="left")
    for row in paired.filter(pl.col("controls_of").is_null()).iter_rows(named=True):
        tally.drop(_NO_CONTROL, row["n_rows"], f"{row['perturbation']} in {row['cell_line']}")
    return paired.drop_nulls("controls_of")


def _matched_on(controls: pl.DataFrame) -> list[str]:
    """Columns of the context that controls have; those that none of them states match all."""
    return [n for n in CONTEXT if n == "cell_line" or (controls[n] != "").any()]


def _control_label() -> pl.Expr:
    """``cell line/treatment/time/replicate``, without what is empty; ``all`` where none repeats."""
    context = [pl.when(pl.col(n) != "").then(pl.col(n)) for n in CONTEXT]
    replicate = pl.when(pl.col("replicate") != "").then("replicate").otherwise(pl.lit("all"))
    return pl.concat_str([*context, replicate], separator="/", ignore_nulls=True)


def described(dataset: str, paired: pl.DataFrame, taxon: str) -> pl.DataFrame:
    """Return the signatures as :func:`kgp.loaders.responses.signature_batches` takes them."""
    filled = {n: pl.when(pl.col(n) != "").then(pl.col(n)) for n in ("treatment", "assay")}
    time = pl.col("time").cast(pl.Float64, strict=False)
    dose = pl.col("dose").cast(pl.Float64, strict=False)
    hours = pl.when(pl.col("time_unit") != "").then("time_unit").otherwise(pl.lit("h"))
    unit = pl.when(pl.col("dose_unit") != "").then("dose_unit")
    return paired.select(
        pl.col("n_cells", "n_controls").round().cast(pl.Int64),
        "n_replicates",
        "controls",
        id=signature_id(dataset, _key()),
        name=pl.concat_str("perturbation", pl.lit(" in "), "cell_line"),
        perturbed=pl.struct("parts", "direction").map_elements(
            lambda row: [perturbed_curie(p, row["direction"], taxon) for p in row["parts"]],
            return_dtype=pl.List(pl.String),
        ),
        direction=pl.col("direction").repeat_by(pl.col("parts").list.len()),
        control_set=control_set(pl.col("controls")),
        context=pl.col("cell_line").map_elements(cell_curie, return_dtype=pl.String),
        context_type=pl.lit("CellLine"),
        context_name="cell_line",
        time=time,
        time_unit=pl.when(time.is_not_null()).then(hours),
        dose=dose,
        dose_unit=pl.when(dose.is_not_null()).then(unit),
        **filled,
    )


def perturbed_curie(name: str, direction: str, taxon: str) -> str:
    """CURIE of a perturbed gene or, by its name alone, of a drug."""
    return f"kgp.drug:{name}" if direction == TREATMENT else gene_curie(name, taxon)


def _key() -> pl.Expr:
    """``perturbation/cell line``, then treatment, time, dose and assay where there are any."""
    optional = [
        pl.when(pl.col(n) != "").then(pl.lit("/") + pl.col(n)).otherwise(pl.lit(""))
        for n in ("treatment", "time", "dose", "assay")
    ]
    return pl.concat_str("perturbation", pl.lit("/"), "cell_line", *optional)


def effects(
    paired: pl.DataFrame, bulk: PseudoBulk
) -> Iterator[tuple[slice, Floats, Floats, np.ndarray[tuple[int], np.dtype[np.float32]]]]:
    """Yield rows of ``paired``, and their effects, standard errors and degrees of freedom.

    An effect is the mean over the replicates minus the mean over those of the controls. Without
    two replicates on either side there is no error: it is NaN throughout.
    """
    step = max(1, _BLOCK_VALUES // max(1, bulk.means.shape[1]))
    for start in range(0, paired.height, step):
        rows = paired.slice(start, step)
        found = [
            _contrast(bulk, treated, controls)
            for treated, controls in rows.select("treated", "controls_of").iter_rows()
        ]
        values, errors = (np.array([f[i] for f in found], np.float32) for i in (0, 1))
        degrees = np.array([f[2] for f in found], np.float32)
        yield slice(start, start + rows.height), values, errors, degrees


def _contrast(
    bulk: PseudoBulk, treated: list[int], controls: list[int]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    found = contrast(bulk.means[treated], bulk.means[controls])
    repeated = min(len(treated), len(controls)) > 1
    error = found.error if repeated else np.full(len(found.effect), np.nan)
    return found.effect, error, np.asarray(found.df)
