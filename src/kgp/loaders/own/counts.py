"""Counts with a design: DESeq2's model, by PyDESeq2.

Love MI, Huber W, Anders S. Moderated estimation of fold change and dispersion for RNA-seq data with
DESeq2. Genome Biol 15:550 (2014). Muzellec B et al. PyDESeq2. Bioinformatics 39:btad547 (2023).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError, MissingExtraError
from kgp.loaders.files import look
from kgp.loaders.own.contrasts import Contrasts, model_terms, refuse_logarithms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.loaders.own.design import Design
    from kgp.loaders.own.matrix import Matrix

    Floats = NDArray[np.float64]


def compare_counts(matrix: Matrix, design: Design, *, replicated: bool) -> Contrasts:
    """Compare counts of conditions with those of the control.

    Args:
        matrix: counts of the samples of the design.
        design: which sample is of which condition and batch.
        replicated: False gives differences of mean log2 counts per million, without errors.

    Returns:
        Effects with lfcSE and infinite degrees of freedom (a Wald test's); NaN for genes that
        DESeq2 gives no p-value, because they have no counts or one count far out (Cook's distance).

    Raises:
        BadInputError: for what are no counts, or batches that cannot be told from conditions.
        MissingExtraError: if PyDESeq2 is not installed.
    """
    refuse_logarithms(matrix)
    terms, names = model_terms(design)
    counts = matrix.rows(design.samples["sample"].to_list())
    empty = counts.sum(1) == 0
    if empty.any():
        name = design.samples["sample"][int(empty.argmax())]
        raise BadInputError(
            f"{matrix.path}: sample {name!r} has no counts.",
            hint="Expected is at least one read per sample.",
            command=look(matrix.path),
        )
    if not replicated:
        return _per_million(counts, design)
    effect, error = _wald(counts, terms, names, len(design.conditions))
    measure = "log2 fold change (DESeq2, maximum likelihood)"
    return Contrasts(measure, effect, error, np.full(len(effect), np.inf))


def _per_million(counts: Floats, design: Design) -> Contrasts:
    """Differences of log2 counts per million as voom takes them (Law et al. Genome Biol 2014)."""
    totals = counts.sum(1, keepdims=True)
    logs = np.log2((counts + 0.5) / (totals + 1) * 1e6)
    is_of = {name: (design.samples["condition"] == name).to_numpy() for name in design.conditions}
    control = logs[(design.samples["condition"] == design.control).to_numpy()].mean(0)
    effect = np.stack([logs[mask].mean(0) - control for mask in is_of.values()])
    effect[:, counts.sum(0) == 0] = np.nan
    measure = "log2 fold change (counts per million, no replicates)"
    return Contrasts(measure, effect, np.full_like(effect, np.nan), np.zeros(len(effect)))


def _wald(
    counts: Floats, terms: Floats, names: list[str], n_conditions: int
) -> tuple[Floats, Floats]:
    """Log2 fold changes and their standard errors, [n_conditions, n_genes]."""
    try:
        import pandas as pd
        from pydeseq2.dds import DeseqDataSet
        from pydeseq2.ds import DeseqStats
    except ImportError as error:
        raise MissingExtraError(
            f"Counts are compared by PyDESeq2, which is not installed ({error.name} is missing).",
            hint="It belongs to the extra for counts; tables of DESeq2, edgeR and limma need none.",
            command="pip install 'kgp[counts]'",
        ) from error
    labels = [str(i) for i in range(len(counts))]
    genes = [str(i) for i in range(counts.shape[1])]
    table = pd.DataFrame(counts.astype(np.int64), index=labels, columns=genes)
    model = pd.DataFrame(terms, index=labels, columns=names)
    effects: list[Floats] = []
    errors: list[Floats] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = DeseqDataSet(
            counts=table,
            metadata=pd.DataFrame(index=labels),
            design=model,
            quiet=True,
        )
        fitted.deseq2()
        for i in range(n_conditions):
            vector = np.eye(len(names))[1 + i]
            tested = DeseqStats(fitted, contrast=vector, independent_filter=False, quiet=True)
            tested.summary()
            results = tested.results_df.loc[genes]
            usable = results["pvalue"].notna().to_numpy()
            for column, kept in (("log2FoldChange", effects), ("lfcSE", errors)):
                kept.append(np.where(usable, results[column].to_numpy(np.float64), np.nan))
    return np.stack(effects), np.stack(errors)
