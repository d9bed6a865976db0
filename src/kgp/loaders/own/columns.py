"""What the columns of a table of differential expression mean, told from their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import look
from kgp.loaders.tables import columns_by_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COLUMNS: dict[str, tuple[str, ...]] = {
    "gene": (
        "gene",
        "gene_id",
        "geneid",
        "ensembl_id",
        "ensembl_gene_id",
        "locus_tag",
        "b_number",
        "entrez",
        "entrezid",
        "entrez_id",
        "gene_symbol",
        "symbol",
        "gene_name",
        "genes",
        "id",
        "feature",
        "target_id",
        "row",
        "names",
    ),
    "effect": (
        "log2foldchange",
        "log2_fold_change",
        "log2fc",
        "logfc",
        "log2_fc",
        "log_fc",
        "lfc",
        "avg_log2fc",
        "logfoldchanges",
        "effect",
        "beta",
        "estimate",
        "coef",
    ),
    "error": ("lfcse", "se", "std.error", "stderr", "std_error", "standard_error", "se_b"),
    "statistic": ("stat", "t", "t.stat", "tstat", "z", "zscore", "wald"),
    "p": ("pvalue", "p.value", "p_value", "p_val", "pval", "pvals", "p"),
}
"""What a column holds → how tools call it, in lower case, the usual names first."""

_LOGARITHMIC = ("log2", "logfc", "log_fc", "lfc", "logfold")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table.

    Args:
        tool: ``DESeq2``, ``edgeR``, ``limma``, or ``plain`` where it is none of these.
        found: what a column holds → its name in the table.
    """

    tool: str
    found: Mapping[str, str]

    @property
    def error_from(self) -> str:
        """Which columns the standard errors follow from; empty where none can."""
        for role in ("error", "statistic", "p"):
            if role in self.found:
                return self.found[role]
        return ""

    @property
    def measure(self) -> str:
        """What the effects are."""
        effect = self.found["effect"]
        logarithmic = any(mark in effect.lower() for mark in _LOGARITHMIC)
        what = "log2 fold change" if logarithmic else "effect"
        return f"{what} ({self.tool}: {effect})"

    def described(self, path: Path) -> str:
        """Say what is read from where, for the user to check."""
        read = ", ".join(f"{role} from {name}" for role, name in self.found.items())
        errors = self.error_from
        how = f"standard errors follow from {errors}" if errors else "no standard errors"
        return f"{path.name} is read as {self.tool} results: {read}; {how}."


def recognise_columns(path: Path, names: Sequence[str]) -> Columns:
    """Find the columns of a table of results.

    Args:
        path: the table.
        names: its columns; the first one holds the genes where no name says so.

    Raises:
        BadInputError: if no column is an effect.
    """
    plain = {name.strip().lower(): name for name in reversed(names)}
    found = {"gene": names[0], **columns_by_role(plain, COLUMNS)}
    if "effect" not in found:
        raise BadInputError(
            f"{path} has no column of effects; it has: {', '.join(names)[:300]}.",
            hint="Effects are recognised in a column log2FoldChange (DESeq2), logFC (edgeR, limma) "
            "or effect; errors in lfcSE or se, else they follow from t, stat or the p-value.",
            command=look(path),
        )
    return Columns(_tool(plain), found)


def _tool(plain: Mapping[str, str]) -> str:
    if "log2foldchange" in plain and {"basemean", "lfcse", "padj"} & set(plain):
        return "DESeq2"
    if "logfc" in plain and "logcpm" in plain:
        return "edgeR"
    if "logfc" in plain and {"aveexpr", "adj.p.val"} & set(plain):
        return "limma"
    return "plain"
