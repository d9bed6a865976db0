"""What a licence allows: the question that decides whether a lab may use a fact."""

from __future__ import annotations

import re
from enum import StrEnum

from kgp.errors import UsageError, unknown


class Use(StrEnum):
    """What the graph is for."""

    ACADEMIC = "academic"
    COMMERCIAL = "commercial"


OWN = "LicenseRef-stated-by-user"
STATED_IN_MAPPING = "LicenseRef-stated-in-mapping"
"""Licences of files that no publisher has named to kgp: a lab's own table, network or experiment.

Such a file counts as the user's own and may be used for anything. Whoever loads what another
made states its licence (``--option license=…``, or in a table's mapping), and then that one
decides.
"""

_OPEN = re.compile(
    r"CC0-1\.0|CC-BY(-SA)?-\d\.\d|MIT|ISC|BSD-\d-Clause|Apache-2\.0|Artistic-2\.0|"
    r"ODbL-1\.0|ODC-By-1\.0|PDDL-1\.0|Unlicense|L?GPL-\d\.\d-(only|or-later)|"
    r"LicenseRef-\S*public-domain|" + f"{OWN}|{STATED_IN_MAPPING}",
    re.IGNORECASE,
)
_ACADEMIC = re.compile(
    r"CC-BY-(NC|ND|NC-SA|NC-ND)-\d\.\d|LicenseRef-BioCyc|LicenseRef-BioPlex|LicenseRef-RegulonDB\S*|LicenseRef-academic\S*|"
    r"LicenseRef-\S+-academic|LicenseRef-non-?commercial\S*|LicenseRef-\S+-non-?commercial",
    re.IGNORECASE,
)


def allows(license: str, use: Use) -> bool:
    """Tell whether a licence allows a use.

    A licence that is not known here allows neither: a person has to read it first.

    Args:
        license: SPDX identifier, or ``LicenseRef-…`` where there is none. Of a list joined by
            `` AND `` every one has to allow the use.
        use: what the graph is for.
    """
    return all(_allows(part.strip(), use) for part in license.split(" AND "))


def is_own(license: str) -> bool:
    """Tell whether a licence only says that nobody has stated one."""
    return license in (OWN, STATED_IN_MAPPING)


def is_known(license: str) -> bool:
    """Tell whether kgp knows what every part of a licence allows."""
    return allows(license, Use.ACADEMIC)


def reason_against(license: str, use: Use) -> str:
    """Say why what is under a licence is left out."""
    if is_known(license):
        return f"licence {license} is not for {use} use"
    return f"licence {license} is not known to allow {use} use"


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
