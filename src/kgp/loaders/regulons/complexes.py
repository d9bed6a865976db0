"""Complexes that regulate: nodes of their own, with the genes of their subunits as members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.frames import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.batches import Batch


def complex_batches(complexes: pl.DataFrame) -> Iterator[Batch]:
    """Yield complexes and their members.

    Args:
        complexes: ``id``, ``name`` and ``members`` (list of CURIEs of genes); an id counts once.
    """
    once = complexes.unique("id", keep="first", maintain_order=True)
    yield from emit(Kind.NODES, once.select("id", "name", type=pl.lit("Complex")))
    edges = once.select("id", "members").explode("members").drop_nulls().unique(maintain_order=True)
    members = edges.select(src="id", dst="members", type=pl.lit("HAS_MEMBER"), qualifier=pl.lit(""))
    yield from emit(Kind.EDGES, members)
