"""LINCS Level 5: one signature per treatment of one cell line, replicates already pooled.

The values are moderated z-scores against the population of the plates, which is why the plates are
recorded as what a signature was compared with: signatures of the same plates are not independent.

Replicate agreement and strength (``cc_q75``, ``tas``) are computed from the response itself. They
are kept as properties, and not offered as a filter: choosing the signatures of a test set by them
chooses those that are easy to predict, and inflates every score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import number_option
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.lincs.fields import flag, number, text
from kgp.loaders.lincs.l1000 import CONDITIONS, CONTEXT, L1000, title
from kgp.loaders.lincs.repeats import repeats, row_hashes
from kgp.loaders.responses import control_set, dense, signature_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.lincs.genes import GeneSpace

    Block = tuple[NDArray[np.int64], NDArray[np.float32]]

_NUMBERS = (
    "cc_q75",
    "ss_ngene",
    "distil_ss",
    "tas",
    "pct_self_rank_q25",
    "median_recall_rank_spearman",
    "median_recall_rank_wtcs_50",
    "median_recall_score_spearman",
    "median_recall_score_wtcs_50",
    "batch_effect_tstat",
    "batch_effect_tstat_pct",
)
_FLAGS = ("is_exemplar", "qc_pass", "is_hiq", "is_gold", "is_ncs_sig", "is_null_sig")
_TEXTS = ("pert_type", "pert_id", "cmap_name", "project_code", "bead_batch", "drug_match")
_BATCH_VALUES = 4 << 20
"""How many values travel in one batch."""


class LincsSignatures(L1000):
    """Reads a Level 5 matrix with its metadata, inside the file or beside it.

    Args:
        inputs: role ``signatures`` (GCTX or GCT), and optionally ``siginfo``, ``compoundinfo``,
            ``cellinfo``, ``geneinfo`` and ``drugs`` (DrugBank's vocabulary).
        name: name of the data set.
        genes: landmark, bing or all.
        pert_type: perturbation types, separated by commas; default all of a drug or a gene.
        cells: names of cell lines, separated by commas; default all.
        is_exemplar: true to keep only the exemplar signature of each treatment.
        qc_pass: true to keep only signatures that passed the release's quality control.
        min_nsample: least number of replicates.
        version: the release, where the user states it.
    """

    source = "lincs-signatures"
    fields = (*_NUMBERS, *_FLAGS, *_TEXTS, "nsample", "det_plates", "distil_ids", "cellosaurus_id")

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "lincs-signatures",
        genes: str = "landmark",
        pert_type: str = "",
        cells: str = "",
        is_exemplar: str | bool = False,
        qc_pass: str | bool = False,
        min_nsample: str | float = 1,
        version: str | None = None,
    ) -> None:
        super().__init__(
            inputs,
            "signatures",
            "siginfo",
            name=name,
            genes=genes,
            pert_type=pert_type,
            cells=cells,
            version=version,
        )
        asked = {"is_exemplar": is_exemplar, "qc_pass": qc_pass}
        self.flags = tuple(name for name, value in asked.items() if truth(name, value))
        self.min_nsample = number_option("min_nsample", min_nsample)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield what the signatures concern, then signatures with their values, then repeats."""
        space = self.space(tally)
        rows = self._good(self.treated(self.samples(tally), space, tally), tally)
        yield from self.begin(space, "moderated z-score (Level 5)")
        yield from self.cell_batches(rows, tally)
        rows = self.matched(rows, tally)
        yield from self.drug_batches(rows, tally)
        rows = self._signatures(rows)
        hashes = []
        for positions, values in self._values(rows, space):
            part = rows[np.searchsorted(rows["position"].to_numpy(), positions)]
            part, values = _finite(part, values, tally)
            if part.height:
                hashes.append(part.select("id").with_columns(row_hashes(values)))
                yield from signature_batches(self.name, part.drop("position"))
                yield from dense(self.name, part["id"], values)
        if hashes:
            found = repeats(pl.concat(hashes)).with_columns(type=pl.lit("Signature"))
            yield from emit(Kind.NODES, found)

    def _good(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        for name in self.flags:
            self._check_told(rows, name)
            rows = drop_rows(
                rows, ~flag(rows, name).fill_null(False), f"not {name}", tally, ("id",)
            )
        if self.min_nsample > 1:
            self._check_told(rows, "nsample")
            few = (number(rows, "nsample") < self.min_nsample).fill_null(True)
            reason = f"fewer than {self.min_nsample:g} replicates"
            rows = drop_rows(rows, few, reason, tally, ("id",))
        return rows

    def _check_told(self, rows: pl.DataFrame, name: str) -> None:
        if name not in rows.columns:
            raise BadInputError(
                f"Nothing tells {name} of the signatures in {self.matrix.path}.",
                hint="Give siginfo with that column, or leave the filter out.",
                command="kgp sources lincs-signatures",
            )

    def _signatures(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row per signature, in the order of the matrix, as signature_batches takes them."""
        told = [n for n in (*_NUMBERS, *_FLAGS, *_TEXTS) if n in rows.columns]
        wells = text(rows, "distil_ids").str.split("|")
        plates = pl.coalesce(
            text(rows, "det_plates").str.split("|"),
            wells.list.eval(pl.element().str.extract(r"^([^:]+):")),
        )
        plates = plates.list.unique().list.sort()
        rows = rows.with_columns(
            *(number(rows, name) for name in told if name in _NUMBERS),
            *(flag(rows, name) for name in told if name in _FLAGS),
            self.signature("id"),
            title(rows),
            n_replicates=number(rows, "nsample").cast(pl.Int64),
            wells=wells,
            controls=plates,
            control_set=control_set(plates),
        )
        kept = ("id", "name", "position", *CONTEXT, *CONDITIONS, *told)
        return rows.select(*kept, "n_replicates", "wells", "controls", "control_set").sort(
            "position"
        )

    def _values(self, rows: pl.DataFrame, space: GeneSpace) -> Iterator[Block]:
        """Blocks of the matrix, joined to batches of a good size."""
        held: list[Block] = []
        positions = rows["position"].to_numpy().astype(np.int64)
        for block in self.matrix.blocks(positions, space.positions):
            held.append(block)
            if sum(values.size for _, values in held) >= _BATCH_VALUES:
                yield _together(held)
                held = []
        if held:
            yield _together(held)


def truth(name: str, value: str | bool) -> bool:
    """Return the option ``name`` as a truth value.

    Raises:
        UsageError: if it is none.
    """
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    word = str(value).lower()
    if word not in known:
        raise UsageError(f"Option {name} is {value!r}.", hint="Expected is true or false.")
    return known[word]


def _together(blocks: list[Block]) -> Block:
    positions, values = zip(*blocks, strict=True)
    return np.concatenate(positions), np.concatenate(values)


def _finite(
    rows: pl.DataFrame, values: NDArray[np.float32], tally: Tally
) -> tuple[pl.DataFrame, NDArray[np.float32]]:
    """Leave out signatures with a value that is not a number."""
    good = np.isfinite(values).all(1)
    bad = pl.lit(pl.Series(~good))
    return drop_rows(rows, bad, "a value is not a number", tally, ("id",)), values[good]
