"""What speaks for a regulatory edge beside the responses, as log-odds in nats.

The figures are judgements, not fits: a nat is odds of 2.7 to 1. An edge that several lines of
evidence support gets the best curation level plus all independent support, never more than
``MOST``: responses that disagree clearly must win in the end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST = 4.0
"""Most log-odds of one pair. With an addition at 8 nats, no addition is cheaper than 4."""

LEVELS: Mapping[str, float] = {
    "A": 2.0,
    "B": 1.0,
    "C": 0.0,
    "D": -0.5,
    "E": -1.0,
    "Confirmed": 3.0,
    "Strong": 2.0,
    "Weak": -0.5,
}
"""DoRothEA's and RegulonDB's own levels."""

EVIDENCE_CODES: Mapping[str, float] = {
    "EV-EXP-IDA-BINDING": 1.5,
    "EV-EXP-IDA": 1.0,
    "EV-EXP-IMP-SITE-MUTATION": 1.5,
    "EV-EXP-IMP": 0.5,
    "EV-EXP-CHIP": 1.5,
    "EV-EXP-GSELEX": 1.5,
    "EV-EXP-IEP": 0.0,
    "EV-EXP": 0.5,
    "EV-COMP": -0.5,
}
"""Begin of an evidence code of BioCyc → log-odds; the longest that fits counts.

Binding, in the test tube or in the cell, is 1.5; a change of expression is 0, because it is the
kind of data that a refinement is about to use.
"""

WITHOUT_SIGN: Mapping[str, float] = {"unknown": 3.0, "dual": 1.0}
"""An edge whose sign is not known is there: giving it one is cheaper than inventing an edge."""

SIGN_SOURCES: Mapping[str, float] = {
    "curated": 1.0,
    "stated": 0.0,
    "inferred": -1.0,
    "default": -3.0,
}
"""What a sign stands on → log-odds in its favour, beside those of other edges' signs.

A sign that was filled in where nothing was known says little: with 5 nats before any data, 2 are
left. What else a sign may stand on, an earlier refinement for one, counts as stated.
"""

SAME_UNIT = 2.0
"""Another gene of the same transcription unit is regulated by the same regulator."""

STRING_SCORES: Sequence[tuple[float, float]] = ((0.9, 1.0), (0.7, 0.5), (0.4, 0.25))
"""Least score of an association → log-odds; STRING calls these highest, high and medium."""

SHARED_TERM: Sequence[tuple[int, float]] = ((10, 0.75), (50, 0.35))
"""Most genes of a shared biological process → log-odds."""

STRING_PRIOR = 0.041
"""Probability that any two proteins are associated (von Mering et al. 2005, NAR 33:D433)."""

STRING_CHANNELS: Sequence[tuple[str, ...]] = (
    ("neighborhood", "neighborhood_transferred"),
    ("fusion",),
    ("cooccurence",),
    ("experiments", "experiments_transferred"),
    ("experimental",),
    ("database", "database_transferred"),
)
"""Channels that are independent of expression data: without co-expression, and without text
mining, which finds what curators have read."""

PHYSICAL = ("experiments", "experimental")
"""STRING's channel of experiments that show binding, in its full and its detailed tables."""


def curation(evidence: Mapping[str, Any]) -> float:
    """Return the log-odds that one statement's own evidence gives, the best line of it.

    Args:
        evidence: as the loaders keep it: ``level``, ``evidence_codes``, ``pubmed``, ``resources``.
    """
    lines = [LEVELS[evidence["level"]]] if evidence.get("level") in LEVELS else []
    lines += [_code(code) for code in evidence.get("evidence_codes", ())]
    lines += [
        min(math.log(len(evidence[key])), 1.5)
        for key in ("pubmed", "resources")
        if len(evidence.get(key, ())) > 1
    ]
    return max(lines, default=0.0)


def _code(code: str) -> float:
    fitting = [begin for begin in EVIDENCE_CODES if code.startswith(begin)]
    return EVIDENCE_CODES[max(fitting, key=len)] if fitting else 0.0


def string_score(scores: Mapping[str, int]) -> float | None:
    """Recombine STRING's channels without co-expression and text mining.

    Each channel is freed from the prior, direct and transferred evidence and then all channels
    are combined as independent, and the prior is put back, as STRING does it itself; phylogenetic
    co-occurrence counts less between homologues.

    Args:
        scores: channel → thousandths.

    Returns:
        A probability, or None where none of these channels is known.
    """
    known = [group for group in STRING_CHANNELS if any(name in scores for name in group)]
    if not known:
        return None
    missing = 1.0
    for group in known:
        alone = math.prod(1 - _freed(scores.get(name, 0)) for name in group)
        if group == ("cooccurence",):
            alone = 1 - (1 - alone) * (1 - scores.get("homology", 0) / 1000)
        missing *= alone
    return (1 - missing) * (1 - STRING_PRIOR) + STRING_PRIOR


def _freed(score: int) -> float:
    """Take the prior out of a channel's score."""
    return (max(score / 1000, STRING_PRIOR) - STRING_PRIOR) / (1 - STRING_PRIOR)


def association(score: float) -> float:
    """Return the log-odds of an association of this score."""
    return next((nats for least, nats in STRING_SCORES if score >= least), 0.0)


def shared_terms(sizes: Iterable[int]) -> float:
    """Return the log-odds of two genes that share biological processes of these sizes."""
    smallest = min(sizes, default=None)
    if smallest is None:
        return 0.0
    return next((nats for most, nats in SHARED_TERM if smallest <= most), 0.0)
