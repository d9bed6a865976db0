"""What travels through the store's port beside Arrow batches: small frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FORMAT_VERSION = 2
"""Format of the stores that this version writes; a newer one is refused, an older one migrated."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source in the graph, with the account of its load."""

    load_id: str
    source: str
    title: str
    version: str
    license: str
    citation: str
    url: str
    synthetic: bool
    rows_in: int
    rows_kept: int
    dropped: dict[str, int]
    nodes: int
    edges: int
    merged: int
    loaded_at: str


UNCONNECTED = "endpoint without a node"
"""Why publishing drops a relationship; all other reasons are those of reading."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What one published load added.

    Args:
        load_id: identity of the load: source, options and content of its files.
        repeated: True where exactly this load was published before; then nothing was written.
        nodes: nodes that this load states.
        edges: relationships that this load states, after merging.
        merged: rows that state what another row of the load states already, those that its
            loader merged included.
        dropped: rows dropped while publishing, by reason.
    """

    load_id: str
    repeated: bool
    nodes: int
    edges: int
    merged: int
    dropped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """Nodes by type and relationships by type."""

    nodes: dict[str, int]
    relationships: dict[str, int]


@dataclass(frozen=True, slots=True)
class VectorSet:
    """Provenance of the vectors of one encoder, stored as property ``emb_<name>``.

    Args:
        name: short name of the set, such as ``morgan`` or ``minilm_name``.
        node_type: the type of the nodes that carry it; empty for several types.
        encoder: what computed the vectors, or the source that brought them.
        revision: version of the encoder (package version or content hash of the weights), or of
            the source.
        pooling: how tokens became one vector; empty where there is nothing to pool.
        dimension: length of each vector.
        precision: the stored element type, ``float32``.
        covered: number of nodes that have a vector (the mask's sum).
        created: ISO date of the computation; not part of the fingerprint.
    """

    name: str
    node_type: str
    encoder: str
    revision: str
    pooling: str
    dimension: int
    precision: str
    covered: int
    created: str


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """One set of responses.

    Args:
        name: the data set's name.
        space: name of its feature space.
        space_hash: hash of the ordered feature ids.
        measure: unit of the effects, such as ``z-score``.
        censored: True where only responding features are listed.
        organism: NCBI taxon, such as ``9606``.
        signatures: number of signatures.
        features: number of features.
    """

    name: str
    space: str
    space_hash: str
    measure: str
    censored: bool
    organism: str
    signatures: int
    features: int


@dataclass(frozen=True, slots=True)
class GrnRecord:
    """One network and its head."""

    name: str
    head: int
    forked_from: str
    context: str


@dataclass(frozen=True, slots=True)
class GrnVersion:
    """One version in the linear history of a network.

    Args:
        grn: the network's name.
        version: 1, 2, 3 …
        parent: the version before; 0 for the first.
        method: ``import``, ``refine``, ``rollback``, ``fork``.
        parameters: all that the method was given.
        data_hash: hash of the responses that the method saw; empty for imports.
        metrics: figures of the method.
        author: who wrote it.
        time: when, in ISO format.
    """

    grn: str
    version: int
    parent: int
    method: str
    parameters: dict[str, Any]
    data_hash: str
    metrics: dict[str, Any]
    author: str
    time: str


SUPPORTS, CONTRADICTS = "supports", "contradicts"
EVIDENCE_ROLES = (SUPPORTS, CONTRADICTS)
"""What an experiment does to a change."""


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """What one experiment says about one changed edge: a relationship to its Signature node.

    Args:
        signature: CURIE of the Signature node.
        role: ``supports`` or ``contradicts`` the change, that is the new state of the edge.
        gain: how much more likely the change makes this experiment, log-likelihood in nats; above 0
            where it fits better than before.
    """

    signature: str
    role: str
    gain: float


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One changed edge of a new version.

    Args:
        src: CURIE of the regulator.
        dst: CURIE of the target.
        layer: the regulation's layer.
        sign: +1, -1 or 0 (with ``effect``) of the new edge; None to end the edge.
        effect: ``activation``, ``repression``, ``dual`` or ``unknown``.
        confidence: probability that the change is right, if the method gives one.
        evidence: what else is known of the change, as JSON takes it.
        weight: weight of the new edge.
        signatures: the experiments that speak for and against it.
    """

    src: str
    dst: str
    layer: str
    sign: int | None
    effect: str
    confidence: float | None
    evidence: dict[str, Any]
    weight: float = 1.0
    signatures: tuple[EdgeEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A node that a text may mean.

    Args:
        id: CURIE of the node.
        type: its type.
        name: its symbol or name.
        matched: what of it matched: an identifier, a name, or a synonym.
        how: ``identifier``, ``symbol``, ``synonym``, ``name``, ``part of name``, ``similar name``.
        place: how literal the match is, 0 the most.
    """

    id: str
    type: str
    name: str
    matched: str
    how: str
    place: int


@dataclass(frozen=True, slots=True)
class AmbiguousAlias:
    """An identifier that several nodes claim, so that it means none of them.

    Args:
        alias: the identifier.
        candidates: CURIE → name of what it may mean; no name where that is not loaded.
    """

    alias: str
    candidates: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ambiguities:
    """The ambiguous aliases of a graph: how many, and the first of them."""

    count: int
    aliases: list[AmbiguousAlias]
