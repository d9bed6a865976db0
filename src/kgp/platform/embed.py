"""Computing vectors for nodes and keeping them in the store with their provenance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.kg_schema.node_types import check_node_type
from kgp.platform.encoders import load_encoder
from kgp.platform.snapshot.config import EXPERIMENT_TYPES
from kgp.platform.store.port import GraphReader, VectorStore
from kgp.platform.store.records import VectorSet
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.platform.encoders import Encoded, Encoder
    from kgp.progress import Progress

ROWS = 1024


class EmbedStore(GraphReader, VectorStore, Protocol):
    """Where texts are read and vectors written."""


@dataclass(frozen=True, slots=True)
class EmbedReport:
    """What one embedding did.

    Args:
        vector_set: the set that is in the store now.
        nodes: nodes of the asked type.
        missing: nodes without a text.
        rejected: nodes whose text the encoder cannot read.
        repeated: True where the same vectors were there already; then nothing was computed.
    """

    vector_set: VectorSet
    nodes: int
    missing: int
    rejected: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Texts:
    """Ids and texts of the nodes that have one, and how many nodes there are in all."""

    ids: list[str]
    texts: list[str]
    nodes: int

    @property
    def digest(self) -> str:
        pairs = "\n".join(f"{i}\t{t!r}" for i, t in zip(self.ids, self.texts, strict=True))
        return hashlib.sha256(pairs.encode()).hexdigest()[:16]


def embed(
    store: EmbedStore,
    encoder: str | Encoder,
    node_type: str = "",
    property: str = "",  # the graph's own word for it
    *,
    name: str = "",
    leave_out: Sequence[str] = (),
    progress: Progress | None = None,
) -> EmbedReport:
    """Encode one property of the nodes of one type and write the vectors.

    The set is called after the encoder where it reads its own property (``morgan``), otherwise
    ``ENCODER_PROPERTY`` (``minilm_name``), with the type appended where a text encoder reads one
    type only (``minilm_name_gene``). Its revision ends with a hash of ids and texts: where encoder
    and texts have not changed, nothing is computed.

    Args:
        store: the graph.
        encoder: a name or an encoder.
        node_type: only this type; default all types.
        property: the property to read; default what the encoder is made for.
        name: another name for the set.
        leave_out: node types to leave out where ``node_type`` does not name one.
        progress: where to say how far it is.

    Raises:
        BadInputError: for an unknown encoder or node type, or if no node has the property.
        MissingExtraError: if the encoder's package is not installed.
    """
    chosen = load_encoder(encoder) if isinstance(encoder, str) else encoder
    progress = progress or SilentProgress()
    wanted = property or chosen.reads
    found = _read(store, node_type, wanted, leave_out)
    if not found.ids:
        raise BadInputError(
            f"No node{f' of type {node_type}' if node_type else ''} has the property {wanted!r}.",
            hint=f"Encoder {chosen.name} reads {chosen.reads!r}.",
            command="kgp sources",
        )
    title = name or _set_name(chosen, node_type, wanted)
    revision = f"{chosen.revision} input:{found.digest}"
    missing = found.nodes - len(found.ids)
    for known in store.vector_sets():
        if (known.name, known.encoder, known.revision) == (title, chosen.name, revision):
            rejected = len(found.ids) - known.covered
            return EmbedReport(known, found.nodes, missing, rejected, repeated=True)
    parts = _encode(chosen, found, progress, title)
    mask = np.concatenate([part.mask for part in parts])
    spec = VectorSet(
        name=title,
        node_type=node_type,
        encoder=chosen.name,
        revision=revision,
        pooling=chosen.pooling,
        dimension=chosen.dimension,
        precision="float32",
        covered=int(mask.sum()),
        created=datetime.now(UTC).date().isoformat(),
    )
    written = store.write_vectors(spec, _batches(found.ids, parts, chosen.dimension))
    return EmbedReport(written, found.nodes, missing, int((~mask).sum()), repeated=False)


def _set_name(encoder: Encoder, node_type: str, wanted: str) -> str:
    if wanted == encoder.reads and wanted != "name":
        return encoder.name
    return f"{encoder.name}_{wanted}" + (f"_{node_type.lower()}" if node_type else "")


def _read(store: EmbedStore, node_type: str, wanted: str, leave_out: Sequence[str] = ()) -> _Texts:
    """Read ids and texts; signatures are experiments and are never embedded by their name."""
    counts = store.counts().nodes
    unread = {*EXPERIMENT_TYPES, *leave_out}
    types = [check_node_type(node_type)] if node_type else sorted(set(counts) - unread)
    columns = [] if wanted == "name" else [wanted]
    ids, texts, nodes = [], [], 0
    for kind in types:
        for batch in store.scan_nodes(kind, columns):
            nodes += batch.num_rows
            pairs = zip(batch["id"].to_pylist(), batch[wanted].to_pylist(), strict=True)
            for node, text in pairs:
                if text:
                    ids.append(node)
                    texts.append(str(text))
    return _Texts(ids, texts, nodes)


def _encode(encoder: Encoder, found: _Texts, progress: Progress, title: str) -> list[Encoded]:
    parts = []
    with progress.step(f"Encoding {title}", len(found.ids), "nodes") as step:
        for start in range(0, len(found.ids), ROWS):
            part = encoder.encode(found.texts[start : start + ROWS])
            parts.append(part)
            step.advance(len(part.mask))
        rejected = sum(int((~part.mask).sum()) for part in parts)
        missing = found.nodes - len(found.ids)
        if rejected or missing:
            step.note(f"{missing:,} without text, {rejected:,} rejected")
    return parts


def _batches(
    ids: Sequence[str], parts: Sequence[Encoded], dimension: int
) -> Iterator[pa.RecordBatch]:
    start = 0
    for part in parts:
        rows: NDArray[np.intp] = np.flatnonzero(part.mask)
        flat = pa.array(part.vectors[rows].ravel(), pa.float32())
        vectors = pa.FixedSizeListArray.from_arrays(flat, dimension)
        names = pa.array([ids[start + int(row)] for row in rows], pa.string())
        yield pa.RecordBatch.from_arrays([names, vectors], names=["id", "vector"])
        start += len(part.mask)
