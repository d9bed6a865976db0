"""The design of a user's own experiment: which samples are of which condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import look
from kgp.loaders.own.matrix import read_header, read_rows
from kgp.loaders.tables import columns_by_role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADINGS: dict[str, tuple[str, ...]] = {
    "sample": ("sample", "sample_id", "sampleid", "name", "run", "library"),
    "condition": ("condition", "group", "treatment", "genotype"),
    "batch": ("batch", "block", "replicate_batch", "plate"),
    "perturbed": ("perturbed", "perturbation", "target", "gene"),
    "direction": ("direction",),
    "dose": ("dose",),
    "time": ("time",),
    "medium": ("medium", "media"),
}
"""What a column holds → how designs call it, in lower case; the sample is else the first column."""

CONTROLS = (
    "control",
    "ctrl",
    "wt",
    "wildtype",
    "wild_type",
    "wild type",
    "wild-type",
    "untreated",
    "vehicle",
    "dmso",
    "mock",
    "non-targeting",
    "scramble",
)
"""Names of a condition, in lower case, that is compared with unless the user names another."""

MIN_REPLICATES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Samples and their conditions.

    Args:
        path: the table.
        samples: one row per sample: ``sample, condition`` and, where the table has them, the other
            columns of ``HEADINGS``.
        control: the condition that the others are compared with.
    """

    path: Path
    samples: pl.DataFrame
    control: str

    @property
    def conditions(self) -> list[str]:
        """All conditions but the control, in their order."""
        names = self.samples["condition"].unique(maintain_order=True).to_list()
        return [name for name in names if name != self.control]

    def of(self, condition: str) -> list[str]:
        """Names of the samples of a condition."""
        return self.samples.filter(pl.col("condition") == condition)["sample"].to_list()

    def said(self, condition: str, column: str) -> str:
        """Return what a column says of a condition; empty where it says nothing.

        Raises:
            BadInputError: if it says different things of its samples.
        """
        if column not in self.samples.columns:
            return ""
        values = self.samples.filter(pl.col("condition") == condition)[column].unique().to_list()
        if len(values) > 1:
            raise BadInputError(
                f"{self.path}: {column} of condition {condition!r} is {values[0]!r} and "
                f"{values[1]!r}.",
                hint="Samples of one condition are replicates; give each its own condition.",
                command=look(self.path),
            )
        return str(values[0])

    def check_replicates(self) -> None:
        """Refuse conditions of one sample.

        Raises:
            BadInputError: naming the first of them.
        """
        for condition in (self.control, *self.conditions):
            if len(self.of(condition)) < MIN_REPLICATES:
                raise BadInputError(
                    f"{self.path}: condition {condition!r} has one sample.",
                    hint="Without replicates there is no telling noise from response. Effects "
                    "without errors are loaded with replicates=none.",
                    command="kgp load responses … --option replicates=none",
                )


def read_design(path: Path, control: str | None) -> Design:
    """Read a design.

    Args:
        path: a CSV or TSV with one row per sample.
        control: the condition to compare with, where it is not one of ``CONTROLS``.

    Raises:
        BadInputError: for a table without conditions, samples listed twice, or no control.
        UsageError: for a control that is not there.
    """
    header = read_header(path)
    plain = {name.strip().lower(): name for name in reversed(header.names)}
    picked = {"sample": header.names[0], **columns_by_role(plain, HEADINGS)}
    if "condition" not in picked:
        raise BadInputError(
            f"{path} has no column 'condition'; it has: {', '.join(header.names)[:300]}.",
            hint="Expected are the columns sample and condition; batch, perturbed and direction "
            "may follow.",
            command=look(path),
        )
    rows = read_rows(path, header, list(dict.fromkeys(picked.values())), Tally())
    samples = rows.select(**{role: pl.col(name) for role, name in picked.items()})
    twice = samples.filter(pl.col("sample").is_duplicated())["sample"].to_list()
    if twice:
        raise BadInputError(
            f"{path} lists sample {twice[0]!r} more than once.",
            hint="Expected is one row per sample.",
            command=look(path),
        )
    conditions = samples["condition"].unique(maintain_order=True).to_list()
    return Design(path, samples, _control(path, conditions, control))


def _control(path: Path, conditions: Sequence[str], asked: str | None) -> str:
    if asked is not None:
        if asked not in conditions:
            command = "kgp load responses … --option control=CONDITION"
            raise UsageError(unknown("condition", asked, conditions, command=command))
        found = [asked]
    else:
        found = [name for name in conditions if name.lower() in CONTROLS]
    if len(found) != 1 or len(conditions) < 2:
        what = "no condition but the control" if len(conditions) < 2 else "no one control"
        raise BadInputError(
            f"{path} has {what}; its conditions are: {', '.join(conditions)[:200]}.",
            hint="Name the condition that the others are compared with.",
            command="kgp load responses … --option control=CONDITION",
        )
    return found[0]
