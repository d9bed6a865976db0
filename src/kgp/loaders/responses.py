"""What the loaders of perturbation responses share: data sets, spaces, signatures, effects."""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import UsageError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.frames import emit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgp.kg_schema.batches import Batch

    Floats = np.ndarray[tuple[int, int], np.dtype[np.float32]]

HUMAN = "ncbitaxon:9606"
OVER_EXPRESSION, KNOCK_DOWN, TREATMENT = "1", "-1", "0"
"""Qualifier of PERTURBS: a gene made more active, made less active, or a drug given."""

_DRUG = r"^(drugbank|lincs\.brd|inchikey|chembl\.compound|pubchem\.compound|kgp\.drug):"
_CONTEXT = ("context", "context_type", "context_name")

DIRECTIONS = {
    "up": OVER_EXPRESSION,
    "down": KNOCK_DOWN,
    "treatment": TREATMENT,
    OVER_EXPRESSION: OVER_EXPRESSION,
    KNOCK_DOWN: KNOCK_DOWN,
    TREATMENT: TREATMENT,
}
"""What a user may call a direction: ``up`` for over-expression and activation, ``down`` for
knock-outs and knock-downs, ``treatment`` for what is no gene; or the qualifier itself."""


def parse_direction(said: str | int, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the qualifier of PERTURBS that a user means.

    Args:
        said: a word of ``DIRECTIONS``, in any case.
        more: further words of a source, in lower case.

    Raises:
        UsageError: for another word, naming the nearest.
    """
    words = {**DIRECTIONS, **more}
    word = str(said).lower()
    if word not in words:
        raise UsageError(unknown("direction", str(said), words))
    return words[word]


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
    dataset: str,
    signatures: pl.Series,
    values: Floats,
    errors: Floats | None = None,
    df: np.ndarray[tuple[int], np.dtype[np.float32]] | None = None,
) -> Iterator[Batch]:
    """Yield effects that cover the whole feature space.

    Args:
        dataset: name of the data set.
        signatures: ids, one per row of ``values``.
        values: float32 [n_signatures, n_features], finite.
        errors: float32 [n_signatures, n_features], their standard errors; a row that is not finite
            throughout stands for a signature without replicates.
        df: float32 [n_signatures], degrees of freedom of the errors.
    """
    frame = pl.DataFrame({"signature": signatures, "values": pl.Series(values).arr.to_list()})
    if errors is not None:
        known = pl.Series(np.isfinite(errors).all(1))
        frame = frame.with_columns(
            errors=pl.when(known).then(pl.Series(errors).arr.to_list()),
            df=pl.when(known).then(pl.Series(df, dtype=pl.Float32)),
        )
    yield from emit(Kind.EFFECTS, frame.with_columns(dataset=pl.lit(dataset)))


def signature_batches(dataset: str, signatures: pl.DataFrame) -> Iterator[Batch]:
    """Yield the nodes that signatures concern, the signatures, and the edges between them.

    Args:
        dataset: name of the data set.
        signatures: one row each with ``id`` (see :func:`signature_id`), ``name``, ``perturbed``
            and ``direction`` (lists of equal length: CURIEs of genes or drugs, and a direction of
            ``DIRECTIONS`` each); optionally ``context`` (CURIE), ``context_type`` (CellLine or
            Strain) and ``context_name``. All other columns are properties: ``dose``,
            ``dose_unit``, ``time``, ``time_unit``, ``medium``, ``condition``, ``n_replicates``,
            ``controls`` (list of the samples compared with), ``control_set`` (see
            :func:`control_set`) and whatever says how well it was measured.
    """
    pairs = signatures.select("id", "perturbed", "direction").explode("perturbed", "direction")
    kinds = pl.col("perturbed").str.contains(_DRUG).replace_strict({True: "Drug", False: "Gene"})
    yield from emit(Kind.NODES, pairs.select(id="perturbed", type=kinds).unique("id").sort("id"))
    own = signatures.drop("perturbed", "direction", *_CONTEXT, strict=False)
    typed = own.with_columns(type=pl.lit("Signature"), dataset=pl.lit(dataset))
    yield from emit(Kind.NODES, typed)
    yield from perturbs(pairs.unique(maintain_order=True))
    if "context" in signatures.columns:
        placed = signatures.drop_nulls("context")
        nodes = placed.select(id="context", type="context_type", name="context_name")
        yield from emit(Kind.NODES, nodes.unique("id").sort("id"))
        edges = placed.select(src="id", dst="context", type=pl.lit("MEASURED_IN"))
        yield from emit(Kind.EDGES, edges.with_columns(qualifier=pl.lit("")))


def control_set(controls: pl.Expr) -> pl.Expr:
    """Short hash of a list of control samples.

    Signatures with one control set, or with overlapping ones, are not independent observations.
    """
    text = controls.list.sort().list.join("\n")
    return text.map_elements(
        lambda names: hashlib.blake2b(names.encode(), digest_size=6).hexdigest(),
        return_dtype=pl.String,
    )
