"""One hash for the content of a graph, the same in every store and for every order of loads.

The fingerprint is the sum modulo 2^128 of a 128-bit hash of every canonical row, so it does not
depend on the order of rows. Times, load ids and authors are no content. It is computed from Arrow
batches, never in a store's own query language.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.port import KnowledgeStore

_SEPARATOR = "\x1f"
_MODULUS = 1 << 128
_TEXTS = (pa.string(), pa.large_string(), pa.string_view())


class Fingerprint:
    """An order-independent hash that rows are added to."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, tag: str, columns: list[pa.Array]) -> None:
        """Add rows, given as equally long columns: text, numbers, booleans, or lists of them."""
        if not columns or not len(columns[0]):
            return
        texts = [_text(column) for column in columns]
        head = pa.array([tag] * len(texts[0]), pa.string())
        rows = pc.binary_join_element_wise(head, *texts, _SEPARATOR)
        self.add_bytes(row.encode() for row in rows.to_pylist())

    def add_bytes(self, rows: Iterator[bytes]) -> None:
        """Add rows that are bytes already."""
        blake = hashlib.blake2b
        digests = b"".join([blake(row, digest_size=16).digest() for row in rows])
        words = np.frombuffer(digests, "<u8").reshape(-1, 2)
        low, high = (sum(words[:, i].tolist()) for i in (0, 1))
        self._sum = (self._sum + low + (high << 64)) % _MODULUS

    def hex(self) -> str:
        """The fingerprint as 32 hexadecimal digits."""
        return f"{self._sum:032x}"


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if kind in _TEXTS:
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_nested(kind):
        return pa.array([orjson.dumps(row).decode() for row in column.to_pylist()], pa.string())
    # The shortest decimal form of the stored precision is the same on every machine.
    return pa.array(["" if v is None else repr(v) for v in column.to_pylist()], pa.string())


def fingerprint(store: KnowledgeStore) -> str:
    """Compute the fingerprint of all that a store holds."""
    total = Fingerprint()
    for batch in store.scan_nodes():
        total.add("node", batch.columns)
    for batch in store.scan_edges():
        total.add("edge", batch.columns)
    _add_vectors(store, total)
    _add_responses(store, total)
    _add_networks(store, total)
    return total.hex()


def _add_vectors(store: KnowledgeStore, total: Fingerprint) -> None:
    for spec in store.vector_sets():
        about = f"{spec.name}|{spec.encoder}|{spec.revision}|{spec.pooling}".encode()
        features = store.vector_features(spec.name)
        if features:
            total.add("features", [pa.array([f"emb_{spec.name}"]), pa.array([features])])
        for batch in store.scan_vectors(spec.name):
            ids = batch.column("id").to_pylist()
            flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
            values = np.ascontiguousarray(flat.reshape(len(ids), -1), "<f4")
            rows = zip(ids, values, strict=True)
            total.add_bytes(b"|".join((about, i.encode(), v.tobytes())) for i, v in rows)


def _add_responses(store: KnowledgeStore, total: Fingerprint) -> None:
    for data in store.datasets():
        about = [data.name, data.space, data.measure, str(data.censored), data.organism]
        total.add("dataset", [pa.array([text]) for text in about])
        total.add("features", [pa.array([data.space]), pa.array([store.features(data.name)])])
        for batch in store.scan_effects(data.name):
            names = pa.array([data.name] * batch.num_rows)
            total.add("effect", [names, *batch.columns])


def _add_networks(store: KnowledgeStore, total: Fingerprint) -> None:
    for grn in store.grns():
        for version in store.grn_versions(grn.name):
            parts = [version.method, version.parameters, version.data_hash]
            text = orjson.dumps([grn.name, version.version, *parts], option=orjson.OPT_SORT_KEYS)
            total.add_bytes(iter([b"version" + text]))
            for batch in store.scan_regulation(grn.name, version.version):
                tag = f"regulation|{grn.name}|{version.version}"
                total.add(tag, batch.columns)
        for batch in store.scan_evidence(grn.name):
            total.add(f"evidence|{grn.name}", batch.columns)
