"""Opening a snapshot: checked manifest, memory-mapped arrays."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError, unknown
from kgp.platform.snapshot.adjacency import Adjacency
from kgp.platform.snapshot.arrays import HeldOut, ResponseArrays, VectorArray
from kgp.platform.snapshot.lookup import ends_of, find_positions, inverse_relations
from kgp.platform.snapshot.manifest import find_snapshot, read_manifest
from kgp.platform.snapshot.nodes import Numbering
from kgp.platform.snapshot.relation_type import RelationType
from kgp.platform.snapshot.texts import TextTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Snapshot:
    """One exported version of the graph; hand the path, not the object, to worker processes.

    Args:
        path: the snapshot's own folder.
        manifest: its checked manifest.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path | str) -> Snapshot:
        """Open ``OUT/<hash>``, or the only snapshot in ``OUT``.

        Raises:
            BadInputError: if there is none or several, or it is damaged or of another format.
        """
        folder = find_snapshot(Path(path))
        return cls(folder, read_manifest(folder))

    def __reduce__(self) -> tuple[Any, ...]:
        return Snapshot.open, (self.path,)

    @property
    def hash(self) -> str:
        """Identity: graph, configuration, vectors and responses."""
        return str(self.manifest["hash"])

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the graph it was made from."""
        return str(self.manifest["fingerprint"])

    def check_graph(self, fingerprint: str) -> None:
        """Refuse a graph with another fingerprint.

        Raises:
            BadInputError: with both fingerprints.
        """
        if fingerprint != self.fingerprint:
            raise BadInputError(
                f"The snapshot {self.path} was made from another graph.",
                hint=f"Snapshot: {self.fingerprint}\nGraph:    {fingerprint}",
                command=f"kgp snapshot {self.path.parent}",
            )

    def verify(self) -> None:
        """Compare every array with its checksum.

        Raises:
            BadInputError: for the first array that differs.
        """
        for name, entry in self.manifest["arrays"].items():
            with (self.path / f"{name}.npy").open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                    raise BadInputError(
                        f"The snapshot's array {name} in {self.path} is damaged.",
                        hint="Its checksum is not the one in the manifest.",
                        command=f"rm -r {self.path} && kgp snapshot {self.path.parent}",
                    )

    def array(self, name: str) -> NDArray[Any]:
        """Map one array, read-only."""
        entry = self.manifest["arrays"][name]
        if 0 in entry["shape"]:  # an empty file cannot be mapped
            return np.empty(entry["shape"], entry["dtype"])
        mapped: NDArray[Any] = np.load(self.path / f"{name}.npy", mmap_mode="r")
        return mapped

    def _texts(self, name: str) -> TextTable:
        return TextTable(self.array(f"{name}.offsets"), self.array(f"{name}.data"))

    @cached_property
    def numbering(self) -> Numbering:
        """Types, ids and names of the nodes."""
        types = tuple(item["name"] for item in self.manifest["node_types"])
        offsets = np.asarray(self.array("node_offsets"))
        return Numbering(types, offsets, self._texts("ids"), self._texts("names"))

    @cached_property
    def relations(self) -> tuple[RelationType, ...]:
        """The typed relations; a relation's number is its position."""
        rows = self.manifest["relations"]
        return tuple(RelationType(row["source"], row["name"], row["target"]) for row in rows)

    @cached_property
    def adjacency(self) -> Adjacency:
        """The fused in-adjacency."""
        return Adjacency(*(self.array(f"adjacency/{name}") for name in Adjacency.__slots__))

    @cached_property
    def held_out(self) -> HeldOut:
        """The edges that were held out of the adjacency, none unless the export asked for it."""
        return HeldOut(*(self.array(f"held_out/{name}") for name in HeldOut.__slots__))

    def edge_property(self, name: str) -> NDArray[np.float32]:
        """Map a numeric property of the edges: float32 [edges], NaN where an edge has none.

        Where several sources state an edge, it is the largest of their numbers.

        Raises:
            BadInputError: if the property was not exported.
        """
        known = self.manifest["config"]["edge_properties"]
        if name not in known:
            command = f"kgp snapshot {self.path.parent} --edge-property {name}"
            raise BadInputError(unknown("exported edge property", name, known, command=command))
        return self.array(f"edge_properties/{name}")

    def positions(
        self, src: NDArray[np.integer], relation: NDArray[np.integer], dst: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """Find edges in the adjacency.

        Args:
            src: [n] global numbers of the sources.
            relation: [n] relation numbers, or one for all.
            dst: [n] global numbers of the destinations.

        Returns:
            int64 [n], -1 where there is no such edge.
        """
        return find_positions(self.adjacency, src, relation, dst)

    def reverse_positions(self, position: NDArray[np.integer]) -> NDArray[np.int64]:
        """Find the same edges in the inverse relation (``rev_X`` of X and X of ``rev_X``).

        Args:
            position: [n] positions in the adjacency.

        Returns:
            int64 [n], -1 where the other direction was not exported.

        Raises:
            BadInputError: for a position that is not an edge.
        """
        src, relation, dst = ends_of(self.adjacency, position)
        return find_positions(self.adjacency, dst, self._inverse[relation], src)

    @cached_property
    def _inverse(self) -> NDArray[np.int64]:
        return inverse_relations(self.relations)

    def index(self, ids: Sequence[str]) -> NDArray[np.int32]:
        """Return the global numbers of nodes.

        Raises:
            BadInputError: for an id that is not in the snapshot.
        """
        found = self.numbering.ids.find(ids)
        if (found < 0).any():
            missing = [name for name, row in zip(ids, found, strict=True) if row < 0]
            raise BadInputError(
                f"{len(missing)} of {len(ids)} ids are not in the snapshot: "
                f"{', '.join(map(repr, missing[:3]))}{' …' if len(missing) > 3 else ''}",
                hint="Valid are the CURIEs of its nodes.",
                command=f"kgp find {missing[0]}",
            )
        return found

    @property
    def vector_sets(self) -> dict[str, dict[str, Any]]:
        """Provenance of each vector set."""
        sets: dict[str, dict[str, Any]] = self.manifest["vectors"]
        return sets

    def vectors(self, name: str) -> VectorArray:
        """Map a vector set.

        Raises:
            BadInputError: if there is none of that name.
        """
        if name not in self.vector_sets:
            text = unknown("vector set", name, self.vector_sets, command="kgp embed")
            raise BadInputError(text)
        node_type = str(self.vector_sets[name]["node_type"])
        first, _ = self.numbering.span(node_type)
        values, mask = self.array(f"vectors/{name}"), self.array(f"vectors/{name}.mask")
        return VectorArray(values, mask, node_type, first)

    def text(self, node_type: str, name: str) -> TextTable:
        """Map a property's texts, one row per node of the type.

        Raises:
            BadInputError: if the property was not exported.
        """
        key = f"texts/{node_type}.{name}"
        if f"{key}.data" not in self.manifest["arrays"]:
            known = [".".join(pair) for pair in self.manifest["config"]["texts"]]
            raise BadInputError(unknown("exported property", f"{node_type}.{name}", known))
        return self._texts(key)

    @property
    def datasets(self) -> dict[str, dict[str, Any]]:
        """Record of each response set."""
        sets: dict[str, dict[str, Any]] = self.manifest["datasets"]
        return sets

    def responses(self, dataset: str) -> ResponseArrays:
        """Map a response set.

        Raises:
            BadInputError: if there is none of that name.
        """
        if dataset not in self.datasets:
            raise BadInputError(unknown("data set", dataset, self.datasets, command="kgp stats"))
        base = f"responses/{dataset}"
        return ResponseArrays(
            values=self.array(f"{base}/values"),
            signatures=self._texts(f"{base}/signature"),
            features=self._texts(f"{base}/feature"),
            feature_node=self.array(f"{base}/feature_node"),
            perturbed=self.array(f"{base}/perturbed"),
            perturbed_ptr=self.array(f"{base}/perturbed_ptr"),
            direction=self.array(f"{base}/direction"),
            context=self._texts(f"{base}/context"),
        )
