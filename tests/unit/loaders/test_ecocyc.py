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
        ("ecocyc:EG1", "symbol:crp", "exact"),
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
    assert evidence == {
        "activation": 2,
        "evidence_codes": ["EV-EXP"],
        "pubmed": ["222", "333"],
        "repression": 1,
    }


def test_a_missing_mode_is_an_unknown_sign_and_self_loops_stay(tmp_path):
    result = world(tmp_path, regulation("R1", "P1", "EG1", mode=""))
    assert transcriptional(result) == {("EG1", "EG1"): "unknown"}


def test_sigma_factors_have_a_layer_of_their_own(tmp_path):
    rows = [r for r in world(tmp_path).rows(Kind.REGULATION) if r["layer"] == "sigma"]
    cited = {"evidence_codes": ["EV-EXP-IDA"], "pubmed": ["111"]}
    assert {(r["src"], r["dst"]): json.loads(r["evidence"]) for r in rows} == {
        ("ecocyc:EG5", "ecocyc:EG2"): cited,
        ("ecocyc:EG5", "ecocyc:EG3"): cited,
    }
    assert {r["sign"] for r in rows} == {1}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            regulation("R", "P1", "TU1", kind="Rxn-Regulation"),
            "not regulation of expression: Rxn-Regulation",
        ),
        (
            regulation("R", "P1", "TU1", kind="Regulation-of-Enzyme-Activity"),
            "not regulation of expression: Regulation-of-Enzyme-Activity",
        ),
        (
            regulation("R", "P1", "TU1", kind="Ribosome-Mediated-Attenuation"),
            "attenuation of transcription: Ribosome-Mediated-Attenuation",
        ),
        (
            regulation("R", "P1", "TU1", kind="Rho-Blocking-Antitermination"),
            "attenuation of transcription: Rho-Blocking-Antitermination",
        ),
        (regulation("R", "P1", "TU1", kind=""), "not regulation of expression: no type"),
        (
            regulation("R", "CAMP", "TU1", kind="Compound-Mediated-Translation-Regulation"),
            "regulator has no gene",
        ),
        ("UNIQUE-ID - a b\n//\n", "UNIQUE-ID is not an identifier"),
        ("UNIQUE-ID - a\n/b\n//\n", "UNIQUE-ID is not an identifier"),
        ("UNIQUE-ID - R\nMODE + and more\n//\n", "a line is no attribute"),
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


RNAS = "UNIQUE-ID - RYHB-RNA\nGENE - EG3\n//\n"


def layers(result):
    rows = result.rows(Kind.REGULATION)
    ends = (tuple(r[end].removeprefix("ecocyc:") for end in ("src", "dst")) for r in rows)
    found = {
        end: (r["layer"], r["effect"], json.loads(r["evidence"]).get("mechanisms"))
        for end, r in zip(ends, rows, strict=True)
        if r["layer"] != "sigma"
    }
    return found


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("RNA-Mediated-Translation-Regulation", ("translational", "repression", ["sRNA"])),
        ("Protein-Mediated-Translation-Regulation", ("translational", "repression", ["protein"])),
        ("Regulation-of-Translation", ("translational", "repression", None)),
        (
            "Allosteric-Regulation-of-RNAP",
            ("transcriptional", "repression", ["allosteric, RNA polymerase"]),
        ),
        ("Regulation-of-Transcription-Initiation", ("transcriptional", "repression", None)),
        ("|Transcription-Factor-Binding|", ("transcriptional", "repression", None)),
    ],
)
def test_the_class_of_a_regulation_is_its_layer_and_mechanism(tmp_path, kind, expected):
    record = regulation("R1", "RYHB-RNA", "EG2", "-", kind)
    assert layers(world(tmp_path, record, rnas=RNAS)) == {("EG3", "EG2"): expected}


def test_the_most_specific_class_decides(tmp_path):
    more = "TYPES - RNA-Mediated-Translation-Regulation\n"
    record = regulation("R1", "RYHB-RNA", "EG2", "-", "Regulation-of-Translation", more)
    ((_, _, mechanisms),) = layers(world(tmp_path, record, rnas=RNAS)).values()
    assert mechanisms == ["sRNA"]


def test_the_product_of_a_gene_stands_for_it_as_a_target(tmp_path):
    record = regulation("R1", "RYHB-RNA", "P4", "-", "RNA-Mediated-Translation-Regulation")
    assert set(layers(world(tmp_path, record, rnas=RNAS))) == {("EG3", "EG4")}


