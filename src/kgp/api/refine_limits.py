"""What a user fixes before a refinement: frozen edges, and the only candidates for additions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.platform.nodes import GENES, resolve_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.api.refine_task import RefineOptions
    from kgp.models.refinement.prior import Knowledge
    from kgp.platform.store.port import KnowledgeStore

_COLUMNS = ("source", "target")
_TABLES = (".csv", ".tsv", ".parquet")


def read_limits(
    graph: KnowledgeStore, known: Knowledge, genes: Sequence[str], options: RefineOptions
) -> Knowledge:
    """Add the user's limits to what is known about pairs of genes.

    Args:
        graph: where names are looked up.
        known: what is known already.
        genes: CURIEs of the network's genes.
        options: with ``frozen`` and ``candidates``.

    Raises:
        BadInputError: for a name that means no gene of the network, or a table that cannot be read.
    """
    place = {gene: i for i, gene in enumerate(genes)}
    if options.frozen:
        keys = [key for text in options.frozen for key in _frozen(graph, text, place)]
        known = replace(known, frozen=np.union1d(known.frozen, np.array(keys, np.int64)))
    if options.candidates is not None:
        keys = list(_pairs(graph, options.candidates, place))
        known = replace(known, allowed=np.unique(np.array(keys, np.int64)))
    return known


def _frozen(graph: KnowledgeStore, text: str, place: dict[str, int]) -> Iterator[int]:
    """Yield the keys that ``REGULATOR``, ``REGULATOR>TARGET`` or a table stands for."""
    if Path(text).suffix in _TABLES:
        yield from _pairs(graph, Path(text), place)
        return
    source, arrow, target = (part.strip() for part in text.partition(">"))
    first = _gene(graph, source, place) * len(place)
    if arrow:
        yield first + _gene(graph, target, place)
    else:
        yield from range(first, first + len(place))


def _pairs(graph: KnowledgeStore, table: Path, place: dict[str, int]) -> NDArray[np.int64]:
    """Return the keys of a table's pairs."""
    import polars as pl

    try:
        if table.suffix == ".parquet":
            frame = pl.read_parquet(table)
        else:
            frame = pl.read_csv(table, separator="\t" if table.suffix == ".tsv" else ",")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInputError(
            f"Cannot read {table}: {error}.", hint="Expected is a table with a header."
        ) from error
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        raise BadInputError(
            f"{table} has no column {' and no column '.join(missing)}.",
            hint=f"Expected are {' and '.join(_COLUMNS)}; it has {', '.join(frame.columns)}.",
        )
    columns = [frame[name].cast(pl.String) for name in _COLUMNS]
    names = pl.concat(columns).unique().drop_nulls()
    index = {name: _gene(graph, name, place) for name in names}
    rows = zip(*columns, strict=True)
    return np.array([index[s] * len(place) + index[t] for s, t in rows if s and t], np.int64)


def _gene(graph: KnowledgeStore, text: str, place: dict[str, int]) -> int:
    gene = resolve_node(graph, text, *GENES)
    if gene not in place:
        raise BadInputError(
            f"{text!r} ({gene}) is no gene of the network.",
            hint=f"The network has {len(place):,} genes.",
            command="kgp grn show NETWORK",
        )
    return place[gene]
