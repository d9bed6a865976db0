"""Where a fact comes from: source, version, licence, citation."""

from __future__ import annotations

from dataclasses import dataclass

RANKS: tuple[str, ...] = (
    "gene-info",
    "hgnc",
    "drugbank-vocabulary",
    "go",
    "reactome",
    "ecocyc",
    "ecocyc-synthetic",
    "ecocyc-network",
    "locus-tags",
    "string",
    "string-aliases",
    "primekg",
    "primekg-attributes",
    "lincs-compounds",
    "bindingdb",
    "uniprot",
    "uniprot-hgnc",
    "gaf",
    "go-annotations",
    "bioplex",
    "trrust",
    "collectri",
    "dorothea",
    "regulondb",
    "omnipath",
    "network",
    "lincs",
    "lincs-overexpression",
    "lincs-signatures",
    "lincs-plates",
    "perturb-seq",
    "baseline",
    "precise",
    "responses",
    "table",
)
"""Sources from the most to the least trusted, where two state different properties of one node.

A fixed order and not the order of arrival, so that loading in another order changes nothing.
"""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One version of one source.

    Args:
        name: short name, part of every edge's key.
        title: what a person calls it.
        version: the release, as the file or the user states it.
        license: SPDX identifier where there is one, else the short name.
        citation: how to cite it.
        url: its home page.
        synthetic: True where kgp generated the data itself.
    """

    name: str
    title: str
    version: str
    license: str
    citation: str
    url: str
    synthetic: bool = False


def source_rank(name: str) -> int:
    """Position of a source in the fixed order of trust; unknown sources come last."""
    return RANKS.index(name) if name in RANKS else len(RANKS)
