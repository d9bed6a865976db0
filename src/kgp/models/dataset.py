"""Drug responses as a learning problem: one molecule in, one response vector out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.molecules import Molecules, describe_molecules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot
    from kgp.platform.snapshot.arrays import ResponseArrays


@dataclass(frozen=True, slots=True)
class DrugResponses:
    """Responses of drugs, one row each.

    Args:
        dataset: name of the response set.
        drugs: CURIE of each row's drug.
        nodes: int32 [drugs], its number in the snapshot.
        smiles: its structure.
        molecules: scaffold, identity and fingerprint of each.
        genes: CURIE of each column.
        responses: float32 [drugs, genes], arcsinh of the set's measure: the consensus z-scores
            reach ±200, and arcsinh is linear near 0 and logarithmic beyond.
        dropped: why signatures are not rows, with counts.
    """

    dataset: str
    drugs: tuple[str, ...]
    nodes: NDArray[np.int32]
    smiles: tuple[str, ...]
    molecules: Molecules
    genes: tuple[str, ...]
    responses: NDArray[np.float32]
    dropped: dict[str, int]

    def __len__(self) -> int:
        return len(self.drugs)


NOT_ONE_DRUG = "not a single drug of the graph"
REPEATED = "repeats another drug's response exactly"
NO_STRUCTURE = "no structure that RDKit reads"
AVERAGED = "averaged into the drug's mean response"
MINIMUM = 20


def load_drug_responses(snapshot: Snapshot, dataset: str = "") -> DrugResponses:
    """Read the responses to single drugs.

    Several signatures of a drug are averaged. Drugs whose responses are equal to the last bit are
    one measurement under several names; the first (by CURIE) is kept, because a copy in the test
    part would be a leak.

    Args:
        snapshot: the exported graph, with ``smiles`` of its drugs.
        dataset: name of a response set; default the only one that perturbs drugs.

    Raises:
        BadInputError: if there is no such set, several to choose from, or fewer than 20 drugs.
    """
    name = dataset or _only_drug_set(snapshot)
    arrays = snapshot.responses(name)
    rows, nodes = _single_drugs(snapshot, arrays)
    dropped = {NOT_ONE_DRUG: len(arrays.signatures) - len(rows)}
    values = np.arcsinh(arrays.values[rows])
    drugs, first, inverse = np.unique(nodes, return_index=True, return_inverse=True)
    if len(drugs) < len(nodes):
        dropped[AVERAGED] = len(nodes) - len(drugs)
        sums = np.zeros((len(drugs), values.shape[1]), np.float64)
        np.add.at(sums, inverse, values)
        values = (sums / np.bincount(inverse)[:, None]).astype(np.float32)
    else:
        values = values[first]
    kept = _distinct_rows(values)
    dropped[REPEATED] = len(drugs) - len(kept)
    drugs, values = drugs[kept], values[kept]
    start, _ = snapshot.numbering.span("Drug")
    smiles = snapshot.text("Drug", "smiles").take(drugs - start)
    molecules, readable = describe_molecules(smiles)
    dropped[NO_STRUCTURE] = int((~readable).sum())
    drugs, values = drugs[readable], values[readable]
    if len(drugs) < MINIMUM:
        raise BadInputError(
            f"Data set {name!r} holds {len(drugs)} drugs with a structure; {MINIMUM} are needed.",
            hint="; ".join(f"{count} {why}" for why, count in dropped.items() if count),
            command="kgp sources",
        )
    return DrugResponses(
        dataset=name,
        drugs=tuple(snapshot.numbering.ids.take(drugs)),
        nodes=drugs.astype(np.int32),
        smiles=tuple(text for text, good in zip(smiles, readable, strict=True) if good),
        molecules=molecules,
        genes=tuple(arrays.features.take(range(len(arrays.features)))),
        responses=np.ascontiguousarray(values, np.float32),
        dropped={why: count for why, count in dropped.items() if count},
    )


def _only_drug_set(snapshot: Snapshot) -> str:
    """Name the response set that perturbs drugs."""
    names = [n for n in snapshot.datasets if len(_single_drugs(snapshot, snapshot.responses(n))[0])]
    if len(names) == 1:
        return names[0]
    found = f"{len(names)} response sets of drugs ({', '.join(names)})" if names else "no responses"
    raise BadInputError(
        f"The snapshot holds {found}.",
        hint="Name the one to train on." if names else "Load responses before the snapshot.",
        command="kgp train MODEL --dataset NAME" if names else "kgp load lincs PATH",
    )


def _single_drugs(
    snapshot: Snapshot, arrays: ResponseArrays
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the signatures that perturb exactly one drug, and that drug."""
    first, end = snapshot.numbering.span("Drug")
    single = np.diff(arrays.perturbed_ptr) == 1
    rows = np.flatnonzero(single)
    nodes = arrays.perturbed[arrays.perturbed_ptr[:-1][single]]
    drug = (nodes >= first) & (nodes < end)
    return rows[drug], nodes[drug]


def _distinct_rows(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the first row of each set of equal rows, in order."""
    seen = {row.tobytes(): at for at, row in reversed(list(enumerate(values)))}
    return np.array(sorted(seen.values()), np.int64)


def select(data: DrugResponses, rows: NDArray[np.integer]) -> DrugResponses:
    """Return the chosen rows."""
    molecules = Molecules(
        tuple(data.molecules.scaffolds[int(row)] for row in rows),
        tuple(data.molecules.blocks[int(row)] for row in rows),
        data.molecules.counts[rows],
    )
    return replace(
        data,
        drugs=tuple(data.drugs[int(row)] for row in rows),
        nodes=data.nodes[rows],
        smiles=tuple(data.smiles[int(row)] for row in rows),
        molecules=molecules,
        responses=data.responses[rows],
    )
