"""What every store checks before it writes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pyarrow.compute as pc

from kgp.errors import BadInputError
from kgp.kg_schema.batches import LAYERS
from kgp.platform.row_checks import SIGN_OF_EFFECT
from kgp.platform.store.records import CONTRADICTS, EVIDENCE_ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from kgp.platform.store.records import EdgeChange, EdgeEvidence, GrnVersion, VectorSet


def check_changes(
    changes: Iterable[EdgeChange], known_signatures: Callable[[set[str]], set[str]]
) -> list[EdgeChange]:
    """Return the changes of one version if they can be written.

    Args:
        changes: the changes.
        known_signatures: tells which of some identifiers mean a Signature node.

    Raises:
        BadInputError: for an unknown layer, an effect that does not fit its sign, a confidence
            that is not finite, two changes of one edge, or evidence that is not an experiment's.
    """
    found = list(changes)
    seen = set()
    for change in found:
        key = change.src, change.dst, change.layer
        if why := _fault(change) or ("is changed twice" if key in seen else ""):
            raise BadInputError(
                f"The change of {change.src} → {change.dst} ({change.layer}) {why}.",
                hint=f"Layers: {', '.join(LAYERS)}; effects: {', '.join(SIGN_OF_EFFECT)}.",
            )
        seen.add(key)
    _check_evidence(found, known_signatures)
    return found


def _check_evidence(
    changes: list[EdgeChange], known_signatures: Callable[[set[str]], set[str]]
) -> None:
    known = known_signatures({e.signature for change in changes for e in change.signatures})
    for change in changes:
        seen: set[str] = set()
        for evidence in change.signatures:
            if why := _evidence_fault(evidence, known, seen):
                raise BadInputError(
                    f"The evidence of {change.src} → {change.dst} ({change.layer}) {why}.",
                    hint="Valid is the CURIE of a loaded Signature, once, with its role "
                    f"({' or '.join(EVIDENCE_ROLES)}) and a gain whose sign does not deny it.",
                    command=f"kgp query signatures-of {change.src}",
                )
            seen.add(evidence.signature)


def _evidence_fault(evidence: EdgeEvidence, known: set[str], seen: set[str]) -> str:
    if evidence.signature not in known:
        return f"names {evidence.signature!r}, which is no signature of this store"
    if evidence.role not in EVIDENCE_ROLES:
        return f"has the role {evidence.role!r}"
    against = evidence.gain > 0 if evidence.role == CONTRADICTS else evidence.gain < 0
    if against or not math.isfinite(evidence.gain):
        return f"has role {evidence.role!r} and gain {evidence.gain}"
    if evidence.signature in seen:
        return f"names the signature {evidence.signature!r} twice"
    return ""


def _fault(change: EdgeChange) -> str:
    if change.layer not in LAYERS:
        return "has an unknown layer"
    if change.sign is not None and SIGN_OF_EFFECT.get(change.effect) != change.sign:
        return f"has sign {change.sign:+d} and effect {change.effect!r}"
    if change.confidence is not None and not math.isfinite(change.confidence):
        return f"has confidence {change.confidence}"
    return ""


def same_work(known: GrnVersion, asked: GrnVersion) -> bool:
    """Whether two versions come of the same parent, method, parameters and data.

    Parameters are compared as they are stored: JSON knows no tuples.
    """
    return _work(known) == _work(asked)


def _work(version: GrnVersion) -> tuple[int, str, bytes, str]:
    text = orjson.dumps(version.parameters, option=orjson.OPT_SORT_KEYS)
    return version.parent, version.method, text, version.data_hash


def loaded_vectors(name: str, source: str) -> BadInputError:
    """The error of overwriting vectors that a source brought: they go with its load alone."""
    return BadInputError(
        f"The vectors {name!r} came with the source {source!r}.",
        hint="Names are unique within a store; give the new vectors another.",
        command=f"kgp load {source} … --option name={name}-2",
    )


def check_vectors(spec: VectorSet, batch: pa.RecordBatch) -> None:
    """Check ``id, vector`` rows of a set.

    Raises:
        BadInputError: for a vector of another length, or one that is not finite in float32.
    """
    vectors = batch.column("vector")
    lengths = pc.unique(pc.list_value_length(vectors)).to_pylist()
    if lengths not in ([spec.dimension], []):
        raise BadInputError(
            f"Vectors of {spec.name!r} have lengths {lengths}, expected {spec.dimension}."
        )
    values = vectors.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0]) // spec.dimension
        raise BadInputError(
            f"The vector of {batch.column('id')[row].as_py()!r} in {spec.name!r} is not finite.",
            hint="A node without a value has no vector; it is masked, never filled.",
        )
