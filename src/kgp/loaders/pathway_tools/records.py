"""What a Pathway Tools attribute-value file holds: records of attributes with values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Value:
    """One value of an attribute with the annotations that follow it."""

    text: str
    annotations: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """One record.

    Args:
        line: number of its first line.
        attributes: attribute → values as written, in order.
        annotations: (attribute, index of the value) → annotation → values.
        stray: number of the first line that belongs to no value; 0 if there is none.
    """

    line: int = 0
    attributes: dict[str, list[str]] = field(default_factory=dict)
    annotations: dict[tuple[str, int], dict[str, list[str]]] = field(default_factory=dict)
    stray: int = 0

    def texts(self, attribute: str) -> list[str]:
        """Values of an attribute without bars, empty values and NIL."""
        found = map(frame_id, self.attributes.get(attribute, ()))
        return [text for text in found if text]

    def first(self, attribute: str) -> str:
        """First value of an attribute; empty if there is none."""
        return next(iter(self.texts(attribute)), "")

    def values(self, attribute: str) -> list[Value]:
        """Values of an attribute as they stand, with their annotations."""
        texts = enumerate(self.attributes.get(attribute, ()))
        return [Value(text, self.annotations.get((attribute, i), {})) for i, text in texts]


def frame_id(text: str) -> str:
    """Strip the bars around a frame id; NIL is empty."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|"):
        stripped = stripped[1:-1]
    return "" if stripped == "NIL" else stripped
