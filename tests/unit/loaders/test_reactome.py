from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import assign_roles
from tests.unit.loaders.drained import drain, write

PATHWAYS = (
    "R-HSA-109581\tApoptosis\tHomo sapiens",
    "R-HSA-5357801\tProgrammed Cell Death\tHomo sapiens",
    "R-MMU-109581\tApoptosis\tMus musculus",
)


def reactome(tmp_path, species=None, pathways=PATHWAYS, **files):
    inputs = {"pathways": write(tmp_path / "ReactomePathways.txt", *pathways)}
    inputs |= {role: write(tmp_path / f"{role}.txt", *rows) for role, rows in files.items()}
    return drain("reactome", inputs, species=species)


def member(identifier, pathway="R-HSA-109581", evidence="TAS", species="Homo sapiens"):
    url = f"https://reactome.org/PathwayBrowser/#/{pathway}"
    return f"{identifier}\t{pathway}\t{url}\tApoptosis\t{evidence}\t{species}"


def test_pathways_of_the_species_are_nodes_and_others_counted(tmp_path):
    result = reactome(tmp_path)
    assert set(result.nodes) == {"reactome:R-HSA-109581", "reactome:R-HSA-5357801"}
    assert result.nodes["reactome:R-HSA-109581"]["name"] == "Apoptosis"
    assert result.nodes["reactome:R-HSA-109581"]["type"] == "Pathway"
    assert result.dropped == {"another species": 1}


def test_another_species_can_be_asked_for(tmp_path):
    assert set(reactome(tmp_path, species="Mus musculus").nodes) == {"reactome:R-MMU-109581"}


def test_a_species_that_is_not_there_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(BadInputError, match=r"'Mus muscullus'.*Mus musculus"):
        reactome(tmp_path, species="Mus muscullus")


def test_the_child_is_part_of_the_parent(tmp_path):
    relations = ("R-HSA-5357801\tR-HSA-109581", "R-MMU-5357801\tR-MMU-109581")
    result = reactome(tmp_path, relations=relations)
    assert result.edges == [("reactome:R-HSA-109581", "PART_OF", "reactome:R-HSA-5357801")]
    assert result.dropped["not between pathways of the species"] == 1


@pytest.mark.parametrize(
    ("role", "written", "meant"),
    [
        ("ncbi", "7157", "ncbigene:7157"),
        ("uniprot", "P04637", "uniprot:P04637"),
        ("uniprot", "P04637-2", "uniprot:P04637"),
        ("ensembl", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("ensembl", "ENSG00000141510.19", "ensembl:ENSG00000141510"),
        ("ensembl", "YAL001C", "ensembl:YAL001C"),
    ],
)
def test_members_take_part_in_pathways(tmp_path, role, written, meant):
    result = reactome(tmp_path, **{role: [member(written)]})
    assert result.edges == [(meant, "PARTICIPATES_IN", "reactome:R-HSA-109581")]
    assert result.nodes[meant]["type"] == "Gene"


def test_evidence_and_isoforms_of_one_member_are_gathered(tmp_path):
    rows = [member("P04637"), member("P04637-2", evidence="IEA"), member("P04637")]
    result = reactome(tmp_path, uniprot=rows)
    (edge,) = result.rows(Kind.EDGES)
    assert edge["evidence"] == ["IEA", "TAS"]
    assert result.tally.rows_merged == 2


def test_members_of_another_species_or_kind_or_pathway_are_counted(tmp_path):
    rows = [
        member("P1", species="Mus musculus"),
        member("TP53"),
        member("1", pathway="R-HSA-1"),
        member("7157"),
    ]
    result = reactome(tmp_path, ncbi=rows)
    assert result.dropped == {
        "another species": 2,
        "not an identifier of ncbigene": 1,
        "pathway is not in the list of pathways": 1,
    }
    assert len(result.edges) == 1


def test_the_first_line_is_a_row(tmp_path):
    assert reactome(tmp_path, ncbi=[member("7157")]).tally.rows_in == 4


def test_rows_that_are_no_pathways_are_counted(tmp_path):
    result = reactome(tmp_path, pathways=(*PATHWAYS, "pathway\tname\tHomo sapiens"))
    assert result.dropped["not a pathway of Reactome"] == 1


def test_another_file_of_reactome_is_refused_at_once(tmp_path):
    row = "P04637\tR-HSA-1\tTP53 [nucleoplasm]\tR-HSA-2\turl\tname\tTAS\tHomo sapiens"
    with pytest.raises(BadInputError, match="has 8 columns, not 6"):
        reactome(tmp_path, uniprot=[row])


def test_files_are_recognised_by_their_names(tmp_path):
    names = {
        "pathways": "ReactomePathways.txt",
        "relations": "ReactomePathwaysRelation.txt",
        "ncbi": "NCBI2Reactome_All_Levels.txt",
        "uniprot": "UniProt2Reactome.txt",
        "ensembl": "Ensembl2Reactome.txt",
    }
    for name in names.values():
        write(tmp_path / name, "x")
    assigned = assign_roles("reactome", [str(tmp_path)])
    assert {role: path.name for role, path in assigned.items()} == names
