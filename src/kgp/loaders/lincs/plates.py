"""LINCS Level 3: each treatment against the vehicle wells of the same plate.

Level 3 is normalised log2 expression per well. Plates differ more than most treatments do, so a
well is never compared with controls of another plate; signatures of one plate share their controls
and are not independent, which their ``control_set`` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.frames import drop_rows
from kgp.loaders.lincs.fields import number, text
from kgp.loaders.lincs.l1000 import CONDITIONS, CONTEXT, L1000, amount, title
from kgp.loaders.lincs.signatures import truth
from kgp.loaders.moderation import contrast
from kgp.loaders.responses import control_set, dense, signature_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.lincs.genes import GeneSpace

    Values = NDArray[np.float32]

_QUALITY = ("qc_slope", "qc_f_logp", "qc_iqr", "count_mean", "count_cv")
_TEXTS = ("pert_type", "pert_id", "cmap_name", "drug_match", "plate")
_BATCH_VALUES = 4 << 20
NO_CONTROL = "no control on the same plate"


class LincsPlates(L1000):
    """Reads a Level 3 matrix of wells.

    A signature is the mean of the wells of one plate with the same treatment (perturbation, dose,
    time, cell line) minus the mean of its control wells; wells are the replicates. Doses that agree
    to two digits (9.99 and 10) are one. Errors are moderated over the genes; a treatment with a
    single well has none. Positive controls are left out and counted.

    Args:
        inputs: role ``wells`` (GCTX or GCT), and optionally ``instinfo``, ``compoundinfo``,
            ``cellinfo``, ``geneinfo`` and ``drugs`` (DrugBank's vocabulary).
        name: name of the data set.
        genes: landmark, bing or all.
        pert_type: perturbation types, separated by commas; default all of a drug or a gene.
        cells: names of cell lines, separated by commas; default all.
        control: perturbation type of the controls, such as ``ctl_vector`` for hairpins.
        per_well: true to make each treated well a signature of its own.
        version: the release, where the user states it.
    """

    source = "lincs-plates"
    fields = (*_QUALITY, "det_plate", "rna_plate", "nearest_dose", "cellosaurus_id")

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "lincs-plates",
        genes: str = "landmark",
        pert_type: str = "",
        cells: str = "",
        control: str = "ctl_vehicle",
        per_well: str | bool = False,
        version: str | None = None,
    ) -> None:
        super().__init__(
            inputs,
            "wells",
            "instinfo",
            name=name,
            genes=genes,
            pert_type=pert_type,
            cells=cells,
            version=version,
        )
        self.control, self.per_well = control, truth("per_well", per_well)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield what the signatures concern, then the signatures plate by plate."""
        space = self.space(tally)
        wells = self.samples(tally)
        wells = wells.with_columns(_plate(wells), well="id")
        controls = wells.filter(pl.col("pert_type") == self.control)
        self._check_controls(wells, controls)
        tally.merge(controls.height)
        rest = wells.filter(pl.col("pert_type").ne_missing(self.control))
        rows = self.treated(rest, space, tally)
        alone = ~pl.col("plate").is_in(controls["plate"].unique().to_list()).fill_null(False)
        rows = drop_rows(rows, alone, NO_CONTROL, tally, ("id",))
        yield from self.begin(space, "log2 fold change versus vehicle wells of the same plate")
        yield from self.cell_batches(rows, tally)
        rows = self.matched(rows, tally)
        yield from self.drug_batches(rows, tally)
        rows = self._keyed(rows)
        held = _Held()
        for plate in rows.partition_by("plate", maintain_order=True):
            own = controls.filter(pl.col("plate") == plate["plate"][0])
            self._compare(plate, own, space, tally, held)
            if held.size >= _BATCH_VALUES:
                yield from held.batches(self.name)
                held = _Held()
        if held.size:
            yield from held.batches(self.name)

    def _check_controls(self, wells: pl.DataFrame, controls: pl.DataFrame) -> None:
        if controls.height:
            return
        types = wells["pert_type"].drop_nulls().unique().sort().to_list()
        raise BadInputError(
            f"{self.matrix.path} holds no control well ({self.control}); it has: "
            f"{', '.join(types)}.",
            hint="A response is a difference from controls of the same plate. Give a matrix that "
            "holds them too, or say which wells they are with control=PERT_TYPE.",
            command="kgp load lincs-plates PATH --option control=ctl_vector",
        )

    def _keyed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add ``group``: the wells with one key become one signature."""
        dose = pl.col("dose")
        nearest = number(rows, "nearest_dose")
        rows = rows.with_columns(title(rows), dose_bin=pl.coalesce(nearest, dose).round_sig_figs(2))
        if self.per_well:
            return rows.with_columns(group=pl.col("well"))
        what = pl.coalesce("pert_id", "cmap_name")
        amounts = [amount("dose", pl.col("dose_bin")), amount("time", pl.col("time"))]
        parts = [pl.col("plate"), what, *amounts, pl.col("cell_iname")]
        key = pl.concat_str(parts, separator=":", ignore_nulls=True)
        # Two treatments whose keys fall together stay two groups.
        place = pl.concat_str("pert_type", "condition", ignore_nulls=True).rank("dense").over(key)
        rest = pl.when(place > 1).then(pl.lit("#") + place.cast(pl.String)).otherwise(pl.lit(""))
        return rows.with_columns(group=key + rest)

    def _compare(
        self, plate: pl.DataFrame, own: pl.DataFrame, space: GeneSpace, tally: Tally, held: _Held
    ) -> None:
        """Add the signatures of one plate to ``held``."""
        wells = self._read(pl.concat([plate["position"], own["position"]]), space)
        good = {place for place, values in wells.items() if np.isfinite(values).all()}
        finite = pl.col("position").is_in(sorted(good))
        reason = "a value is not a number"
        plate = drop_rows(plate, ~finite, reason, tally, ("id",))
        own = drop_rows(own, ~finite, reason, tally, ("id",))
        if own.is_empty():
            plate = drop_rows(plate, pl.lit(True), NO_CONTROL, tally, ("id",))
        if plate.is_empty():
            return
        grouped = _signatures(plate, own).with_columns(self.signature("group"))
        tally.merge(plate.height - grouped.height)
        against = np.stack([wells[place] for place in own["position"]])
        for places in grouped["position"]:
            held.add(np.stack([wells[place] for place in places]), against)
        held.rows.append(grouped.drop("position", "group"))

    def _read(self, positions: pl.Series, space: GeneSpace) -> dict[int, Values]:
        """Position of a well → its values, float32 [n_genes]."""
        wanted = positions.to_numpy().astype(np.int64)
        blocks = self.matrix.blocks(wanted, space.positions)
        return {
            int(place): row
            for places, values in blocks
            for place, row in zip(places, values, strict=True)
        }


@dataclass(slots=True)
class _Held:
    """Signatures that are not handed on yet."""

    rows: list[pl.DataFrame] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    errors: list[Values] = field(default_factory=list)
    df: list[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many values are held."""
        return sum(len(row) for row in self.values)

    def add(self, treated: Values, control: Values) -> None:
        """Add the contrast of some wells, float32 [n_wells, n_genes], with their controls."""
        found = contrast(treated.astype(np.float64), control.astype(np.float64))
        single = len(treated) == 1
        self.values.append(found.effect.astype(np.float32))
        missing = np.full(len(found.effect), np.nan)
        self.errors.append((missing if single else found.error).astype(np.float32))
        self.df.append(0.0 if single else found.df)

    def batches(self, dataset: str) -> Iterator[Batch]:
        """Yield the signatures and their effects."""
        rows = pl.concat(self.rows)
        yield from signature_batches(dataset, rows)
        df = np.array(self.df, np.float32)
        yield from dense(dataset, rows["id"], np.stack(self.values), np.stack(self.errors), df)


def _plate(wells: pl.DataFrame) -> pl.Expr:
    """The detection plate: as stated, else what stands before the colon in a well's id."""
    before = pl.col("id").str.extract(r"^([^:]+):")
    return pl.coalesce(text(wells, "det_plate"), before, text(wells, "rna_plate")).alias("plate")


def _signatures(plate: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """One row per group of wells of a plate; ``position`` lists the wells' places."""
    told = [name for name in _TEXTS if name in plate.columns]
    listed = pl.lit(controls["well"].sort().implode()).first()
    kept = (*CONTEXT, *CONDITIONS, *told, "name")
    return (
        plate.with_columns(number(plate, name) for name in _QUALITY if name in plate.columns)
        .group_by("group", maintain_order=True)
        .agg(
            pl.col(kept).first(),
            pl.col([name for name in _QUALITY if name in plate.columns]).mean(),
            "position",
            wells="well",
            n_replicates=pl.len().cast(pl.Int64),
        )
        .with_columns(controls=listed)
        .with_columns(control_set=control_set(pl.col("controls")))
    )