def test_mode_plus_minus_is_dual_and_counted(tmp_path):
    result = world(
        tmp_path, regulation("R1", "P1", "TU1", "+/-"), regulation("R2", "P1", "TU1", "-")
    )
    assert transcriptional(result) == {("EG1", "EG2"): "dual"}
    row = next(r for r in result.rows(Kind.REGULATION) if r["layer"] == "transcriptional")
    assert json.loads(row["evidence"]) == {"dual": 1, "repression": 1}
    assert result.tally.rows_merged == 1


def evidence(result, src, dst):
    rows = result.rows(Kind.REGULATION)
    ends = (f"ecocyc:{src}", f"ecocyc:{dst}")
    found = [r for r in rows if (r["src"], r["dst"]) == ends and r["layer"] != "sigma"]
    return json.loads(found[0]["evidence"])


def test_experiment_and_computation_are_told_apart(tmp_path):
    cited = (
        "CITATIONS - 9:EV-EXP-IDA-BINDING-OF-PURIFIED-PROTEINS:3310:kr\n"
        "CITATIONS - :EV-COMP-HINF:3310:kr\nCITATIONS - 8\n"
    )
    result = world(tmp_path, regulation("R1", "P1", "TU1", more=cited))
    assert evidence(result, "EG1", "EG2") == {
        "evidence_codes": ["EV-COMP-HINF", "EV-EXP-IDA-BINDING-OF-PURIFIED-PROTEINS"],
        "pubmed": ["8", "9"],
    }


def test_a_target_in_some_units_of_a_promoter_only_says_so(tmp_path):
    result = world(tmp_path, regulation("R1", "P1", "PM1"))
    assert evidence(result, "EG1", "EG3") == {"shared_promoters": ["PM1"]}
    assert evidence(result, "EG1", "EG2") == {}


def test_a_site_in_one_unit_settles_the_doubt(tmp_path):
    sure = regulation("R1", "P1", "PM1", more="ASSOCIATED-BINDING-SITE - BS1\n")
    assert evidence(world(tmp_path, sure), "EG1", "EG3") == {}
    apart = (regulation("R1", "P1", "PM1"), regulation("R2", "P1", "TU2"))
    assert evidence(world(tmp_path, *apart), "EG1", "EG3") == {}


def test_a_site_settles_the_doubt_in_either_order(tmp_path):
    unit_first = regulation("R1", "P1", "TU2", more="REGULATED-ENTITY - PM1\n")
    assert evidence(world(tmp_path, unit_first), "EG1", "EG3") == {}


def test_the_genes_of_a_heteromer_name_their_complex(tmp_path):
    more = (
        "UNIQUE-ID - HETERO-BOUND\nCOMPONENTS - CPLX-HETERO\nCOMPONENTS - CAMP\n//\n"
        "UNIQUE-ID - HETERO-P\nUNMODIFIED-FORM - HETERO-BOUND\n//\n"
    )
    for regulator in ("CPLX-HETERO", "HETERO-BOUND", "HETERO-P"):
        record = regulation("R1", regulator, "EG1")
        result = world(tmp_path, record, proteins=PROTEINS + more)
        assert evidence(result, "EG4", "EG1") == {"complexes": ["ecocyc:CPLX-HETERO"]}
        assert ("ecocyc:CPLX-HETERO", "HAS_MEMBER", "ecocyc:EG4") in result.edges


@pytest.mark.parametrize(
    "proteins",
    [
        "UNIQUE-ID - X\nUNMODIFIED-FORM - Y\n//\nUNIQUE-ID - Y\nUNMODIFIED-FORM - X\n"
        "COMPONENTS - P3\nCOMPONENTS - P4\n//\n",
        "UNIQUE-ID - X\nUNMODIFIED-FORM - NOWHERE\nCOMPONENTS - P3\nCOMPONENTS - P4\n//\n",
        "UNIQUE-ID - X\nGENE - EG3\nGENE - EG4\n//\n",
    ],
)
def test_forms_that_lead_to_no_complex_name_none(tmp_path, proteins):
    result = world(tmp_path, regulation("R1", "X", "EG1"), proteins=PROTEINS + proteins)
    assert evidence(result, "EG3", "EG1") == evidence(result, "EG4", "EG1") == {}


def test_subunits_are_counted_where_every_step_states_a_number(tmp_path):
    more = (
        "UNIQUE-ID - TETRAMER\nCOMPONENTS - |CPLX-DIMER|\n^COEFFICIENT - 2\nCOMPONENTS - P3\n"
        "^COEFFICIENT - 1\nCOMPONENTS - P4\n^COEFFICIENT - n\n//\n"
    )
    result = world(tmp_path, proteins=PROTEINS + more)
    found = {
        (r["src"].removeprefix("ecocyc:"), r["dst"].removeprefix("ecocyc:")): r["coefficient"]
        for r in result.rows(Kind.EDGES)
    }
    assert (found["CPLX-DIMER", "EG1"], found["CPLX-BOUND", "EG1"]) == (2, None)
    assert [found["TETRAMER", gene] for gene in ("EG1", "EG3", "EG4")] == [4, 1, None]
    assert (found["CPLX-HETERO", "EG3"], found["TU2", "EG3"]) == (None, None)


