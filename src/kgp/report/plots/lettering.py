"""How wide a text will be, before a browser draws it: names are cut and captions broken to fit."""

from __future__ import annotations

import unicodedata

# Advance widths in thousandths of the font size: for each letter the wider of Helvetica (with its
# twins Arial and Liberation Sans) and DejaVu Sans, which pages fall back to, and for each group its
# widest letter, so that what is measured here is never too small.
_WIDTHS = {
    "il.,:;'|j I": 340,
    'frt()[]/-\\!"': 470,
    "cksz?_": 580,
    "vxyJFTL": 620,
    "abdeghnopqu0123456789${}EKP": 680,
    "ABSVXYZ": 690,
    "CDHNRUw&GOQ": 820,
    "mM%+<>=~^#−×±÷¬": 980,
    "W@—…©®Ææ": 1020,
}
_WIDTH_OF = {letter: width for letters, width in _WIDTHS.items() for letter in letters}
_OTHER, _WIDE = 870, 1050
BOLD = 1.1
"""How much wider semi-bold letters are."""


def text_width(text: str, size: float) -> float:
    """An upper estimate of the width of ``text`` in pixels at a font size of ``size`` pixels."""
    return size * sum(_width(letter) for letter in text) / 1000


def _width(letter: str) -> int:
    if letter in _WIDTH_OF:
        return _WIDTH_OF[letter]
    if unicodedata.combining(letter):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER


def fit(text: str, room: float, size: float, *, keep_end: bool = False) -> str:
    """Cut ``text`` to ``room`` pixels; whoever draws it adds the whole one as a title.

    Args:
        text: one line.
        room: pixels.
        size: font size in pixels.
        keep_end: cut at the front, for names that differ in their last letters.
    """
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > room:
        kept = kept[1:] if keep_end else kept[:-1]
    return "…" + kept.lstrip() if keep_end else kept.rstrip() + "…"


def wrap(text: str, room: float, size: float) -> list[str]:
    """Break ``text`` between words into lines no wider than ``room``; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fit(word, room, size))
    return lines
