"""kgp: a knowledge platform for gene regulation and perturbation biology.

``import kgp`` is cheap: each name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgp.api.auditing import audit as audit_network
    from kgp.api.embedding import embed
    from kgp.api.frames import audit, refine
    from kgp.api.graph import snapshot
    from kgp.api.loading import load, load_world
    from kgp.api.refining import refine as refine_network
    from kgp.api.reporting import write_report
    from kgp.api.stores import open_store
    from kgp.api.training import predict, train
    from kgp.platform.snapshot.reader import Snapshot

    __version__: str

__all__ = [
    "Snapshot",
    "audit",
    "audit_network",
    "embed",
    "load",
    "load_world",
    "open_store",
    "predict",
    "refine",
    "refine_network",
    "snapshot",
    "train",
    "write_report",
]

# ``audit`` and ``refine`` work on plain tables; their namesakes of networks in a store say so.
_HOMES = {
    "Snapshot": ("kgp.platform.snapshot.reader", "Snapshot"),
    "audit": ("kgp.api.frames", "audit"),
    "audit_network": ("kgp.api.auditing", "audit"),
    "embed": ("kgp.api.embedding", "embed"),
    "load": ("kgp.api.loading", "load"),
    "load_world": ("kgp.api.loading", "load_world"),
    "open_store": ("kgp.api.stores", "open_store"),
    "predict": ("kgp.api.training", "predict"),
    "refine": ("kgp.api.frames", "refine"),
    "refine_network": ("kgp.api.refining", "refine"),
    "snapshot": ("kgp.api.graph", "snapshot"),
    "train": ("kgp.api.training", "train"),
    "write_report": ("kgp.api.reporting", "write_report"),
}


def __getattr__(name: str) -> Any:
    """Import what the API offers, and look up the version, when it is asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kgp")
    if name in _HOMES:
        module, attribute = _HOMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'kgp' has no attribute {name!r}")
