"""GO annotations: GAF 2.0, 2.1 and 2.2.

A statement with NOT is a negative one, and ND says that nothing is known: both are left out.
What is not annotated is unknown, not absent. All other evidence is kept, automatic (IEA) and
phylogenetic (IBA) too, with its codes on the edge; option ``without`` leaves codes out. Protein
binding (GO:0005515, IPI) is kept like any function, though it names none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import BlockFileLoader
from kgp.loaders.files import look
from kgp.loaders.frames import drop_rows, emit, exact_where_unique
from kgp.loaders.ontology.gaf_blocks import E_COLI, LOCUS_TAG, object_blocks
from kgp.loaders.ontology.gaf_header import RELATION_REQUIRED, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

PREFIX = {
    "AspGD": "aspgd.locus",
    "CGD": "cgd",
    "dictyBase": "dictybase.gene",
    "EcoCyc": "ecocyc",
    "FB": "flybase",
    "MGI": "mgi",
    "NCBIGene": "ncbigene",
    "PomBase": "pombase",
    "RGD": "rgd",
    "RNAcentral": "rnacentral",
    "SGD": "sgd",
    "TAIR": "tair.locus",
    "UniProtKB": "uniprot",
    "WB": "wormbase",
    "Xenbase": "xenbase",
    "ZFIN": "zfin",
}
"""Database of the annotated object → CURIE prefix."""

RELATION_OF = {
    "BiologicalProcess": "PARTICIPATES_IN",
    "MolecularFunction": "HAS_FUNCTION",
    "CellularComponent": "LOCATED_IN",
}
"""Type of the term → relation of a gene to it."""

ASPECTS = {"P": "BiologicalProcess", "F": "MolecularFunction", "C": "CellularComponent"}
EVIDENCE = frozenset(
    "EXP IDA IPI IMP IGI IEP HTP HDA HMP HGI HEP IBA IBD IKR IRD ISS ISO ISA ISM IGC RCA TAS NAS "
    "IC ND IEA NR".split()
)
_NAMES = ("db", "local", "symbol", "relation", "term", "reference", "evidence", "with", "aspect")
_LATER = {"synonyms": 10, "taxon": 12}
_PAIR = ("src", "dst", "type")
_LISTS = ("evidence", "reference", "relation")


class Gaf(BlockFileLoader):
    """Reads a GAF file.

    Args:
        inputs: the file of role ``gaf``.
        taxon: NCBI taxon to keep, such as ``9606``; all by default.
        without: evidence codes to leave out, such as ``IEA,IBA``; none by default.
        version: the release, where the user states it.
    """

    source = "gaf"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        without: str = "",
        version: str | None = None,
    ) -> None:
        self._header = read_header(inputs["gaf"])
        super().__init__(inputs, version=version)
        self.taxon = None if taxon is None else f"taxon:{taxon}"
        self.without = _codes(without)

    def stated_version(self) -> str | None:
        """Return the date of the header, year first."""
        return self._header.date

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield lines with their numbers, all lines of one object in one block.

        Raises:
            BadInputError: also if the file holds no annotation, or none of the taxon.
        """
        path, seen, own = self.inputs["gaf"], 0, self.taxon is None
        for lines in object_blocks(path):
            tally.read(lines.height)
            seen += lines.height
            if not own:
                own = bool(lines["text"].str.contains(rf"\t{self.taxon}[|\t]").any())
            yield lines
        if seen and own:
            return
        of = f" of {self.taxon}" if seen else ""
        raise BadInputError(
            f"{path} holds no annotations{of}.",
            hint="Expected is at least one such row below the header.",
            command=look(path),
        )

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield genes and terms, then one edge per gene and term with all its evidence."""
        statements = self._statements(block, tally)
        edges = _merged(statements)
        tally.merge(statements.height - edges.height)
        genes = edges.select("synonyms", "taxon", id="src", name="symbol", type=pl.lit("Gene"))
        genes = genes.unique("id", keep="first", maintain_order=True)
        yield from emit(Kind.NODES, genes.select("id", "name", "type"))
        terms = edges.select(id="dst", type="node_type").unique("id", maintain_order=True)
        yield from emit(Kind.NODES, terms)
        yield from emit(Kind.XREFS, _locus_tags(genes))
        yield from emit(Kind.EDGES, _edges(edges))

    def _statements(self, lines: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Well-formed positive statements of a block of lines."""
        rows = lines.with_columns(fields=pl.col("text").str.split("\t"))
        rows = rows.select(
            "line",
            width=pl.col("fields").list.len(),
            **{name: _field(position) for name, position in _POSITIONS.items()},
        )
        own = pl.col("taxon").str.splitn("|", 2).struct.field("field_0")
        rows = rows.with_columns(taxon=own.fill_null(""))
        for bad, reason, shown in _BROKEN:
            rows = _drop_lines(rows, bad, reason, tally, shown)
        if self._header.version == RELATION_REQUIRED:
            rows = _drop_lines(rows, pl.col("relation") == "", "no relation", tally, "term")
        if self.taxon:
            another = pl.col("taxon") != self.taxon
            rows = _drop_lines(rows, another, "another taxon", tally, "taxon")
        negative = pl.col("relation").str.contains(r"(^|\|)NOT(\||$)")
        rows = _drop_lines(rows, negative, "negative statement (NOT)", tally, "relation")
        evidence = pl.col("evidence")
        rows = _drop_lines(rows, evidence == "ND", "nothing known (ND)", tally, "term")
        unwanted = evidence.is_in(self.without)
        rows = _drop_lines(rows, unwanted, "evidence left out on request", tally, "evidence")
        node_type = pl.col("aspect").replace_strict(ASPECTS, return_dtype=pl.String)
        return rows.select(
            "line",
            "symbol",
            "synonyms",
            "taxon",
            *_LISTS,
            src=_object_curie(),
            dst=pl.lit("go:") + pl.col("term").str.strip_prefix("GO:"),
            type=node_type.replace_strict(RELATION_OF, return_dtype=pl.String),
            node_type=node_type,
        )


