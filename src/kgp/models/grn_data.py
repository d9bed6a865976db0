"""A network and the responses that speak about it, read from a store into arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.grn_checks import check_chosen, check_measured, check_responses
from kgp.models.grn_context_reading import read_members
from kgp.models.grn_signatures import choose_signatures
from kgp.models.labelled import scan_labelled
from kgp.models.labels import DOWN, UNKNOWN, UP
from kgp.models.refinement.groups import mates_of
from kgp.models.refinement.network import DroppedEdges, SignedNetwork
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kgp.models.grn_signatures import Chosen
    from kgp.models.labelled import LabelledSignature
    from kgp.models.labels import Rule
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import DatasetRecord


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """One version of a network as arrays.

    Args:
        name: the network's name.
        version: the version that was read.
        signed: its signed edges, self-loops and unsigned edges left out.
        dropped: counts of what was left out.
        names: display name by CURIE.
    """

    name: str
    version: int
    signed: SignedNetwork
    dropped: DroppedEdges
    names: dict[str, str]


def read_network(store: KnowledgeStore, name: str, version: int | None = None) -> StoredNetwork:
    """Read a network as of ``version`` (default: its head)."""
    head = store.grn_versions(name)[-1].version
    rows = [row for batch in store.scan_regulation(name, version) for row in batch.to_pylist()]
    signed, dropped = SignedNetwork.from_edges(
        [row["src"] for row in rows], [row["dst"] for row in rows], [row["sign"] for row in rows]
    )
    names = {node["id"]: node["name"] or node["id"] for node in store.nodes(signed.genes)}
    return StoredNetwork(name, version or head, signed, dropped, names)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Responses aligned to a network.

    Args:
        observations: the ternary labels; weight is the confidence of a label, 1 without a test.
        effects: float32 [n_observations, n_genes], in the data set's measure; NaN where a gene was
            not measured, or is not listed by a set that lists only what responds.
        errors: float32 [n_observations, n_genes], their standard errors; NaN without replicates,
            1 for z-scores, which are in units of their error.
        df: float64 [n_observations], degrees of freedom of the errors.
        measure: unit of the effects.
        censored: True where only responding genes are listed.
        left_out: reason → number of signatures that say nothing about the network.
    """

    observations: Observations
    effects: NDArray[np.float32]
    errors: NDArray[np.float32]
    df: NDArray[np.float64]
    measure: str = ""
    censored: bool = False
    left_out: dict[str, int] = field(default_factory=dict)


def read_observations(
    store: KnowledgeStore,
    dataset: str,
    network: StoredNetwork,
    rule: Rule | None = None,
    *,
    where: Mapping[str, str] | None = None,
) -> Measured:
    """Read the responses to perturbations of genes, alone or together, aligned to a network.

    What :func:`kgp.models.labelled.scan_labelled` calls unknown counts as not measured, so that it
    weighs nothing; its effect and error are kept. Genes of a transcription unit of the graph are
    not measured where one of them is knocked out or down: the construct may be polar.

    Args:
        store: where both are.
        dataset: name of the response set.
        network: what to align to.
        rule: how effects become labels; by default as the unit of the effects asks.
        where: only signatures with these properties, such as ``{"medium": "M9"}``; see
            :func:`kgp.models.grn_signatures.choose_signatures`.

    Raises:
        BadInputError: if no perturbed gene is in the network, nothing responds, or the genes
            hardly overlap.
    """
    signed = network.signed
    place = {gene: i for i, gene in enumerate(signed.genes)}
    columns = np.array([place.get(gene, -1) for gene in store.features(dataset)])
    record = next(each for each in store.datasets() if each.name == dataset)
    check_measured(store, record, network.name, signed.genes, columns)
    choice = choose_signatures(store, dataset, place, where)
    check_chosen(choice, dataset, network.name)
    unit_error = "z-score" in record.measure.lower() and not record.censored
    aligned = _Aligned(columns, _polar(store, place), len(place), unit_error)
    responding: set[int] = set()
    for each in scan_labelled(store, dataset, rule):
        if each.signature in choice.chosen:
            aligned.add(choice.chosen[each.signature], each)
            changed = np.isin(each.labels.label, (UP, DOWN))
            responding.update(np.flatnonzero(changed).tolist())
    measured = aligned.measured(record, choice.left_out)
    check_responses(signed, measured.observations, columns, responding, network.name, dataset)
    return measured


