from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
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
    assert result.nodes["string:511145.b0001"]["name"] == "thrL"
    assert result.nodes["string:511145.b0001"]["description"] is None
    assert result.nodes["string:511145.b0002"]["description"] == "kinase"
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
    result = links(tmp_path, "511145.b0001 511145.b0002 high", "511145.b0001 511145.b0003 900")
    assert result.dropped == {"a score is not a whole number": 1}


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
