"""Rows for the driver that it does not write out.

For a line of its log the driver makes text of every parameter, whether anybody logs or not: of a
thousand vectors of 384 numbers for ten times as long as sending them takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Unlogged(list[T]):
    """A list that is sent like any other, and is its length where it would become text."""

    def __repr__(self) -> str:
        return f"<{len(self):,} rows>"


def unlogged(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters whose lists the driver does not write out."""
    return {
        name: Unlogged(value) if isinstance(value, list) else value
        for name, value in parameters.items()
    }
