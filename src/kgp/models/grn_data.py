"""A network and the responses that speak about it, read from a store into arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.labelled import scan_labelled
from kgp.models.labels import UNCHANGED, UNKNOWN
from kgp.models.refinement.network import DroppedEdges, SignedNetwork
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.labelled import LabelledSignature
    from kgp.models.labels import Rule
    from kgp.platform.store.port import KnowledgeStore

MIN_OVERLAP = 0.05
"""Least share of the network's genes that the responses must cover; below, the two do not meet."""


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


def read_observations(
    store: KnowledgeStore, dataset: str, network: StoredNetwork, rule: Rule | None = None
) -> Measured:
    """Read the ternary responses of single-gene perturbations, aligned to the network's genes.

    What :func:`kgp.models.labelled.scan_labelled` calls unknown counts as not measured, so that it
    weighs nothing.

    Args:
        store: where both are.
        dataset: name of the response set.
        network: what to align to.
        rule: how effects become labels; by default as the unit of the effects asks.

    Raises:
        BadInputError: if no perturbed gene is in the network, or the genes hardly overlap.
    """
    place = {gene: i for i, gene in enumerate(network.signed.genes)}
    columns = np.array([place.get(gene, -1) for gene in store.features(dataset)])
    share = float((np.unique(columns) >= 0).sum()) / max(len(place), 1)
    _check_overlap(share, dataset, network)
    found = _singles(store, dataset, place)
    rows = [
        (*found[each.signature], each.signature, *_aligned(each, columns, len(place)))
        for each in scan_labelled(store, dataset, rule)
        if each.signature in found
    ]
    if not rows:
        raise BadInputError(
            f"No gene that {dataset!r} perturbs alone is in network {network.name!r}.",
            hint="Drugs and combinations say nothing about a single regulator.",
            command="kgp query signatures-of GENE",
        )
    perturbed, direction, signatures, labels, measured, effects = zip(*rows, strict=True)
    observations = Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        np.stack(labels),
        np.stack(measured),
        tuple(signatures),
    )
    return Measured(observations, np.stack(effects))


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


def _aligned(
    response: LabelledSignature, columns: NDArray[np.int64], n_genes: int
) -> tuple[NDArray[np.int8], NDArray[np.bool_], NDArray[np.float32]]:
    """Labels, mask and effects over the network's genes, [n_genes] each; effects 0 where silent."""
    inside = columns >= 0
    target, label = columns[inside], response.labels.label[inside]
    labels, effects = np.zeros(n_genes, np.int8), np.zeros(n_genes, np.float32)
    measured = np.zeros(n_genes, bool)
    known = label != UNKNOWN
    measured[target[known]] = True
    labels[target[known]] = label[known]
    changed = known & (label != UNCHANGED)
    effects[target[changed]] = response.effect[inside][changed]
    return labels, measured, effects


def observations_hash(observations: Observations) -> str:
    """Hash of all that a refinement sees of the data."""
    digest = hashlib.blake2b(digest_size=16)
    for array in (observations.perturbed, observations.direction, observations.labels):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.packbits(observations.measured).tobytes())
    digest.update("\n".join(observations.signatures).encode())
    return digest.hexdigest()
