"""The world's bacterium: a Pathway Tools database, and what other sources know of its genes."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.pathway_tools.values import read_records
from kgp.loaders.registry import assign_roles, build_loader
from kgp.loaders.synthetic.ecocyc import SIGMAS, write_ecocyc
from kgp.loaders.synthetic.gaf import LETTERS, gaf_blocks, gaf_header
from kgp.loaders.synthetic.interactions import link_blocks
from kgp.loaders.synthetic.ontology import ASPECTS, term_ids
from kgp.loaders.synthetic.pairs import draw_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

TAXON = "511145"
FOLDER = "ecocyc"
RECORDS = 290
"""Records of one chromosome, about."""

_GAF_TAXON = "83333"
_LINKS_PER_GENE, _TERMS_PER_GENE = 4, 3
_MODES = {"activation": "+", "repression": "-", "dual": "+/-", "unknown": ""}
_FUNCTIONS = {"activation": "+", "repression": "-", "dual": "-+", "unknown": "?"}
_TAG = re.compile(r"(?<=ACCESSION-1 - )s9")
_COMMENT = re.compile(r"^#.*\n", re.MULTILINE)
_ORGANISM = "# Organism: a bacterium that does not exist"


def write_database(world: World, output: Output) -> dict[str, str]:
    """Write the attribute-value files: a chromosome, and as many more as the size asks for.

    Other sources know the genes of the first chromosome only.
    """
    files: dict[str, str] = {}
    for copy in range(max(1, round(world.size.frames / RECORDS))):
        for stem, text in _chromosome(world, copy).items():
            files[stem] = name = f"{FOLDER}/{stem}.dat"
            path = output.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab" if copy else "wb") as file:
                file.write(text.encode("latin-1"))
            output.step.advance(text.count("\n//\n"))
    return files


def _chromosome(world: World, copy: int) -> dict[str, str]:
    """Stem of the file → its text, with identifiers of its own and the header of the first.

    The first has b-numbers, by which all sources of Escherichia coli agree on a gene.
    """
    texts = {}
    with TemporaryDirectory() as folder:
        for path in write_ecocyc(Path(folder), world.seed + copy):
            text = path.read_bytes().decode("latin-1")
            text = _TAG.sub("b9" if copy == 0 else f"SYN{copy}_9", text)
            if copy:
                text = _COMMENT.sub("", text).replace("SYN-", f"SYN{copy}-")
            texts[path.stem] = text
    return texts


@contextmanager
def _first_chromosome(world: World) -> Iterator[Path]:
    """A folder with the files of the first chromosome."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for stem, text in _chromosome(world, 0).items():
            (folder / f"{stem}.dat").write_bytes(text.encode("latin-1"))
        yield folder


def bacterial_genes(world: World) -> pl.DataFrame:
    """One row per gene of the first chromosome: ``frame, name, tag``, in its order."""
    wanted = ("UNIQUE-ID", "COMMON-NAME", "ACCESSION-1")
    with _first_chromosome(world) as folder:
        rows = [tuple(map(r.first, wanted)) for r in read_records(folder / "genes.dat")]
    return pl.DataFrame(rows, schema=["frame", "name", "tag"], orient="row")


def regulation(world: World) -> pl.DataFrame:
    """The database's network: ``src, dst`` (names of genes), ``effect`` and ``layer``."""
    names = dict(bacterial_genes(world).select("frame", "name").iter_rows())
    with _first_chromosome(world) as folder:
        loader = build_loader("ecocyc", assign_roles("ecocyc", [str(folder)]))
        batches = [b.data for b in loader.batches(Tally()) if b.kind is Kind.REGULATION]
    rows = pl.concat(pl.DataFrame(batch) for batch in batches)
    local = [
        pl.col(end).str.strip_prefix("ecocyc:").replace_strict(names, return_dtype=pl.String)
        for end in ("src", "dst")
    ]
    return rows.select(*local, "effect", "layer").sort("src", "dst", "layer")


def write_export(world: World, output: Output) -> dict[str, str]:
    """Write the regulatory network as Pathway Tools exports it."""
    name = f"{FOLDER}/regulatory-network.txt"
    return {"network": output.lines(name, _export(regulation(world), output))}


def _export(rows: pl.DataFrame, output: Output) -> Iterator[str]:
    regulators = set(rows["src"].to_list())
    n_genes = len(regulators | set(rows["dst"].to_list()))
    yield from (f"# {output.mark}", _ORGANISM, "# Database: kgp-synthetic")
    yield from (f"# Version: synthetic-seed-{output.seed}", "#")
    yield f"# The network contains {n_genes} total genes (regulators plus regulatees) and "
    yield f"# {len(regulators)} regulatory genes."
    yield "#"
    for (regulator,), edges in rows.group_by("src", maintain_order=True):
        yield f"{regulator}*"
        named = [
            f"{_MODES[effect]}{target}{'*' if target in regulators else ''}"
            for target, effect in edges.select("dst", "effect").iter_rows()
        ]
        yield "  " + "  ".join(named)


