"""Tables of locus tags: the genes of a bacterium with their names and synonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader, restated
from kgp.loaders.files import first_line, look
from kgp.loaders.frames import drop_rows, emit, exact_where_unique
from kgp.loaders.species import symbol_prefix, taxon_of
from kgp.loaders.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

K12_MG1655 = "511145"
HEADINGS: dict[str, tuple[str, ...]] = {
    "tag": ("locus_tag", "locustag", "locus", "bnumber", "b_number", "blattner", "ordered_locus"),
    "names": ("gene_name", "genename", "name", "gene", "symbol", "gene_symbol", "preferred_name"),
    "synonyms": ("synonyms", "synonym", "aliases", "alias", "other_names"),
    "product": ("gene_product", "product", "description", "protein_name"),
    "uniprot": ("uniprot", "uniprot_id", "uniprotkb", "uniprot_accession"),
    "left": ("start", "left", "begin", "left_end_position"),
    "right": ("end", "right", "stop", "right_end_position"),
    "strand": ("strand", "transcription_direction"),
}
"""What a column holds → how tables call it, in lower case with underscores."""

_B_NUMBER = r"^b\d{4}$"
_TAG = r"^[\w.:-]+$"
_LOCUS = ("left", "right", "strand")
"""Properties of a gene that say where it lies, under the names that EcoCyc's loader gives them."""

_ACCESSION = r"^[OPQ][0-9][A-Z0-9]{3}[0-9]$|^[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}$"


class LocusTags(FileLoader):
    """Reads a CSV or TSV with a column of locus tags.

    Args:
        inputs: the file of role ``table``.
        taxon: NCBI taxon of the genes; default 511145 where all tags are b-numbers.
        tag: the column of locus tags, where its heading is not one of ``HEADINGS``.
        names: likewise, the column of gene names.
        synonyms: likewise, the column of synonyms, joined by ``;``, ``|`` or a comma.
        license: licence of a table that is not PRECISE-1K's.
        title: what to call such a table.
        citation: how to cite it.
        version: the release, where the user states it.
    """

    source = "locus-tags"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        tag: str | None = None,
        names: str | None = None,
        synonyms: str | None = None,
        license: str | None = None,
        title: str | None = None,
        citation: str | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        self._taxon = None if taxon is None else taxon_of(taxon)
        asked = {"tag": tag, "names": names, "synonyms": synonyms}
        self._delimiter, self._columns = _recognise(inputs["table"], asked)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes, then their names and accessions."""
        columns = dict.fromkeys(self._columns.values())
        rows = read_table(
            self.inputs["table"], list(columns), tally, delimiter=self._delimiter, quoted=True
        )
        rows = _genes(rows.select(**{role: pl.col(c) for role, c in self._columns.items()}), tally)
        taxon = self._taxon or _taxon_by_tags(rows["tag"])
        stated = pl.lit(taxon and f"ncbitaxon:{taxon}", pl.String)
        nodes = rows.select("id", "name", "product", *_LOCUS, type=pl.lit("Gene"), taxon=stated)
        yield from emit(Kind.NODES, nodes)
        yield from emit(Kind.XREFS, _names(rows, symbol_prefix(taxon or "")))
        yield from emit(Kind.XREFS, _accessions(rows))


def _recognise(path: Path, asked: Mapping[str, str | None]) -> tuple[str, dict[str, str]]:
    """Find the delimiter and, for each role, its column.

    Raises:
        BadInputError: if a column that is asked for, or that of the locus tags, is not there.
    """
    line = first_line(path)
    delimiter = max("\t,;", key=line.count)
    found = [name.strip().strip('"') for name in line.split(delimiter)]
    plain = {name.lower().replace(" ", "_").replace("-", "_"): name for name in reversed(found)}
    columns: dict[str, str] = {}
    for role, headings in HEADINGS.items():
        wanted = asked.get(role)
        known = [plain[heading] for heading in headings if heading in plain]
        if wanted and wanted not in found:
            raise _no_column(path, repr(wanted), found, look(path))
        if role == "tag" and not (wanted or known):
            command = f"kgp load locus-tags {path.name} --option tag=COLUMN"
            raise _no_column(path, "of locus tags", found, command)
        if wanted or known:
            columns[role] = wanted or known[0]
    return delimiter, columns


def _no_column(path: Path, which: str, found: list[str], command: str) -> BadInputError:
    return BadInputError(
        f"{path} has no column {which}; it has: {', '.join(found)[:300]}.",
        hint=f"Locus tags are recognised in a column {', '.join(HEADINGS['tag'])}.",
        command=command,
    )


def _genes(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """One row per locus tag with ``id, tag, name, synonyms, product, uniprot`` and its locus."""
    missing = [pl.lit("").alias(role) for role in HEADINGS if role not in rows.columns]
    rows = rows.with_columns(*missing).with_columns(pl.all().str.strip_chars())
    bad = ~pl.col("tag").str.contains(_TAG)
    rows = drop_rows(rows, bad, "not a locus tag", tally, ("tag", "names"))
    again = ~pl.col("tag").is_first_distinct()
    rows = drop_rows(rows, again, "locus tag listed twice", tally, ("tag", "names"))
    named = pl.when(pl.col("names") != "").then("names").otherwise("tag")
    product = pl.when(pl.col("product") != "").then("product")
    ends = [pl.col(end).cast(pl.Int64, strict=False) for end in ("left", "right")]
    strand = pl.when(pl.col("strand").is_in(["+", "-"])).then("strand")
    rows = rows.with_columns(*ends, strand=strand)
    return rows.with_columns(id=pl.lit("locus_tag:") + pl.col("tag"), name=named, product=product)


def _taxon_by_tags(tags: pl.Series) -> str | None:
    """The strain whose genes are b0001, b0002 …; else nothing."""
    return K12_MG1655 if tags.len() and tags.str.contains(_B_NUMBER).all() else None


def _names(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """A gene's own name is exact where it alone bears it; synonyms and shared names are not."""
    own = rows.filter(pl.col("name") != pl.col("tag"))
    own = exact_where_unique(own.select("id", other=pl.lit(prefix) + pl.col("name")))
    listed = pl.col("synonyms").str.replace_all(r"[;,|]", ";").str.split(";")
    others = rows.select("id", "name", "tag", local=listed).explode("local")
    others = others.with_columns(pl.col("local").str.strip_chars())
    others = others.filter(~pl.col("local").is_in(["", "-"]))
    others = others.filter(pl.col("local") != pl.col("name"), pl.col("local") != pl.col("tag"))
    others = others.select("id", other=pl.lit(prefix) + pl.col("local"), kind=pl.lit(XREF_SYNONYM))
    return pl.concat([own, others.unique(maintain_order=True)])


def _accessions(rows: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(pl.col("uniprot").str.contains(_ACCESSION))
    pairs = exact_where_unique(known.select("id", other=pl.lit("uniprot:") + pl.col("uniprot")))
    return pairs.filter(pl.col("kind") == XREF_EXACT)
