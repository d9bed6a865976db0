from __future__ import annotations

import json

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import assign_roles
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain

GENES = """\
# Version: 28.5
UNIQUE-ID - EG1
COMMON-NAME - <i>crp</i>
ACCESSION-1 - b3357
SYNONYMS - cap
DBLINKS - (NCBI-GENE "947867" NIL NIL)
DBLINKS - (CGSC "12" NIL)
LEFT-END-POSITION - 10
RIGHT-END-POSITION - 700
TRANSCRIPTION-DIRECTION - +
//
UNIQUE-ID - EG2
ACCESSION-1 - b0344
//
UNIQUE-ID - EG3
//
UNIQUE-ID - EG4
COMMON-NAME - hupA
//
UNIQUE-ID - EG5
COMMON-NAME - rpoD
//
"""
PROTEINS = """\
UNIQUE-ID - P1
GENE - EG1
//
UNIQUE-ID - P3
GENE - EG3
//
UNIQUE-ID - P4
GENE - EG4
//
UNIQUE-ID - P5
GENE - EG5
RECOGNIZED-PROMOTERS - PM2
//
UNIQUE-ID - CPLX-DIMER
COMMON-NAME - CRP dimer
COMPONENTS - P1
^COEFFICIENT - 2
//
UNIQUE-ID - CPLX-BOUND
COMPONENTS - |CPLX-DIMER|
COMPONENTS - CAMP
//
UNIQUE-ID - CPLX-HETERO
COMPONENTS - P3
COMPONENTS - P4
//
UNIQUE-ID - P1-PHOSPHO
UNMODIFIED-FORM - P1
//
UNIQUE-ID - CPLX-LOOP
COMPONENTS - CPLX-LOOP
//
"""
TRANSUNITS = """\
UNIQUE-ID - TU1
COMMON-NAME - lacZ
COMPONENTS - EG2
COMPONENTS - PM1
COMPONENTS - TERM1
//
UNIQUE-ID - TU2
COMPONENTS - EG2
COMPONENTS - EG3
COMPONENTS - PM1
COMPONENTS - PM2
//
"""
PROMOTERS = """\
UNIQUE-ID - PM1
BINDS-SIGMA-FACTOR - P5
CITATIONS - 111:EV-EXP-IDA:3279:kr
//
UNIQUE-ID - PM2
//
"""
SITES = "UNIQUE-ID - BS1\nCOMPONENT-OF - TU2\nCOMPONENT-OF - ELSEWHERE\n//\n"


def regulation(frame, regulator, entity, mode="+", kind="Transcription-Factor-Binding", more=""):
    mode_line = f"MODE - {mode}\n" if mode else ""
    return (
        f"UNIQUE-ID - {frame}\nTYPES - {kind}\nREGULATOR - {regulator}\n"
        f"REGULATED-ENTITY - {entity}\n{mode_line}{more}//\n"
    )


