"""What the label of a perturbation says: a control, nothing, or a set of genes or drugs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

CONTROL = re.compile(
    r"^(control|ctrl|ctl|ntc?|non?-?target(ing|s)?|neg(ative)?control|negctrl|safe-?target(ing|s)?"
    r"|scrambled?|unperturbed|untreated|vehicle|dmso|mock|62\(mod\)pba581)\d*$"
)
"""Labels of unperturbed cells, in lower case and without blanks and underscores."""

UNASSIGNED = ("", "*", "unassigned", "multiple", "unknown", "doublet", "negative")
"""Labels, in lower case, of cells whose perturbation nobody knows."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says.

    Args:
        parts: the perturbed genes or drugs, sorted, each once; empty for a control.
        control: whether it stands for unperturbed cells.
        known: whether it says anything.
    """

    parts: tuple[str, ...]
    control: bool
    known: bool = True

    @property
    def key(self) -> str:
        """The set as text: ``A+B``, whatever the order in the file."""
        return "+".join(self.parts)


def is_control(label: str, controls: Collection[str] = ()) -> bool:
    """Whether a label stands for unperturbed cells.

    Args:
        label: as the file writes it.
        controls: the user's own labels of controls, which then are the only ones.
    """
    if controls:
        return label in controls
    return bool(CONTROL.match(re.sub(r"[\s_]", "", label.lower())))


def read_label(
    label: str,
    *,
    drugs: bool,
    names: Collection[str],
    controls: Collection[str] = (),
    separator: str | None = None,
    combined: bool = False,
) -> Label:
    """Read one label.

    Args:
        label: as the file writes it.
        drugs: whether drugs were given; their names hold ``+``, ``,`` and ``_`` of their own.
        names: what is a name by itself: the file's genes and its other labels.
        controls: the user's own labels of controls.
        separator: what parts the label of a combination, where the user says so.
        combined: whether the file says that it is a combination.
    """
    if label.lower() in UNASSIGNED:
        return Label((), control=False, known=False)
    if is_control(label, controls):
        return Label((), control=True)
    parts = _split(label, drugs, names, controls, separator, combined)
    kept = sorted({part for part in parts if part and not is_control(part, controls)})
    return Label(tuple(kept), control=not kept)


def _split(
    label: str,
    drugs: bool,
    names: Collection[str],
    controls: Collection[str],
    separator: str | None,
    combined: bool,
) -> list[str]:
    if separator is not None:
        return [part.strip() for part in label.split(separator)]
    if drugs:
        return [part.strip() for part in re.split(r" \+ |\||;", label)]
    found = re.split(r"[+|;,]", label)
    if len(found) > 1:
        return [part.strip() for part in found]
    parts = label.split("_")
    plain = combined or all(p in names or is_control(p, controls) for p in parts)
    return parts if plain and label not in names else [label]
