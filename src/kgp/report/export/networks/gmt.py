"""A network as gene sets: what each regulator activates and what it represses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.report.export.networks.content import ExportedNetwork

_SUFFIX = {1: "up", -1: "down"}


def to_gmt(network: ExportedNetwork) -> bytes:
    """Write sets ``REGULATOR_up`` and ``REGULATOR_down``; the description names the version.

    An edge without a sign is in no set, and a regulator without targets of a sign has no such set.
    """
    sets: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for edge in network.edges:
        if edge.sign:
            sets[edge.source.label, -edge.sign][edge.target.label] = None
    about = f"{network.name} version {network.version}"
    rows = [
        (f"{regulator}_{_SUFFIX[-order]}", about, *targets)
        for (regulator, order), targets in sorted(sets.items())
    ]
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows).encode()


def _cell(text: str) -> str:
    return " ".join(text.split())
