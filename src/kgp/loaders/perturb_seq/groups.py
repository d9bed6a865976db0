"""From annotated cells to groups: one per perturbation, context and replicate.

A replicate is a guide or a batch, never a cell: cells of one guide in one batch share what went
wrong with them, so that their number says nothing about how well a response repeats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.frames import drop_rows
from kgp.loaders.perturb_seq.labels import Label, read_label
from kgp.loaders.perturb_seq.pseudobulk import LEFT_OUT, Grouping
from kgp.loaders.responses import KNOCK_DOWN, OVER_EXPRESSION, TREATMENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.perturb_seq.columns import Columns

DIRECTION_OF_ASSAY = {
    "crispra": OVER_EXPRESSION,
    "overexpression": OVER_EXPRESSION,
    "over-expression": OVER_EXPRESSION,
    "orf": OVER_EXPRESSION,
    "crispri": KNOCK_DOWN,
    "crispr": KNOCK_DOWN,
    "crispr-cas9": KNOCK_DOWN,
    "crisprko": KNOCK_DOWN,
    "knockout": KNOCK_DOWN,
    "knock-out": KNOCK_DOWN,
    "knockdown": KNOCK_DOWN,
    "knock-down": KNOCK_DOWN,
    "rnai": KNOCK_DOWN,
    "shrna": KNOCK_DOWN,
    "sirna": KNOCK_DOWN,
    "drug": TREATMENT,
    "compound": TREATMENT,
    "small molecule": TREATMENT,
}
"""What the column of assays (or the user) says, in lower case → direction of the perturbation."""

CONTEXT = ("cell_line", "treatment", "time")
KEY = ("perturbation", *CONTEXT, "dose", "assay", "replicate")
"""What tells groups apart. Controls have no assay and no dose: they serve all of their context."""


def read_cells(
    columns: Columns,
    genes: Collection[str],
    *,
    direction: str | None,
    controls: Collection[str],
    separator: str | None,
) -> pl.DataFrame:
    """One row per cell: what was perturbed and where.

    Args:
        columns: the annotations.
        genes: names of the file's genes.
        direction: of all perturbations, where the user states it.
        controls: the user's own labels of controls.
        separator: what parts combinations, where the user says so.

    Returns:
        ``row, label, parts`` (list), ``perturbation`` (canonical), ``is_control, known,
        cell_line, treatment, time, time_unit, dose, dose_unit, assay, direction, guide, chembl,
        n_cells``.
    """
    labels, row_guides = columns.perturbations()
    stated = {name: columns.text(name) for name in ("cell_line", "treatment", "time", "time_unit")}
    given = {name: columns.text(name) for name in ("dose", "dose_unit", "assay", "chembl")}
    counts = columns.n_cells()
    frame = pl.DataFrame({"label": labels, **stated, **given}).with_row_index("row")
    frame = frame.with_columns(
        treatment=pl.col("treatment").replace({"control": "", "untreated": ""}),
        direction=_direction(direction),
        marked=_marked(columns),
        n_perturbed=columns.numbers("n_perturbed"),
        n_cells=pl.Series(np.ones(len(labels)) if counts is None else counts),
        row_guide=pl.Series([None] * len(labels), dtype=pl.String)
        if row_guides is None
        else row_guides,
    )
    frame = frame.join(
        _read_labels(frame, genes, controls, separator),
        on=_LABEL,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    is_control = pl.col("is_control") | pl.col("marked")
    frame = frame.with_columns(is_control=is_control.fill_null(False))
    frame = frame.with_columns(known=pl.col("known") | pl.col("is_control"))
    bare = pl.col("is_control") | (pl.col("direction") != TREATMENT).fill_null(True)
    return frame.with_columns(
        perturbation=pl.when("is_control").then(pl.lit("")).otherwise("perturbation"),
        assay=pl.when("is_control").then(pl.lit("")).otherwise("assay"),
        direction=pl.when(~pl.col("is_control")).then("direction"),
        dose=pl.when(bare).then(pl.lit("")).otherwise("dose"),
    )


_LABEL = ("label", "direction", "n_perturbed")


def _direction(stated: str | None) -> pl.Expr:
    if stated:
        return pl.lit(stated)
    assay = pl.col("assay").str.to_lowercase()
    return assay.replace_strict(DIRECTION_OF_ASSAY, default=None, return_dtype=pl.String)


def _marked(columns: Columns) -> pl.Series:
    """Cells that a column of zeros and ones says are controls; null where there is none."""
    name = columns.column("control")
    if name is None:
        return pl.repeat(None, columns.row_names().len(), dtype=pl.Boolean, eager=True)
    truth = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}
    texts = columns.named(name).str.to_lowercase()
    return texts.replace_strict(truth, default=None, return_dtype=pl.Boolean)


def _read_labels(
    frame: pl.DataFrame, genes: Collection[str], controls: Collection[str], separator: str | None
) -> pl.DataFrame:
    """Read each distinct label once."""
    distinct = frame.select(_LABEL).unique(maintain_order=True)
    whole = {label for label in distinct["label"] if not set(label) & set("_+|;,")}
    names = set(genes) | whole
    read: list[Label] = [
        read_label(
            label,
            drugs=direction == TREATMENT,
            names=names,
            controls=controls,
            separator=separator,
            combined=(n or 0) > 1,
        )
        for label, direction, n in distinct.iter_rows()
    ]
    return distinct.with_columns(
        parts=pl.Series([list(r.parts) for r in read], dtype=pl.List(pl.String)),
        perturbation=pl.Series([r.key for r in read], dtype=pl.String),
        is_control=pl.Series([r.control for r in read], dtype=pl.Boolean),
        known=pl.Series([r.known for r in read], dtype=pl.Boolean),
    )


def usable(cells: pl.DataFrame, columns: Columns, tally: Tally) -> pl.DataFrame:
    """Drop cells that say nothing; refuse a file without controls.

    Raises:
        BadInputError: naming what its perturbations are called.
    """
    if not cells.height:
        raise BadInputError(f"{columns.path} holds no cells.", hint="Expected is at least one row.")
    show = ["label", "cell_line"]
    cells = drop_rows(cells, ~pl.col("known"), "cell without a known perturbation", tally, show)
    cells = drop_rows(cells, pl.col("n_cells") <= 0, "row that stands for no cell", tally, show)
    unplaced = pl.col("cell_line") == ""
    cells = drop_rows(cells, unplaced, "cell without a cell line", tally, ["label"])
    if not cells["is_control"].any():
        shown = ", ".join(cells["label"].unique().sort().head(5))
        raise BadInputError(
            f"{columns.path} holds no control cells: no perturbation is called control, ctrl or "
            f"non-targeting; there are {shown}.",
            hint="A response is a difference to controls; say what they are called.",
            command=f"kgp load perturb-seq {columns.path.name} --option control=LABEL",
        )
    odd = ~pl.col("is_control") & pl.col("direction").is_null()
    return drop_rows(cells, odd, "assay without a known direction", tally, ["label", "assay"])


def with_replicates(
    cells: pl.DataFrame, columns: Columns, wanted: str | None, min_cells: int
) -> tuple[pl.DataFrame, str]:
    """Add ``replicate`` to the cells; say which column it is, empty where there are none.

    The first column counts that gives the controls and at least half of the perturbations two
    replicates of ``min_cells`` cells: guides, then batches.

    Args:
        cells: the cells, with the row of the file that each is.
        columns: the annotations.
        wanted: the column that the user names; ``none`` for none.
        min_cells: fewest cells of a replicate.
    """
    nothing = pl.lit("").alias("replicate")
    if wanted == "none":
        return cells.with_columns(nothing), ""
    rows = cells["row"].to_numpy()
    if wanted:
        return cells.with_columns(columns.named(wanted).gather(rows).alias("replicate")), wanted
    guides = [cells["row_guide"]] if cells["row_guide"].null_count() == 0 else []
    candidates = [("guide", series) for series in guides]
    for concept in ("guide", "batch"):
        name = columns.column(concept)
        if name is not None:
            candidates.append((name, columns.named(name).gather(rows)))
    for name, series in candidates:
        tried = cells.with_columns(series.alias("replicate"))
        if _repeats(tried, min_cells):
            return tried, name
    return cells.with_columns(nothing), ""


def _repeats(cells: pl.DataFrame, min_cells: int) -> bool:
    sizes = cells.group_by(KEY).agg(pl.col("n_cells").sum(), pl.col("is_control").first())
    enough = (pl.col("n_cells") >= min_cells) & (pl.col("replicate") != "")
    of = [name for name in KEY if name != "replicate"]
    n = sizes.group_by(of).agg(enough.sum().alias("n"), pl.col("is_control").first())
    twice = n.group_by("is_control").agg(share=(pl.col("n") >= 2).mean())
    shares = dict(twice.iter_rows())
    return bool(shares.get(True, 0) > 0 and shares.get(False, 0) >= 0.5)


def group(
    cells: pl.DataFrame, n_rows: int, min_cells: int, tally: Tally
) -> tuple[pl.DataFrame, Grouping]:
    """Number the groups, in the order of their keys.

    Replicates of fewer than ``min_cells`` cells are left out where two others remain; where they
    do not, all cells of the perturbation are one replicate.

    Returns:
        The groups, with ``n_rows`` and the first value of everything that does not tell groups
        apart; and which row of the file is in which of them.
    """
    of = [name for name in KEY if name != "replicate"]
    size = pl.col("n_cells").sum().over(KEY)
    cells = cells.with_columns(enough=(size >= min_cells) & (pl.col("replicate") != ""))
    several = pl.col("replicate").filter("enough").n_unique().over(of) >= 2
    cells = cells.with_columns(several=several)
    small = pl.col("several") & ~pl.col("enough")
    reason = f"cell of a replicate with fewer than {min_cells} cells"
    cells = drop_rows(cells, small, reason, tally, ["label", "replicate"])
    alone = pl.when("several").then("replicate").otherwise(pl.lit(""))
    cells = cells.with_columns(replicate=alone)
    first = [n for n in cells.columns if n not in {*KEY, "row", "n_cells", "enough", "several"}]
    groups = cells.group_by(KEY).agg(pl.col(first).first(), n_rows=pl.len()).sort(KEY)
    numbered = groups.select(KEY).with_row_index("group")
    placed = cells.select("row", "n_cells", *KEY).join(numbered, on=KEY, how="left")
    codes = np.full(n_rows, LEFT_OUT, np.int64)
    codes[placed["row"].to_numpy()] = placed["group"].to_numpy()
    weights = np.ones(n_rows)
    weights[placed["row"].to_numpy()] = placed["n_cells"].to_numpy()
    return groups.with_row_index("group"), Grouping(codes, weights, groups.height)
