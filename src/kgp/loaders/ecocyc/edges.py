"""What a Pathway Tools database states about pairs of genes, merged to one row for each pair."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from kgp.kg_schema.properties import pack
from kgp.loaders.signed import merge_signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EFFECT_OF_MODE = {"+": "activation", "-": "repression", "+/-": "dual", "": "unknown"}

_SIGNS = pl.Schema([(name, pl.String) for name in ("src", "dst", "layer", "effect")])
_SIGNS["pubmed"] = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a gene regulates another.

    Args:
        src: CURIE of the regulator.
        dst: CURIE of the target.
        layer: layer of regulation.
        effect: activation, repression, dual or unknown.
        pubmed: PubMed ids.
        codes: evidence codes, such as EV-EXP-IDA or EV-COMP.
        mechanism: how it regulates, where it is not a protein at a promoter.
        complex: CURIE of the complex, where the regulator is one of its several subunits.
        shared: promoters that reach the target by some of their transcription units only.
    """

    src: str
    dst: str
    layer: str
    effect: str
    pubmed: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    mechanism: str = ""
    complex: str = ""
    shared: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same edge as another statement."""
        return self.src, self.dst, self.layer


def merged(statements: Iterable[Statement]) -> pl.DataFrame:
    """Merge the statements about each (src, dst, layer), in the order of first mention.

    Returns:
        The columns of :func:`kgp.loaders.signed.merge_signs` and ``evidence``, a JSON object.
    """
    groups: dict[tuple[str, str, str], list[Statement]] = {}
    for statement in statements:
        groups.setdefault(statement.key, []).append(statement)
    rows = [
        (*key, statement.effect, list(statement.pubmed))
        for key, group in groups.items()
        for statement in group
    ]
    signs = merge_signs(pl.DataFrame(rows, schema=_SIGNS, orient="row"))
    evidence = [pack(_evidence(group)) for group in groups.values()]
    return signs.with_columns(evidence=pl.Series(evidence, dtype=pl.String))


def _evidence(group: Sequence[Statement]) -> dict[str, Any]:
    """What speaks for an edge; how often each effect is stated where they conflict.

    ``shared_promoters`` stands where nothing but a promoter of several transcription units, not
    all of which hold the target, makes it a target: the operon may be assigned too widely.
    """
    counts = Counter(statement.effect for statement in group)
    conflict = counts["dual"] or (counts["activation"] and counts["repression"])
    doubtful = all(statement.shared for statement in group)
    return {
        **{effect: n for effect, n in counts.items() if conflict},
        "complexes": sorted({s.complex for s in group} - {""}),
        "evidence_codes": sorted({code for s in group for code in s.codes}),
        "mechanisms": sorted({s.mechanism for s in group} - {""}),
        "pubmed": sorted({pubmed for s in group for pubmed in s.pubmed}),
        "shared_promoters": sorted({p for s in group for p in s.shared}) if doubtful else [],
    }
