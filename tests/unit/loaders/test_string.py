from __future__ import annotations

import pickle

import pytest

from kgp.api.loading import load
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import BlockLoader, Kind
from kgp.kg_schema.properties import unpack
from kgp.kg_schema.tally import Tally
from kgp.loaders.interactions.string import StringDB
from kgp.loaders.sample import sample_file
from tests.unit.loaders.drained import drain, write

INFO = "#string_protein_id\tpreferred_name\tprotein_size\tannotation"


def links(tmp_path, *rows, header="protein1 protein2 combined_score", info=(), **options):
    inputs = {"links": write(tmp_path / "511145.protein.links.txt", header, *rows)}
    if info:
        inputs["info"] = write(tmp_path / "511145.protein.info.txt", INFO, *info)
    return drain("string", inputs, **options)


def test_both_directions_of_a_pair_are_one_edge(tmp_path):
    result = links(tmp_path, "511145.b0002 511145.b0001 900", "511145.b0001 511145.b0002 900")
    edge = ("string:511145.b0001", "INTERACTS_WITH", "string:511145.b0002")
    assert result.edges == [edge, edge]
    assert [r["combined_score"] for r in result.rows(Kind.EDGES)] == [900, 900]


FULL = (
    "protein1 protein2 neighborhood neighborhood_transferred fusion cooccurence homology "
    "coexpression coexpression_transferred experiments experiments_transferred database "
    "database_transferred textmining textmining_transferred combined_score"
)


def test_all_fourteen_scores_of_the_full_file_are_kept(tmp_path):
    scores = range(100, 114)
    row = "511145.b0001 511145.b0002 " + " ".join(map(str, scores))
    (edge,) = links(tmp_path, row, header=FULL).rows(Kind.EDGES)
    assert [edge[name] for name in FULL.split()[2:]] == list(scores)


@pytest.mark.parametrize(
    ("name", "options", "qualifier"),
    [
        ("511145.protein.links.v12.0.txt", {}, ""),
        ("511145.protein.physical.links.detailed.v12.0.txt.gz", {}, "physical"),
        ("mine.txt", {"network": "physical"}, "physical"),
        ("511145.protein.physical.links.v12.0.txt", {"network": "functional"}, ""),
    ],
)
def test_physical_associations_are_edges_of_their_own(tmp_path, name, options, qualifier):
    header = "protein1 protein2 experimental database textmining combined_score"
    path = write(tmp_path / name, header, "511145.b0001 511145.b0002 1 2 3 4")
    (edge,) = drain("string", {"links": path}, **options).rows(Kind.EDGES)
    assert (edge["qualifier"], edge["experimental"]) == (qualifier, 1)


def test_an_unknown_network_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"Unknown network of STRING 'phisical'.*physical"):
        links(tmp_path, "511145.b0001 511145.b0002 900", network="phisical")


def test_legacy_actions_are_refused(tmp_path):
    header = "item_id_a\titem_id_b\tmode\taction\tis_directional\ta_is_acting\tscore"
    with pytest.raises(BadInputError, match="has no column 'protein1'"):
        links(tmp_path, "511145.b0001\t511145.b0002\tbinding\t\tf\tf\t165", header=header)


def test_both_directions_become_one_edge_with_its_scores_in_the_store(tmp_path):
    header = "protein1 protein2 experimental combined_score"
    pairs = ("511145.b0001 511145.b0002 {} 900", "511145.b0002 511145.b0001 {} 900")
    store = f"duckdb:{tmp_path / 'kgp.duckdb'}"
    for network, score in (("links", 95), ("physical.links", 100)):
        rows = [pair.format(score) for pair in pairs]
        path = write(tmp_path / f"511145.protein.{network}.txt", header, *rows)
        report = load("string", [path], store=store)
        assert (report.published.edges, report.published.merged) == (1, 1)
    with open_store(store) as graph:
        edges = [e for b in graph.scan_edges("INTERACTS_WITH") for e in b.to_pylist()]
    assert [(e["src"], e["dst"], e["qualifier"], unpack(e["properties"])) for e in edges] == [
        ("locus_tag:b0001", "locus_tag:b0002", qualifier, {"combined_score": 900, **scores})
        for qualifier, scores in (("", {"experimental": 95}), ("physical", {"experimental": 100}))
    ]


def test_a_protein_called_na_keeps_its_name(tmp_path):
    info = ["511145.b0001\tNA\t21\tx", "511145.b0002\tnan\t9\ty"]
    result = links(tmp_path, "511145.b0001 511145.b0009 900", info=info)
    assert [r["name"] for r in result.rows(Kind.NODES) if r["name"]] == ["NA", "nan"]


