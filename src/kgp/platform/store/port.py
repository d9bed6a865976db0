"""The store's port: what a place where the graph lives must offer.

All streams come as Arrow in canonical order (nodes by type and id, edges by type, source, target,
qualifier and source name; text compared bytewise), so that two stores with one content give the
same bytes. A store object is neither fork-safe nor picklable: workers get the snapshot's path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    import pyarrow as pa

    from kgp.platform.staging import Staged
    from kgp.platform.store.records import (
        Ambiguities,
        DatasetRecord,
        EdgeChange,
        Found,
        GraphCounts,
        GrnRecord,
        GrnVersion,
        PublishReport,
        SourceRecord,
        VectorSet,
    )
    from kgp.platform.store.summary import GraphSummary
    from kgp.progress import Step


class GraphReader(Protocol):
    """Reading the graph."""

    url: str

    def counts(self) -> GraphCounts:
        """Count nodes and relationships by type; current regulation counts as ``REGULATES``."""

    def summary(self) -> GraphSummary:
        """Degrees, orphans, licences, and what is stated or named more than once.

        A row's own licence counts before that of its source.
        """

    def fingerprint(self) -> str:
        """Hash of the whole content, the same for every store and every order of loads."""

    def sources(self) -> list[SourceRecord]:
        """The published loads, by source and version."""

    def scan_nodes(
        self, node_type: str | None = None, columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream ``id, type, name, sources, properties`` (canonical JSON), by type and id.

        Args:
            node_type: only this type.
            columns: properties to add as typed columns.
        """

    def scan_edges(self, relation: str | None = None) -> Iterator[pa.RecordBatch]:
        """Stream ``type, src, dst, qualifier, source, source_version, license, properties``.

        ``REGULATES`` rows are those that hold now, with the network's name as qualifier and
        ``effect, layer, sign, weight, since`` among the properties.
        """

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Look up nodes: ``id, type, name, sources, properties`` (a dict), in the asked order.

        Raises:
            BadInputError: for an id that is not in the graph.
        """

    def known(self, ids: Sequence[str]) -> int:
        """Count the distinct identifiers among ``ids`` that mean a node."""

    def find(self, text: str, limit: int = 20) -> list[Found]:
        """Nodes that ``text`` may mean: CURIE, any cross-reference, symbol, synonym or name.

        The most literal match comes first; an alias of several nodes gives each of them.
        """

    def similar(self, text: str, limit: int = 5) -> list[Found]:
        """Nodes whose name differs from ``text`` by a few letters, the nearest first."""

    def ambiguous(self, limit: int | None = 20) -> Ambiguities:
        """Aliases that several nodes claim, which therefore mean none of them, by alias.

        Args:
            limit: most aliases to list; None lists all.
        """

    def neighbors(self, node: str, limit: int = 100) -> list[dict[str, Any]]:
        """Neighbours of a node: ``type, direction, id, node_type, name, source``."""

    def paths(self, start: str, end: str, max_length: int = 3, limit: int = 20) -> list[list[str]]:
        """Shortest undirected paths between two nodes, as lists of ids, shortest first."""


class VectorStore(Protocol):
    """Vectors on nodes."""

    def vector_sets(self) -> list[VectorSet]:
        """All vector sets, by name."""

    def scan_vectors(self, name: str) -> Iterator[pa.RecordBatch]:
        """Stream ``id, type, vector`` (fixed-size list of float32), by type and id."""

    def vector_features(self, name: str) -> list[str]:
        """Feature ids (preferred CURIEs) of the places of a vector; none for an embedding."""

    def write_vectors(self, spec: VectorSet, batches: Iterable[pa.RecordBatch]) -> VectorSet:
        """Replace the set ``spec.name`` by ``id, vector`` rows, in one transaction.

        Raises:
            BadInputError: for a non-finite value, a wrong dimension, an unknown node, or a name
                under which a source has brought its own vectors.
        """


class ResponseStore(Protocol):
    """Responses to perturbations."""

    def datasets(self) -> list[DatasetRecord]:
        """All data sets, by name."""

    def features(self, dataset: str) -> list[str]:
        """Feature ids (preferred CURIEs) of a data set, in their order."""

    def scan_signatures(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream ``signature, perturbed, direction, context, properties`` by signature.

        ``perturbed`` and ``direction`` are lists, because a perturbation may be a combination;
        ``direction`` is +1 (over-expression, activation), -1 (knock-out, knock-down) or 0 (drug);
        ``context`` is the CURIE of the cell line or strain, null where the set is a consensus.
        """

    def scan_effects(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream ``signature, features, values, errors, df`` by signature.

        ``features`` is null where the values cover the whole space; ``errors``, the standard errors
        of the values with ``df`` degrees of freedom, are null where there were no replicates.
        """


class GrnStore(Protocol):
    """Versioned regulation."""

    def grns(self) -> list[GrnRecord]:
        """All networks, by name."""

    def grn_versions(self, name: str) -> list[GrnVersion]:
        """History of a network, oldest first.

        Raises:
            BadInputError: for a network that is not there.
        """

    def scan_regulation(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream the network as of ``version`` (default: its head), by source, target, layer.

        Columns: ``src, dst, layer, sign, effect, sign_source, weight, confidence, since, until,
        source, evidence, end_confidence, end_evidence``; the last two say why ``until`` came.
        """

    def edge_history(self, name: str, src: str, dst: str) -> list[dict[str, Any]]:
        """All rows that a network ever held for one pair, by layer and version."""

    def scan_evidence(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream what experiments say of all changes up to ``version`` (default: the head).

        Columns: ``src, dst, layer, version, signature, role, gain``, in this order; ``version`` is
        the one that made the change, ``role`` and ``gain`` are those of
        :class:`kgp.platform.store.records.EdgeEvidence`.
        """

    def edge_evidence(
        self, name: str, src: str, dst: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """The rows of :meth:`scan_evidence` about one pair."""

    def commit_version(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> GrnVersion:
        """Write a new version, its evidence and its head in one transaction.

        The same method, parameters and data on the same parent give the version that is there
        already, not another.

        Raises:
            HeadMovedError: if the head is no longer ``version.parent``.
            BadInputError: for a change that cannot be, or evidence of an unknown signature.
        """

    def fork_grn(
        self,
        name: str,
        fork: str,
        context: str,
        author: str,
        version: int | None = None,
        *,
        time: str | None = None,
    ) -> GrnVersion:
        """Start a history of its own from ``version`` (default: the head) of ``name``.

        It is version 1 of the fork, made at ``time`` (default: now); the evidence of its edges
        comes along.

        Raises:
            BadInputError: for an unknown network or version, or a name that is taken.
        """


class KnowledgeStore(GraphReader, VectorStore, ResponseStore, GrnStore, Protocol):
    """The whole port."""

    def named_query(self, name: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run a query of :mod:`kgp.platform.query_catalogue`; each adapter owns its text."""

    def publish(self, staged: Staged, step: Step | None = None) -> PublishReport:
        """Write a complete, valid staging; all of it or nothing.

        Args:
            staged: the load.
            step: where to say how many rows are written.
        """

    def write_parts(self, load_id: str, folder: Path) -> None:
        """Write what one load states into an empty folder, as parts of a staging.

        Published in another store they state the same: identifiers are those of the source.

        Raises:
            BadInputError: for an unknown load.
        """

    def half_written(self) -> str | None:
        """Identity of the load that an interruption has left half written, if there is one.

        The same load can be published on; readers are refused until it is whole or taken back.
        """

    def abort_pending(self) -> str | None:
        """Take back what an interrupted writing left half done; return its load, if there was one.

        A store that writes each load in one transaction never has any.

        Raises:
            StoreBusyError: if the process that writes it is at work.
        """

    def purge(self, load_id: str) -> None:
        """Remove what one load stated; facts that other loads state remain."""

    def close(self) -> None:
        """Release the store; safe to call twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
