"""Computing vectors for nodes and keeping them in the store with their provenance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.kg_schema.node_types import check_node_type
from kgp.platform.embed_encoding import encode_all
from kgp.platform.embed_writing import (
    EmbedReport,
    EmbedStore,
    Provenance,
    check_set_name,
    find_written,
    write_set,
)
from kgp.platform.encoders import load_encoder
from kgp.platform.snapshot.config import EXPERIMENT_TYPES
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.embed_encoding import EncodedAll
    from kgp.platform.encoders import Encoder
    from kgp.progress import Progress


class NothingToReadError(BadInputError):
    """No node has the property that an encoder reads."""


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
    cache: Path | None = None,
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
        cache: folder of the vectors of earlier runs, by content; None to keep nothing.
        progress: where to say how far it is.

    Raises:
        BadInputError: for an unknown encoder or node type.
        NothingToReadError: if no node has the property.
        MissingExtraError: if the encoder's package is not installed.
    """
    chosen = load_encoder(encoder) if isinstance(encoder, str) else encoder
    progress = progress or SilentProgress()
    wanted = property or chosen.reads
    found = _read(store, node_type, wanted, leave_out)
    if not found.ids:
        raise NothingToReadError(
            f"No node{f' of type {node_type}' if node_type else ''} has the property {wanted!r}.",
            hint=f"Encoder {chosen.name} reads {chosen.reads!r}.",
            command="kgp sources",
        )
    title = check_set_name(name or _set_name(chosen, node_type, wanted))
    revision = f"{chosen.revision} input:{found.digest}"
    origin = Provenance(title, node_type, chosen.name, revision, chosen.pooling)
    missing = found.nodes - len(found.ids)
    if known := find_written(store, origin):
        rejected = len(found.ids) - known.covered
        return EmbedReport(known, found.nodes, missing, rejected, repeated=True)
    done = _encode(chosen, found, cache, progress, title)
    rows = np.flatnonzero(done.encoded.mask)
    written = write_set(
        store, origin, [found.ids[int(row)] for row in rows], done.encoded.vectors[rows]
    )
    rejected = len(found.ids) - len(rows)
    return EmbedReport(
        written, found.nodes, missing, rejected, repeated=False, note=done.encoded.note
    )


def _set_name(encoder: Encoder, node_type: str, wanted: str) -> str:
    stem = encoder.name.replace("-", "_")
    if wanted == encoder.reads and wanted != "name":
        return stem
    return f"{stem}_{wanted}" + (f"_{node_type.lower()}" if node_type else "")


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
                if text and str(text).strip():
                    ids.append(node)
                    texts.append(str(text))
    return _Texts(ids, texts, nodes)


def _encode(
    encoder: Encoder, found: _Texts, cache: Path | None, progress: Progress, title: str
) -> EncodedAll:
    with progress.step(f"Encoding {title}", len(found.ids), "nodes") as step:
        done = encode_all(encoder, found.texts, cache, step)
        rejected = int((~done.encoded.mask).sum())
        missing = found.nodes - len(found.ids)
        parts = [f"{missing:,} without text, {rejected:,} rejected"] if rejected or missing else []
        parts += [f"{done.reused:,} from the cache"] if done.reused else []
        parts += [text for text in (done.rate, done.encoded.note) if text]
        step.note("; ".join(parts))
    return done