def test_newer_sigma_factors_recognise_boxes_of_promoters(tmp_path):
    result = world(
        tmp_path,
        proteins="UNIQUE-ID - P5\nGENE - EG5\nRECOGNIZED-PROMOTERS - BOX\n//\n",
        promoters="UNIQUE-ID - PM2\nPROMOTER-BOXES - BOX\n//\n",
    )
    sigma = [r["dst"] for r in result.rows(Kind.REGULATION) if r["layer"] == "sigma"]
    assert sigma == ["ecocyc:EG2", "ecocyc:EG3"]


UNIT = """\
UNIQUE-ID - A
LEFT-END-POSITION - 100
RIGHT-END-POSITION - 200
TRANSCRIPTION-DIRECTION - {strand}
//
UNIQUE-ID - B
LEFT-END-POSITION - 300
RIGHT-END-POSITION - 400
TRANSCRIPTION-DIRECTION - {strand}
//
UNIQUE-ID - C
//
"""


@pytest.mark.parametrize(
    ("strand", "site", "expected"),
    [
        ("+", "ABS-CENTER-POS - 250.5", {"B", "C"}),
        ("-", "ABS-CENTER-POS - 250.5", {"A", "C"}),
        ("+", "ABS-CENTER-POS - NIL", {"A", "B", "C"}),
    ],
)
def test_downstream_genes_only_are_those_behind_the_site(tmp_path, strand, site, expected):
    more = "DOWNSTREAM-GENES-ONLY? - T\nASSOCIATED-BINDING-SITE - S\n"
    result = world(
        tmp_path,
        regulation("R1", "A", "TU", "-", "RNA-Mediated-Translation-Regulation", more),
        genes=UNIT.format(strand=strand),
        transunits="UNIQUE-ID - TU\nCOMPONENTS - A\nCOMPONENTS - B\nCOMPONENTS - C\n//\n",
        dnabindsites=f"UNIQUE-ID - S\n{site}\n//\n",
    )
    assert {r["dst"].removeprefix("ecocyc:") for r in result.rows(Kind.REGULATION)} == expected


def test_a_gene_without_an_accession_keeps_its_frame(tmp_path):
    result = world(tmp_path)
    assert "ecocyc:EG4" in result.nodes
    assert {x for x in result.xrefs if x[0] == "ecocyc:EG4"} == {
        ("ecocyc:EG4", "symbol:hupA", "exact")
    }


def test_other_accessions_are_synonyms_and_other_bacteria_have_their_locus_tags(tmp_path):
    genes = (
        "UNIQUE-ID - A\nACCESSION-1 - BSU00010\nACCESSION-2 - ECK0001\nSYNONYMS - JW0001\n//\n"
        "UNIQUE-ID - B\nACCESSION-1 - x17\n//\n"
    )
    assert world(tmp_path, genes=genes).xrefs == {
        ("ecocyc:A", "locus_tag:BSU00010", "exact"),
        ("ecocyc:A", "symbol:ECK0001", "synonym"),
        ("ecocyc:A", "symbol:JW0001", "synonym"),
    }


def test_a_name_of_two_genes_is_nobodys_own(tmp_path):
    genes = (
        "UNIQUE-ID - A\nCOMMON-NAME - insA\n//\nUNIQUE-ID - B\nCOMMON-NAME - insA\n//\n"
        "UNIQUE-ID - C\nCOMMON-NAME - thrA\nSYNONYMS - thrA\nSYNONYMS - <i>thrA1</i>\n//\n"
    )
    assert world(tmp_path, genes=genes).xrefs == {
        ("ecocyc:A", "symbol:insA", "synonym"),
        ("ecocyc:B", "symbol:insA", "synonym"),
        ("ecocyc:C", "symbol:thrA", "exact"),
        ("ecocyc:C", "symbol:thrA1", "synonym"),
    }


def test_positions_that_are_none_are_left_out(tmp_path):
    genes = (
        f"UNIQUE-ID - A\nLEFT-END-POSITION - {'9' * 30}\nRIGHT-END-POSITION - NIL\n"
        "TRANSCRIPTION-DIRECTION - ?\n//\n"
    )
    gene = world(tmp_path, genes=genes).nodes["ecocyc:A"]
    assert (gene["left"], gene["right"], gene["strand"]) == (None, None, None)


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
