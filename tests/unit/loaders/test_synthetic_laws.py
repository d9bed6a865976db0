"""What a loader reads back from a synthetic world is what was planted in it, for every seed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.relations import FROM_PRIMEKG
from kgp.kg_schema.relations import RELATIONS as TYPES
from kgp.loaders.primekg.counts import check_counts
from kgp.loaders.synthetic.bacterium import RECORDS
from kgp.loaders.synthetic.drugs import drug_table, targets
from kgp.loaders.synthetic.formats import FORMATS
from kgp.loaders.synthetic.gaf import annotated
from kgp.loaders.synthetic.interactions import bioplex_pairs, protein_pairs
from kgp.loaders.synthetic.lincs import consensus, overexpression
from kgp.loaders.synthetic.ontology import hierarchy
from kgp.loaders.synthetic.plan import RELATIONS
from kgp.loaders.synthetic.primekg import display_of, node_tables
from kgp.loaders.synthetic.regulons import dorothea_levels, view_of
from kgp.loaders.synthetic.world import SIZES, Size, make_world
from tests.unit.loaders.synthetic_worlds import read_back, tiny, written

if TYPE_CHECKING:
    from kgp.loaders.synthetic.world import World
    from tests.unit.loaders.drained import Drained

seeds = given(st.integers(0, 100_000))
few = settings(max_examples=5)

PREFIX = {
    "bioprocess": "go",
    "molfunc": "go",
    "cellcomp": "go",
    "protein": "ncbigene",
    "disease": "mondo",
    "phenotype": "hp",
    "anatomy": "uberon",
    "drug": "drugbank",
    "pathway": "reactome",
    "exposure": "mesh",
}
EFFECT_SIGN = {"activation": 1, "repression": -1, "dual": 0, "unknown": 0}
DISPLAYED = {"enzyme": "METABOLIZED_BY", "carrier": "CARRIED_BY", "transporter": "TRANSPORTED_BY"}


def curies(world: World, kind: str) -> list[str]:
    rows = node_tables(world)[kind].select("id", "source").iter_rows()
    grouped = "mondo.grouped"
    return [f"{grouped if src == 'MONDO_grouped' else PREFIX[kind]}:{local}" for local, src in rows]


def planted_graph(world: World) -> Counter[tuple[str, str, str, str]]:
    """Edges of kg.csv as (src, type, dst, qualifier), by hand from the planted pairs."""
    names = {kind: curies(world, kind) for kind in PREFIX}
    edges: Counter[tuple[str, str, str, str]] = Counter()
    for relation, kind in RELATIONS.items():
        pairs = zip(*(ends.tolist() for ends in world.pairs(relation)), strict=True)
        for (x, y), display in zip(pairs, display_of(world, relation), strict=True):
            ends = names[kind.x][x], names[kind.y][y]
            verb = DISPLAYED.get(display, FROM_PRIMEKG[relation])
            gene_first = verb in (
                "ASSOCIATED_WITH",
                "EXPRESSED_IN",
                "NOT_EXPRESSED_IN",
                "HAS_FUNCTION",
                "LOCATED_IN",
                "PARTICIPATES_IN",
            )
            if not TYPES[verb].directed:
                ends = min(ends), max(ends)
            elif gene_first:
                ends = ends[1], ends[0]
            edges[ends[0], verb, ends[1], display] += 1
    return edges


def read_graph(result: Drained) -> Counter[tuple[str, str, str, str]]:
    rows = result.tables[Kind.EDGES].filter(pl.col("type") != "HAS_MEMBER")
    return Counter(rows.select("src", "type", "dst", "qualifier").iter_rows())


@few
@seeds
def test_kg_csv_holds_every_planted_pair_in_both_directions(seed: int) -> None:
    world = tiny(seed)
    result = read_back(world, "primekg")
    planted = planted_graph(world)
    assert set(planted.values()) == {1}
    assert read_graph(result) == Counter(dict.fromkeys(planted, 2))
    assert result.dropped == {}


@few
@seeds
def test_nodes_and_edges_csv_say_what_kg_csv_says(seed: int) -> None:
    world = tiny(seed)
    tables, kg = read_back(world, "primekg-tables"), read_back(world, "primekg")
    assert read_graph(tables) == read_graph(kg)
    listed = {k: (n["type"], n["name"]) for k, n in tables.nodes.items()}
    assert {k: (n["type"], n["name"]) for k, n in kg.nodes.items()}.items() <= listed.items()


def test_kg_csv_has_the_planned_counts_of_nodes_and_rows() -> None:
    world = make_world(Size(30_000, 0, 0, 0), 5)
    with written(world, "primekg") as files:
        rows = pl.read_csv(files["kg"], infer_schema=False)
    nodes = dict(rows.group_by("x_type").agg(pl.col("x_index").n_unique()).iter_rows())
    expected = {t["type"][0]: t.height for t in node_tables(world).values()}
    check_counts(files["kg"], "nodes", nodes, expected)
    found = dict(rows["relation"].value_counts().iter_rows())
    check_counts(files["kg"], "rows", found, {r: 2 * n for r, n in world.plan.pairs.items()})


def signs_of(world: World, source: str, column: str = "symbol") -> dict[tuple[str, str], Any]:
    genes = world.genes()[column]
    prefix = {"symbol": "hgnc.symbol", "uniprot": "uniprot"}[column]
    return {
        (f"{prefix}:{genes[src]}", f"{prefix}:{genes[dst]}"): (EFFECT_SIGN[effect], effect)
        for src, dst, effect in view_of(world, source).iter_rows()
    }


@pytest.mark.parametrize(
    ("source", "column", "layer"),
    [
        ("trrust", "symbol", "transcriptional"),
        ("collectri", "symbol", "transcriptional"),
        ("network", "symbol", "transcriptional"),
        ("omnipath", "uniprot", "signalling"),
    ],
)
@few
@seeds
def test_a_network_is_read_as_it_was_planted(
    source: str, column: str, layer: str, seed: int
) -> None:
    result = read_back(tiny(seed), source)
    assert result.signs == signs_of(tiny(seed), source, column)
    rows = result.rows(Kind.REGULATION)
    assert {row["layer"] for row in rows} <= {layer}
    assert {row.get("license") for row in rows} <= {None}


@few
@seeds
def test_dorothea_is_read_as_it_was_planted_and_level_e_by_its_default(seed: int) -> None:
    world = tiny(seed)
    rows = read_back(world, "dorothea").rows(Kind.REGULATION)
    levels = dorothea_levels(world).to_list()
    expected = {
        edge: (1, "activation") if level == "E" else sign
        for (edge, sign), level in zip(signs_of(world, "dorothea").items(), levels, strict=True)
    }
    assert {(r["src"], r["dst"]): (r["sign"], r["effect"]) for r in rows} == expected
    assert sum(r["sign_source"] == "default" for r in rows) == levels.count("E")


@few
@seeds
def test_the_bacterium_s_networks_agree(seed: int) -> None:
    world = tiny(seed)
    database = read_back(world, "ecocyc")
    names = {node["id"]: f"symbol:{node['name']}" for node in database.nodes.values()}

    def edges(result: Drained, named: dict[str, str]) -> set[tuple[str, ...]]:
        rows = result.rows(Kind.REGULATION)
        return {
            (named.get(r["src"], r["src"]), named.get(r["dst"], r["dst"]), r["effect"], r["layer"])
            for r in rows
        }

    planted = edges(database, names)
    assert edges(read_back(world, "ecocyc-network"), {}) == planted
    assert edges(read_back(world, "regulondb"), {}) == planted


@pytest.mark.parametrize("name", ["string", "string-detailed", "string-full"])
@few
@seeds
def test_string_holds_each_pair_twice(name: str, seed: int) -> None:
    world = tiny(seed)
    protein = "string:9606." + world.genes()["ensp"]
    x, y = protein_pairs(world)
    planted = {(protein[a], protein[b]) for a, b in zip(x.tolist(), y.tolist(), strict=True)}
    found = Counter((src, dst) for src, _, dst in read_back(world, name).edges)
    assert set(found) == planted
    # A loader may merge both directions itself, or leave that to the store.
    assert len(set(found.values())) == 1


@few
@seeds
def test_bioplex_holds_its_share_of_the_pairs(seed: int) -> None:
    world = tiny(seed)
    x, y = bioplex_pairs(world)
    entrez = world.genes()["entrez"]
    planted = {
        frozenset((f"ncbigene:{entrez[a]}", f"ncbigene:{entrez[b]}"))
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    }
    assert {frozenset((src, dst)) for src, _, dst in read_back(world, "bioplex").edges} == planted


@few
@seeds
def test_reactome_holds_members_and_hierarchy(seed: int) -> None:
    world = tiny(seed)
    ids, genes = curies(world, "pathway"), curies(world, "protein")
    parent, child = (ends.tolist() for ends in world.pairs("pathway_pathway"))
    pathway, gene = (ends.tolist() for ends in world.pairs("pathway_protein"))
    planted = {(ids[c], "PART_OF", ids[p]) for p, c in zip(parent, child, strict=True)}
    planted |= {(genes[g], "PARTICIPATES_IN", ids[p]) for p, g in zip(pathway, gene, strict=True)}
    assert set(read_back(world, "reactome").edges) == planted


OBO = {
    "is_a": "IS_A",
    "part_of": "PART_OF",
    "regulates": "REGULATES_TERM",
    "positively_regulates": "POSITIVELY_REGULATES_TERM",
    "negatively_regulates": "NEGATIVELY_REGULATES_TERM",
}


@pytest.mark.parametrize("name", ["go-basic", "go"])
@few
@seeds
def test_the_ontology_is_read_as_it_was_planted(name: str, seed: int) -> None:
    world = tiny(seed)
    planted = {
        (child.replace("GO", "go"), OBO[relation], parent.replace("GO", "go"))
        for child, relation, parent in hierarchy(world).iter_rows()
    }
    result = read_back(world, name)
    assert set(result.edges) == planted
    assert result.dropped["obsolete term"] == 2
    assert ("relation has_part is not followed" in result.dropped) <= (name == "go")


@few
@seeds
def test_the_hierarchy_has_no_cycle(seed: int) -> None:
    rows = hierarchy(tiny(seed))
    assert (rows["parent"] < rows["child"]).all()


@few
@seeds
def test_every_version_of_gaf_holds_the_planted_annotations(seed: int) -> None:
    world = tiny(seed)
    accession = world.genes()["uniprot"]
    planted = {
        (f"uniprot:{accession[gene]}", term.replace("GO", "go"))
        for gene, term in annotated(world).select("gene", "term").iter_rows()
    }
    for name in ("gaf-2.0", "gaf-2.1", "gaf-2.2"):
        result = read_back(world, name)
        assert {(src, dst) for src, _, dst in result.edges} == planted
        assert set(result.dropped) == {"negative statement (NOT)", "nothing known (ND)"}


@few
@seeds
def test_bindings_are_the_planted_targets(seed: int) -> None:
    world = tiny(seed)
    drugs, genes = curies(world, "drug"), curies(world, "protein")
    planted = {(drugs[d], "TARGETS", genes[g]) for d, g in targets(world).iter_rows()}
    assert set(read_back(world, "bindingdb").edges) == planted


@few
@seeds
def test_responses_to_drugs_are_those_that_were_drawn(seed: int) -> None:
    world = tiny(seed)
    drugs, values = consensus(world)
    result = read_back(world, "lincs")
    found = {row["signature"].rsplit("/", 1)[1]: row["values"] for row in result.rows(Kind.EFFECTS)}
    assert len(found) == len(drugs)
    read = np.array([found[curies(world, "drug")[d].removeprefix("drugbank:")] for d in drugs])
    np.testing.assert_allclose(read, values, atol=6e-4)


@few
@seeds
def test_over_expression_moves_targets_the_way_of_their_sign(seed: int) -> None:
    world = tiny(seed)
    signs = {(s, d): sign for s, d, sign in world.network().iter_rows()}
    rows = overexpression(world).rows()
    assert all(np.sign(z) == signs[src, dst] for src, dst, z in rows)
    result = read_back(world, "lincs-overexpression")
    assert sum(len(row["values"]) for row in result.rows(Kind.EFFECTS)) == len(rows)
    assert len(result.rows(Kind.EFFECTS)) == world.n_tfs


@few
@seeds
def test_gene_tables_name_the_genes_of_the_graph(seed: int) -> None:
    world = tiny(seed)
    nodes = read_back(world, "gene-info").nodes
    symbols = dict(zip(curies(world, "protein"), world.genes()["symbol"], strict=True))
    assert {identifier: node["name"] for identifier, node in nodes.items()} == symbols


@few
@seeds
def test_tables_of_identifiers_agree_on_every_gene(seed: int) -> None:
    world = tiny(seed)
    genes = world.genes()
    coding = genes.filter("coding")
    exact = {(a, b) for a, b, kind in read_back(world, "hgnc").xrefs if kind == "exact"}
    for gene in genes.select("hgnc", "entrez", "ensembl", "symbol").iter_rows():
        hgnc, entrez, ensembl, symbol = gene
        for other in (f"ncbigene:{entrez}", f"ensembl:{ensembl}", f"hgnc.symbol:{symbol}"):
            assert (f"hgnc:{hgnc}", other) in exact
    mapped = {(a, b) for a, b, _ in read_back(world, "uniprot").xrefs}
    for accession, entrez in coding.select("uniprot", "entrez").iter_rows():
        pair = (f"uniprot:{accession}", f"ncbigene:{entrez}")
        assert pair in mapped or pair[::-1] in mapped


def test_a_larger_bacterium_has_more_chromosomes_with_frames_of_their_own() -> None:
    world = make_world(Size(2_000, 400, 300, 3 * RECORDS), 4)
    result = read_back(world, "ecocyc")
    types = Counter(node["type"] for node in result.nodes.values())
    assert (types["Gene"], types["TranscriptionUnit"], types["Complex"]) == (180, 75, 24)
    assert result.dropped == {}
    tags = {other for _, other, _ in result.xrefs if other.startswith("locus_tag:")}
    assert {"locus_tag:b9000", "locus_tag:SYN1_9000", "locus_tag:SYN2_9059"} <= tags


@few
@seeds
def test_attributes_belong_to_the_nodes_that_they_were_drawn_for(seed: int) -> None:
    world = tiny(seed)
    coding = curies(world, "protein")[: world.n_coding]
    with written(world, "primekg-proteins") as files:
        sequences = pl.read_csv(files["attributes"], infer_schema=False)["protein_seq"]
    nodes = read_back(world, "primekg-proteins").rows(Kind.NODES)
    found = {node["id"]: node["sequence"] for node in nodes if node["sequence"]}
    assert found == dict(zip(coding, sequences, strict=True))
    dna = read_back(world, "primekg-dna").rows(Kind.NODES)
    assert {node["id"] for node in dna if node["dna_sequence"]} == set(coding)
    drugs = read_back(world, "primekg-drugs").nodes
    planted = dict(zip(curies(world, "drug"), drug_table(world)["smiles"], strict=True))
    assert {identifier: node["smiles"] for identifier, node in drugs.items()} == planted
    diseases = read_back(world, "primekg-diseases").nodes
    assert set(curies(world, "disease")) <= set(diseases)


def test_every_structure_is_valid_and_has_its_own_key() -> None:
    from rdkit import Chem

    drugs = drug_table(make_world(SIZES["primekg"]))
    assert drugs["inchikey"].n_unique() == drugs["smiles"].n_unique() == 7_957
    for smiles, key in drugs.select("smiles", "inchikey")[::50].iter_rows():
        assert Chem.MolToInchiKey(Chem.MolFromSmiles(smiles)) == key


@pytest.mark.parametrize("name", ["locus-tags", "string-bacterium", "gaf-bacterium"])
def test_other_sources_know_the_bacterium_s_genes(name: str) -> None:
    world = tiny(3)
    result = read_back(world, name)
    assert len([n for n in result.nodes.values() if n["type"] == "Gene"]) == 60


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_and_nothing_unexpected_is_dropped(name: str) -> None:
    result = read_back(tiny(2), name)
    expected = {
        "nothing known (ND)",
        "negative statement (NOT)",
        "obsolete term",
        "not a compound",
        "name of several proteins",
        "relation has_part is not followed",
        "relation occurs_in is not followed",
        "positive control",
    }
    assert result.info.synthetic
    assert result.tally.rows_in > 0
    assert set(result.dropped) <= expected
