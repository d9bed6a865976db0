"""Whether a response set and the graph speak of the same genes, before the set is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.relations import RELATIONS

if TYPE_CHECKING:
    from kgp.platform.staging import Staged
    from kgp.platform.store.port import KnowledgeStore

MIN_KNOWN = 0.5
"""Below this share a set is more likely of another species, or under other identifiers."""


def check_known(graph: KnowledgeStore, staged: Staged, least: float) -> None:
    """Refuse a response set whose features the graph hardly knows.

    A graph without relationships about biology has nothing to meet, and takes any set.

    Args:
        graph: where the set is going to.
        staged: the load; one without features is not asked.
        least: least share of the features that have to mean a node.

    Raises:
        BadInputError: with the share, and the first features that mean nothing.
    """
    features = sorted(
        {
            feature
            for part in staged.parts(Kind.FEATURES)
            for feature in pq.read_table(part, columns=["id"])["id"].to_pylist()
        }
    )
    if not features or not _has_biology(graph):
        return
    known = graph.known(features)
    if known < least * len(features):
        raise BadInputError(
            f"{staged.info.title}: the graph knows {known:,} of {len(features):,} features; "
            f"they are called {', '.join(features[:3])} …",
            hint=f"At least {least:.0%} have to mean a node. Is an identifier table missing, or is "
            "the set of another species? Nothing was written.",
            command="kgp load gene-info FILE, or kgp load … --min-known 0",
        )


def _has_biology(graph: KnowledgeStore) -> bool:
    relations = graph.counts().relationships
    return any(not RELATIONS[name].structural for name, count in relations.items() if count)
