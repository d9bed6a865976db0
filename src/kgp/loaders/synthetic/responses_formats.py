"""The formats of responses that follow from a mechanism; see ``formats`` for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.loaders.synthetic import (
    responses_bacterium,
    responses_cells,
    responses_consensus,
    responses_l1000,
    responses_own,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

    Row = tuple[str, str, str, Callable[[World, Output], dict[str, str]], Mapping[str, str]]

_KNOCK_OUT = {"perturbed": responses_own.KNOCKED_OUT, "direction": "down"}

_LIMMA_DF = {"df": "12"}
"""Of three replicates each, 4, and of the prior that variances are drawn from, 8."""

RESPONSES: tuple[Row, ...] = (
    (
        "lincs-walks",
        "lincs",
        "responses as signed walks with errors",
        responses_consensus.write_walk_consensus,
        {"direction": "1"},
    ),
    (
        "lincs-kinetics",
        "lincs",
        "responses as steady states",
        responses_consensus.write_kinetic_consensus,
        {"direction": "1"},
    ),
    (
        "lincs-level3",
        "lincs-plates",
        "plates with vehicle wells, GCTX",
        responses_l1000.write_plates,
        {},
    ),
    (
        "lincs-level3-gct",
        "lincs-plates",
        "one plate, GCT 1.3",
        responses_l1000.write_gct,
        {"genes": "all"},
    ),
    (
        "lincs-level5",
        "lincs-signatures",
        "signatures with siginfo, GCTX",
        responses_l1000.write_signatures,
        {},
    ),
    ("perturb-seq", "perturb-seq", "cells with guides", responses_cells.write_cells, {}),
    ("precise", "precise", "the bacterium's knock-outs", responses_bacterium.write_precise, {}),
    ("limma", "responses", "a table of limma", responses_own.write_limma, _KNOCK_OUT | _LIMMA_DF),
    ("deseq2", "responses", "a table of DESeq2", responses_own.write_deseq2, _KNOCK_OUT),
    ("edger", "responses", "a table of edgeR", responses_own.write_edger, _KNOCK_OUT),
    ("own-expression", "responses", "log2 expression", responses_own.write_expression, {}),
    ("own-counts", "responses", "counts with a design", responses_own.write_counts, {}),
)
"""Name, source, what it holds, writer, and options of the source; the name is also the set's."""
