"""The samples of PRECISE: what each is a measurement of, and which wild types it compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import look
from kgp.loaders.own.matrix import read_header, read_rows
from kgp.loaders.precise.strains import read_condition, read_description
from kgp.loaders.tables import columns_by_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HEADINGS: dict[str, tuple[str, ...]] = {
    "study": ("study",),
    "condition": ("condition", "condition id"),
    "description": ("strain description",),
    "parent": ("strain",),
    "medium": ("base media", "base medium"),
    "carbon_source": ("carbon source (g/l)", "carbon source"),
    "nitrogen_source": ("nitrogen source (g/l)", "nitrogen source"),
    "electron_acceptor": ("electron acceptor",),
    "trace_elements": ("trace element mixture",),
    "supplement": ("supplement",),
    "temperature": ("temperature (c)", "temperature"),
    "ph": ("ph",),
    "culture": ("culture type",),
    "evolved": ("evolved sample",),
    "doi": ("doi",),
}
"""What a column holds → how the releases of PRECISE call it, in lower case."""

SURROUNDINGS = (
    "medium",
    "carbon_source",
    "nitrogen_source",
    "electron_acceptor",
    "trace_elements",
    "supplement",
    "temperature",
    "ph",
    "culture",
)
"""What makes a condition, beside the strain."""

MATCHES: dict[str, tuple[str, ...]] = {
    "strict": ("study", *SURROUNDINGS, "background"),
    "other strain background": ("study", *SURROUNDINGS),
    "same medium and supplement": ("study", "medium", "supplement"),
}
"""How controls were found → what they have in common with the perturbed strain, the best first.

Of the wild types that one rule finds, those count that differ in the fewest of the other points.
Wild types of another study never count: in PRECISE-278 those of one and the same condition (M9,
glucose) differ between studies in 84 to 462 genes by more than two-fold, which is as much as a
change of the carbon source within a study does.
"""

_DOI = r"(10\.\d{4,9}/\S+)"
_PLAIN_NUMBER = r"^(-?\d+)\.0+$"


def read_samples(path: Path) -> pl.DataFrame:
    """Read a sample table: one row per sample with ``sample`` and the columns of ``HEADINGS``."""
    header = read_header(path)
    tally = Tally()
    return recognised(read_rows(path, header, header.names, tally), path)


def recognised(table: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Pick the columns of ``HEADINGS``, null where a table has none of a name or no value.

    Args:
        table: texts; the first column names the samples.
        path: where it is from.

    Raises:
        BadInputError: if no column says which study and condition a sample is of.
    """
    plain = {name.strip().lower(): name for name in reversed(table.columns)}
    found = columns_by_role(plain, HEADINGS)
    for role in ("study", "condition"):
        if role not in found:
            raise BadInputError(
                f"{path} has no column {role!r}; it has: {', '.join(table.columns)[:300]}.",
                hint="Expected is the sample table that belongs to the expression of PRECISE.",
                command=look(path),
            )
    columns = [
        (_text(found[role]) if role in found else pl.lit(None, pl.String)).alias(role)
        for role in HEADINGS
    ]
    samples = table.select(pl.col(table.columns[0]).alias("sample"), *columns)
    return samples.with_columns(
        evolved=pl.col("evolved").fill_null("No"),
        doi=pl.col("doi").str.to_lowercase().str.extract(_DOI),
    )


def _text(column: str) -> pl.Expr:
    """Text without blanks; ``7.0`` as ``7``, nothing as null."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    text = pl.when(~text.is_in(["", "nan", "NaN", "None", "NA"])).then(text)
    return text.str.replace(_PLAIN_NUMBER, "${1}")


def with_genotypes(
    samples: pl.DataFrame, stated: Mapping[str, tuple[Sequence[str], Sequence[str]]]
) -> pl.DataFrame:
    """Add ``background``, ``genes``, ``directions`` (lists) and ``other`` to every sample.

    Args:
        samples: as :func:`read_samples` gives them.
        stated: sample → (genes, directions), where a table says it; it outweighs the names.
    """
    rows = []
    for sample, description, condition, parent in samples.select(
        "sample", "description", "condition", "parent"
    ).iter_rows():
        read = read_description(description) if description else read_condition(condition)
        genes, directions = stated.get(sample, (read.genes, read.directions))
        rows.append(
            {
                "background": read.background or parent,
                "genes": list(genes),
                "directions": list(directions),
                "other": "" if sample in stated else read.other,
            }
        )
    kinds = {"genes": pl.List(pl.String), "directions": pl.List(pl.String)}
    found = pl.DataFrame(
        rows, schema={"background": pl.String, **kinds, "other": pl.String}, orient="row"
    )
    return samples.hstack(found)


def match_controls(treated: pl.DataFrame, wild: pl.DataFrame) -> pl.DataFrame:
    """Find the wild types that each perturbed group compares with.

    Args:
        treated: groups, one row each, with the columns that ``MATCHES`` names.
        wild: wild-type samples, with the same columns and ``sample``.

    Returns:
        ``treated`` with ``controls`` (list of samples, null where there are none),
        ``control_match`` (a key of ``MATCHES``) and ``control_differs`` (what of the surroundings
        is not the same for all of them).
    """
    rows = [_best(row, wild) for row in treated.iter_rows(named=True)]
    schema: dict[str, pl.DataType] = {
        "controls": pl.List(pl.String),
        "control_match": pl.String(),
        "control_differs": pl.List(pl.String),
    }
    return treated.hstack(pl.DataFrame(rows, schema=schema, orient="row"))


def _best(row: dict[str, object], wild: pl.DataFrame) -> dict[str, object]:
    around = (*SURROUNDINGS, "background")
    differing = [(~_same(name, row)).cast(pl.Int32) for name in around]
    for match, columns in MATCHES.items():
        found = wild.filter([_same(name, row) for name in columns])
        if found.height:
            found = found.with_columns(distance=pl.sum_horizontal(differing))
            found = found.filter(pl.col("distance") == pl.col("distance").min())
            differs = [name for name in around if found[name].unique().to_list() != [row[name]]]
            names = found["sample"].sort().to_list()
            return {"controls": names, "control_match": match, "control_differs": differs}
    return {"controls": None, "control_match": None, "control_differs": None}


def _same(name: str, row: dict[str, object]) -> pl.Expr:
    return pl.col(name).eq_missing(pl.lit(row[name], pl.String))
