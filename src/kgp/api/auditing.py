"""Auditing a network: read it and its responses, hold one against the other, keep the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.responses import LabelOptions, record_of
from kgp.api.runs import save_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import UsageError
from kgp.platform.nodes import GENES, resolve_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kgp.report.content import AuditSummary

LISTED = 10_000
"""Responses without a path that a result holds; their number is always told."""


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """How to audit.

    Args:
        version: version of the network; default its head.
        labels: how effects become labels; default as their unit asks.
        where: property of a signature, or ``context``, → the value that it must have.
        max_length: longest path that may explain a response.
        alpha: false discovery rate over the edges.
    """

    version: int | None = None
    labels: LabelOptions | None = None
    where: Mapping[str, str] | None = None
    max_length: int = 3
    alpha: float = 0.05


def audit(
    store: str | None,
    network: str,
    responses: str,
    options: AuditOptions | None = None,
    *,
    out: Path | None = None,
) -> AuditSummary:
    """Hold a network against a response set; the graph is not changed.

    Args:
        store: URL of the store.
        network: the network's name.
        responses: name of the response set.
        options: how.
        out: folder for the result, which a report reads; default beside the store.

    Raises:
        BadInputError: if either is unknown, or they do not meet.
        UsageError: for a false discovery rate outside 0 to 1.
    """
    from kgp.api.audit_summary import audit_summary
    from kgp.models.grn_data import read_network, read_observations
    from kgp.models.refinement.audit import audit as hold_against

    chosen = options or AuditOptions()
    if not 0 < chosen.alpha < 1:
        raise UsageError(f"The false discovery rate is {chosen.alpha}.", hint="Valid is 0 to 1.")
    where = dict(chosen.where or {})
    with open_store(store) as graph:
        stored = read_network(graph, network, chosen.version)
        rule = (chosen.labels or LabelOptions()).for_set(record_of(graph.datasets(), responses))
        measured = read_observations(graph, responses, stored, rule, where=where)
    found = hold_against(
        stored.signed,
        measured.observations,
        effects=measured.effects,
        errors=measured.errors,
        df=measured.df,
        max_length=chosen.max_length,
        listed=LISTED,
        alpha=chosen.alpha,
    )
    summary = audit_summary(stored, measured, found, responses, where)
    save_result(out or runs_root(store), f"audit-{network}", summary)
    return summary


def read_where(given: Iterable[str], network: str) -> dict[str, str]:
    """Read ``KEY=VALUE`` texts.

    Raises:
        UsageError: if one is no KEY=VALUE, or a key comes twice with different values.
    """
    where: dict[str, str] = {}
    for text in given:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value) or where.get(key, value) != value:
            again = "comes twice" if key in where else "is not KEY=VALUE"
            raise UsageError(
                f"Context {text!r} {again}.",
                hint="Signatures are restricted by one value per property.",
                command=f"kgp grn audit {network} --responses SET --context medium=M9",
            )
        where[key] = value
    return where


def find_regulator(store: str | None, text: str) -> str:
    """Return the CURIE of the gene that a user calls ``text``.

    Raises:
        BadInputError: if it means no gene, or several.
    """
    with open_store(store) as graph:
        return resolve_node(graph, text, *GENES)
