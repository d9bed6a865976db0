"""What hangs on the nodes: vectors, texts and responses, written in the snapshot's numbering."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.platform.snapshot.texts import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.platform.snapshot.files import ArrayFolder
    from kgp.platform.snapshot.nodes import Numbering
    from kgp.platform.store.port import GraphReader, ResponseStore, VectorStore
    from kgp.platform.store.records import DatasetRecord, VectorSet


def vector_facts(spec: VectorSet) -> dict[str, Any]:
    """Return the provenance of a vector set without the date, which is not content."""
    return {key: value for key, value in asdict(spec).items() if key != "created"}


def write_vector_set(
    folder: ArrayFolder, store: VectorStore, numbering: Numbering, spec: VectorSet
) -> dict[str, Any]:
    """Write ``vectors/NAME`` (float16 [nodes of the type, dimension]) and its mask.

    Half precision halves what a training step reads; rows without a vector are zero and masked.

    Raises:
        BadInputError: for a value beyond the range of half precision.
    """
    start, end = numbering.span(spec.node_type)
    values = np.zeros((end - start, spec.dimension), np.float16)
    mask = np.zeros(end - start, np.bool_)
    for batch in store.scan_vectors(spec.name):
        rows = numbering.ids.find(batch.column("id")) - start
        inside = (rows >= 0) & (rows < end - start)
        flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
        with np.errstate(over="ignore"):
            half = flat.reshape(-1, spec.dimension).astype(np.float16)
        values[rows[inside]] = half[inside]
        mask[rows[inside]] = True
    if not np.isfinite(values).all():
        raise BadInputError(
            f"Vector set {spec.name!r} holds values that half precision cannot (beyond 65,504).",
            hint="Scale the vectors before they are written.",
        )
    folder.add(f"vectors/{spec.name}", values)
    folder.add(f"vectors/{spec.name}.mask", mask)
    return vector_facts(spec) | {"covered": int(mask.sum())}


def write_property_text(
    folder: ArrayFolder, store: GraphReader, numbering: Numbering, node_type: str, name: str
) -> None:
    """Write one property of one node type as ``texts/TYPE.NAME``; missing ones are empty."""
    parts = [batch.column(name) for batch in store.scan_nodes(node_type, [name])]
    parts = [part.cast(pa.string()) for part in parts]
    start, end = numbering.span(node_type)
    texts = TextTable.of(pa.chunked_array(parts, pa.string()))
    folder.add_texts(f"texts/{node_type}.{name}", texts if end > start else TextTable.of([]))


def write_responses(
    folder: ArrayFolder, store: ResponseStore, numbering: Numbering, record: DatasetRecord
) -> dict[str, Any]:
    """Write one response set under ``responses/NAME/``.

    ``values`` float32 [signatures, features] (0 where a censored set lists nothing);
    ``perturbed`` int32 with ``perturbed_ptr`` [signatures + 1], global node numbers (-1 outside
    the snapshot), ``direction`` int8 beside it; ``feature_node`` int32 [features]; the texts
    ``signature``, ``feature`` and ``context``.
    """
    base = f"responses/{record.name}"
    features = TextTable.of(store.features(record.name))
    signatures = pa.Table.from_batches(list(store.scan_signatures(record.name)))
    names = TextTable.of(signatures.column("signature"))
    perturbed = signatures.column("perturbed").combine_chunks()
    lengths = np.diff(perturbed.offsets.to_numpy())
    folder.add(f"{base}/values", _effects(store, record, names))
    folder.add(f"{base}/perturbed_ptr", np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
    folder.add(f"{base}/perturbed", numbering.ids.find(perturbed.flatten()))
    direction = signatures.column("direction").combine_chunks().flatten()
    folder.add(f"{base}/direction", direction.to_numpy(zero_copy_only=False).astype(np.int8))
    folder.add(f"{base}/feature_node", numbering.ids.find(features.to_arrow()))
    folder.add_texts(f"{base}/signature", names)
    folder.add_texts(f"{base}/feature", features)
    folder.add_texts(f"{base}/context", TextTable.of(signatures.column("context")))
    return asdict(record)


def _effects(store: ResponseStore, record: DatasetRecord, names: TextTable) -> NDArray[np.float32]:
    values = np.zeros((len(names), record.features), np.float32)
    for batch in store.scan_effects(record.name):
        rows = names.find(batch.column("signature"))
        for row, (features, effects) in zip(rows, _listed(batch), strict=True):
            if features is None:
                values[row] = effects
            else:
                values[row, features] = effects
    return values


def _listed(
    batch: pa.RecordBatch,
) -> Iterator[tuple[NDArray[np.int32] | None, NDArray[np.float32]]]:
    for features, effects in zip(batch.column("features"), batch.column("values"), strict=True):
        listed = features.values.to_numpy() if features.is_valid else None
        yield listed, effects.values.to_numpy()
