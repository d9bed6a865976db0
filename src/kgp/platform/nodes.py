"""Which one node a typed text means: what every command that takes a gene or a drug asks.

An identifier, a symbol, a name and a synonym are all understood, the more literal before the less:
``crp`` is the gene of that very symbol, and only where there is none another spelling of it. A
text that means several nodes equally well means none, and neither does a bare number.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.platform.store.names import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import Found

GENES = ("Gene", "Complex", "TranscriptionUnit")
"""Types of what regulates and is regulated."""

SHOWN = 6
"""Candidates that an error lists."""

_MOST = 200


def resolve_node(store: KnowledgeStore, text: str, *node_types: str) -> str:
    """Return the CURIE of the one node that ``text`` means.

    Args:
        store: where to look.
        text: a CURIE with its prefix in any case, a symbol, a synonym, a locus tag or a name.
        node_types: only nodes of these types count; any type by default.

    Raises:
        BadInputError: if it means no node, or several equally well; they are listed.
    """
    text = text.strip()
    found = store.find(text, _MOST) if text else []
    fitting = [f for f in found if not node_types or f.type in node_types]
    meant = meant_by(fitting)
    if len(meant) == 1 and not text.isdecimal():
        return meant[0].id
    if meant:
        others = [f for f in fitting if f not in meant and f.place < Place.PART]
        raise _several(text, [*meant, *others])
    raise _none(store, text, fitting, node_types)


def meant_by(found: Sequence[Found]) -> list[Found]:
    """Return those of the found nodes that a text means equally well, in their order.

    An identifier, and the very name of a node, stand above all else. Below them the case of a
    letter settles nothing between two synonyms (``p21`` and ``P21``), nor between a synonym and the
    name of another node.
    """
    best = found[0].place if found else Place.PART
    near = [f for f in found if Place.NAME < f.place < Place.OUTRANKED]
    if any(f.place == Place.NAME_ANY_CASE for f in near):
        near = [f for f in near if f.place <= Place.NAME_ANY_CASE]
    if Place.NAME < best < Place.OUTRANKED:
        return near
    return [f for f in found if f.place == best and best < Place.PART]


def shown(candidates: Sequence[Found]) -> str:
    """Candidates as a person reads them: CURIE, symbol, type."""
    listed = "; ".join(f"{f.id} ({f.name}, {f.type})" for f in candidates[:SHOWN])
    rest = len(candidates) - SHOWN
    return f"{listed}; and {rest} more" if rest > 0 else listed


def _several(text: str, candidates: Sequence[Found]) -> BadInputError:
    if text.isdecimal():
        message = f"{text!r} is a bare number, which means nothing without a prefix."
    else:
        message = f"{text!r} means several nodes of this graph."
    return BadInputError(
        message, hint=f"Candidates: {shown(candidates)}.", command=f"kgp find {quote(text)}"
    )


def _none(
    store: KnowledgeStore, text: str, fitting: Sequence[Found], node_types: Sequence[str]
) -> BadInputError:
    kind = f" of type {' or '.join(node_types)}" if node_types else ""
    near = fitting or [f for f in store.similar(text) if not node_types or f.type in node_types]
    return BadInputError(
        f"{text!r} means no node{kind} in this graph.",
        hint=f"Similar: {shown(near)}." if near else "Nothing similar is loaded.",
        command=f"kgp find {quote(text)}",
    )
