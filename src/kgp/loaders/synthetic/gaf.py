"""GO annotations in the three versions of GAF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.synthetic.ontology import ASPECTS, VERSION, term_ids
from kgp.loaders.synthetic.world import TAXON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

LETTERS = {"bioprocess": "P", "molfunc": "F", "cellcomp": "C"}
RELATIONS = {"P": "involved_in", "F": "enables", "C": "located_in"}
EVIDENCE = ("IDA", "IMP", "IEA", "IBA", "ISS", "TAS", "IPI", "HDA", "NAS", "IC")
_DATE = "2025-01-01"
_BLOCK = 100_000
_NEGATIVE_EVERY, _UNKNOWN_EVERY = 200, 1000


def annotated(world: World) -> pl.DataFrame:
    """``gene`` (number), ``term`` (GO id) and ``aspect`` of every positive annotation."""
    frames = []
    for aspect in ASPECTS:
        number, gene = world.pairs(f"{aspect}_protein")
        terms = term_ids(world, aspect)[number]
        rows = pl.DataFrame({"gene": gene, "term": terms})
        frames.append(rows.with_columns(aspect=pl.lit(LETTERS[aspect])))
    return pl.concat(frames).filter(pl.col("gene") < world.n_coding)


def write_gaf(world: World, output: Output, version: str) -> dict[str, str]:
    """Write a GAF file: annotations, negative ones, and genes of which nothing is known."""
    genes = world.genes().select("gene", "symbol", "name", "alias", local="uniprot")
    rows = annotated(world).join(genes, on="gene", maintain_order="left")
    rows = rows.with_columns(db=pl.lit("UniProtKB"))
    blocks = gaf_blocks(rows, max(world.size.annotations, rows.height), version, TAXON)
    name = f"go/goa_human-{version}.gaf.gz"
    return {"gaf": output.table(name, blocks, header=gaf_header(version, output.mark))}


def gaf_header(version: str, mark: str) -> str:
    """Comment lines at the head of a file."""
    facts = (
        f"gaf-version: {version}",
        "generated-by: kgp",
        f"date-generated: {_DATE}",
        f"go-version: {VERSION}",
        mark,
    )
    return "\n".join(f"!{fact}" for fact in facts)


def gaf_blocks(
    rows: pl.DataFrame, n_lines: int, version: str, taxon: str
) -> Iterator[pl.DataFrame]:
    """Blocks of the 17 columns: every annotation at least once, then with further evidence.

    Args:
        rows: ``db, local, symbol, name, alias, term, aspect`` of the annotations.
        n_lines: positive lines, at least one for each row.
        version: of GAF.
        taxon: NCBI taxon of all genes.
    """
    for start in range(0, n_lines, _BLOCK):
        lines = pl.select(line=pl.int_range(start, min(start + _BLOCK, n_lines)))
        block = rows[lines["line"] % rows.height].with_columns(lines["line"] // rows.height)
        evidence = (pl.col("line") % len(EVIDENCE)).replace_strict(
            dict(enumerate(EVIDENCE)), return_dtype=pl.String
        )
        yield _columns(block.with_columns(evidence=evidence), version, taxon)
    negative = rows[::_NEGATIVE_EVERY].with_columns(line=pl.lit(0), evidence=pl.lit("IDA"))
    yield _columns(negative, version, taxon, negated=True)
    unknown = rows[::_UNKNOWN_EVERY].with_columns(line=pl.lit(0), evidence=pl.lit("ND"))
    yield _columns(unknown, version, taxon)


def _columns(
    rows: pl.DataFrame, version: str, taxon: str, *, negated: bool = False
) -> pl.DataFrame:
    relation = pl.col("aspect").replace_strict(RELATIONS) if version == "2.2" else pl.lit("")
    qualifier = pl.concat_str(pl.lit("NOT|"), relation).str.strip_suffix("|")
    return rows.select(
        "db",
        "local",
        "symbol",
        qualifier=qualifier if negated else relation,
        go="term",
        reference=pl.format("PMID:{}", pl.col("line") + 900_000_000),
        evidence="evidence",
        with_from=pl.lit(""),
        aspect_="aspect",
        name_="name",
        synonyms="alias",
        type=pl.lit("protein"),
        taxon=pl.lit(f"taxon:{taxon}"),
        date=pl.lit(_DATE.replace("-", "")),
        assigned_by=pl.lit("kgp"),
        extension=pl.lit(""),
        form=pl.lit(""),
    )
