"""Networks in the graph: of the right species, under their licences, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.loading import load
from kgp.api.stores import open_store
from tests.unit.loaders.drained import write

if TYPE_CHECKING:
    from pathlib import Path

GENE_INFO = (
    "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tdescription\ttype_of_gene\t"
    "Symbol_from_nomenclature_authority\tFull_name_from_nomenclature_authority"
)
OMNIPATH = "source\ttarget\tdirection\tstimulation\tinhibition\tsources\treferences"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb:{tmp_path / 'kgp.duckdb'}"


def gene(taxon: str, number: str, symbol: str) -> str:
    return f"{taxon}\t{number}\t{symbol}\t-\t-\t-\t1\t-\tprotein-coding\t{symbol}\t-"


def edges(url: str, name: str) -> set[tuple[str, str, int]]:
    with open_store(url) as store:
        batches = list(store.scan_regulation(name))
    rows = [row for batch in batches for row in batch.to_pylist()]
    return {(row["src"], row["dst"], row["sign"]) for row in rows}


def test_a_mouse_network_meets_the_genes_of_mouse_and_not_of_human(
    tmp_path: Path, url: str
) -> None:
    human = write(tmp_path / "human", GENE_INFO, gene("9606", "4609", "MYC"))
    mouse = write(tmp_path / "mouse", GENE_INFO, gene("10090", "17869", "Myc"))
    trrust = write(tmp_path / "trrust_rawdata.mouse.tsv", "Myc\tMyc\tRepression\t1")
    load("gene-info", [human], store=url)
    load("trrust", [trrust], store=url)
    assert edges(url, "trrust") == {("symbol:Myc", "symbol:Myc", -1)}
    load("gene-info", [mouse], store=url)
    assert edges(url, "trrust") == {("ncbigene:17869", "ncbigene:17869", -1)}


def test_edges_of_closed_databases_are_left_out_of_a_commercial_graph(
    tmp_path: Path, url: str
) -> None:
    rows = ("Q13255\tP48995\t1\t1\t0\tKEGG;SIGNOR\t", "Q13255\tP49137\t1\t1\t0\tPhosphoSite\t")
    path = write(tmp_path / "omnipath.tsv", OMNIPATH, *rows)
    report = load("omnipath", [path], store=url, use="commercial")
    assert edges(url, "omnipath") == {("uniprot:Q13255", "uniprot:P48995", 1)}
    assert report.dropped == {"licence CC-BY-NC-SA-3.0 is not for commercial use": 1}
