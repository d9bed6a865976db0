"""Reactome: the pathways of one species, their hierarchy, and the genes that take part in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line, look
from kgp.loaders.frames import Unseen, drop_rows, emit
from kgp.loaders.tables import stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

PATHWAYS = ("pathway", "name", "species")
RELATIONS = ("parent", "child")
MEMBERS = ("member", "pathway", "url", "name", "evidence", "species")
"""Columns of the files, which have no header."""

MEMBERSHIP = {
    "ncbi": ("ncbigene", r"^(\d+)$"),
    "uniprot": ("uniprot", r"^([A-Z][A-Z0-9]{5,9})(?:-.+)?$"),
    "ensembl": ("ensembl", r"^([A-Za-z][\w-]*)(?:\.\d+)?$"),
}
"""Role → prefix of its members, and what is kept of them: neither isoform nor version."""

_COLUMNS = {"pathways": PATHWAYS, "relations": RELATIONS, **dict.fromkeys(MEMBERSHIP, MEMBERS)}
_STABLE_ID = r"^R-[A-Z]{3}-\d+(\.\d+)?$"


class Reactome(FileLoader):
    """Reads ReactomePathways, and optionally its relations and members, lowest or all levels.

    Args:
        inputs: the files of role ``pathways`` and, optionally, ``relations``, ``ncbi``,
            ``uniprot`` and ``ensembl``.
        species: whose pathways, as Reactome writes it.
        version: the release, where the user states it.
    """

    source = "reactome"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        species: str = "Homo sapiens",
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.species = species
        for role, path in self.inputs.items():
            _check_width(path, _COLUMNS[role])

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the pathways, what is part of what, then who takes part."""
        pathways = self._pathways(tally)
        yield from emit(Kind.NODES, pathways.with_columns(type=pl.lit("Pathway")))
        if "relations" in self.inputs:
            yield from self._hierarchy(pathways["id"], tally)
        unseen = Unseen(("id",))
        for role in MEMBERSHIP:
            if role in self.inputs:
                members = self._members(role, pathways["id"], tally)
                genes = unseen.new(members.select(id="src"))
                yield from emit(Kind.NODES, genes.with_columns(type=pl.lit("Gene")))
                yield from emit(Kind.EDGES, members)

    def _rows(self, role: str, columns: tuple[str, ...], tally: Tally) -> Iterator[pl.DataFrame]:
        names = _COLUMNS[role]
        path = self.inputs[role]
        yield from stream_table(path, columns, tally, names=names, header=False)

    def _pathways(self, tally: Tally) -> pl.DataFrame:
        parts, seen = [], pl.Series("species", [], pl.String)
        for block in self._rows("pathways", PATHWAYS, tally):
            rows = drop_rows(
                block, _not_id("pathway"), "not a pathway of Reactome", tally, PATHWAYS
            )
            seen = pl.concat([seen, rows["species"]]).unique()
            parts.append(self._own(rows, tally))
        found = pl.concat(parts) if parts else pl.DataFrame()
        if found.is_empty():
            raise BadInputError(
                unknown(
                    "species",
                    self.species,
                    seen,
                    command="kgp load reactome … --option species='Mus musculus'",
                ),
            )
        return found.select(id=_curie("pathway"), name="name").unique("id", maintain_order=True)

    def _own(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        other = pl.col("species") != self.species
        return drop_rows(rows, other, "another species", tally, ("species", "pathway"))

    def _hierarchy(self, pathways: pl.Series, tally: Tally) -> Iterator[Batch]:
        """Yield child → parent; both ends must be pathways of the species."""
        for block in self._rows("relations", RELATIONS, tally):
            rows = block.select(*RELATIONS, src=_curie("child"), dst=_curie("parent"))
            known = pl.all_horizontal(pl.col("src", "dst").is_in(pathways.implode()))
            reason = "not between pathways of the species"
            rows = drop_rows(rows, ~known, reason, tally, RELATIONS).select("src", "dst")
            edge = {"type": pl.lit("PART_OF"), "qualifier": pl.lit("")}
            yield from emit(Kind.EDGES, rows.with_columns(**edge))

    def _members(self, role: str, pathways: pl.Series, tally: Tally) -> pl.DataFrame:
        """One edge per gene and pathway with all its evidence."""
        prefix, pattern = MEMBERSHIP[role]
        columns = ("member", "pathway", "evidence", "species")
        parts = [pl.DataFrame(schema=dict.fromkeys(("dst", "evidence", "src"), pl.String))]
        for block in self._rows(role, columns, tally):
            rows = self._own(block, tally).with_columns(
                local=pl.col("member").str.extract(pattern), dst=_curie("pathway")
            )
            reason = f"not an identifier of {prefix}"
            rows = drop_rows(rows, pl.col("local").is_null(), reason, tally, columns[:2])
            missing = ~pl.col("dst").is_in(pathways.implode())
            reason = "pathway is not in the list of pathways"
            rows = drop_rows(rows, missing, reason, tally, columns[:2])
            parts.append(rows.select("dst", "evidence", src=pl.lit(f"{prefix}:") + pl.col("local")))
        stated = pl.concat(parts)
        edges = stated.group_by("src", "dst", maintain_order=True).agg(
            pl.col("evidence").unique().sort()
        )
        tally.merge(stated.height - edges.height)
        return edges.with_columns(type=pl.lit("PARTICIPATES_IN"), qualifier=pl.lit(""))


def _curie(column: str) -> pl.Expr:
    """CURIE of a pathway, without the version of its stable identifier."""
    return pl.lit("reactome:") + pl.col(column).str.replace(r"\.\d+$", "")


def _not_id(column: str) -> pl.Expr:
    return ~pl.col(column).str.contains(_STABLE_ID)


def _check_width(path: Path, columns: tuple[str, ...]) -> None:
    """Refuse another of Reactome's many files at once: they have no header to tell them apart."""
    found = first_line(path).count("\t") + 1
    if found != len(columns):
        raise BadInputError(
            f"{path} has {found} columns, not {len(columns)}.",
            hint=f"Expected are {', '.join(columns)}, separated by tabs, without a header.",
            command=look(path),
        )
