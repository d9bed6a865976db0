"""What a licence allows: the question that decides whether a lab may use a fact."""

from __future__ import annotations

import re
from enum import StrEnum

from kgp.errors import UsageError, unknown


class Use(StrEnum):
    """What the graph is for."""

    ACADEMIC = "academic"
    COMMERCIAL = "commercial"


_OPEN = re.compile(
    r"CC0-1\.0|CC-BY(-SA)?-\d\.\d|MIT|BSD-\d-Clause|Apache-2\.0|Artistic-2\.0|ODbL-1\.0|"
    r"LicenseRef-\S*public-domain"
)
_ACADEMIC = re.compile(r"CC-BY-NC(-SA|-ND)?-\d\.\d|LicenseRef-BioCyc|LicenseRef-academic-\S+")


def allows(license: str, use: Use) -> bool:
    """Tell whether a licence allows a use.

    A licence that is not known here allows neither: a person has to read it first.

    Args:
        license: SPDX identifier, or ``LicenseRef-…`` where there is none. Of a list joined by
            `` AND `` every one has to allow the use.
        use: what the graph is for.
    """
    return all(_allows(part.strip(), use) for part in license.split(" AND "))


def _allows(license: str, use: Use) -> bool:
    if _OPEN.fullmatch(license):
        return True
    return use is Use.ACADEMIC and bool(_ACADEMIC.fullmatch(license))


def parse_use(text: str) -> Use:
    """Return the use called ``text``.

    Raises:
        UsageError: naming the uses.
    """
    if text in tuple(Use):
        return Use(text)
    raise UsageError(unknown("use", text, tuple(Use), command="kgp load … --license academic"))