def write_regulondb(world: World, output: Output) -> dict[str, str]:
    """Write RegulonDB's network tables of transcription factors and of sigma factors."""
    rows = regulation(world)
    return {
        role: output.lines(f"regulondb/{name}.txt", _table(rows, layer, letters, output))
        for role, name, layer, letters in (
            ("tf_gene", "network_tf_gene", "transcriptional", "TF"),
            ("sigma_gene", "network_sigma_gene", "sigma", "SF"),
        )
    }


def _table(rows: pl.DataFrame, layer: str, letters: str, output: Output) -> Iterator[str]:
    yield from (f"# {output.mark}", _ORGANISM)
    columns = ("regulatorId", "regulatorName", "RegulatorGeneName", "regulatedId", "regulatedName")
    yield "\t".join(f"{i}){c}" for i, c in enumerate((*columns, "function", "confidenceLevel"), 1))
    own = rows.filter(pl.col("layer") == layer)
    numbers = {name: i for i, name in enumerate(own["src"].unique(maintain_order=True))}
    for number, (src, dst, effect) in enumerate(own.select("src", "dst", "effect").iter_rows()):
        protein = src[0].upper() + src[1:]
        regulator, target = f"RDBECOLI{letters}C{numbers[src]:05}", f"RDBECOLIGNC{number:05}"
        yield "\t".join((regulator, protein, src, target, dst, _FUNCTIONS[effect], "S"))


def write_locus_tags(world: World, output: Output) -> dict[str, str]:
    """Write a table of locus tags with names."""
    start = pl.int_range(pl.len()) * 1020 + 1
    rows = bacterial_genes(world).select(
        locus_tag="tag",
        gene_name="name",
        synonyms=pl.format("{};{}x", "name", "name"),
        gene_product=pl.lit("synthetic protein, of no organism"),
        COG=pl.lit("No COG annotation"),
        uniprot=pl.lit(""),
        start=start,
        end=start + 899,
        strand=pl.lit("+"),
    )
    return {"table": output.table(f"{FOLDER}/gene_info.csv.gz", [rows], separator=",")}


def write_links(world: World, output: Output) -> dict[str, str]:
    """Write STRING's links and proteins of the bacterium."""
    genes = bacterial_genes(world)
    proteins = (f"{TAXON}." + genes["tag"]).rename("protein")
    n = genes.height
    x, y = draw_pairs(
        world.random("bacterial links"),
        n,
        n,
        _LINKS_PER_GENE * n,
        undirected=True,
        cover=(True, True),
    )
    blocks = link_blocks(world.random("bacterial scores"), proteins, x, y, ("experimental",))
    info = pl.DataFrame({"#string_protein_id": proteins, "preferred_name": genes["name"]})
    info = info.with_columns(
        protein_size=pl.lit(300), annotation=pl.lit("annotation not available")
    )
    links = f"string/{TAXON}.protein.links.v12.0.txt.gz"
    return {
        "links": output.table(links, blocks, separator=" "),
        "info": output.table(f"string/{TAXON}.protein.info.v12.0.txt.gz", [info]),
    }


def write_annotations(world: World, output: Output) -> dict[str, str]:
    """Write GO annotations of the bacterium to the terms of the world."""
    genes = bacterial_genes(world)
    terms = pl.concat(
        term_ids(world, aspect).to_frame().with_columns(aspect=pl.lit(LETTERS[aspect]))
        for aspect in ASPECTS
    )
    wanted = min(_TERMS_PER_GENE * genes.height, genes.height * terms.height // 2)
    gene, number = draw_pairs(
        world.random("bacterial annotations"),
        genes.height,
        terms.height,
        wanted,
        cover=(True, False),
    )
    rows = pl.concat([genes[gene], terms[number]], how="horizontal").select(
        "term",
        "aspect",
        db=pl.lit("EcoCyc"),
        local="frame",
        symbol="name",
        name=pl.lit("synthetic protein"),
        alias="tag",
    )
    blocks = gaf_blocks(rows, 2 * rows.height, "2.2", _GAF_TAXON)
    name = "go/ecocyc.gaf.gz"
    return {"gaf": output.table(name, blocks, header=gaf_header("2.2", output.mark))}


def sigma_factors() -> str:
    """Names of the sigma factors, as the export's reader wants them."""
    return ",".join(SIGMAS)
