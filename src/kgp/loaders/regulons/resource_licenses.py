"""Licences of the databases that compiled networks are made of, as the compilers list them.

The names and licences are those of OmniPath's own list of resources (pypath, resources.json). A
database that is not here is closed to commercial use, has no licence, or was not found: an edge
that only such databases state is for academic use. An edge that an open one states, too, may be
used under that one's licence, which is also how OmniPath selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_3, _BY_4, _SA_3, _SA_4 = "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"

RESOURCES: Mapping[str, str] = {
    "ACSN": _BY_4,
    "ARN": _SA_3,
    "AlzPathway": _BY_3,
    "BioGRID": "MIT",
    "CA1": _BY_4,
    "CancerCellMap": "CC-BY-2.5",
    "DOMINO": "CC-BY-2.5",
    "Guide2Pharma": _SA_3,
    "HuRI": _BY_4,
    "IntAct": _BY_4,
    "Lit-BM-17": _BY_4,
    "MINT": _BY_4,
    "Macrophage": _BY_4,
    "MatrixDB": _BY_4,
    "NRF2ome": _SA_3,
    "NetPath": "CC-BY-2.5",
    "PhosphoPoint": _SA_4,
    "Reactome": "CC0-1.0",
    "SIGNOR": _SA_4,
    "SPIKE": _BY_4,
    "STRING": _BY_4,
    "SignaLink3": _SA_3,
    "TRRUST": _SA_4,
    "Li2012": "CC-BY-NC-3.0",
    "LMPID": "CC-BY-NC-2.0",
    "DEPOD": "CC-BY-NC-4.0",
    "PhosphoSite": "CC-BY-NC-SA-3.0",
    "TRIP": "CC-BY-NC-SA-3.0",
    "Wang": "CC-BY-NC-3.0",
}
"""Database → licence. What reached the compiler through another one (``SIGNOR_ProtMapper``) is a
database of its own, which may hold more than the first one gave away."""

_FREEDOM = ("CC0-1.0", "MIT", "CC-BY-", "CC-BY-SA-", "CC-BY-NC-", "CC-BY-NC-SA-")


def row_license(resources: str, otherwise: str, known: Mapping[str, str] = RESOURCES) -> pl.Expr:
    """The freest licence under which any of an edge's databases states it.

    Args:
        resources: column with the list of databases.
        otherwise: licence of an edge that no known database states.
        known: database → licence.
    """
    licenses = sorted(set(known.values()), key=_freedom)
    place = {name: licenses.index(license) for name, license in known.items()}
    ranks = pl.element().replace_strict(place, default=len(licenses), return_dtype=pl.Int32)
    best = pl.col(resources).list.eval(ranks).list.min().fill_null(len(licenses))
    named = dict(enumerate([*licenses, otherwise]))
    return best.replace_strict(named, return_dtype=pl.String)


def _freedom(license: str) -> tuple[int, str]:
    """Position of a licence's kind, those that are not listed last; then the licence itself."""
    kind = license.rstrip("0123456789.") if license.startswith("CC-BY") else license
    return _FREEDOM.index(kind) if kind in _FREEDOM else len(_FREEDOM), license
