"""GO annotations: GAF 2.0, 2.1 and 2.2.

A statement with NOT is a negative one, and ND says that nothing is known: both are left out.
What is not annotated is unknown, not absent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import open_text, stream_lines
from kgp.loaders.frames import drop_rows, emit, exact_where_unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

VERSIONS = ("2.0", "2.1", "2.2")
PREFIX = {
    "dictyBase": "dictybase.gene",
    "EcoCyc": "ecocyc",
    "FB": "flybase",
    "MGI": "mgi",
    "NCBIGene": "ncbigene",
    "PomBase": "pombase",
    "RGD": "rgd",
    "SGD": "sgd",
    "TAIR": "tair.locus",
    "UniProtKB": "uniprot",
    "WB": "wormbase",
    "ZFIN": "zfin",
}
"""Database of the annotated object → CURIE prefix."""

ASPECTS = {
    "P": ("PARTICIPATES_IN", "BiologicalProcess"),
    "F": ("HAS_FUNCTION", "MolecularFunction"),
    "C": ("LOCATED_IN", "CellularComponent"),
}
EVIDENCE = frozenset(
    "EXP IDA IPI IMP IGI IEP HTP HDA HMP HGI HEP IBA IBD IKR IRD ISS ISO ISA ISM IGC RCA TAS NAS "
    "IC ND IEA NR".split()
)
_NAMES = ("db", "local", "symbol", "relation", "term", "reference", "evidence", "with", "aspect")
_LATER = {"synonyms": 10, "taxon": 12}
_VERSION = re.compile(r"^!\s*gaf-version:\s*(\S+)", re.IGNORECASE)
_DATE = re.compile(
    r"^!\s*(?:date-generated|generated|GOC Validation Date|Submission Date):\s*([\d/-]+)",
    re.IGNORECASE,
)
_E_COLI = ("taxon:83333", "taxon:511145", "taxon:562")
_PAIR = ("src", "dst", "type")
_LISTS = ("evidence", "reference", "relation")


class Gaf(FileLoader):
    """Reads a GAF file.

    Args:
        inputs: the file of role ``gaf``.
        taxon: NCBI taxon to keep, such as ``9606``; all by default.
        version: the release, where the user states it.
    """

    source = "gaf"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        self._head = _header(inputs["gaf"])
        super().__init__(inputs, version=version)
        self.taxon = None if taxon is None else f"taxon:{taxon}"
        stated = next((m[1] for m in map(_VERSION.match, self._head) if m), None)
        if stated not in VERSIONS:
            raise BadInputError(
                f"{inputs['gaf']} states GAF version {stated or '(none)'}.",
                hint=f"Expected is a header line '!gaf-version: …' with {', '.join(VERSIONS)}.",
                command=f"zcat {inputs['gaf'].name} | head",
            )

    def stated_version(self) -> str | None:
        """Return the date of the header, year first."""
        stated = next((m[1] for m in map(_DATE.match, self._head) if m), None)
        return stated and re.sub(r"^(\d+)/(\d+)/(\d{4})$", r"\3-\1-\2", stated)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes and terms, then one edge per gene and term with all its evidence."""
        parts = [
            _merged(self._statements(lines, tally))
            for lines in stream_lines(self.inputs["gaf"], skip="!")
        ]
        if not tally.rows_in:
            raise BadInputError(
                f"{self.inputs['gaf']} holds no annotations.",
                hint="Expected is at least one row below the header.",
            )
        edges = _merged(pl.concat(parts))
        genes = edges.select("synonyms", "taxon", id="src", name="symbol", type=pl.lit("Gene"))
        genes = genes.unique("id", keep="first", maintain_order=True)
        yield from emit(Kind.NODES, genes.select("id", "name", "type"))
        terms = edges.select(id="dst", type="node_type").unique("id", maintain_order=True)
        yield from emit(Kind.NODES, terms)
        yield from emit(Kind.XREFS, _locus_tags(genes))
        yield from emit(Kind.EDGES, _edges(edges))

    def _statements(self, lines: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Well-formed positive statements of a block of lines."""
        tally.read(lines.height)
        rows = lines.with_columns(fields=pl.col("text").str.split("\t"))
        rows = rows.select(
            "line",
            width=pl.col("fields").list.len(),
            **{name: _field(position) for name, position in _POSITIONS.items()},
        )
        rows = rows.with_columns(pl.col("taxon").str.split("|").list.first())
        for bad, reason in _BROKEN:
            rows = _drop_lines(rows, bad, reason, tally)
        if self.taxon:
            rows = _drop_lines(rows, pl.col("taxon") != self.taxon, "another taxon", tally)
        negative = pl.col("relation").str.split("|").list.contains("NOT")
        rows = _drop_lines(rows, negative, "negative statement (NOT)", tally)
        rows = _drop_lines(rows, pl.col("evidence") == "ND", "nothing known (ND)", tally)
        aspect = pl.col("aspect")
        return rows.select(
            "symbol",
            "synonyms",
            "taxon",
            *(pl.concat_list(name) for name in _LISTS),
            src=_object_curie(),
            dst=pl.lit("go:") + pl.col("term").str.strip_prefix("GO:"),
            type=aspect.replace_strict({k: v[0] for k, v in ASPECTS.items()}),
            node_type=aspect.replace_strict({k: v[1] for k, v in ASPECTS.items()}),
        )


_POSITIONS = {name: i for i, name in enumerate(_NAMES)} | _LATER
_BROKEN = (
    (~pl.col("width").is_between(15, 17), "wrong number of columns"),
    (pl.col("db").eq("") | pl.col("local").eq(""), "no object id"),
    (~pl.col("db").is_in(list(PREFIX)), "object of an unknown database"),
    (~pl.col("term").str.contains(r"^GO:\d{7}$"), "not a GO id"),
    (~pl.col("aspect").is_in(list(ASPECTS)), "aspect is not P, F or C"),
    (~pl.col("evidence").is_in(list(EVIDENCE)), "unknown evidence code"),
    (~pl.col("taxon").str.contains(r"^taxon:\d+$"), "not a taxon"),
)


def _header(path: Path) -> list[str]:
    """Comment lines at the start of the file."""
    head = []
    with open_text(path) as lines:
        for line in lines:
            if not line.startswith("!"):
                break
            head.append(line.rstrip())
    return head


def _field(position: int) -> pl.Expr:
    return pl.col("fields").list.get(position, null_on_oob=True).fill_null("")


def _drop_lines(rows: pl.DataFrame, bad: pl.Expr, reason: str, tally: Tally) -> pl.DataFrame:
    shown = rows.with_columns(number=pl.lit("line ") + pl.col("line").cast(pl.String))
    return drop_rows(shown, bad, reason, tally, ("number",)).drop("number")


def _object_curie() -> pl.Expr:
    """CURIE of the object; MGI and others repeat the database within the id."""
    prefix = pl.col("db").replace_strict(PREFIX)
    return pl.concat_str(prefix, pl.lit(":"), pl.col("local").str.replace(r"^[A-Za-z]+:", ""))


def _merged(statements: pl.DataFrame) -> pl.DataFrame:
    """One row per gene and term; its evidence, references and relations as sorted lists."""
    return statements.group_by(_PAIR, maintain_order=True).agg(
        pl.col("symbol", "synonyms", "taxon", "node_type").first(),
        pl.col(_LISTS).explode().unique().sort(),
    )


def _locus_tags(genes: pl.DataFrame) -> pl.DataFrame:
    """E. coli's b-numbers, which stand among the synonyms."""
    own = genes.filter(pl.col("taxon").is_in(list(_E_COLI)))
    tags = own.select("id", other=pl.col("synonyms").str.extract_all(r"\bb\d{4}\b"))
    tags = tags.explode("other").drop_nulls().unique(maintain_order=True)
    return exact_where_unique(tags.with_columns(other=pl.lit("locus_tag:") + pl.col("other")))


def _edges(merged: pl.DataFrame) -> pl.DataFrame:
    relations = pl.col("relation").list.filter(pl.element() != "")
    return merged.select(
        *_PAIR, "evidence", references="reference", relations=relations, qualifier=pl.lit("")
    )
