from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.api.loading import load
from kgp.kg_schema.batches import Kind
from kgp.models.grn_context import Context, read_context
from kgp.models.grn_data import read_network
from kgp.models.refinement.wiring import Regulation, wire
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import MemoryStore, SourceBuilder, publish
from kgp.testing.loads import source_info
from tests.shared_data import shared
from tests.unit.loaders.drained import drain
from tests.unit.loaders.synthetic_worlds import TINY, make_world, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., Context]

GENES = {letter: f"ncbigene:{number}" for number, letter in enumerate("ABCDEFGHIJ", start=1)}
LETTER = {gene: letter for letter, gene in GENES.items()}


def network(*edges: tuple[str, int], **evidence: object) -> SourceBuilder:
    """Edges such as ``("AB", 1)``, all with this evidence."""
    source = SourceBuilder(source_info("ecocyc"))
    for letter, gene in GENES.items():
        source.node(gene, "Gene", letter)
    for (src, dst), sign in edges:
        effect = {1: "activation", -1: "repression", 0: "unknown"}[sign]
        row = {"src": GENES[src], "dst": GENES[dst], "sign": sign, "effect": effect}
        source.add(
            Kind.REGULATION,
            grn="net",
            layer="transcriptional",
            evidence=json.dumps(evidence),
            **row,
        )
    return source


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Publishes sources into a store and reads the context of the network in it."""
    store = MemoryStore()

    def context(*sources: SourceBuilder, **options: object) -> Context:
        for source in sources:
            publish(store, source.loader(), tmp_path / "staging")
        return read_context(store, read_network(store, "net"), **options)

    return context


def odds(context: Context) -> dict[str, float]:
    """Log-odds of pairs such as ``AB``."""
    genes = sorted({end for row in context.rows for end in row[:2]})
    n = context.knowledge.n_genes
    pairs = [divmod(key, n) for key in context.knowledge.keys.tolist()]
    names = [LETTER[genes[src]] + LETTER[genes[dst]] for src, dst in pairs]
    return dict(zip(names, context.knowledge.log_odds.round(3).tolist(), strict=True))


def test_a_store_with_nothing_but_the_network_gives_an_empty_context(read: Read) -> None:
    context = read(network(("AB", 1), ("BC", -1)))
    assert (context.complexes, context.units, context.mates) == ({}, {}, {})
    assert odds(context) == {}
    assert context.cites_the_data == ()
    assert [note.split()[0] for note in context.notes] == ["0", "No", "No", "No", "No", "No"]


def test_statements_come_with_sign_and_layer(read: Read) -> None:
    rows = read(network(("AB", 1), ("BC", 0))).rows
    expected = [("A", "B", 1), ("B", "C", 0)]
    assert [(LETTER[row.src], LETTER[row.dst], row.sign) for row in rows] == expected
    assert {row.layer for row in rows} == {"transcriptional"}


def test_well_curated_edges_are_dearer_to_remove(read: Read) -> None:
    codes = ["EV-EXP-IDA-BINDING-OF-CELLULAR-EXTRACTS"]
    context = read(network(("AB", 1), evidence_codes=codes))
    assert odds(context) == {"AB": 1.5}
    assert context.notes[2] == "1 of 1 edges say how well they are curated."


def signs(context: Context) -> list[float]:
    """What is known of the signs of edges, in their order."""
    return context.knowledge.sign.round(3).tolist()


def test_signs_are_told_apart_by_what_they_stand_on(read: Read) -> None:
    """1 nat for a curated sign and -3 for a default one, less the mean of -1/3; AD has no sign."""
    edges = [network(("AB", 1)), network(("AC", -1)), network(("BC", 1)), network(("AD", 0))]
    for source, origin in zip(edges, ("curated", "curated", "default", None), strict=True):
        for _, row in source.rows:
            row |= {"sign_source": origin} if "grn" in row else {}
    whole, *others = edges
    whole.rows += [row for other in others for row in other.rows if row[0] == Kind.REGULATION]
    context = read(whole)
    assert signs(context) == [1.333, 1.333, -2.667]
    assert context.notes[2].endswith("Signs: 2 curated, 1 default.")


@pytest.mark.parametrize("origin", ["curated", "default", None])
def test_signs_of_one_origin_are_all_alike(read: Read, origin: str | None) -> None:
    edges = network(("AB", 1), ("BC", -1), ("CA", 0))
    for _, row in edges.rows:
        row |= {"sign_source": origin} if "grn" in row else {}
    context = read(edges)
    assert signs(context) == []
    assert "Signs" not in context.notes[2]


def test_an_edge_without_a_sign_may_get_one_cheaply(read: Read) -> None:
    assert odds(read(network(("AB", 0), ("AC", 1)))) == {"AB": 3.0}


def test_complexes_of_the_graph_and_of_the_evidence_are_found(read: Read) -> None:
    named = network(("CE", 1), ("DE", 1), complexes=["ecocyc:CD"])
    named.node("ecocyc:AB", "Complex", "AB").node("ecocyc:IJ", "Complex", "IJ")
    for owner, members in (("AB", "AB"), ("IJ", "IJ")):
        for gene in members:
            named.edge(f"ecocyc:{owner}", "HAS_MEMBER", GENES[gene])
    more = network(("AE", 1), ("BE", 1))
    named.rows += [row for row in more.rows if row[0] == Kind.REGULATION]
    found = read(named).complexes
    assert {name: "".join(LETTER[g] for g in genes) for name, genes in found.items()} == {
        "ecocyc:AB": "AB",
        "ecocyc:CD": "CD",
    }


def test_regulators_of_equal_targets_are_taken_for_a_complex_and_the_notes_say_so(
    read: Read,
) -> None:
    edges = [(src + dst, 1) for src in "AB" for dst in "CDEFG"]
    context = read(network(*edges))
    assert [set(genes) for genes in context.complexes.values()] == [{GENES["A"], GENES["B"]}]
    assert "A+B" in context.notes[0]
    assert "paralogues" in context.notes[0]


def test_units_of_the_graph_go_before_coordinates(read: Read) -> None:
    source = network(("AB", 1), ("AC", 1), ("AD", 1))
    for i, letter in enumerate("BCD"):
        source.node(GENES[letter], "Gene", left=100 * i + 1, right=100 * i + 99, strand="+")
    operon = read(source)
    assert list(operon.units.values()) == [tuple(GENES[g] for g in "BCD")]
    units = SourceBuilder(source_info("regulondb"))
    units.node("ecocyc:TU1", "TranscriptionUnit", "bc")
    for letter in "BC":
        units.edge("ecocyc:TU1", "HAS_MEMBER", GENES[letter])
    context = read(units)
    assert list(context.units.values()) == [(GENES["B"], GENES["C"])]
    assert context.mates == {GENES["B"]: {GENES["C"]}, GENES["C"]: {GENES["B"]}}


def test_a_regulator_of_a_mate_is_a_likely_regulator(read: Read) -> None:
    source = network(("AB", 1), ("DC", 1)).node("ecocyc:TU1", "TranscriptionUnit", "bc")
    for letter in "BC":
        source.edge("ecocyc:TU1", "HAS_MEMBER", GENES[letter])
    assert odds(read(source)) == {"AC": 2.0, "DB": 2.0}


def test_processes_count_without_evidence_from_expression(read: Read) -> None:
    source = network(("AB", 1), ("CD", 1))
    annotations = {"B": "IDA", "A": "IPI", "D": "IEP", "C": "IDA"}
    terms = {"A": "1", "B": "1", "C": "2", "D": "2"}
    for letter, code in annotations.items():
        term = f"go:000000{terms[letter]}"
        source.node(term, "BiologicalProcess").edge(
            GENES[letter], "PARTICIPATES_IN", term, evidence=[code]
        )
    context = read(source)
    assert odds(context) == {"AB": 0.75}
    assert "1 annotations" in context.notes[4]


def test_links_of_string_without_channels_are_not_used(read: Read) -> None:
    links = SourceBuilder(source_info("string"))
    links.edge(GENES["A"], "INTERACTS_WITH", GENES["B"], combined_score=990)
    context = read(network(("AC", 1), ("BC", 1)), links)
    assert odds(context) == {}
    assert "1 links state no channels" in context.notes[3]


def test_links_count_from_regulators_only(read: Read) -> None:
    links = SourceBuilder(source_info("string"))
    links.edge(GENES["A"], "INTERACTS_WITH", GENES["C"], experimental=950, coexpression=400)
    links.edge(GENES["B"], "INTERACTS_WITH", GENES["C"], coexpression=990, textmining=990)
    assert odds(read(network(("AB", 1), ("AC", 1)), links)) == {"AC": 1.0}


def test_no_pair_is_supported_beyond_reason(read: Read) -> None:
    source = network(("AB", 1), ("AC", 1), level="Confirmed")
    source.node("ecocyc:TU1", "TranscriptionUnit", "bc")
    for letter in "BC":
        source.edge("ecocyc:TU1", "HAS_MEMBER", GENES[letter])
    assert odds(read(source)) == {"AB": 4.0, "AC": 4.0}


def screen(citation: str) -> SourceBuilder:
    source = SourceBuilder(replace(source_info("own-experiment"), citation=citation))
    source.dataset("screen", [GENES["B"]]).node("screen:1", "Signature", "A")
    source.edge("screen:1", "PERTURBS", GENES["A"], direction=-1)
    return source.effect("screen", "screen:1", [3.0])


def test_edges_that_cite_the_responses_are_listed(read: Read) -> None:
    data = screen("Somebody et al. (2020) PMID: 31797920")
    edges = network(("AB", 1), pubmed=["31797920", "1"])
    context = read(edges, data, dataset="screen")
    assert context.cites_the_data == ((GENES["A"], GENES["B"], "transcriptional"),)
    assert "1 edges cite" in context.notes[5]


def test_publications_of_the_responses_may_be_given(read: Read) -> None:
    edges = network(("AB", 1), pubmed=["7"])
    silent = read(edges, screen("Somebody et al."), dataset="screen")
    assert silent.cites_the_data == ()
    assert "states no PubMed id" in silent.notes[5]
    assert len(read(dataset="screen", pubmed=["7"]).cites_the_data) == 1


def test_dois_of_the_responses_are_counted_where_pubmed_ids_are_missing(read: Read) -> None:
    """Curation cites PubMed ids, so a DOI cannot be looked for there."""
    data = screen("Seo et al. https://doi.org/10.1038/ncomms5910.")
    data.node("screen:1", "Signature", "A", doi=["10.1038/ncomms5910", "10.1093/nar/gky069"])
    context = read(network(("AB", 1), pubmed=["1"]), data, dataset="screen")
    assert context.cites_the_data == ()
    assert "screen states no PubMed id but 2 DOIs" in context.notes[5]


def test_a_pathway_tools_database_names_complexes_and_units(tmp_path: Path) -> None:
    url = f"duckdb:{tmp_path / 'b.duckdb'}"
    with written(make_world(TINY, 3), "ecocyc") as files:
        load("ecocyc", [f"{role}={path}" for role, path in files.items()], store=url)
    with EmbeddedStore(str(tmp_path / "b.duckdb")) as store:
        context = read_context(store, read_network(store, "ecocyc"))
    wired = wire(context.rows, context.complexes, context.units)
    assert list(wired.folding.complexes) == ["ecocyc:SYN-HETERODIMER"]
    assert wired.folding.units
    assert "transcription units of the graph" in context.notes[1]


@pytest.fixture(scope="module")
def e_coli(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """EcoCyc's exported network among genes with coordinates, STRING links and annotations."""
    folder = tmp_path_factory.mktemp("e-coli")
    url = f"duckdb:{folder / 'e.duckdb'}"
    load("locus-tags", [f"table={shared('ecocyc/precise1k_gene_info.csv.gz')}"], store=url)
    load("ecocyc-network", [f"network={shared('ecocyc/ECOLI-regulatory-network.txt')}"], store=url)
    links = shared("string/511145.protein.links.experimental.txt.gz")
    load("string", [f"links={links}"], store=url)
    with EmbeddedStore(str(folder / "e.duckdb")) as store:
        return read_context(store, read_network(store, "ecocyc-network"))


