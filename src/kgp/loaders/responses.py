"""What the loaders of perturbation responses share: data sets, spaces, signatures, effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.frames import emit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from kgp.kg_schema.batches import Batch

HUMAN = "ncbitaxon:9606"
OVER_EXPRESSION, KNOCK_DOWN, TREATMENT = "1", "-1", "0"
"""Qualifier of PERTURBS: a gene made more active, made less active, or a drug given."""

DIRECTIONS = (OVER_EXPRESSION, TREATMENT, KNOCK_DOWN)


def signature_id(dataset: str, key: pl.Expr) -> pl.Expr:
    """CURIE of the signature ``key`` of a data set."""
    return pl.lit(f"kgp.signature:{dataset}/") + key


def dataset_batches(
    dataset: str,
    space: str,
    features: Sequence[str],
    *,
    measure: str,
    censored: bool,
    organism: str,
) -> Iterator[Batch]:
    """Yield the data set and its feature space.

    Args:
        dataset: name of the data set.
        space: name of the feature space.
        features: CURIEs in their order.
        measure: what the values are.
        censored: True where unlisted features showed no significant change.
        organism: CURIE of the organism.
    """
    described = {"measure": measure, "censored": censored, "organism": organism}
    row = pl.DataFrame([{"dataset": dataset, "space": space, **described}])
    yield from emit(Kind.DATASETS, row)
    frame = pl.DataFrame({"space": space, "id": features}).with_row_index("position")
    yield from emit(Kind.FEATURES, frame)


def perturbs(signatures: pl.DataFrame) -> Iterator[Batch]:
    """Yield PERTURBS edges from ``id`` to ``perturbed`` with ``direction`` as qualifier."""
    frame = signatures.select(
        src="id", dst="perturbed", type=pl.lit("PERTURBS"), qualifier="direction"
    )
    yield from emit(Kind.EDGES, frame)


def dense(
    dataset: str, signatures: pl.Series, values: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> Iterator[Batch]:
    """Yield effects that cover the whole feature space.

    Args:
        dataset: name of the data set.
        signatures: ids, one per row of ``values``.
        values: float32 [n_signatures, n_features], finite.
    """
    frame = pl.DataFrame({"signature": signatures, "values": pl.Series(values).arr.to_list()})
    yield from emit(Kind.EFFECTS, frame.with_columns(dataset=pl.lit(dataset)))