_POSITIONS = {name: i for i, name in enumerate(_NAMES)} | _LATER
_BROKEN = (
    (~pl.col("width").is_between(15, 17), "wrong number of columns", "width"),
    (pl.col("db").eq("") | pl.col("local").eq(""), "no object id", "symbol"),
    (~pl.col("db").is_in(list(PREFIX)), "object of an unknown database", "db"),
    (pl.col("local").str.contains(r"\s"), "object id with a space in it", "local"),
    (~pl.col("term").str.contains(r"^GO:\d{7}$"), "not a GO id", "term"),
    (~pl.col("aspect").is_in(list(ASPECTS)), "aspect is not P, F or C", "aspect"),
    (~pl.col("evidence").is_in(list(EVIDENCE)), "unknown evidence code", "evidence"),
    (~pl.col("taxon").str.contains(r"^taxon:\d+$"), "not a taxon", "taxon"),
)
"""Which lines cannot be used, why, and the column that shows it."""


def _codes(text: str) -> list[str]:
    codes = [code for code in text.split(",") if code]
    for code in codes:
        if code not in EVIDENCE:
            command = "kgp load gaf … --option without=IEA,IBA"
            raise UsageError(unknown("evidence code", code, EVIDENCE, command=command))
    return codes


def _field(position: int) -> pl.Expr:
    return pl.col("fields").list.get(position, null_on_oob=True).fill_null("")


def _drop_lines(
    rows: pl.DataFrame, bad: pl.Expr, reason: str, tally: Tally, column: str
) -> pl.DataFrame:
    """Return the other rows; the few bad ones are shown by their line and what is wrong."""
    dropped = rows.filter(bad)
    if dropped.is_empty():
        return rows
    shown = pl.format("line {}: {}", "line", pl.col(column).cast(pl.String).str.slice(0, 80))
    drop_rows(dropped.with_columns(shown=shown), pl.lit(True), reason, tally, ("shown",))
    return rows.filter(~bad)


def _object_curie() -> pl.Expr:
    """CURIE of the object; MGI and others repeat the database within the id."""
    prefix = pl.col("db").replace_strict(PREFIX)
    return pl.concat_str(prefix, pl.lit(":"), pl.col("local").str.replace(r"^[A-Za-z]+:", ""))


def _merged(statements: pl.DataFrame) -> pl.DataFrame:
    """One row per gene and term; its evidence, references and relations as sorted lists.

    Most pairs are stated once: only for the others are lists sorted and made distinct.
    """
    one = pl.len().over(_PAIR) == 1
    rest = ("symbol", "synonyms", "taxon", "node_type", "line")
    single = statements.filter(one).select(*_PAIR, *rest, *map(pl.concat_list, _LISTS))
    several = statements.filter(~one).group_by(_PAIR, maintain_order=True)
    gathered = several.agg(pl.col(rest).first(), pl.col(_LISTS).unique().sort())
    return pl.concat([single, gathered]).sort("line").drop("line")


def _locus_tags(genes: pl.DataFrame) -> pl.DataFrame:
    """E. coli's b-numbers: exact where one object alone claims it."""
    own = genes.filter(pl.col("taxon").is_in(list(E_COLI)))
    tags = own.select("id", other=pl.col("synonyms").str.extract_all(LOCUS_TAG))
    tags = tags.explode("other").drop_nulls().unique(maintain_order=True)
    return exact_where_unique(tags.with_columns(other=pl.lit("locus_tag:") + pl.col("other")))


def _edges(merged: pl.DataFrame) -> pl.DataFrame:
    relations = pl.col("relation").list.filter(pl.element() != "")
    return merged.select(
        *_PAIR, "evidence", references="reference", relations=relations, qualifier=pl.lit("")
    )