def test_complexes_of_e_coli_are_those_whose_subunits_bind(e_coli: Context) -> None:
    assert "hupB+hupA, ihfB+ihfA, flhC+flhD" in e_coli.notes[0]
    assert len(e_coli.complexes) == 3


def test_the_network_of_e_coli_has_far_fewer_edges_between_units(e_coli: Context) -> None:
    wired = wire(e_coli.rows, e_coli.complexes, e_coli.units)
    assert wired.dropped.conflicting < 20
    assert 5_000 < wired.network.n_edges < 6_500
    unfolded = [
        edge
        for source, target in zip(wired.network.source, wired.network.target, strict=True)
        for edge in wired.unfold(int(source), int(target))
    ]
    signed = {(row.src, row.dst, row.layer) for row in e_coli.rows if row.sign}
    assert len(unfolded) == len(set(unfolded)) > 9_000
    assert set(unfolded) <= signed


def test_what_is_known_of_e_coli_s_genes_reaches_its_units(e_coli: Context) -> None:
    wired = wire(e_coli.rows, e_coli.complexes, e_coli.units)
    known = wired.knowledge(e_coli.knowledge)
    source, target = wired.network.source, wired.network.target
    units = np.array([name in wired.folding.units for name in wired.network.genes])
    support = known.support(source, target)
    assert support[units[target]].mean() > support[~units[target]].mean()
    assert not known.forbidden(source, target, wired.network.sign).any()


def test_signals_of_omnipath_are_neither_edited_nor_responses_by_themselves() -> None:
    path = shared("grn/omnipath_signor_signed.tsv.gz")
    stated = drain("omnipath", {"interactions": path}).rows(Kind.REGULATION)
    rows = [Regulation(r["src"], r["dst"], r["sign"], r["layer"]) for r in stated]
    wired = wire(rows)
    network = wired.network
    assert network.n_edges > 7_000
    assert (network.target >= wired.n_genes).all()
    assert wired.knowledge().forbidden(network.source, network.target, network.sign).all()
