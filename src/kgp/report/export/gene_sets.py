"""Responding genes as gene sets: two lines of GMT for each signature, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.models.labels import DOWN, UP
from kgp.report.export.content import strongest_first

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.report.export.content import ExportedSet

_SUFFIX = {UP: "UP", DOWN: "DN"}


def write_gmt(exported: ExportedSet, path: Path) -> int:
    """Write a set for each signature and direction, the strongest response first.

    A signature without responding genes has no set. The description is the signature's name; a tab
    or line break in a name becomes a blank.

    Returns:
        Number of gene sets.
    """
    sets = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for about, response in exported.responses():
            for label, suffix in _SUFFIX.items():
                genes = [
                    exported.feature_names[place] for place in strongest_first(response, label)
                ]
                if genes:
                    cells = (f"{about.key}_{suffix}", about.name or about.id, *dict.fromkeys(genes))
                    file.write("\t".join(map(_cell, cells)) + "\n")
                    sets += 1
    return sets


def _cell(text: str) -> str:
    return " ".join(text.split())
