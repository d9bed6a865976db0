"""A network and the responses that speak about it, read from a store into arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.network import DroppedEdges, SignedNetwork
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.platform.store.port import KnowledgeStore

MIN_OVERLAP = 0.05
"""Least share of the network's genes that the responses must cover; below, the two do not meet."""


Z_CUTOFF = 2.0
"""Least absolute z-score of a response, in sets that list every gene."""


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """One version of a network as arrays.

    Args:
        name: the network's name.
        version: the version that was read.
        signed: its signed edges, self-loops and unsigned edges left out.
        dropped: counts of what was left out.
        layers: layer of each (source, target) that the store holds.
        names: display name by CURIE.
    """

    name: str
    version: int
    signed: SignedNetwork
    dropped: DroppedEdges
    layers: dict[tuple[str, str], str]
    names: dict[str, str]


def read_network(store: KnowledgeStore, name: str, version: int | None = None) -> StoredNetwork:
    """Read a network as of ``version`` (default: its head)."""
    head = store.grn_versions(name)[-1].version
    rows = [row for batch in store.scan_regulation(name, version) for row in batch.to_pylist()]
    signed, dropped = SignedNetwork.from_edges(
        [row["src"] for row in rows], [row["dst"] for row in rows], [row["sign"] for row in rows]
    )
    layers = {(row["src"], row["dst"]): row["layer"] for row in rows}
    names = {node["id"]: node["name"] or node["id"] for node in store.nodes(signed.genes)}
    return StoredNetwork(name, version or head, signed, dropped, layers, names)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Responses aligned to a network.

    Args:
        observations: the ternary labels.
        effects: float32 [n_observations, n_genes], in the data set's measure; 0 where the label is.
    """

    observations: Observations
    effects: NDArray[np.float32]


def read_observations(store: KnowledgeStore, dataset: str, network: StoredNetwork) -> Measured:
    """Read the ternary responses of single-gene perturbations, aligned to the network's genes.

    The sign of an effect is its label. In a censored set, which lists responding genes only, a
    measured gene that is not listed is unchanged; in others, ``|effect|`` has to pass ``Z_CUTOFF``.

    Raises:
        BadInputError: if no perturbed gene is in the network, or the genes hardly overlap.
    """
    place = {gene: i for i, gene in enumerate(network.signed.genes)}
    features = store.features(dataset)
    columns = np.array([place.get(gene, -1) for gene in features])
    share = float((np.unique(columns) >= 0).sum()) / max(len(place), 1)
    _check_overlap(share, dataset, network)
    record = next(item for item in store.datasets() if item.name == dataset)
    measured = np.zeros(len(place), bool)
    measured[columns[columns >= 0]] = True
    found = _singles(store, dataset, place)
    rows = [
        (signature, *found[signature], _aligned(effect, columns, len(place), record.censored))
        for signature, effect in _effects(store, dataset)
        if signature in found
    ]
    if not rows:
        raise BadInputError(
            f"No gene that {dataset!r} perturbs alone is in network {network.name!r}.",
            hint="Drugs and combinations say nothing about a single regulator.",
            command="kgp query signatures-of GENE",
        )
    signatures, perturbed, direction, aligned = zip(*rows, strict=True)
    effects = np.stack(aligned)
    observations = Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        np.sign(effects).astype(np.int8),
        np.tile(measured, (len(rows), 1)),
        tuple(signatures),
    )
    return Measured(observations, effects)


def _check_overlap(share: float, dataset: str, network: StoredNetwork) -> None:
    if share < MIN_OVERLAP:
        raise BadInputError(
            f"{dataset!r} measures {share:.1%} of the genes of network {network.name!r}.",
            hint=f"At least {MIN_OVERLAP:.0%} must be shared. Is an identifier table missing?",
            command="kgp load gene-info FILE",
        )


def _singles(
    store: KnowledgeStore, dataset: str, place: dict[str, int]
) -> dict[str, tuple[int, int]]:
    """Signature → (position of the perturbed gene, direction) for single-gene perturbations."""
    found = {}
    for batch in store.scan_signatures(dataset):
        for row in batch.select(["signature", "perturbed", "direction"]).to_pylist():
            genes, directions = row["perturbed"] or [], row["direction"] or []
            if len(genes) == 1 and genes[0] in place and directions[0] != 0:
                found[row["signature"]] = (place[genes[0]], directions[0])
    return found


def _effects(
    store: KnowledgeStore, dataset: str
) -> Iterator[tuple[str, tuple[NDArray[np.int64] | None, NDArray[np.float32]]]]:
    """Yield each signature with the positions of its features (None: all) and its values."""
    for batch in store.scan_effects(dataset):
        signatures = batch.column("signature").to_pylist()
        for signature, features, values in zip(
            signatures, batch.column("features"), batch.column("values"), strict=True
        ):
            where = None if not features.is_valid else np.asarray(features.values, np.int64)
            yield signature, (where, np.asarray(values.values, np.float32))


def _aligned(
    effect: tuple[NDArray[np.int64] | None, NDArray[np.float32]],
    columns: NDArray[np.int64],
    n_genes: int,
    censored: bool,
) -> NDArray[np.float32]:
    """Effects over the network's genes, float32 [n_genes]; those below the cut-off are 0."""
    where, values = effect
    target = columns if where is None else columns[where]
    kept = values if censored else np.where(np.abs(values) > Z_CUTOFF, values, 0)
    aligned = np.zeros(n_genes, np.float32)
    inside = target >= 0
    aligned[target[inside]] = kept[inside]
    return aligned


def observations_hash(observations: Observations) -> str:
    """Hash of all that a refinement sees of the data."""
    digest = hashlib.blake2b(digest_size=16)
    for array in (observations.perturbed, observations.direction, observations.labels):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.packbits(observations.measured).tobytes())
    digest.update("\n".join(observations.signatures).encode())
    return digest.hexdigest()
