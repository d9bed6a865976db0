"""Looking up what a text means, and the aliases that mean several things."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from kgp.api.identifiers import ambiguous_aliases, find
from kgp.api.loading import load
from kgp.api.networks import explain_edge
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from kgp.testing import SourceBuilder
from kgp.testing.golden import BCL2, CDKN1A, TP53, golden
from kgp.testing.loads import source_info
from tests.shared_data import shared
from tests.unit.api.worlds import write_store

if TYPE_CHECKING:
    from pathlib import Path

OMNIPATH = "grn/omnipath_signor_signed.tsv.gz"
GENE_INFO, UNIPROT = "identifiers/Homo_sapiens.gene_info.gz", "identifiers/uniprot_hgnc.tsv.gz"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_store(tmp_path_factory.mktemp("golden") / "golden.duckdb", golden())


def test_what_is_found_says_how(url: str) -> None:
    lookup = find(" p53 ", store=url)
    assert [(f.id, f.matched, f.how) for f in lookup.found] == [(TP53, "symbol:P53", "synonym")]
    assert (lookup.text, lookup.meant, lookup.similar) == ("p53", lookup.found, [])


def test_an_ambiguous_alias_gives_its_candidates(url: str) -> None:
    lookup = find("SHARED", store=url)
    assert {f.id for f in lookup.meant} == {BCL2, CDKN1A}


def test_where_nothing_is_found_the_nearest_names_are_given(url: str) -> None:
    lookup = find("TP35", store=url)
    assert (lookup.found, lookup.meant) == ([], [])
    assert [(f.id, f.how) for f in lookup.similar] == [(TP53, "similar name")]


def test_without_a_text_there_is_nothing_to_find(url: str) -> None:
    with pytest.raises(UsageError, match="nothing to find"):
        find("  ", store=url)


def test_ambiguous_aliases_are_counted_beyond_the_limit(url: str) -> None:
    found = ambiguous_aliases(url, limit=1)
    assert (found.count, [a.alias for a in found.aliases]) == (2, ["symbol:SHARED"])
    assert len(ambiguous_aliases(url, limit=None).aliases) == 2


def test_an_edge_is_not_explained_for_an_ambiguous_gene(url: str) -> None:
    with pytest.raises(BadInputError, match="'SHARED' means several nodes") as raised:
        explain_edge(url, "toy", "TP53", "SHARED")
    assert f"{CDKN1A} (CDKN1A, Gene)" in raised.value.hint
    assert explain_edge(url, "toy", "p53", "mdm2").regulator == TP53


def test_a_gene_is_not_taken_for_a_pathway_of_its_name(tmp_path: Path) -> None:
    source = SourceBuilder(source_info("pathways")).node("reactome:1", "Pathway", "TP53")
    url = write_store(tmp_path / "both.duckdb", [*golden(), source.loader()])
    assert explain_edge(url, "toy", "TP53", "MDM2").regulator == TP53


def test_of_the_proteins_of_omnipath_all_but_five_reach_an_entrez_gene(tmp_path: Path) -> None:
    """2,048 mean one gene; 6 are products of several genes and stay ambiguous; 5 are unknown."""
    sources = [("omnipath", OMNIPATH), ("uniprot-hgnc", UNIPROT), ("gene-info", GENE_INFO)]
    url = f"duckdb:{tmp_path}/human.duckdb"
    for source, path in sources:
        load(source, [shared(path)], store=url)
    ends = pl.read_csv(shared(OMNIPATH), separator="\t", columns=["source", "target"])
    proteins = {f"uniprot:{p}" for p in pl.concat([ends["source"], ends["target"]])}
    assert len(proteins) == 2_059
    with open_store(url) as graph:
        meant = [node["id"] for node in graph.nodes(sorted(proteins))]
        several = [a for a in graph.ambiguous(None).aliases if a.alias in proteins]
    one_gene = sum(node.startswith("ncbigene:") for node in meant)
    reached = [a for a in several if any(c.startswith("ncbigene:") for c in a.candidates)]
    assert (one_gene, len(reached), one_gene + len(reached)) == (2_048, 6, 2_054)
    histone = next(a for a in reached if a.alias == "uniprot:P62805")
    assert "HIST1H4A" in histone.candidates.values()


CRP = "locus_tag:b3357"


@pytest.fixture(scope="module")
def ecoli(tmp_path_factory: pytest.TempPathFactory) -> str:
    """STRING's proteins, a few frames of EcoCyc, and the table of b-numbers, in this order."""
    url = f"duckdb:{tmp_path_factory.mktemp('ecoli')}/graph.duckdb"
    links = shared("string/511145.protein.links.experimental.txt.gz")
    load("string", [links, shared("string/511145.protein.info.v12.0.txt.gz")], store=url)
    load("ecocyc", [shared("ecocyc/genes.dat"), shared("ecocyc/proteins.dat")], store=url)
    load("locus-tags", [shared("ecocyc/precise1k_gene_info.csv.gz")], store=url)
    return url


@pytest.mark.parametrize(
    "text", ["crp", "Crp", "CRP", "b3357", "B3357", "csm", "511145.b3357", "LOCUS_TAG:b3357"]
)
def test_names_locus_tags_and_proteins_of_e_coli_mean_one_gene(ecoli: str, text: str) -> None:
    assert [f.id for f in find(text, store=ecoli).meant] == [CRP]


def test_frames_of_ecocyc_and_proteins_of_string_join_the_genes_of_the_table(ecoli: str) -> None:
    with open_store(ecoli) as graph:
        genes = [i for b in graph.scan_nodes("Gene") for i in b.column("id").to_pylist()]
        (fade,) = graph.nodes(["locus_tag:b0221"])
        assert graph.nodes(["string:511145.b3357"])[0]["id"] == CRP
    assert fade["sources"] == ["ecocyc", "locus-tags", "string"]
    assert set(Counter(g.partition(":")[0] for g in genes)) == {"ecocyc", "locus_tag", "ncbigene"}
    assert len(genes) == 4_357


def test_a_synonym_of_several_genes_of_e_coli_is_listed(ecoli: str) -> None:
    aliases = {a.alias: a.candidates for a in ambiguous_aliases(ecoli, limit=None).aliases}
    assert aliases["symbol:aspB"] == {"locus_tag:b3212": "gltB", "locus_tag:b3213": "gltD"}