def world(tmp_path, *regulations, **replaced):
    texts = {
        "genes": GENES,
        "proteins": PROTEINS,
        "transunits": TRANSUNITS,
        "promoters": PROMOTERS,
        "dnabindsites": SITES,
        "regulation": "".join(regulations),
        **replaced,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.dat").write_text(text)
    return drain("ecocyc", assign_roles("ecocyc", [str(tmp_path)]))


def transcriptional(result):
    rows = result.rows(Kind.REGULATION)
    return {
        (r["src"].removeprefix("ecocyc:"), r["dst"].removeprefix("ecocyc:")): r["effect"]
        for r in rows
        if r["layer"] == "transcriptional"
    }


def test_genes_have_names_without_markup_and_positions(tmp_path):
    result = world(tmp_path)
    gene = result.nodes["ecocyc:EG1"]
    assert (gene["name"], gene["left"], gene["right"], gene["strand"]) == ("crp", 10, 700, "+")
    assert result.nodes["ecocyc:EG2"]["name"] == "b0344"
    assert result.nodes["ecocyc:EG3"]["name"] == "EG3"
    assert (result.info.name, result.info.version) == ("ecocyc", "28.5")


def test_genes_refer_to_locus_tags_databases_and_names(tmp_path):
    found = {x for x in world(tmp_path).xrefs if x[0] == "ecocyc:EG1"}
    assert found == {
        ("ecocyc:EG1", "locus_tag:b3357", "exact"),
        ("ecocyc:EG1", "ncbigene:947867", "exact"),
        ("ecocyc:EG1", "symbol:crp", "synonym"),
        ("ecocyc:EG1", "symbol:cap", "synonym"),
    }


def test_complexes_and_units_have_their_genes_as_members(tmp_path):
    members = [(s, d) for s, kind, d in world(tmp_path).edges if kind == "HAS_MEMBER"]
    assert set(members) == {
        ("ecocyc:CPLX-DIMER", "ecocyc:EG1"),
        ("ecocyc:CPLX-BOUND", "ecocyc:EG1"),
        ("ecocyc:CPLX-HETERO", "ecocyc:EG3"),
        ("ecocyc:CPLX-HETERO", "ecocyc:EG4"),
        ("ecocyc:TU1", "ecocyc:EG2"),
        ("ecocyc:TU2", "ecocyc:EG2"),
        ("ecocyc:TU2", "ecocyc:EG3"),
    }


@pytest.mark.parametrize("regulator", ["P1", "CPLX-DIMER", "CPLX-BOUND", "P1-PHOSPHO", "EG1"])
def test_every_form_of_a_regulator_leads_to_its_gene(tmp_path, regulator):
    assert transcriptional(world(tmp_path, regulation("R1", regulator, "TU1"))) == {
        ("EG1", "EG2"): "activation"
    }


def test_a_heteromer_regulates_with_all_its_genes(tmp_path):
    found = transcriptional(world(tmp_path, regulation("R1", "CPLX-HETERO", "EG1", "-")))
    assert found == {("EG3", "EG1"): "repression", ("EG4", "EG1"): "repression"}


def test_a_promoter_stands_for_all_units_that_contain_it(tmp_path):
    found = transcriptional(world(tmp_path, regulation("R1", "P1", "PM1")))
    assert found == {("EG1", "EG2"): "activation", ("EG1", "EG3"): "activation"}


def test_the_units_of_the_binding_site_are_regulated_too(tmp_path):
    site = "ASSOCIATED-BINDING-SITE - BS1\nASSOCIATED-BINDING-SITE - BS9\n"
    found = transcriptional(world(tmp_path, regulation("R1", "P1", "TU1", more=site)))
    assert set(found) == {("EG1", "EG2"), ("EG1", "EG3")}


def test_both_modes_of_one_pair_are_dual_with_their_counts(tmp_path):
    cited = "CITATIONS - 222:EV-EXP:1:x\nCITATIONS - [333]\nCITATIONS - |x|\n"
    result = world(
        tmp_path,
        regulation("R1", "P1", "TU1", "+", more=cited),
        regulation("R2", "P1", "TU1", "+"),
        regulation("R3", "P1", "TU1", "-"),
    )
    row = next(r for r in result.rows(Kind.REGULATION) if r["layer"] == "transcriptional")
    assert (row["sign"], row["effect"]) == (0, "dual")
    evidence = json.loads(row["evidence"])
    assert evidence == {"activation": 2, "pubmed": ["222", "333"], "repression": 1}


def test_a_missing_mode_is_an_unknown_sign_and_self_loops_stay(tmp_path):
    result = world(tmp_path, regulation("R1", "P1", "EG1", mode=""))
    assert transcriptional(result) == {("EG1", "EG1"): "unknown"}


def test_sigma_factors_have_a_layer_of_their_own(tmp_path):
    rows = [r for r in world(tmp_path).rows(Kind.REGULATION) if r["layer"] == "sigma"]
    pairs = {(r["src"], r["dst"]): json.loads(r["evidence"]) for r in rows}
    assert pairs == {
        ("ecocyc:EG5", "ecocyc:EG2"): {"pubmed": ["111"]},
        ("ecocyc:EG5", "ecocyc:EG3"): {"pubmed": ["111"]},
    }
    assert {r["sign"] for r in rows} == {1}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            regulation("R", "P1", "TU1", kind="Rxn-Regulation"),
            "not transcription-factor binding: Rxn-Regulation",
        ),
        (regulation("R", "P1", "TU1", mode="?"), "mode is neither + nor -"),
        (regulation("R", "CAMP", "TU1"), "regulator has no gene"),
        (regulation("R", "CPLX-LOOP", "TU1"), "regulator has no gene"),
        (regulation("R", "P1", "PM9"), "regulated entity has no gene"),
        ("TYPES - x\n//\n", "record without UNIQUE-ID"),
    ],
)
def test_what_says_nothing_about_genes_is_dropped_with_its_reason(tmp_path, record, reason):
    result = world(tmp_path, record)
    assert result.dropped == {reason: 1}
    assert result.tally.dropped[reason].examples


def test_a_frame_listed_twice_counts_once(tmp_path):
    twice = regulation("R1", "P1", "TU1") * 2
    assert world(tmp_path, twice).dropped == {"frame listed twice": 1}


def test_a_file_without_genes_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no gene"):
        world(tmp_path, genes="# nothing\n")


def test_genes_and_proteins_alone_are_enough():
    folder = shared("ecocyc")
    inputs = {"genes": folder / "genes.dat", "proteins": folder / "proteins.dat"}
    result = drain("ecocyc", inputs)
    assert ("ecocyc:B0221", "uniprot:Q47146", "exact") in result.xrefs
    assert result.rows(Kind.REGULATION) == []


def test_the_generated_world_is_never_taken_for_ecocyc():
    folder = sample_file("ecocyc-synthetic")
    result = drain("ecocyc", assign_roles("ecocyc", [str(folder)]), name="toy")
    assert result.info.synthetic
    assert result.info.name == "ecocyc-synthetic"
    assert {r["sign_source"] for r in result.rows(Kind.REGULATION)} <= {"synthetic", None}
    assert {r["grn"] for r in result.rows(Kind.REGULATION)} == {"toy"}
