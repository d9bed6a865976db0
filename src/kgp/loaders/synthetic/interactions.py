"""Interactions of proteins (STRING, BioPlex) and pathways (Reactome)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.synthetic.pairs import draw_pairs
from kgp.loaders.synthetic.plan import KINDS
from kgp.loaders.synthetic.world import TAXON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.pairs import Ints
    from kgp.loaders.synthetic.world import World

CHANNELS = (
    "neighborhood",
    "fusion",
    "cooccurence",
    "coexpression",
    "experimental",
    "database",
    "textmining",
)
FULL = (
    "neighborhood neighborhood_transferred fusion cooccurence homology coexpression "
    "coexpression_transferred experiments experiments_transferred database database_transferred "
    "textmining textmining_transferred"
).split()
PHYSICAL = ("experimental", "database", "textmining")
_FORMS = {
    "": ("protein.links", ()),
    "detailed": ("protein.links.detailed", CHANNELS),
    "full": ("protein.links.full", FULL),
    "physical": ("protein.physical.links.detailed", PHYSICAL),
}
_PHYSICAL_EVERY, _BIOPLEX_EVERY = 3, 4
_BLOCK = 50_000
_MIN_SCORE, _MAX_SCORE = 150, 1000
_SPECIES = "Homo sapiens"


def protein_pairs(world: World) -> tuple[Ints, Ints]:
    """Pairs of genes with an association in STRING: int64 [n] twice, ``x < y``."""
    n = world.n_coding
    most = n * (n - 1) // 2
    pairs = min(max(1, world.size.links // 2), most)
    return draw_pairs(world.random("links"), n, n, pairs, undirected=True, cover=(True, True))


def write_string(world: World, output: Output, form: str) -> dict[str, str]:
    """Write protein.links in one of its forms, and protein.info."""
    name, channels = _FORMS[form]
    x, y = protein_pairs(world)
    if form == "physical":
        x, y = x[::_PHYSICAL_EVERY], y[::_PHYSICAL_EVERY]
    proteins = (TAXON + "." + world.genes()["ensp"]).rename("protein")
    blocks = link_blocks(world.random(f"scores {form}"), proteins, x, y, channels)
    links = output.table(f"string/{TAXON}.{name}.v12.0.txt.gz", blocks, separator=" ")
    return {"links": links, "info": _write_info(world, output)}


def link_blocks(
    random: np.random.Generator, proteins: pl.Series, x: Ints, y: Ints, channels: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """Blocks of STRING's links, each pair in both directions with the same scores."""
    names = [*channels, "combined_score"]
    for start in range(0, len(x), _BLOCK):
        part = slice(start, start + _BLOCK)
        one, other = proteins[x[part]], proteins[y[part]]
        scores = random.integers(_MIN_SCORE, _MAX_SCORE, (len(one), len(names)))
        # A channel without evidence has score 0; the combined score always has some.
        scores[:, :-1] *= random.random(scores[:, :-1].shape) < 0.5
        table = pl.DataFrame(scores, schema=names)
        for a, b in ((one, other), (other, one)):
            ends = pl.DataFrame({"protein1": a, "protein2": b})
            yield pl.concat([ends, table], how="horizontal")


def _write_info(world: World, output: Output) -> str:
    rows = (
        world.genes()
        .filter("coding")
        .select(
            pl.format("{}.{}", pl.lit(TAXON), "ensp").alias("#string_protein_id"),
            preferred_name="symbol",
            protein_size=pl.col("gene") % 900 + 100,
            annotation=pl.lit("annotation not available"),
        )
    )
    return output.table(f"string/{TAXON}.protein.info.v12.0.txt.gz", [rows])


def write_aliases(world: World, output: Output) -> dict[str, str]:
    """Write protein.aliases; two proteins share some of the synonyms."""
    genes = world.genes().filter("coding")
    sources = {
        "Ensembl_gene": "ensembl",
        "Ensembl_HGNC_symbol": "symbol",
        "UniProt_AC": "uniprot",
        "UniProt_GN_Name": "symbol",
        "UniProt_GN_Synonyms": "alias",
        "Ensembl_HGNC_alias_symbol": "shared_alias",
        "Ensembl_HGNC_entrez_id": "entrez",
    }
    rows = pl.concat(
        genes.select(
            "gene",
            pl.format("{}.{}", pl.lit(TAXON), "ensp").alias("#string_protein_id"),
            alias=column,
            source=pl.lit(source),
        )
        for source, column in sources.items()
    )
    rows = rows.sort("gene", maintain_order=True).drop("gene")
    return {"aliases": output.table(f"string/{TAXON}.protein.aliases.v12.0.txt.gz", [rows])}


def bioplex_pairs(world: World) -> tuple[Ints, Ints]:
    """Pairs of genes that BioPlex knows: some of STRING's."""
    x, y = protein_pairs(world)
    return x[::_BIOPLEX_EVERY], y[::_BIOPLEX_EVERY]


def write_bioplex(world: World, output: Output) -> dict[str, str]:
    """Write a BioPlex network: both genes, and probabilities of wrong, no, and interaction."""
    genes, random = world.genes(), world.random("bioplex scores")
    x, y = bioplex_pairs(world)
    ends: dict[str, pl.Series] = {}
    for column, written in (("entrez", "Gene"), ("uniprot", "Uniprot"), ("symbol", "Symbol")):
        ends |= {f"{written}A": genes[column][x], f"{written}B": genes[column][y]}
    interaction = random.integers(750, 1000, len(x)) / 1000
    rows = pl.DataFrame(ends).with_columns(
        pW=pl.lit("0.0"),
        pNI=pl.Series((1 - interaction).round(3)),
        pInt=pl.Series(interaction),
    )
    return {"interactions": output.table("interactions/BioPlex_293T_Network.tsv.gz", [rows])}


def reactome_parents(world: World) -> tuple[Ints, Ints]:
    """Parent and child pathways: int64 [n] twice; a parent has the lower number."""
    return world.pairs("pathway_pathway")


def write_reactome(world: World, output: Output) -> dict[str, str]:
    """Write the pathways of genes, the pathways, and their hierarchy; none has a header."""
    pathways = pl.select(n=pl.int_range(world.plan.nodes["pathway"])).select(
        id=pl.format(KINDS["pathway"].form, pl.col("n") + KINDS["pathway"].first),
        name=pl.format("synthetic pathway {}", "n"),
        species=pl.lit(_SPECIES),
    )
    ids = pathways["id"]
    pathway, gene = world.pairs("pathway_protein")
    members = pathways[pathway].select(
        world.genes()["entrez"][gene].alias("entrez"),
        "id",
        pl.lit("https://reactome.org/PathwayBrowser/#/") + pl.col("id").alias("url"),
        "name",
        evidence=pl.lit("IEA"),
        species=pl.lit(_SPECIES),
    )
    parent, child = reactome_parents(world)
    relation = pl.DataFrame({"parent": ids[parent], "child": ids[child]})
    files = {
        "ncbi": ("NCBI2Reactome.txt.gz", members),
        "pathways": ("ReactomePathways.txt.gz", pathways),
        "relations": ("ReactomePathwaysRelation.txt.gz", relation),
    }
    return {
        role: output.table(f"interactions/{name}", [rows], header="")
        for role, (name, rows) in files.items()
    }
