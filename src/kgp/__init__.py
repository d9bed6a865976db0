"""kgp: a knowledge platform for gene regulation and perturbation biology.

``import kgp`` is cheap: each name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgp.api.auditing import audit
    from kgp.api.graph import embed, snapshot
    from kgp.api.loading import load, load_world
    from kgp.api.refining import refine
    from kgp.api.reporting import write_report
    from kgp.api.stores import open_store
    from kgp.api.training import predict, train
    from kgp.platform.snapshot.reader import Snapshot

    __version__: str

__all__ = [
    "Snapshot",
    "audit",
    "embed",
    "load",
    "load_world",
    "open_store",
    "predict",
    "refine",
    "snapshot",
    "train",
    "write_report",
]

_HOMES = {
    "Snapshot": "kgp.platform.snapshot.reader",
    "audit": "kgp.api.auditing",
    "embed": "kgp.api.graph",
    "load": "kgp.api.loading",
    "load_world": "kgp.api.loading",
    "open_store": "kgp.api.stores",
    "predict": "kgp.api.training",
    "refine": "kgp.api.refining",
    "snapshot": "kgp.api.graph",
    "train": "kgp.api.training",
    "write_report": "kgp.api.reporting",
}


def __getattr__(name: str) -> Any:
    """Import what the API offers, and look up the version, when it is asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kgp")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kgp' has no attribute {name!r}")
