"""Which column of an AnnData file holds what: the conventions of those who publish Perturb-seq.

One table for all: the first column that a file has is taken. Of a file whose ``obs`` has none of
them, a text of that name in ``uns`` speaks for all cells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    import numpy as np

CONVENTIONS: dict[str, tuple[str, ...]] = {
    # gene_target: Papalexi in pertpy, whose `perturbation` only says whether a cell has one;
    # perturbation: scPerturb, pertpy, perturbench; condition: CPA, GEARS; gene: Replogle's own
    # files; guide_identity: the files of Norman and Adamson.
    "perturbation": (
        "gene_target",
        "target_gene",
        "perturbation",
        "perturbation_name",
        "condition",
        "gene",
        "guide_identity",
    ),
    "cell_line": ("cell_line", "celltype", "cell_type"),
    "treatment": ("treatment",),
    "assay": ("perturbation_type", "assay", "modality"),
    "guide": ("guide_id", "guide_ID", "guide_identity", "guide_ids", "sgID_AB", "sgRNA", "guide"),
    "batch": ("replicate", "batch", "gemgroup", "gem_group", "lane", "channel", "sample"),
    "time": ("time", "timepoint"),
    "time_unit": ("time_unit",),
    "dose": ("dose_value", "dose_val", "dose"),
    "dose_unit": ("dose_unit",),
    "control": ("control", "is_control"),
    "n_perturbed": ("nperts",),
    "chembl": ("chembl-ID", "chembl_id"),
    "organism": ("organism",),
    # pseudo-bulk: kgp, Replogle, decoupler
    "n_cells": ("n_cells", "num_cells_filtered", "num_cells_unfiltered", "psbulk_cells"),
}
"""What is wanted → the columns of ``obs`` that may hold it, the surest first."""

NAMED_ROW = re.compile(r"^\d+_(?P<gene>.+?)_[^_]+_(?:ENSG\d+|non-targeting)$")
"""Names of the rows of Replogle's pseudo-bulk files: ``10005_ZBTB4_P1_ENSG00000174282``."""

_MISSING = ("", "nan", "none", "na", "<na>", "null")


class Columns:
    """The annotations of cells, asked for by what they mean.

    Args:
        path: the file, for messages.
        obs: the annotations, one row per cell.
        uns: texts that hold for the whole file.
        fixed: concept → text that the user states for all cells.
    """

    def __init__(
        self, path: Path, obs: Any, uns: Mapping[str, str], fixed: Mapping[str, str | None]
    ) -> None:
        self.path = path
        self._obs, self._uns = obs, uns
        self._fixed = {key: text for key, text in fixed.items() if text}
        self.names: list[str] = [str(name) for name in obs.columns]

    def column(self, concept: str) -> str | None:
        """Name of the column that holds a concept; None where there is none."""
        return next((name for name in CONVENTIONS[concept] if name in self.names), None)

    def has(self, concept: str) -> bool:
        """Whether the user, the cells or the file state it."""
        stated = any(name in self._uns for name in CONVENTIONS[concept])
        return concept in self._fixed or self.column(concept) is not None or stated

    def text(self, concept: str) -> pl.Series:
        """A concept as text, one per cell; empty where it is missing."""
        if concept in self._fixed:
            return self._constant(self._fixed[concept])
        name = self.column(concept)
        if name is not None:
            return self.named(name)
        stated = (self._uns[key] for key in CONVENTIONS[concept] if key in self._uns)
        return self._constant(next(stated, ""))

    def named(self, name: str) -> pl.Series:
        """The column ``name`` as text.

        Raises:
            UsageError: naming the columns that are there.
        """
        if name not in self.names:
            raise UsageError(unknown("column of obs", name, self.names))
        values = pl.Series(self._obs[name].astype(str).tolist(), dtype=pl.String)
        values = values.str.strip_chars()
        missing = values.str.to_lowercase().is_in(list(_MISSING))
        return pl.select(pl.when(missing).then(pl.lit("")).otherwise(values)).to_series()

    def numbers(self, concept: str) -> pl.Series:
        """A concept as numbers, null where it is none."""
        return self.text(concept).cast(pl.Float64, strict=False)

    def row_names(self) -> pl.Series:
        """The names of the rows."""
        return pl.Series([str(name) for name in self._obs.index], dtype=pl.String)

    def perturbations(self) -> tuple[pl.Series, pl.Series | None]:
        """What each cell's perturbation is called, and its guide where the rows' names tell.

        Raises:
            BadInputError: if nothing says what was perturbed.
        """
        if self.has("perturbation"):
            labels = self.text("perturbation")
            if self.column("perturbation") == "guide_identity":
                labels = labels.str.split("__").list.first()
            return labels, None
        names = self.row_names()
        genes = names.str.extract(NAMED_ROW.pattern.replace("?P<gene>", ""), 1)
        if names.len() and genes.null_count() == 0:
            return genes, names
        raise self._without("perturbation")

    def check(self) -> None:
        """Check that the cells say what was perturbed, and where.

        Raises:
            BadInputError: naming the columns that are there.
        """
        self.perturbations()
        if not self.has("cell_line"):
            raise self._without("cell_line")

    def _without(self, concept: str) -> BadInputError:
        wanted = CONVENTIONS[concept]
        shown = ", ".join(self.names[:12]) or "no column"
        option = "--option cell_line=K562" if concept == "cell_line" else ""
        return BadInputError(
            f"{self.path}: obs has no column {' or '.join(wanted)}; it has: {shown[:300]}.",
            hint=f"Expected is one of {', '.join(wanted)}.",
            command=f"kgp load perturb-seq {self.path.name} {option}"
            if option
            else f"h5ls {self.path.name}/obs",
        )

    def _constant(self, text: str) -> pl.Series:
        return pl.Series([text], dtype=pl.String).new_from_index(0, len(self._obs))

    def n_cells(self) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
        """Number of cells that each row stands for; None where each is one cell."""
        if self.column("n_cells") is None:
            return None
        return self.numbers("n_cells").fill_null(0).fill_nan(0).to_numpy()
