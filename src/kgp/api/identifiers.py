"""What a text may mean, and which aliases mean several things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.stores import open_store
from kgp.errors import UsageError
from kgp.platform.nodes import meant_by

if TYPE_CHECKING:
    from kgp.platform.store.records import Ambiguities, Found


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to ``kgp find``.

    Args:
        text: what was asked.
        found: nodes that it may mean, the most literal match first.
        similar: where nothing was found, nodes with nearly that name.
    """

    text: str
    found: list[Found]
    similar: list[Found]

    @property
    def meant(self) -> list[Found]:
        """The nodes that the text means equally well; commands take it where there is one."""
        return meant_by(self.found)


def find(text: str, *, store: str | None = None, limit: int = 20) -> Lookup:
    """Find the nodes that a text may mean: an identifier, symbol, synonym, locus tag or name.

    Args:
        text: what to look for; the case matters only where it tells nodes apart.
        store: URL of the store.
        limit: most nodes to give.

    Raises:
        UsageError: if there is no text.
    """
    text = text.strip()
    if not text:
        raise UsageError(
            "There is nothing to find.",
            hint="Name a symbol, a synonym, a part of a name, or a CURIE.",
            command="kgp find TP53",
        )
    with open_store(store) as graph:
        found = graph.find(text, limit)
        return Lookup(text, found, [] if found else graph.similar(text))


def ambiguous_aliases(store: str | None = None, limit: int | None = 20) -> Ambiguities:
    """List the aliases that several nodes claim; edges stated under them belong to none.

    Args:
        store: URL of the store.
        limit: most aliases to list; None lists all. The count is always of all.
    """
    with open_store(store) as graph:
        return graph.ambiguous(limit)
