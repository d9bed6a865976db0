"""A typed relation of a snapshot."""

from __future__ import annotations

from dataclasses import dataclass

REVERSE_PREFIX = "rev_"


@dataclass(frozen=True, slots=True, order=True)
class RelationType:
    """One typed relation, PyG's edge type: ``(source, name, target)``."""

    source: str
    name: str
    target: str

    @property
    def is_reverse(self) -> bool:
        """Whether the relation was made at export."""
        return self.name.startswith(REVERSE_PREFIX)

    @property
    def stored_name(self) -> str:
        """The relation type in the graph."""
        return self.name.removeprefix(REVERSE_PREFIX)
