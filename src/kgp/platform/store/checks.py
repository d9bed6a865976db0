"""What every store checks before it writes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import orjson

from kgp.errors import BadInputError
from kgp.kg_schema.batches import LAYERS
from kgp.platform.row_checks import SIGN_OF_EFFECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.platform.store.records import EdgeChange, GrnVersion


def check_changes(changes: Iterable[EdgeChange]) -> list[EdgeChange]:
    """Return the changes of one version if they can be written.

    Raises:
        BadInputError: for an unknown layer, an effect that does not fit its sign, a confidence
            that is not finite, or two changes of one edge.
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
    return found


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