def test_blocks_can_be_parsed_apart_and_in_any_order():
    inputs = {
        "links": sample_file("511145.protein.links.experimental.txt.gz"),
        "info": sample_file("511145.protein.info.v12.0.txt.gz"),
    }
    loader = pickle.loads(pickle.dumps(StringDB(inputs)))
    assert isinstance(loader, BlockLoader)
    tally = Tally()
    blocks = list(loader.blocks(tally))
    apart = [batch for block in reversed(blocks) for batch in loader.parse(block, tally)]
    whole = drain("string", inputs)
    for kind, table in whole.tables.items():
        assert sum(b.data.num_rows for b in apart if b.kind is kind) == table.height
    assert tally.rows_in == whole.tally.rows_in


def test_every_channel_of_the_file_is_a_property(tmp_path):
    header = "protein1 protein2 cooccurence textmining combined_score"
    (edge,) = links(tmp_path, "511145.b0001 511145.b0002 0 150 999", header=header).rows(Kind.EDGES)
    assert (edge["cooccurence"], edge["textmining"], edge["combined_score"]) == (0, 150, 999)


def test_a_file_without_scores_is_read(tmp_path):
    result = links(tmp_path, "511145.b0001 511145.b0002", header="protein1 protein2")
    assert len(result.edges) == 1


def test_info_names_the_proteins_and_locus_tags_are_exact(tmp_path):
    info = ["511145.b0001\tthrL\t21\tannotation not available", "511145.b0002\tthrA\t820\tkinase"]
    result = links(tmp_path, "511145.b0001 511145.b0009 900", info=info)
    described = [r for r in result.rows(Kind.NODES) if r["name"]]
    assert [r["name"] for r in described] == ["thrL", "thrA"]
    assert [r["description"] for r in described] == [None, "kinase"]
    assert result.nodes["string:511145.b0009"]["name"] is None
    assert ("string:511145.b0009", "locus_tag:b0009", "exact") in result.xrefs


def test_human_proteins_refer_to_ensembl_and_by_name_to_symbols(tmp_path):
    path = write(
        tmp_path / "9606.links.txt", "protein1 protein2 combined_score", "9606.ENSP1 9606.ENSP2 900"
    )
    info = write(tmp_path / "9606.info.txt", INFO, "9606.ENSP1\tTP53\t393\tp53")
    assert drain("string", {"links": path, "info": info}).xrefs == {
        ("string:9606.ENSP1", "ensembl:ENSP1", "exact"),
        ("string:9606.ENSP2", "ensembl:ENSP2", "exact"),
        ("string:9606.ENSP1", "hgnc.symbol:TP53", "synonym"),
    }


def test_other_species_refer_to_ensembl_only(tmp_path):
    path = write(tmp_path / "m.txt", "protein1 protein2", "10090.ENSMUSP1 10090.x2")
    found = drain("string", {"links": path}).xrefs
    assert found == {("string:10090.ENSMUSP1", "ensembl:ENSMUSP1", "exact")}


def test_asking_for_another_species_fails():
    path = sample_file("511145.protein.links.experimental.txt.gz")
    with pytest.raises(BadInputError, match="is of taxon '511145', not 9606"):
        drain("string", {"links": path}, taxon=9606)


def test_a_protein_of_another_species_fails(tmp_path):
    with pytest.raises(BadInputError, match="is of taxon '10090', not 511145"):
        links(tmp_path, "511145.b0001 511145.b0002 900", "511145.b0001 10090.x 900")
    with pytest.raises(BadInputError, match="is of taxon '9606'"):
        links(tmp_path, "511145.b0001 511145.b0002 900", info=["9606.ENSP1\tTP53\t1\tx"])


def test_a_score_that_is_no_number_is_dropped(tmp_path):
    rows = [f"511145.b0001 511145.b000{n} {s}" for n, s in enumerate(("high", 1001, -1, 0.9, 900))]
    result = links(tmp_path, *rows)
    assert result.dropped == {"a score is not a whole number from 0 to 1000": 4}
    assert len(result.edges) == 1


def test_ids_that_are_not_strings_are_refused(tmp_path):
    with pytest.raises(BadInputError, match="'b0001' is not a STRING protein"):
        links(tmp_path, "b0001 b0002 900")


def test_a_file_without_pairs_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no rows"):
        links(tmp_path)


def test_the_sample_has_its_known_size():
    result = drain(
        "string",
        {
            "links": sample_file("511145.protein.links.experimental.txt.gz"),
            "info": sample_file("511145.protein.info.v12.0.txt.gz"),
        },
        taxon="511145",
    )
    assert (len(set(result.edges)), len(result.nodes)) == (4_860, 4_140)
    assert result.info.version == "v12.0"
