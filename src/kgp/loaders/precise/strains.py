"""What a strain's name says was done to it: deleted genes, over-expressed genes, or anything else.

PRECISE writes ``Escherichia coli K-12 BW25113 del_nac`` into the strain's description and
``bw_delnac_csn`` into the name of the condition. The description writes genes as biologists do
(``gadX``); conditions may write them in lower case, or join two (``delmenFentC``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kgp.loaders.responses import KNOCK_DOWN, OVER_EXPRESSION

_SPECIES = re.compile(r"^(Escherichia coli|E\. ?coli)\b\s*(str\.\s*)?(K-?12\b\s*)?", re.IGNORECASE)
_BACKGROUND = re.compile(r"^[A-Z]+\d+\w*")
"""MG1655, BW25113, W3110, BOP27: capitals and a number."""

_DELETED = re.compile(r"^(?:del[_-]?|Δ|delta[_-]?)([a-z]{3}[A-Z]?\d*)(?:::.+)?$")
_RAISED = re.compile(r"^(?:oe[_-]|p?oe-|over-?express(?:ed|ion|ing)?[_-])([a-z]{3}[A-Z]?)$")
_CONDITION = re.compile(r"(?:^|[_-])(?:del[_-]?([a-zA-Z]{3,8}?)|d([a-z]{3}[A-Z]))(?=[_-]|$)")
_GENES = re.compile(r"[a-z]{3}(?:[A-Z]|(?=[a-z]{3}[A-Z])|$)")
_PLAIN = re.compile(r"^(wt|bw|mg|control|ctrl)([_-]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Genotype:
    """A strain as far as its name tells.

    Args:
        background: the parent, such as ``MG1655``; empty where the name does not say.
        genes: names of the genes that were deleted or over-expressed, in the order of the name.
        directions: ``-1`` or ``1`` for each of them.
        other: what else the name says, such as ``rpoBE546V``: neither a wild type nor a knock-out.
    """

    background: str
    genes: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    other: str = ""

    @property
    def is_wild_type(self) -> bool:
        """Whether nothing was done to the strain."""
        return not (self.genes or self.other)


def read_description(text: str) -> Genotype:
    """Read a strain's description.

    Every word behind the background has to be one that is understood: a point mutation, a part of
    a gene that was deleted (``crp_delAr1``) or an evolved clone is ``other``.
    """
    words = _SPECIES.sub("", text.strip()).split()
    background = words.pop(0) if words and _BACKGROUND.fullmatch(words[0]) else ""
    genes, directions, other = list[str](), list[str](), list[str]()
    for word in words:
        deleted, raised = _DELETED.match(word), _RAISED.match(word)
        match = deleted or raised
        if match:
            genes.append(match[1])
            directions.append(KNOCK_DOWN if deleted else OVER_EXPRESSION)
        else:
            other.append(word)
    return Genotype(background, tuple(genes), tuple(directions), " ".join(other))


def read_condition(text: str) -> Genotype:
    """Read the name of a condition, where nothing describes the strain.

    Only what is marked as deleted (``del``, or ``d`` before a gene of four letters) counts: a bare
    gene's name may as well be a supplement or an over-expressed gene.
    """
    marked = [match[1] or match[2] for match in _CONDITION.finditer(text)]
    genes = [gene for run in marked for gene in split_genes(run)]
    if genes and all(genes):
        return Genotype("", tuple(genes), (KNOCK_DOWN,) * len(genes))
    return Genotype("", other="" if _PLAIN.match(text) and not marked else text)


def split_genes(run: str) -> list[str]:
    """Split ``menFentC`` into ``menF`` and ``entC``; write ``gadx`` as ``gadX``.

    Returns nothing where the text is no run of bacterial gene names, which have three lower-case
    letters and, but for a few, a capital one.
    """
    if run.islower():
        return [run[:3] + run[3:].upper()] if len(run) in (3, 4) else []
    parts = [match[0] for match in _GENES.finditer(run)]
    return parts if "".join(parts) == run else []
