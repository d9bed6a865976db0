"""What a graph is like, beyond its counts: the records of a store's summary."""

from __future__ import annotations

from dataclasses import dataclass

HUBS = 3
"""Nodes of each type that are named for their many relationships."""

EXAMPLES = 3
"""Names of each type that are shown as carried by several nodes."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A node with many relationships."""

    id: str
    name: str
    degree: int


@dataclass(frozen=True, slots=True)
class Degrees:
    """How the nodes of one type are connected.

    Args:
        type: the node type.
        nodes: number of nodes.
        orphans: nodes without a relationship.
        median: median number of relationships per node, orphans included; a self-loop counts once.
        largest: largest number of relationships of one node.
        hubs: the nodes with the most relationships, orphans left out.
    """

    type: str
    nodes: int
    orphans: int
    median: float
    largest: int
    hubs: list[Hub]


@dataclass(frozen=True, slots=True)
class LicenseCount:
    """What is under one licence.

    Args:
        license: as sources or their rows state it; empty where nobody did.
        nodes: nodes that some source describes under it.
        relationships: relationships under it.
    """

    license: str
    nodes: int
    relationships: int


@dataclass(frozen=True, slots=True)
class SharedNames:
    """Names of one type that several nodes carry: one thing that came in twice, or homonyms.

    Args:
        type: the node type.
        names: how many names several nodes carry.
        nodes: how many nodes carry them.
        examples: the names that the most nodes carry.
    """

    type: str
    names: int
    nodes: int
    examples: list[str]


@dataclass(frozen=True, slots=True)
class GraphSummary:
    """The summary of a graph.

    Args:
        degrees: by node type.
        licenses: by licence.
        corroborated: relation → pairs of nodes for which several sources state it.
        shared_names: by node type, where there are any.
    """

    degrees: list[Degrees]
    licenses: list[LicenseCount]
    corroborated: dict[str, int]
    shared_names: list[SharedNames]
