"""The comment lines at the start of a GAF file: its format and when it was made."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import look, open_text

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("2.0", "2.1", "2.2")
RELATION_REQUIRED = "2.2"
"""Version in which a row without a relation is broken; before, the column was a qualifier."""

_VERSION = re.compile(r"^!\s*gaf-version:\s*(\S+)", re.IGNORECASE)
_DATE = re.compile(
    r"^!\s*(?:date-generated|generated|created on|GOC Validation Date|Submission Date):\s*"
    r"(\d[\d/-]+|[A-Za-z]{3} [A-Za-z]{3} \d\d \d{4})",
    re.IGNORECASE,
)
_DATE_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%a %b %d %Y")

MOST_COMMENTS = 10_000
"""How many lines a header may have."""


@dataclass(frozen=True, slots=True)
class GafHeader:
    """What a GAF file says of itself.

    Args:
        version: of the format, one of ``VERSIONS``.
        date: when the file was made, year first; None where it does not say.
    """

    version: str
    date: str | None


def read_header(path: Path) -> GafHeader:
    """Read the header of a GAF file.

    Raises:
        BadInputError: if it states no version, or one that kgp does not read.
    """
    lines = _comments(path)
    version = next((m[1] for m in map(_VERSION.match, lines) if m), None)
    if version not in VERSIONS:
        raise BadInputError(
            f"{path} states GAF version {(version or '(none)')[:80]}.",
            hint=f"Expected is a header line '!gaf-version: …' with {', '.join(VERSIONS)}.",
            command=look(path),
        )
    date = next((m[1] for m in map(_DATE.match, lines) if m), None)
    return GafHeader(version, date and _iso(date))


def _comments(path: Path) -> list[str]:
    """Comment lines at the start of the file."""
    with open_text(path) as lines:
        head = takewhile(lambda line: line.startswith("!"), islice(lines, MOST_COMMENTS))
        return [line.rstrip() for line in head]


def _iso(date: str) -> str:
    """Return a date with the year first; as it stands where it is no date."""
    for form in _DATE_FORMS:
        with suppress(ValueError):
            return datetime.strptime(date, form).replace(tzinfo=UTC).date().isoformat()
    return date
