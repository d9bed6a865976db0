"""``docs/cypher.md`` as data: each question with its Cypher, parameters, command and rows."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[5] / "docs" / "cypher.md"

_PARAMETER = re.compile(r"`\$(\w+) = ([^`]+)`")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One question of the page; ``command`` is empty unless it has a name."""

    title: str
    cypher: str
    parameters: dict[str, Any]
    command: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def recipes() -> list[Recipe]:
    _, *sections = re.split(r"^### ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return [_recipe(section) for section in sections]


def _recipe(section: str) -> Recipe:
    before, _, rest = section.partition("```cypher\n")
    cypher, _, answer = rest.partition("\n```\n")
    given, _, table = answer.partition("\n|")
    head, _, *rows = [_cells(line) for line in f"|{table}".splitlines() if line.startswith("|")]
    named = re.search(r"^`kgp query (.+)`$", before, re.MULTILINE)
    return Recipe(
        before.splitlines()[0],
        cypher,
        {name: json.loads(value) for name, value in _PARAMETER.findall(given)},
        tuple(shlex.split(named[1])) if named else (),
        head,
        tuple(rows),
    )


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip()[1:-1].split("|"))
