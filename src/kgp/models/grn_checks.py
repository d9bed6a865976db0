"""Whether responses and a network meet at all; each way in which they do not has its message."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.reasoning import reached_genes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.models.grn_signatures import Choice
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import DatasetRecord

MIN_OVERLAP = 0.05
"""Least share of the network's genes that a set must measure, and least share of the responding
genes that walks from the perturbed genes must reach; below either, the two do not meet."""

WALK = 3
"""Longest walk that makes a responding gene reachable."""


def check_measured(
    store: KnowledgeStore,
    record: DatasetRecord,
    network: str,
    genes: Sequence[str],
    columns: NDArray[np.int64],
) -> None:
    """Refuse a set that hardly measures the network's genes.

    Args:
        store: where both are.
        record: the set.
        network: the network's name.
        genes: its genes.
        columns: int64 [n_features], position of each feature among them, -1 outside.

    Raises:
        BadInputError: saying the overlap, or both species where they differ.
    """
    met = int((np.unique(columns) >= 0).sum())
    if met >= MIN_OVERLAP * len(genes):
        return
    taxa = Counter(
        node["properties"]["taxon"] for node in store.nodes(genes) if "taxon" in node["properties"]
    )
    said = (
        f"{record.name!r} measures {met:,} of the {len(genes):,} genes of network {network!r} "
        f"({met / max(len(genes), 1):.1%}; at least {MIN_OVERLAP:.0%} must be shared)"
    )
    own = _taxon(record.organism)
    if taxa and own and own not in map(_taxon, taxa):
        raise BadInputError(
            f"{said}: the responses are of {_species(own)}, the network's genes of "
            f"{_species(_taxon(taxa.most_common(1)[0][0]))}.",
            hint="Hold a network against responses of its own species.",
            command="kgp stats --responses",
        )
    raise BadInputError(
        f"{said}.",
        hint="A panel may be too small for this network, or an identifier table is missing.",
        command="kgp load gene-info FILE, or kgp load locus-tags FILE",
    )


def check_chosen(choice: Choice, dataset: str, network: str) -> None:
    """Refuse a set of which no signature perturbs genes of the network.

    Raises:
        BadInputError: saying what the signatures perturb instead.
    """
    if choice.chosen:
        return
    others = ", ".join(f"{n:,} perturb {what}" for what, n in sorted(choice.left_out.items()))
    raise BadInputError(
        f"No signature of {dataset!r} perturbs genes of network {network!r}: {others or 'none'}.",
        hint="Only knock-outs, knock-downs and over-expressions of its genes speak about it.",
        command="kgp stats --responses",
    )


def check_responses(
    network: SignedNetwork,
    observations: Observations,
    columns: NDArray[np.int64],
    responding: set[int],
    name: str,
    dataset: str,
) -> None:
    """Refuse responses that are all zero, or that the network could not bring about.

    Args:
        network: the network.
        observations: the responses, aligned to it.
        columns: int64 [n_features], position of each feature in the network, -1 outside it.
        responding: features that any of the signatures moves.
        name: the network's name.
        dataset: the set's name.

    Raises:
        BadInputError: saying how many of the responding genes the network reaches.
    """
    own = {gene for seeds in observations.seeds() for gene, _ in seeds}
    moved = {feature for feature in responding if int(columns[feature]) not in own}
    n = observations.n_observations
    if not moved:
        raise BadInputError(
            f"Nothing but the perturbed genes themselves responds in the {n:,} signatures of "
            f"{dataset!r} that perturb genes of network {name!r}.",
            hint="Without responses there is nothing to compare. A smaller least effect may show "
            "some; too few replicates leave all unknown.",
            command="kgp stats --responses --min-effect 0.5",
        )
    if not np.isin(list(own), network.source).any():
        # No edge leaves what was perturbed: nothing is testable, which is a finding and no error.
        return
    reached = np.flatnonzero(reached_genes(network, own, max_length=WALK))
    met = int(np.isin(columns[sorted(moved)], reached).sum())
    if met < MIN_OVERLAP * len(moved):
        raise BadInputError(
            f"Network {name!r} reaches {met:,} of the {len(moved):,} genes that respond in "
            f"{dataset!r} ({met / len(moved):.1%}; at least {MIN_OVERLAP:.0%} must be shared).",
            hint=f"No walk of up to {WALK} edges leads from the perturbed genes to the others: the "
            "two hardly meet.",
            command="kgp stats --responses",
        )


def _taxon(text: str) -> str:
    """The number of a taxon, with or without a prefix."""
    return text.rpartition(":")[2]


def _species(taxon: str) -> str:
    return f"NCBI taxon {taxon}"
