"""PrimeKG: kg.csv with 12 columns, the 10-column copy without indices, or nodes.csv and edges.csv.

Each row names both ends of one relation with their ids, types, names and sources; most relations
are listed in both directions. Rows are oriented by the relation's node types, so that the two
directions become one edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import BlockFileLoader, restated
from kgp.loaders.files import first_line
from kgp.loaders.frames import emit
from kgp.loaders.primekg.counts import Counts, check_option
from kgp.loaders.primekg.pair import EDGES, NODES, read_nodes, wide_edges
from kgp.loaders.primekg.rows import (
    COLUMNS,
    GROUPED,
    edges_of,
    groups_in,
    listed_nodes,
    member_edges,
    members_of,
    nodes_of,
    with_ids,
    with_meaning,
    with_members,
)
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

_GROUP = "group"
BLOCK_ROWS = 250_000


class PrimeKG(BlockFileLoader):
    """Reads kg.csv, or edges.csv beside nodes.csv.

    A graph that claims to be the whole of PrimeKG has to be: with ``check`` left at ``auto``, a
    file without a title of its own whose number of rows is within 1 % of PrimeKG's is compared
    with PrimeKG's number of nodes of each type and of rows of each relation.

    Args:
        inputs: the file of role ``kg`` and, beside edges.csv, that of role ``nodes``.
        version: the release, where the user states it.
        title: what to call a graph that has PrimeKG's layout, but not its content.
        license: the licence of such a graph.
        citation: how to cite it.
        check: ``auto``, ``full`` (compare whatever the number of rows) or ``none``.
    """

    source = "primekg"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        version: str | None = None,
        title: str | None = None,
        license: str | None = None,  # the name of the field in every provenance record
        citation: str | None = None,
        check: str = "auto",
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        self._check = check_option(check)
        self._titled = title is not None
        self._paired = "nodes" in inputs
        if self._paired:
            _check_pair(inputs["kg"], inputs["nodes"])
        else:
            _check_single(inputs["kg"])

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield the rows, then the groups of diseases, each once for the whole graph.

        Raises:
            BadInputError: if the files are damaged, or claim to be PrimeKG and are not.
        """
        counts, groups = Counts(), pl.Series(_GROUP, [], pl.String)
        for block in self._pair(counts, tally) if self._paired else self._single(counts, tally):
            groups = pl.concat([groups, groups_in(block)]).unique(maintain_order=True)
            yield block
        if groups.len():
            yield groups.to_frame()
        claims = not self._titled and counts.claims_all()
        if self._check == "full" or (self._check == "auto" and claims):
            counts.check(self.inputs["kg"])

    def _single(self, counts: Counts, tally: Tally) -> Iterator[pl.DataFrame]:
        rows = stream_table(self.inputs["kg"], COLUMNS, tally, delimiter=",", quoted=True)
        for block in _joined(rows):
            if self._check != "none":
                counts.add_rows(block)
                counts.add_ends(block)
            yield block

    def _pair(self, counts: Counts, tally: Tally) -> Iterator[pl.DataFrame]:
        nodes = read_nodes(self.inputs["nodes"], tally)
        counts.add_nodes(nodes)
        yield nodes.drop("node_index")
        for block in wide_edges(self.inputs["kg"], nodes, tally):
            counts.add_rows(block)
            yield block

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield the nodes of a block, each once, then its edges.

        A node stands in many blocks; publishing keeps each statement once.
        """
        if _GROUP in block.columns:
            yield from emit(Kind.NODES, members_of(block[_GROUP]))
            yield from emit(Kind.EDGES, member_edges(block[_GROUP]))
        elif "node_id" in block.columns:
            yield from _stated(listed_nodes(block, tally))
        else:
            rows = with_ids(with_meaning(block, tally), tally)
            if not self._paired:
                yield from _stated(nodes_of(rows))
            yield from emit(Kind.EDGES, edges_of(rows))


def _joined(blocks: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Join small blocks: the fewer there are, the fewer times a node is stated."""
    held: list[pl.DataFrame] = []
    for block in blocks:
        held.append(block)
        if sum(part.height for part in held) >= BLOCK_ROWS:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


def _stated(nodes: pl.DataFrame) -> Iterator[Batch]:
    """Yield nodes; only groups carry a property, because packing properties takes time."""
    grouped = pl.col("id").str.starts_with(GROUPED)
    yield from emit(Kind.NODES, nodes.filter(~grouped))
    yield from emit(Kind.NODES, with_members(nodes.filter(grouped)))


def _check_single(path: Path) -> None:
    if set(EDGES) <= set(first_line(path).split(",")) and "x_id" not in first_line(path):
        raise BadInputError(
            f"{path} names nodes by their index only.",
            hint="Expected is nodes.csv beside edges.csv.",
            command=f"kgp load primekg {path.name} nodes=nodes.csv",
        )
    check_columns(path, COLUMNS, ",")


def _check_pair(edges: Path, nodes: Path) -> None:
    if "x_id" in first_line(edges):
        raise UsageError(
            f"{edges} names its nodes itself, so that {nodes} says nothing more.",
            hint="Expected is kg.csv alone, or edges.csv beside nodes.csv.",
            command=f"kgp load primekg kg={edges.name}",
        )
    check_columns(edges, EDGES, ",")
    check_columns(nodes, NODES, ",")
