"""What the graph's response sets are like, and by which rule their effects become labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from kgp.errors import BadInputError, unknown
from kgp.models.labelled import default_rule, scan_labelled
from kgp.models.labels import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from kgp.models.labels import Rule
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import DatasetRecord

DIRECTIONS = {1: "up", -1: "down", 0: "treatment"}
"""Direction of PERTURBS → what it is called."""


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """What a user says about labels; what is not said follows from the unit of a set's effects.

    Args:
        rule: ``moderated`` or ``cutoff``.
        alpha: false discovery rate, or significance level of the cut-off.
        min_effect: smallest effect that counts as a change.
    """

    rule: str | None = None
    alpha: float | None = None
    min_effect: float | None = None

    def for_set(self, record: DatasetRecord) -> Rule:
        """Return the rule for one set.

        Raises:
            UsageError: for an unknown rule, or a number that makes no sense.
        """
        stated = {"name": self.rule, "alpha": self.alpha, "min_effect": self.min_effect}
        given: dict[str, Any] = {key: value for key, value in stated.items() if value is not None}
        return replace(default_rule(record), **given)


@dataclass(frozen=True, slots=True)
class ResponseStats:
    """What one response set is like.

    Args:
        name: the set's name.
        measure: unit of the effects.
        signatures: number of signatures.
        perturbations: distinct ``genes``, ``drugs`` and ``combinations`` that were perturbed.
        directions: ``up``, ``down``, ``treatment`` → number of perturbed genes and drugs over all
            signatures.
        contexts: distinct cell lines and strains.
        features: number of features.
        features_known: share of them that are nodes of which another source says something.
        control_sets: distinct sets of controls; 0 where the source does not name them.
        largest_control_set: most signatures that were compared with one set of controls; they are
            not independent.
        replicates: median number of replicates; None where the source does not tell.
        without_errors: share of the signatures without standard errors.
        drugs_matched: share of the perturbed drugs that another source knows; None without drugs.
        labels: ``up``, ``down``, ``unchanged``, ``unknown`` → share of all effects under ``rule``.
        rule: the rule for labels that fits the unit.
    """

    name: str
    measure: str
    signatures: int
    perturbations: dict[str, int]
    directions: dict[str, int]
    contexts: int
    features: int
    features_known: float
    control_sets: int
    largest_control_set: int
    replicates: float | None
    without_errors: float
    drugs_matched: float | None
    labels: dict[str, float]
    rule: Rule


def response_stats(
    store: KnowledgeStore, options: LabelOptions | None = None
) -> list[ResponseStats]:
    """Describe every response set, by name; effects are read one batch at a time.

    Args:
        store: where they are.
        options: how to label; by default as the unit of each set's effects asks.
    """
    return [_describe(store, each, options or LabelOptions()) for each in store.datasets()]


def _describe(store: KnowledgeStore, record: DatasetRecord, options: LabelOptions) -> ResponseStats:
    seen = _Signatures.of(store, record.name)
    features = store.features(record.name)
    own = _sources(store, "Signature", {seen.first}).get(seen.first, set())
    genes = _sources(store, "Gene", set(features))
    drugs = _sources(store, "Drug", seen.perturbed)
    known = {node for node, sources in (genes | drugs).items() if sources - own}
    rule = options.for_set(record)
    labels, bare = _labels(store, record, rule)
    return ResponseStats(
        name=record.name,
        measure=record.measure,
        signatures=record.signatures,
        perturbations=seen.perturbations(drugs.keys()),
        directions={name: seen.directions[key] for key, name in DIRECTIONS.items()},
        contexts=len(seen.contexts),
        features=record.features,
        features_known=_share(sum(feature in known for feature in features), len(features)),
        control_sets=len(seen.controls),
        largest_control_set=max(seen.controls.values(), default=0),
        replicates=float(median(seen.replicates)) if seen.replicates else None,
        without_errors=_share(bare, record.signatures),
        drugs_matched=_share(len(drugs.keys() & known), len(drugs)) if drugs else None,
        labels=labels,
        rule=rule,
    )


@dataclass(slots=True)
class _Signatures:
    """What is counted over the signatures of a set; grows with what is distinct."""

    first: str
    sets: set[tuple[str, ...]]
    directions: Counter[int]
    contexts: set[str]
    controls: Counter[str]
    replicates: list[float]

    @property
    def perturbed(self) -> set[str]:
        return {node for nodes in self.sets for node in nodes}

    @classmethod
    def of(cls, store: KnowledgeStore, dataset: str) -> _Signatures:
        seen = cls("", set(), Counter(), set(), Counter(), [])
        for batch in store.scan_signatures(dataset):
            for row in batch.to_pylist():
                seen.add(row)
        return seen

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one signature."""
        self.first = self.first or row["signature"]
        self.sets.add(tuple(row["perturbed"] or ()))
        self.directions.update(row["direction"] or ())
        if row["context"]:
            self.contexts.add(row["context"])
        about = orjson.loads(row["properties"] or "{}")
        if about.get("control_set"):
            self.controls[about["control_set"]] += 1
        if isinstance(about.get("n_replicates"), int | float):
            self.replicates.append(about["n_replicates"])

    def perturbations(self, drugs: Set[str]) -> dict[str, int]:
        """Distinct single genes, single drugs, and combinations."""
        singles = {nodes[0] for nodes in self.sets if len(nodes) == 1}
        return {
            "genes": len(singles - drugs),
            "drugs": len(singles & drugs),
            "combinations": sum(len(nodes) > 1 for nodes in self.sets),
        }


def _sources(store: KnowledgeStore, node_type: str, wanted: set[str]) -> dict[str, set[str]]:
    """Node → the sources that state it, for those of ``wanted`` that are of this type."""
    found: dict[str, set[str]] = {}
    for batch in store.scan_nodes(node_type):
        ids, sources = (batch.column(name).to_pylist() for name in ("id", "sources"))
        for node, stated in zip(ids, sources, strict=True):
            if node in wanted:
                found[node] = set(stated)
    return found


def _labels(
    store: KnowledgeStore, record: DatasetRecord, rule: Rule
) -> tuple[dict[str, float], int]:
    """Share of each label, and the number of signatures without errors."""
    counts, bare = dict.fromkeys(NAMES, 0), 0
    for each in scan_labelled(store, record.name, rule):
        bare += not np.isfinite(each.error).any()
        values, n = np.unique(each.labels.label, return_counts=True)
        for value, count in zip(values.tolist(), n.tolist(), strict=True):
            counts[value] += count
    total = sum(counts.values())
    return {NAMES[value]: _share(count, total) for value, count in counts.items()}, bare


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def rule_parameters(rule: Rule | None) -> dict[str, Any] | None:
    """A rule as what a refinement stores about it; None where no rule was needed."""
    if rule is None:
        return None
    return {"rule": rule.name, "alpha": rule.alpha, "min_effect": rule.min_effect}


def record_of(records: Iterable[DatasetRecord], dataset: str) -> DatasetRecord:
    """Return the record of one set.

    Raises:
        BadInputError: for an unknown set.
    """
    held = {record.name: record for record in records}
    if dataset not in held:
        raise BadInputError(unknown("response set", dataset, held, command="kgp stats --responses"))
    return held[dataset]
