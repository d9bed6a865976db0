"""The responses of a set with a label per feature: up, down, unchanged or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.labels import UNCHANGED, UNKNOWN, Labels, Rule, label_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import DatasetRecord

    Floats = NDArray[np.float64]

Z_CUTOFF = 2.0
"""Least absolute z-score of a response."""

TWO_FOLD, SINGLE_CELL = 1.0, 0.25
"""Least effect in log2 units, and in natural logarithms of normalised counts of single cells.

The second is the threshold that Seurat made customary; dropout shrinks those differences.
"""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSignature:
    """One response.

    Args:
        signature: its id.
        effect: float64 [n_features] over the whole space; NaN where a feature was not measured.
        error: float64 [n_features], standard errors; NaN without replicates.
        labels: what they amount to.
        df: degrees of freedom of the errors; infinite for a normal distribution.
    """

    signature: str
    effect: Floats
    error: Floats
    labels: Labels
    df: float = float("inf")


def default_rule(record: DatasetRecord) -> Rule:
    """Return the rule that fits the unit of a set's effects."""
    measure = record.measure.lower()
    if "z-score" in measure:
        return Rule(min_effect=Z_CUTOFF)
    if "log2" in measure or "log" not in measure:
        return Rule(min_effect=TWO_FOLD)
    return Rule(min_effect=SINGLE_CELL)


def scan_labelled(
    store: KnowledgeStore, dataset: str, rule: Rule | None = None
) -> Iterator[LabelledSignature]:
    """Yield the responses of a set by signature, each with its labels.

    Effects with errors are labelled by ``rule`` (default: :func:`default_rule`). Without errors
    only their size can speak: what passes ``rule.min_effect`` has its sign, with confidence 0; the
    rest is unchanged in units of noise (z-scores) and in sets that list what responds, and unknown
    elsewhere.

    Raises:
        BadInputError: for an unknown set.
    """
    n = len(store.features(dataset))
    record = next(item for item in store.datasets() if item.name == dataset)
    rule = rule or default_rule(record)
    silent = UNCHANGED if record.censored or "z-score" in record.measure.lower() else UNKNOWN
    for batch in store.scan_effects(dataset):
        for i, signature in enumerate(batch.column("signature").to_pylist()):
            effect = _spread(batch, "values", i, n)
            error = _spread(batch, "errors", i, n)
            if np.isfinite(error).any():
                df = batch.column("df")[i].as_py()
                labels = label_effects(effect, error, df, rule)
                yield LabelledSignature(signature, effect, error, labels, df)
            else:
                labels = _by_size(effect, record.censored, silent, rule.min_effect)
                yield LabelledSignature(signature, effect, error, labels)


def _spread(batch: pa.RecordBatch, column: str, row: int, n: int) -> Floats:
    """One list over the whole space, float64 [n]; NaN where it says nothing."""
    cell, features = batch.column(column)[row], batch.column("features")[row]
    if not cell.is_valid:
        return np.full(n, np.nan)
    values = np.asarray(cell.values, np.float64)
    if not features.is_valid:
        return values
    whole = np.full(n, np.nan)
    whole[np.asarray(features.values, np.int64)] = values
    return whole


def _by_size(effect: Floats, censored: bool, silent: int, least: float) -> Labels:
    """Label effects without errors; in a censored set whatever is listed has passed a test."""
    listed = np.isfinite(effect)
    changed = listed & ((np.abs(effect) >= least) | censored)
    label = np.full(len(effect), UNKNOWN, np.int8)
    label[listed | censored] = silent
    label[changed] = np.sign(effect[changed])
    unknown = np.full(len(effect), np.nan)
    return Labels(label, np.zeros(len(effect)), unknown, unknown)
