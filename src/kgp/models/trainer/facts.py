"""What a training run rests on, and how to say in what two of them differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN = 8
"""Names of one list that a message shows."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Everything that must be the same for weights to mean the same.

    Args:
        model: the model's name.
        snapshot: hash of the graph's snapshot.
        config: the run's constants, as JSON knows them.
        layout: what → names whose order or width the weights depend on, such as the node types,
            the relations and the columns of the inputs.
    """

    model: str
    snapshot: str
    config: Mapping[str, object]
    layout: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Hash of all of it."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Spell it out, keys sorted."""
        facts = {"model": self.model, "snapshot": self.snapshot}
        both = {**facts, "config": dict(self.config), "layout": dict(self.layout)}
        return orjson.dumps(both, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> RunFacts:
        """Read what :meth:`to_json` wrote."""
        return cls(**orjson.loads(text))

    def differences(self, other: RunFacts) -> list[str]:
        """Name what differs among what both know: what "it" (self) has, then "this one" (other)."""
        lines: list[str] = []
        known, here = self._lists(), other._lists()
        for what in (name for name in known if name in here):
            mine, theirs = known[what], here[what]
            if list(mine) != list(theirs):
                lines.append(f"its {what}: {shown(mine, theirs)}")
                lines.append(f"this one's {what}: {shown(theirs, mine)}")
        return lines

    def _lists(self) -> dict[str, Sequence[str]]:
        # Spelt as JSON, so that what was read from a file and what was just made compare equal.
        facts = {"model": [self.model], "snapshot": [self.snapshot]}
        return {**facts, "constants": _spelt(self.config), **self.layout}


def _spelt(config: Mapping[str, object]) -> list[str]:
    sort = orjson.OPT_SORT_KEYS
    return sorted(
        f"{key}={orjson.dumps(value, option=sort).decode()}" for key, value in config.items()
    )


def shown(names: Sequence[str], other: Sequence[str]) -> str:
    """List names, those that the other side lacks first."""
    lacking = set(other)
    ordered = sorted(names, key=lambda name: name in lacking)
    more = f" … ({len(ordered)} in all)" if len(ordered) > SHOWN else ""
    return ", ".join(ordered[:SHOWN]) + more if ordered else "none"
