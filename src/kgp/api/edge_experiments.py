"""The experiments behind one edge, gathered from a store."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import orjson

from kgp.api.networks import names_of
from kgp.api.responses import record_of
from kgp.errors import BadInputError
from kgp.models.labelled import scan_labelled
from kgp.models.labels import NAMES
from kgp.platform import grn
from kgp.platform.nodes import GENES, resolve_node
from kgp.report.content.evidence import EdgeExperiments, Experiment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.models.labelled import LabelledSignature
    from kgp.platform.store.port import KnowledgeStore
    from kgp.report.content import EdgeState, Verdict

_CONDITIONS = ("condition", "medium", "dose", "time")
"""Properties of a signature that say under which condition it was measured."""


@dataclass(frozen=True, slots=True)
class _Perturbed:
    """A signature that perturbs the regulator alone."""

    direction: int
    context: str | None
    about: dict[str, Any]


def edge_experiments(
    graph: KnowledgeStore, network: str, regulator: str, target: str, responses: str
) -> EdgeExperiments:
    """Gather every experiment that perturbs ``regulator`` alone and measures ``target``.

    The verdict is that of the majority of the experiments that respond, as in an audit.

    Args:
        graph: the open store.
        network: the network's name; the pair may have no edge in it.
        regulator: symbol, name or CURIE.
        target: symbol, name or CURIE.
        responses: name of the response set.

    Raises:
        BadInputError: if a name is unknown, or there is no such experiment.
    """
    src, dst = (resolve_node(graph, text, *GENES) for text in (regulator, target))
    unit = record_of(graph.datasets(), responses).measure
    sign = _sign(graph, network, src, dst)
    features = graph.features(responses)
    names = names_of(graph, {src, dst})
    found = _perturbing(graph, responses, src) if dst in features else {}
    if not found:
        raise BadInputError(
            f"{responses!r} never perturbs {names[src]} alone while measuring {names[dst]}.",
            hint="Such an edge is untestable with these data.",
            command=f"kgp query signatures-of {regulator}",
        )
    contexts = names_of(graph, {each.context for each in found.values() if each.context})
    at = features.index(dst)
    experiments = tuple(
        _experiment(each, at, found[each.signature], contexts)
        for each in scan_labelled(graph, responses)
        if each.signature in found
    )
    verdict = _verdict(experiments, sign)
    return EdgeExperiments(
        network, names[src], names[dst], sign, verdict, experiments, responses, unit
    )


def _sign(graph: KnowledgeStore, network: str, src: str, dst: str) -> EdgeState:
    """Sign of the pair's edge at the head, 0 where its layers differ, None without an edge."""
    signs = {s.sign for key, s in grn.edges(graph, network).items() if key[:2] == (src, dst)}
    if not signs:
        return None
    return 1 if signs == {1} else -1 if signs == {-1} else 0


def _perturbing(graph: KnowledgeStore, responses: str, gene: str) -> dict[str, _Perturbed]:
    found = {}
    for batch in graph.scan_signatures(responses):
        for row in batch.to_pylist():
            direction = (row["direction"] or [0])[0]
            if row["perturbed"] == [gene] and direction:
                about = orjson.loads(row["properties"] or "{}")
                found[row["signature"]] = _Perturbed(direction, row["context"], about)
    return found


def _experiment(
    response: LabelledSignature, at: int, perturbed: _Perturbed, contexts: dict[str, str]
) -> Experiment:
    effect, low, high = (
        float(each[at]) for each in (response.effect, response.labels.low, response.labels.high)
    )
    where = [contexts[perturbed.context]] if perturbed.context else []
    stated = [_condition(perturbed.about, key) for key in _CONDITIONS]
    return Experiment(
        signature=response.signature,
        control_set=str(perturbed.about.get("control_set") or ""),
        context=", ".join([*where, *filter(None, stated)]),
        direction=1 if perturbed.direction > 0 else -1,
        effect=_known(effect),
        low=_known(low),
        high=_known(high),
        label=NAMES[int(response.labels.label[at])],  # type: ignore[arg-type]  # the literal's names
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _condition(about: dict[str, Any], key: str) -> str:
    """A condition with its unit, such as ``24 h``; empty where the source says nothing."""
    value = about.get(key)
    if value in (None, ""):
        return ""
    written = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{written} {about.get(f'{key}_unit') or ''}".strip()


def _verdict(experiments: Sequence[Experiment], sign: EdgeState) -> Verdict:
    votes = [e.direction * {"up": 1, "down": -1}.get(e.label, 0) * (sign or 0) for e in experiments]
    if all(each.label == "unknown" for each in experiments):
        return "untestable"
    return "silent" if sum(votes) == 0 else "confirmed" if sum(votes) > 0 else "contradicted"
