"""What a user fixes before a refinement: frozen edges, and the only candidates for additions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders.table.files import open_table
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
    rows = pl.concat(_read(table)).filter(pl.all_horizontal(pl.all() != "")).unique()
    sources, targets = (rows[name].to_list() for name in _COLUMNS)
    index = {name: _gene(graph, name, place) for name in sorted({*sources, *targets})}
    ends = zip(sources, targets, strict=True)
    return np.array([index[s] * len(place) + index[t] for s, t in ends], np.int64)


def _read(table: Path) -> list[pl.DataFrame]:
    """Read the columns source and target as text, whole or not at all."""
    tally = Tally()
    try:
        file = open_table(table)
        missing = [name for name in _COLUMNS if name not in file.columns]
        blocks = [] if missing else list(file.blocks(_COLUMNS, tally))
    except BadInputError as error:
        error.message = f"Cannot read {table}: {error.message.removeprefix(f'{table} ')}"
        raise
    if missing:
        raise BadInputError(
            f"{table} has no column {' and no column '.join(missing)}.",
            hint=f"Expected are {' and '.join(_COLUMNS)}; it has {', '.join(file.columns)}.",
        )
    for reason, dropped in tally.dropped.items():
        raise BadInputError(
            f"Cannot read {table}: {dropped.count:,} of {tally.rows_in:,} rows, {reason}: "
            f"{dropped.examples[0]!r}.",
            hint="Expected is a table with a header, and as many columns in every row.",
        )
    return blocks


def _gene(graph: KnowledgeStore, text: str, place: dict[str, int]) -> int:
    gene = resolve_node(graph, text, *GENES)
    if gene not in place:
        raise BadInputError(
            f"{text!r} ({gene}) is no gene of the network.",
            hint=f"The network has {len(place):,} genes.",
            command="kgp grn show NETWORK",
        )
    return place[gene]