def _polar(store: KnowledgeStore, place: Mapping[str, int]) -> dict[int, list[int]]:
    """Gene of the network → those that share a transcription unit of the graph with it."""
    together = mates_of(read_members(store, "TranscriptionUnit"))
    return {
        place[gene]: [place[mate] for mate in mates if mate in place]
        for gene, mates in together.items()
        if gene in place
    }


class _Aligned:
    """Rows of a set spread over the genes of a network, one by one.

    Args:
        columns: int64 [n_features], position of each feature in the network, -1 outside it.
        polar: gene → genes that are transcribed with it.
        n_genes: number of genes of the network.
        unit_error: whether effects without an error have error 1.
    """

    def __init__(
        self,
        columns: NDArray[np.int64],
        polar: Mapping[int, list[int]],
        n_genes: int,
        unit_error: bool,
    ) -> None:
        self._inside = np.flatnonzero(columns >= 0)
        self._target = columns[self._inside]
        self._polar, self._n_genes, self._unit_error = polar, n_genes, unit_error
        self._chosen: list[Chosen] = []
        self._rows: list[tuple[NDArray[Any], ...]] = []
        self._df: list[float] = []

    def add(self, chosen: Chosen, response: LabelledSignature) -> None:
        """Take one signature."""
        tested = bool(np.isfinite(response.error).any())
        error = response.error
        if not tested and self._unit_error:
            error = np.where(np.isfinite(response.effect), 1.0, np.nan)
        label = response.labels.label
        known = label != UNKNOWN
        weight = response.labels.confidence if tested else np.ones(len(label))
        self._chosen.append(chosen)
        self._df.append(response.df if tested else np.inf)
        row = (
            self._spread(np.where(known, label, 0), np.int8, 0),
            self._spread(known, np.bool_, False),
            self._spread(np.where(known, weight, 0.0), np.float32, 0.0),
            self._spread(response.effect, np.float32, np.nan),
            self._spread(error, np.float32, np.nan),
        )
        lowered = [gene for gene, sign in chosen.seeds if sign < 0]
        mates = [mate for gene in lowered for mate in self._polar.get(gene, ())]
        for values, empty in zip(row, (0, False, 0.0, np.nan, np.nan), strict=True):
            values[mates] = empty
        self._rows.append(row)

    def _spread(self, values: NDArray[Any], dtype: type, empty: float) -> NDArray[Any]:
        row: NDArray[Any] = np.full(self._n_genes, empty, dtype)
        row[self._target] = values[self._inside]
        return row

    def measured(self, record: DatasetRecord, left_out: dict[str, int]) -> Measured:
        """Return all rows."""
        labels, known, weight, effects, errors = (
            np.stack(column) for column in zip(*self._rows, strict=True)
        )
        observations = Observations(
            np.array([each.seeds[0][0] for each in self._chosen], np.int32),
            np.array([each.seeds[0][1] for each in self._chosen], np.int8),
            labels,
            known,
            tuple(each.signature for each in self._chosen),
            tuple(each.seeds[1:] for each in self._chosen),
            weight,
            tuple(each.group for each in self._chosen),
        )
        df = np.array(self._df, np.float64)
        about = record.measure, record.censored, left_out
        return Measured(observations, effects, errors, df, *about)


def observations_hash(observations: Observations) -> str:
    """Hash of all that a refinement sees of the data."""
    digest = hashlib.blake2b(digest_size=16)
    arrays = [observations.perturbed, observations.direction, observations.labels]
    if observations.weight is not None:
        arrays.append(observations.weight)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.packbits(observations.measured).tobytes())
    about = (observations.partners, observations.groups)
    digest.update("\n".join((*observations.signatures, *map(repr, about))).encode())
    return digest.hexdigest()
