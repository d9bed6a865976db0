"""STRING: functional associations of the proteins of one species, with channel scores."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line, open_bytes, reading
from kgp.loaders.frames import Unseen, drop_rows, emit, exact_where_unique, ordered
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

PAIR = ("protein1", "protein2")
INFO = ("#string_protein_id", "preferred_name", "protein_size", "annotation")
ECOLI_K12, HUMAN = "511145", "9606"
_NO_ANNOTATION = "annotation not available"
_ID = r"^(\d+)\.\S+$"


class StringDB(FileLoader):
    """Reads protein.links (also detailed, full, physical) and protein.info.

    Scores stay as STRING writes them: integers up to 1000, thousandths of a probability that the
    association is real, not that one protein regulates the other.

    Args:
        inputs: the files of roles ``links`` and, optionally, ``info``.
        taxon: NCBI taxon that the files must be of, such as ``9606``.
        version: the release, where the user states it.
    """

    source = "string"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        columns = check_columns(inputs["links"], PAIR, " ")
        self._channels = [name for name in columns if name not in PAIR]
        self.taxon = _taxon_of(inputs["links"])
        if taxon is not None and str(taxon) != self.taxon:
            raise self._wrong_taxon(inputs["links"], self.taxon, str(taxon))
        if "info" in inputs:
            check_columns(inputs["info"], INFO, "\t")

    def stated_version(self) -> str | None:
        """Return the release in the file's name, such as ``v12.0``."""
        found = [re.search(r"\bv\d+(\.\d+)+", path.name) for path in self.inputs.values()]
        return next((match[0] for match in found if match), None)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the proteins, then their associations with ``src <= dst``."""
        unseen = Unseen(("id",))
        if "info" in self.inputs:
            for block in stream_table(self.inputs["info"], INFO, tally):
                self._check_taxon(self.inputs["info"], block[INFO[0]])
                yield from self._proteins(unseen, _described(block))
        links = self.inputs["links"]
        for block in stream_table(links, (*PAIR, *self._channels), tally, delimiter=" "):
            for column in PAIR:
                self._check_taxon(links, block[column])
            rows = self._links(block, tally)
            ends = pl.concat([rows["src"], rows["dst"]]).alias("id").to_frame()
            yield from self._proteins(unseen, ends.with_columns(name=pl.lit(None, pl.String)))
            yield from emit(Kind.EDGES, rows)

    def _links(self, block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        scores = pl.col(self._channels).cast(pl.Int32, strict=False)
        rows = block.with_columns(scores)
        bad = (
            pl.any_horizontal(pl.col(self._channels).is_null()) if self._channels else pl.lit(False)
        )
        rows = drop_rows(rows, bad, "a score is not a whole number", tally, PAIR)
        curies = [pl.lit("string:") + pl.col(column) for column in PAIR]
        rows = rows.select(self._channels, src=curies[0], dst=curies[1])
        return ordered(rows).with_columns(type=pl.lit("INTERACTS_WITH"), qualifier=pl.lit(""))

    def _proteins(self, unseen: Unseen, proteins: pl.DataFrame) -> Iterator[Batch]:
        fresh = unseen.new(proteins).with_columns(type=pl.lit("Gene"))
        yield from emit(Kind.NODES, fresh)
        yield from emit(Kind.XREFS, _xrefs(fresh, self.taxon))

    def _check_taxon(self, path: Path, proteins: pl.Series) -> None:
        own = proteins.str.starts_with(f"{self.taxon}.")
        if not own.all():
            other = str(proteins.filter(~own)[0])
            raise self._wrong_taxon(path, other.partition(".")[0], self.taxon)

    @staticmethod
    def _wrong_taxon(path: Path, found: str, wanted: str) -> BadInputError:
        return BadInputError(
            f"{path} is of taxon {found!r}, not {wanted}.",
            hint=f"Expected are the files of one species, with protein ids {wanted}.….",
            command=f"kgp load string links={path.name} info={wanted}.protein.info.v12.0.txt.gz",
        )


def _taxon_of(path: Path) -> str:
    """Taxon of the first protein in the file."""
    with reading(path), open_bytes(path) as file:
        file.readline()
        protein = file.readline(1 << 16).decode("utf-8").partition(" ")[0].strip()
    match = re.match(_ID, protein)
    if match:
        return match[1]
    raise BadInputError(
        f"{path}: {protein!r} is not a STRING protein."
        if protein
        else f"{path} holds no rows, only the header {first_line(path)!r}.",
        hint="Expected is TAXON.LOCUS, such as 511145.b0001.",
        command=f"zcat {path.name} | head",
    )


def _described(block: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("annotation")
    return block.select(
        id=pl.lit("string:") + pl.col(INFO[0]),
        name="preferred_name",
        protein_size=pl.col("protein_size").cast(pl.Int64, strict=False),
        description=pl.when(~text.is_in(["", _NO_ANNOTATION])).then(text),
    )


def _xrefs(proteins: pl.DataFrame, taxon: str) -> pl.DataFrame:
    """Locus tags of E. coli; elsewhere Ensembl proteins, and human symbols as synonyms."""
    local = pl.col("id").str.strip_prefix(f"string:{taxon}.")
    if taxon == ECOLI_K12:
        tags = proteins.select("id", other=pl.lit("locus_tag:") + local)
        return exact_where_unique(tags)
    ensembl = proteins.filter(local.str.starts_with("ENS"))
    found = exact_where_unique(ensembl.select("id", other=pl.lit("ensembl:") + local))
    if taxon != HUMAN:
        return found
    symbols = proteins.drop_nulls("name").select(
        "id", other=pl.lit("hgnc.symbol:") + pl.col("name"), kind=pl.lit(XREF_SYNONYM)
    )
    return pl.concat([found, symbols])
