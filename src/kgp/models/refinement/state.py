"""The arrays that the compiled kernels share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class State(NamedTuple):
    """A network, its walk counts and the cost of every cell; the kernels change it in place.

    Attributes:
        source: int32 [n_edges], sorted; present edges and candidates.
        target: int32 [n_edges].
        sign: int8 [n_edges], 0 where the edge is absent now.
        original: int8 [n_edges], the sign before any edit.
        out_start: int64 [n_genes + 1], edges of a source as a range of edge ids.
        in_start: int64 [n_genes + 1], edges of a target as a range of ``in_edge``.
        in_edge: int32 [n_edges], edge ids sorted by target.
        in_source: int32 [n_edges], their sources.
        carried_start: int64 [n_genes + 1], ranges of ``carried`` by gene.
        carried: int32 [n_links], what happens to a gene happens to these as well.
        carrier_start: int64 [n_genes + 1], ranges of ``carrier`` by gene.
        carrier: int32 [n_links], the same links from their other end.
        seed_start: int64 [n_genes + 1], ranges of ``seed_row`` by perturbed gene.
        seed_row: int32 [n_seeds], the rows that perturb a gene.
        seed_sign: int8 [n_seeds], in which direction they do.
        counts: int32 [n_genes, n_rows, max_length, 2], walks from row to gene by length and sign.
        lengths: uint8 [n_genes, n_rows, 2], the lengths of a cell's shortest positive and
            negative walk that count, 0 without any.
        touched: bool [n_genes, n_rows], cells whose walks an edit has changed since the layout.
        passed_on: bool [n_genes], genes where these were walks that one more edge may continue.
        cell_class: uint16 [n_genes, n_rows], the row of ``class_cost`` that prices a cell.
        class_cost: float64 [n_classes, 1 + 2 * max_length], cost of each outcome: unchanged, then
            rises and falls by walks of length 1, 2 …; class 0 is unmeasured.
        silent: bool [n_classes], classes of cells that were only seen unchanged.
        cap: most that silence counts within one row, for or against one edge, in nats.
        cost: float64 [n_edges, 3], cost of each edge being -1, 0, +1; 0 as it was.
        shortest: whether the shortest walks decide where both signs meet; else they cancel.
        min_length: shortest walk that counts.
        max_length: longest walk that counts.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    sign: NDArray[np.int8]
    original: NDArray[np.int8]
    out_start: NDArray[np.int64]
    in_start: NDArray[np.int64]
    in_edge: NDArray[np.int32]
    in_source: NDArray[np.int32]
    carried_start: NDArray[np.int64]
    carried: NDArray[np.int32]
    carrier_start: NDArray[np.int64]
    carrier: NDArray[np.int32]
    seed_start: NDArray[np.int64]
    seed_row: NDArray[np.int32]
    seed_sign: NDArray[np.int8]
    counts: NDArray[np.int32]
    lengths: NDArray[np.uint8]
    touched: NDArray[np.bool_]
    passed_on: NDArray[np.bool_]
    cell_class: NDArray[np.uint16]
    class_cost: NDArray[np.float64]
    silent: NDArray[np.bool_]
    cap: float
    cost: NDArray[np.float64]
    shortest: bool
    min_length: int
    max_length: int


class Reach(NamedTuple):
    """Which perturbed genes reach which genes by walks that one more edge may continue.

    Attributes:
        row_start: int64 [n_genes + 1], ranges of ``row`` by gene.
        row: int32 [n_reached], the rows that reach a gene.
        first: int8 [n_reached, 2], length of the shortest positive and negative walk that ends
            with the new edge, 0 where there is none.
        gene_start: int64 [n_rows + 1], ranges of ``gene`` by row.
        gene: int32 [n_reached], the genes that a row reaches.
        stale: bool [n_genes], genes whose walks have changed since.
    """

    row_start: NDArray[np.int64]
    row: NDArray[np.int32]
    first: NDArray[np.int8]
    gene_start: NDArray[np.int64]
    gene: NDArray[np.int32]
    stale: NDArray[np.bool_]


class Walks(NamedTuple):
    """Scratch space for walks from or to one gene, or to rows; all zero between uses.

    Attributes:
        number: int64 [n, max_length, 2], walks by gene (or row), exact length and sign.
        met: int32 [n], the genes (or rows) met, in order.
        seen: bool [n].
    """

    number: NDArray[np.int64]
    met: NDArray[np.int32]
    seen: NDArray[np.bool_]


class Scratch(NamedTuple):
    """What one thread needs to try an edit.

    Attributes:
        back: walks that end in the edit's source, by their first gene.
        rows: the same walks, by the perturbation that starts them.
        on: walks that continue from the edit's target.
        within: int64 [max_length], how many genes the walks that continue meet by each length.
        added: int64 [max_length, 2], what the edit adds to the walks of one cell.
        outcome_of: int64 [max_length + 1, max_length + 1], the outcome of a cell by the lengths
            of its shortest positive and negative walk.
        first: int64 [n_genes, 2], lengths of the shortest walks that continue, as genes are met.
        passed: bool [n_genes], genes from which a walk can still go round; False between uses.
        known: float64 [n_rows, max_length + 2, max_length + 2], the change of one row's cost by
            lengths of shortest walks, as far as it is known; NaN between uses.
        filled: int64 [as many], the places that are filled.
    """

    back: Walks
    rows: Walks
    on: Walks
    within: NDArray[np.int64]
    added: NDArray[np.int64]
    outcome_of: NDArray[np.int64]
    first: NDArray[np.int64]
    passed: NDArray[np.bool_]
    known: NDArray[np.float64]
    filled: NDArray[np.int64]
