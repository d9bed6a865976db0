"""The graph as figures: where it comes from, how large it is, what its vectors look like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """What one source gave: ``rows_in = kept + merged + sum(dropped.values())``."""

    name: str
    version: str
    licence: str
    rows_in: int
    kept: int
    merged: int
    dropped: dict[str, int]
    licence_url: str = ""
    citation: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class DegreeDistribution:
    """Histogram of one node type: ``n_nodes[i]`` nodes have ``degrees[i]`` relationships."""

    node_type: str
    degrees: tuple[int, ...]
    n_nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GraphSummary:
    """Counts by type, as in ``kgp stats``, and how the degrees are distributed."""

    nodes: dict[str, int]
    relationships: dict[str, int]
    degrees: tuple[DegreeDistribution, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbeddingPoint:
    """One node on the map."""

    name: str
    x: float
    y: float
    category: str


@dataclass(frozen=True, slots=True)
class EmbeddingMap:
    """A vector set in two dimensions; ``projection`` and the axis labels say how it got there."""

    vectors: str
    encoder: str
    revision: str
    dimension: int
    projection: str
    x_label: str
    y_label: str
    coloured_by: str
    points: tuple[EmbeddingPoint, ...]
    n_covered: int
    n_nodes: int
