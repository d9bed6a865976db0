"""Predicting responses with a trained run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.kg_gat.batch import GraphBatch, isolated_batch, make_batch
from kgp.models.kg_gat.checkpoint import LoadedRun, load_run
from kgp.models.kg_gat.fit import components_of
from kgp.models.kg_gat.problem import EVALUATION_EPOCH, make_sampler
from kgp.models.predictions import Predictions
from kgp.models.torch_state import torch_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot

BATCH = 256


def predict(run: Path, snapshot: Snapshot, drugs: Sequence[str]) -> Predictions:
    """Predict the responses to drugs, the mean over the run's networks.

    Args:
        run: folder of the run.
        snapshot: the snapshot that it was trained on.
        drugs: CURIEs of drugs in the graph, or SMILES of molecules that are not; these are
            predicted from their structure alone.

    Raises:
        BadInputError: if a text is neither, or the run belongs to another snapshot.
    """
    loaded = load_run(run, snapshot)
    nodes = _drug_nodes(snapshot, drugs)
    values = np.zeros((len(drugs), len(loaded.genes)), np.float32)
    inside = np.flatnonzero(nodes >= 0)
    for start in range(0, len(inside), BATCH):
        rows = inside[start : start + BATCH]
        wanted, again = np.unique(nodes[rows], return_inverse=True)
        batches = [_sample(loaded, network.seed, wanted) for network in loaded.networks]
        values[rows] = _mean_response(loaded, batches)[again]
    outside = np.flatnonzero(nodes < 0)
    if len(outside):
        batch = _molecules(loaded, [drugs[int(row)] for row in outside])
        values[outside] = _mean_response(loaded, [batch] * len(loaded.networks))
    parts = tuple(loaded.parts.get(drug, "new") for drug in drugs)
    return Predictions(tuple(drugs), parts, loaded.genes, values)


def _drug_nodes(snapshot: Snapshot, drugs: Sequence[str]) -> NDArray[np.int64]:
    """Return the global number of each drug, -1 for what is not a node."""
    nodes = snapshot.numbering.ids.find(list(drugs)).astype(np.int64)
    first, end = snapshot.numbering.span("Drug")
    for drug, node in zip(drugs, nodes, strict=True):
        if node >= 0 and not first <= node < end:
            raise BadInputError(
                f"{drug} is not a drug.", hint="Valid are drugs of the graph, or SMILES."
            )
    return nodes


def _sample(loaded: LoadedRun, seed: int, nodes: NDArray[np.int64]) -> GraphBatch:
    sampler = make_sampler(loaded.snapshot, loaded.config, seed)
    block = sampler.sample(nodes, EVALUATION_EPOCH)
    return make_batch(block, loaded.inputs, len(loaded.snapshot.relations))


def _molecules(loaded: LoadedRun, smiles: Sequence[str]) -> GraphBatch:
    inputs, mask = loaded.inputs.of_molecules(smiles)
    if not mask.all():
        text = smiles[int(np.argmin(mask))]
        raise BadInputError(
            f"{text!r} is neither a drug of the graph nor a molecule that RDKit can read.",
            hint="Valid is a CURIE such as drugbank:DB00675, or SMILES.",
            command=f"kgp find {text}",
        )
    return isolated_batch(inputs, loaded.inputs, len(loaded.snapshot.relations))


def _mean_response(loaded: LoadedRun, batches: Sequence[GraphBatch]) -> NDArray[np.float32]:
    """Average the networks' responses, each to its own batch: float32 [drugs, genes]."""
    with torch_state(loaded.config.threads):
        each = [
            loaded.space.responses(np.float32(network.share) * components_of(network.module, batch))
            for network, batch in zip(loaded.networks, batches, strict=True)
        ]
    mean: NDArray[np.float32] = np.mean(each, axis=0, dtype=np.float32)
    return mean
