"""Which walks count, and what holds where walks of both signs meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from kgp.errors import BadInputError, UsageError, unknown

Lengths = Literal["upto", "exact"]
"""Walks of length 1 to the longest, or the longest alone."""

ConflictRule = Literal["cancel", "shortest", "majority"]

_WRITTEN = re.compile(r"(?P<rule>[a-z]+)(\((?P<margin>\d+)\))?")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a gene does that walks of both signs reach.

    Attributes:
        rule: ``cancel``: it is unchanged; ``shortest``: the shortest length at which any walk
            arrives decides, and both signs at that length cancel; ``majority``: the sign of most
            walks wins if it leads by more than ``margin`` walks.
        margin: number of walks, 0 or more; other rules do not read it.

    Raises:
        UsageError: for an unknown rule or a margin below 0.
    """

    rule: ConflictRule = "cancel"
    margin: int = 0

    def __post_init__(self) -> None:
        if self.rule not in get_args(ConflictRule):
            raise UsageError(unknown("rule for conflicts", self.rule, get_args(ConflictRule)))
        if self.margin < 0:
            raise UsageError(f"A majority by {self.margin} walks is none.", hint="Give 0 or more.")

    def __str__(self) -> str:
        return f"majority({self.margin})" if self.rule == "majority" else self.rule

    @classmethod
    def parse(cls, text: str) -> Conflict:
        """Read ``cancel``, ``shortest``, ``majority`` or ``majority(2)``.

        Raises:
            UsageError: for anything else.
        """
        written = _WRITTEN.fullmatch(text.strip())
        known = [rule for rule in get_args(ConflictRule) if written and rule == written["rule"]]
        if not written or not known or (written["margin"] and known != ["majority"]):
            raise UsageError(
                unknown("rule for conflicts", text, ("cancel", "shortest", "majority(MARGIN)"))
            )
        return cls(known[0], int(written["margin"] or 0))


CANCEL, SHORTEST, MAJORITY = Conflict("cancel"), Conflict("shortest"), Conflict("majority")


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How a network is read.

    Attributes:
        max_length: longest walk that carries an effect, at least 1.
        lengths: "upto" or "exact".
        conflict: what holds where walks of both signs meet.

    Raises:
        BadInputError: for a length below 1.
        UsageError: for unknown ``lengths``.
    """

    max_length: int = 3
    lengths: Lengths = "upto"
    conflict: Conflict = CANCEL

    def __post_init__(self) -> None:
        if self.lengths not in get_args(Lengths):
            raise UsageError(unknown("choice of lengths", self.lengths, get_args(Lengths)))
        if self.max_length < 1:
            raise BadInputError(
                f"Walks of length {self.max_length} reach nothing", hint="Give 1 or more"
            )

    @property
    def min_length(self) -> int:
        """Shortest walk that counts."""
        return 1 if self.lengths == "upto" else self.max_length

    def __str__(self) -> str:
        if self.max_length == 1:
            return "direct edges"
        words = "up to" if self.lengths == "upto" else "of exactly"
        return f"walks {words} {self.max_length}, {self.conflict}"
