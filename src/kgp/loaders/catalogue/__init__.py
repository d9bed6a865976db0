"""All sources that kgp can load, as plain data: nothing here imports a loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.loaders.catalogue import (
    bacteria,
    drugs,
    identifiers,
    interactions,
    knowledge,
    ontology,
    regulons,
    responses,
    tables,
)

if TYPE_CHECKING:
    from kgp.loaders.spec import SourceSpec

_FAMILIES = (
    identifiers,
    knowledge,
    drugs,
    ontology,
    interactions,
    bacteria,
    regulons,
    responses,
    tables,
)

SOURCES: dict[str, SourceSpec] = {spec.name: spec for family in _FAMILIES for spec in family.SPECS}
"""Name on the command line → source."""
