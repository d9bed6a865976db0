"""A network as its writers see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportedGene:
    """One end of an edge.

    Args:
        label: what stands for it in the file; each gene of a network has one of its own.
        id: its CURIE.
        name: its symbol or name.
    """

    label: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ExportedEdge:
    """One regulation.

    Args:
        source: the regulator.
        target: what it regulates.
        layer: how.
        sign: +1, -1, or 0 where the effect is ``dual`` or ``unknown``.
        effect: ``activation``, ``repression``, ``dual`` or ``unknown``.
        weight: without its sign.
        confidence: of a refinement; None for curated edges.
        sign_source: what the sign stands on.
    """

    source: ExportedGene
    target: ExportedGene
    layer: str
    sign: int
    effect: str
    weight: float
    confidence: float | None
    sign_source: str


@dataclass(frozen=True, slots=True)
class ExportedNetwork:
    """A network as of one version; its edges are in order of regulator, target and layer."""

    name: str
    version: int
    edges: tuple[ExportedEdge, ...]


Writer = Callable[[ExportedNetwork], bytes]
"""Turns a network into the content of a file."""
