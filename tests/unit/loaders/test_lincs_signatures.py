"""LINCS Level 5: signatures with their metadata, from small files and from real ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.lincs import signatures as lincs_signatures
from kgp.loaders.lincs.fields import OLDER
from kgp.loaders.registry import build_loader
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write
from tests.unit.loaders.l1000_files import write_gct, write_gctx

GENES = {
    "id": ["7157", "4609", "2"],
    "pr_gene_symbol": ["TP53", "MYC", "A2M"],
    "is_lm": [1, 1, 0],
    "is_bing": [1, 0, 1],
}
DRUG = {
    "sig_id": "P_A375_24H:BRD-K00000001-001-01-8:10",
    "pert_id": "BRD-K00000001",
    "cmap_name": "alphadrug",
    "pert_type": "trt_cp",
    "cell_iname": "A375",
    "pert_dose": "9.99",
    "pert_dose_unit": "uM",
    "pert_time": "24",
    "pert_time_unit": "h",
    "nsample": "3",
    "tas": "0.4",
    "cc_q75": "-666",
    "qc_pass": "1.0",
    "is_hiq": "0",
    "is_exemplar_sig": "1",
    "distil_ids": "P_X1:A03|P_X2:A03|P_X2:A04",
}
GEO = {
    "cmap_name": "pert_iname",
    "cell_iname": "cell_id",
    "nsample": "distil_nsample",
    "cc_q75": "distil_cc_q75",
    "distil_ids": "distil_id",
}


def table(tmp_path, name, *rows, order=None):
    names = order or list(dict.fromkeys(key for row in rows for key in row))
    lines = ["\t".join(row.get(key, "-666") for key in names) for row in rows]
    return write(tmp_path / name, "\t".join(names), *lines)


def matrix(tmp_path, rows, values=None, genes=GENES):
    """A GCTX file of bare identifiers, as LINCS2020 has it."""
    values = np.arange(3.0 * len(rows)).reshape(-1, 3) if values is None else np.array(values)
    ids = {"id": [row["sig_id"] for row in rows]}
    return write_gctx(tmp_path / "level5.gctx", values.astype(np.float32), ids, genes)


def read(tmp_path, *rows, values=None, annotated=GENES, extra=(), **options):
    inputs = {
        "signatures": matrix(tmp_path, rows, values, annotated),
        "siginfo": table(tmp_path, "siginfo.txt", *rows),
        **dict(extra),
    }
    return drain("lincs-signatures", inputs, **options)


def signatures(result):
    return [row for row in result.rows(Kind.NODES) if row["type"] == "Signature"]


def test_a_signature_says_what_was_done_where_and_how_well(tmp_path):
    result = read(tmp_path, DRUG)
    (found,) = signatures(result)
    told = {key: value for key, value in found.items() if value is not None}
    assert told == {
        "id": "kgp.signature:lincs-signatures/P_A375_24H:BRD-K00000001-001-01-8:10",
        "type": "Signature",
        "name": "alphadrug 9.99 uM, 24 h, A375",
        "dataset": "lincs-signatures",
        "pert_type": "trt_cp",
        "pert_id": "BRD-K00000001",
        "cmap_name": "alphadrug",
        "dose": 9.99,
        "dose_unit": "uM",
        "time": 24.0,
        "time_unit": "h",
        "n_replicates": 3,
        "tas": 0.4,
        "qc_pass": True,
        "is_hiq": False,
        "is_exemplar": True,
        "wells": ["P_X1:A03", "P_X2:A03", "P_X2:A04"],
        "controls": ["P_X1", "P_X2"],
        "control_set": found["control_set"],
    }
    assert result.edges == [
        (found["id"], "PERTURBS", "lincs.brd:BRD-K00000001"),
        (found["id"], "MEASURED_IN", "cellosaurus:CVCL_0132"),
    ]
    named = {(row["id"], row["name"]) for row in result.rows(Kind.NODES)}
    assert ("lincs.brd:BRD-K00000001", "alphadrug") in named


def test_the_names_of_geo_mean_the_same(tmp_path):
    old = {GEO.get(key, key): value for key, value in DRUG.items()}
    (tmp_path / "new").mkdir()
    new, geo = read(tmp_path / "new", DRUG), read_as(tmp_path, DRUG, old)
    assert signatures(geo) == signatures(new)
    assert geo.edges == new.edges


def read_as(tmp_path, row, info):
    """The same matrix, with a table of other names in another order."""
    order = sorted(info, reverse=True)
    inputs = {
        "signatures": matrix(tmp_path, [row]),
        "siginfo": table(tmp_path, "GSE92742_sig_info.txt", info, order=order),
    }
    return drain("lincs-signatures", inputs)


def test_no_older_name_means_two_things():
    older = [name for names in OLDER.values() for name in names]
    shared_names = {name for name in older if older.count(name) > 1}
    assert shared_names == {"distil_id"}  # an id of wells in phase I, their list in its signatures


@pytest.mark.parametrize(
    ("choice", "genes"),
    [
        ("landmark", ["ncbigene:7157", "ncbigene:4609"]),
        ("bing", ["ncbigene:7157", "ncbigene:2"]),
        ("all", ["ncbigene:7157", "ncbigene:4609", "ncbigene:2"]),
    ],
)
def test_the_chosen_genes_are_the_feature_space(tmp_path, choice, genes):
    result = read(tmp_path, DRUG, values=[[1, 2, 3]], genes=choice)
    assert [row["id"] for row in result.rows(Kind.FEATURES)] == genes
    (effect,) = result.rows(Kind.EFFECTS)
    position = {"ncbigene:7157": 1.0, "ncbigene:4609": 2.0, "ncbigene:2": 3.0}
    assert effect["values"] == [position[gene] for gene in genes]


def build_inputs(tmp_path):
    return {"signatures": tmp_path / "level5.gctx", "siginfo": tmp_path / "siginfo.txt"}


def geneinfo(tmp_path, *rows):
    return table(tmp_path, "geneinfo.txt", *rows)


def test_geneinfo_counts_before_the_annotations_of_the_file(tmp_path):
    info = geneinfo(
        tmp_path,
        {"gene_id": "2", "gene_symbol": "A2M", "feature_space": "landmark"},
        {"gene_id": "4609", "gene_symbol": "MYC", "feature_space": "best inferred"},
    )
    inputs = {"extra": {"geneinfo": info}}
    assert [r["id"] for r in read(tmp_path, DRUG, **inputs).rows(Kind.FEATURES)] == ["ncbigene:2"]
    bing = read(tmp_path, DRUG, **inputs, name="b")
    assert bing.rows(Kind.DATASETS)[0]["dataset"] == "b"


def test_without_any_word_on_genes_the_packaged_landmarks_are_taken(tmp_path):
    genes = {"id": ["10007", "2", "1001"]}
    result = read(tmp_path, DRUG, annotated=genes)
    assert [r["id"] for r in result.rows(Kind.FEATURES)] == ["ncbigene:10007", "ncbigene:1001"]


def test_without_any_word_on_genes_the_well_inferred_are_unknown(tmp_path):
    read(tmp_path, DRUG, annotated={"id": ["10007", "2", "1001"]})
    with pytest.raises(BadInputError, match="Nothing says which genes"):
        drain("lincs-signatures", build_inputs(tmp_path), genes="bing")


def test_probes_are_joined_to_genes_by_geneinfo(tmp_path):
    info = geneinfo(
        tmp_path,
        {"pr_id": "p1_at", "pr_gene_id": "7157", "pr_gene_symbol": "TP53", "is_lm": "True"},
        {"pr_id": "p2_at", "pr_gene_id": "1///2", "pr_gene_symbol": "x", "is_lm": "True"},
    )
    genes = {"id": ["p1_at", "p2_at", "p3_at"]}
    result = read(tmp_path, DRUG, annotated=genes, extra={"geneinfo": info})
    assert [(r["id"]) for r in result.rows(Kind.FEATURES)] == ["ncbigene:7157"]
    assert result.nodes["ncbigene:7157"]["name"] == "TP53"


def test_a_gene_without_an_entrez_id_is_counted(tmp_path):
    read(tmp_path, DRUG, annotated={"id": ["10007", "x_at", "1001"]})
    result = drain("lincs-signatures", build_inputs(tmp_path), genes="all")
    assert result.dropped == {"gene without an Entrez id": 1}
    assert len(result.rows(Kind.FEATURES)) == 2


@pytest.mark.parametrize(
    ("genes", "found"),
    [
        ({"id": ["x", "y", "z"]}, "no gene with an Entrez id"),
        ({"id": ["a", "b", "c"], "pr_gene_id": ["10007", "10007", "2"]}, "more than once"),
    ],
)
def test_a_gene_space_that_means_nothing_is_refused(tmp_path, genes, found):
    with pytest.raises(BadInputError, match=found):
        read(tmp_path, DRUG, annotated=genes)


def variant(number, **changes):
    return {**DRUG, "sig_id": f"S{number}:X:1", **changes}


def test_a_gene_is_perturbed_in_the_direction_of_the_assay(tmp_path):
    rows = [
        variant(1, pert_type="trt_oe", pert_id="ccsb1", cmap_name="MYC"),
        variant(2, pert_type="trt_xpr", pert_id="BRDN1", cmap_name="TP53"),
        variant(3, pert_type="trt_sh", pert_id="TRCN1", cmap_name="NOVEL"),
        variant(4, pert_type="trt_sh.cgs", pert_id="CGS001-5290", cmap_name="PIK3CA"),
    ]
    edges = [r for r in read(tmp_path, *rows).rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    assert [(r["dst"], r["qualifier"]) for r in edges] == [
        ("ncbigene:4609", "1"),
        ("ncbigene:7157", "-1"),
        ("hgnc.symbol:NOVEL", "-1"),
        ("ncbigene:5290", "-1"),
    ]


def test_what_is_no_treatment_of_a_drug_or_a_gene_is_dropped_with_its_reason(tmp_path):
    rows = [
        variant(1),
        variant(2, pert_type="ctl_vehicle"),
        variant(3, pert_type="trt_poscon"),
        variant(4, pert_type="trt_lig"),
        variant(5, pert_type="-666"),
        variant(6, pert_id="-666", cmap_name="-666"),
        variant(7, pert_type="trt_xpr"),
        variant(8, cell_iname="MCF7"),
    ]
    result = read(tmp_path, *rows, pert_type="trt_cp", cells="A375, PC3")
    assert result.dropped == {
        "cell line not asked for": 1,
        "control": 1,
        "positive control": 1,
        "neither a drug nor a gene was perturbed": 1,
        "no pert_type": 1,
        "no pert_id": 1,
        "pert_type not asked for": 1,
    }
    assert (result.tally.rows_in, result.tally.rows_kept, len(signatures(result))) == (8, 1, 1)


@pytest.mark.parametrize(
    ("options", "kept", "reason"),
    [
        ({"is_exemplar": "true"}, ["S1", "S2"], "not is_exemplar"),
        ({"qc_pass": "yes"}, ["S1", "S3"], "not qc_pass"),
        ({"min_nsample": "3"}, ["S1", "S3"], "fewer than 3 replicates"),
    ],
)
def test_signatures_can_be_chosen_by_quality(tmp_path, options, kept, reason):
    rows = [
        variant(1),
        variant(2, qc_pass="0", nsample="2"),
        variant(3, is_exemplar_sig="0"),
    ]
    result = read(tmp_path, *rows, **options)
    assert [row["id"].split("/")[1][:2] for row in signatures(result)] == kept
    assert result.dropped == {reason: 3 - len(kept)}


@pytest.mark.parametrize("option", ["is_exemplar", "qc_pass", "min_nsample"])
def test_a_filter_needs_its_column(tmp_path, option):
    row = {k: DRUG[k] for k in ("sig_id", "pert_id", "cmap_name", "pert_type", "cell_iname")}
    with pytest.raises(BadInputError, match="Nothing tells"):
        read(tmp_path, row, **{option: 1 if option != "min_nsample" else 2})


@pytest.mark.parametrize(
    "option",
    [
        {"genes": "some"},
        {"pert_type": "trt_lig"},
        {"is_exemplar": "perhaps"},
        {"min_nsample": "many"},
        {"tas": "0.3"},
    ],
)
def test_an_option_that_means_nothing_is_refused(tmp_path, option):
    with pytest.raises(UsageError):
        read(tmp_path, DRUG, **option)


@pytest.mark.parametrize(
    ("row", "dose", "time", "condition"),
    [
        ({"pert_idose": "500 nM", "pert_itime": "6 h"}, (500.0, "nM"), (6.0, "h"), None),
        (
            {"pert_idose": "10 µM", "pert_itime": "6 h & 4 h"},
            (10.0, "uM"),
            (None, None),
            "6 h & 4 h",
        ),
        (
            {"pert_idose": "10 μM", "pert_dose": "9.99", "pert_dose_unit": "um"},
            (9.99, "uM"),
            (None, None),
            None,
        ),
        ({"pert_dose": "2", "pert_dose_unit": "ng/mL"}, (2.0, "ng/mL"), (None, None), None),
        ({"pert_dose": "-666", "pert_dose_unit": "-666"}, (None, None), (None, None), None),
    ],
)
def test_amounts_are_numbers_with_one_spelling_of_their_unit(tmp_path, row, dose, time, condition):
    plain = {k: DRUG[k] for k in ("sig_id", "pert_id", "cmap_name", "pert_type", "cell_iname")}
    (found,) = signatures(read(tmp_path, {**plain, **row}))
    assert (found["dose"], found["dose_unit"]) == dose
    assert (found["time"], found["time_unit"]) == time
    assert found["condition"] == condition


def test_repeated_measurements_of_one_treatment_stay_two_signatures(tmp_path):
    assert len(signatures(read(tmp_path, variant(1), variant(2)))) == 2


def test_a_signature_that_repeats_another_names_the_first_by_id(tmp_path, monkeypatch):
    monkeypatch.setattr(lincs_signatures, "_BATCH_VALUES", 1)
    rows = [variant(3), variant(1, pert_id="BRD-K00000002"), variant(2)]
    result = read(tmp_path, *rows, values=[[1, 2, 0], [1, 2, 9], [1, 3, 0]])
    named = {r["id"][-6:]: r["duplicate_of"] for r in signatures(result) if r["duplicate_of"]}
    assert named == {"S3:X:1": "kgp.signature:lincs-signatures/S1:X:1"}


def test_a_response_that_is_not_finite_is_dropped(tmp_path):
    result = read(tmp_path, variant(1), variant(2), values=[[1, np.nan, 0], [1, 2, np.inf]])
    assert result.dropped == {"a value is not a number": 1}  # the infinite one is no landmark
    assert len(result.rows(Kind.EFFECTS)) == 1


def test_identifiers_are_joined_across_the_bar_that_writers_put_for_a_slash(tmp_path):
    row = {**DRUG, "sig_id": "P:ng/mL:1"}
    inputs = {
        "signatures": matrix(tmp_path, [{**row, "sig_id": "P:ng|mL:1"}]),
        "siginfo": table(tmp_path, "siginfo.txt", row),
    }
    (found,) = signatures(drain("lincs-signatures", inputs))
    assert found["id"].endswith("/P:ng/mL:1")


def test_a_signature_that_siginfo_does_not_describe_is_dropped(tmp_path):
    read(tmp_path, variant(1), variant(2))
    inputs = {**build_inputs(tmp_path), "siginfo": table(tmp_path, "siginfo.txt", variant(2))}
    result = drain("lincs-signatures", inputs)
    assert result.dropped == {"not described in siginfo.txt": 1}
    assert result.rows(Kind.EFFECTS)[0]["values"] == [3.0, 4.0]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([variant(7)], "describes no sample of"),
        ([variant(1), variant(1, pert_dose="3")], "lists the sample 'S1:X:1' more than once"),
    ],
)
def test_a_table_of_other_or_of_doubtful_signatures_is_refused(tmp_path, rows, found):
    inputs = {
        "signatures": matrix(tmp_path, [variant(1)]),
        "siginfo": table(tmp_path, "siginfo.txt", *rows),
    }
    with pytest.raises(BadInputError, match=found):
        drain("lincs-signatures", inputs)


def test_a_matrix_of_bare_identifiers_needs_siginfo(tmp_path):
    with pytest.raises(BadInputError, match="says nothing of what was perturbed"):
        drain("lincs-signatures", {"signatures": matrix(tmp_path, [DRUG])})


@pytest.mark.parametrize("role", ["siginfo", "geneinfo", "cellinfo", "compoundinfo", "drugs"])
def test_a_table_that_is_none_of_lincs_is_refused_at_once(tmp_path, role):
    inputs = {"signatures": matrix(tmp_path, [DRUG]), role: write(tmp_path / "t", "a\tb", "1\t2")}
    with pytest.raises(BadInputError, match="no column"):
        build_loader("lincs-signatures", inputs)


def test_rows_of_a_table_that_cannot_be_read_are_counted(tmp_path):
    inputs = {
        "signatures": matrix(tmp_path, [DRUG]),
        "siginfo": table(tmp_path, "siginfo.txt", DRUG),
        "geneinfo": write(
            tmp_path / "genes.txt", "gene_id\tfeature_space", "7157\tlandmark", "4609\tlandmark\tx"
        ),
    }
    result = drain("lincs-signatures", inputs)
    assert result.dropped == {"genes.txt: wrong number of columns": 1}


def test_a_packed_gctx_says_how_to_unpack_it(tmp_path):
    import gzip

    path = matrix(tmp_path, [DRUG])
    packed = tmp_path / "level5.gctx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(BadInputError, match="packed by gzip") as raised:
        build_loader("lincs-signatures", {"signatures": packed})
    assert raised.value.command == "gunzip -k level5.gctx.gz"


def test_gct_holds_the_same_as_gctx(tmp_path):
    rows = [variant(1), variant(2)]
    about = {"id": [r["sig_id"] for r in rows]} | {
        key: [r[key] for r in rows] for key in DRUG if key != "sig_id"
    }
    values = np.array([[1, 2.5, 3], [-4, 5, 6]])
    text = write_gct(tmp_path / "x.gct", values, about, GENES)
    (tmp_path / "other").mkdir()
    other = read(tmp_path / "other", *rows, values=values)
    found = drain("lincs-signatures", {"signatures": text})
    assert signatures(found) == signatures(other)
    assert found.rows(Kind.EFFECTS) == other.rows(Kind.EFFECTS)


def test_a_cell_line_is_known_by_cellosaurus_where_cellinfo_tells(tmp_path):
    cells = table(
        tmp_path,
        "cellinfo.txt",
        {"cell_iname": "A375", "cellosaurus_id": "CVCL_0132", "cell_lineage": "skin"},
        {"cell_iname": "ASC.C", "cellosaurus_id": "-666"},
    )
    rows = [variant(1), variant(2, cell_iname="ASC.C"), variant(3, cell_iname="-666")]
    result = read(tmp_path, *rows, extra={"cellinfo": cells})
    measured = [dst for _, kind, dst in result.edges if kind == "MEASURED_IN"]
    assert measured == ["cellosaurus:CVCL_0132", "kgp.cell:ASC.C"]
    told = pl.DataFrame(result.rows(Kind.NODES)).filter(pl.col("id") == measured[0])
    assert told["cell_lineage"].drop_nulls().to_list() == ["skin"]


COMPOUNDS = [
    {
        "pert_id": "BRD-K00000001",
        "cmap_name": "alphadrug",
        "target": target,
        "moa": "inhibitor",
        "canonical_smiles": "CCO",
        "inchi_key": "AAAAAAAAAAAAAA-BBBBBBBBBB-N",
        "compound_aliases": '""',
    }
    for target in ("EGFR", "ERBB2")
]


def test_a_compound_of_several_targets_is_one_drug(tmp_path):
    info = table(tmp_path, "compoundinfo.txt", *COMPOUNDS)
    result = read(tmp_path, DRUG, extra={"compoundinfo": info})
    rows = [r for r in result.rows(Kind.NODES) if r["id"] == "lincs.brd:BRD-K00000001"]
    (told,) = [r for r in rows if r["known_targets"]]
    assert (told["known_targets"], told["mechanisms"]) == (["EGFR", "ERBB2"], ["inhibitor"])
    assert (told["smiles"], told["synonyms"]) == ("CCO", [])
    assert result.xrefs == {
        ("lincs.brd:BRD-K00000001", "inchikey:AAAAAAAAAAAAAA-BBBBBBBBBB-N", "exact")
    }


KEYED = {
    "pert_id": "BRD-K00000001",
    "cmap_name": "alphadrug",
    "inchi_key": "AAAAAAAAAAAAAA-BBBBBBBBBB-N",
}
VOCABULARY = "DrugBank ID,Common name,CAS,UNII,Synonyms,Standard InChI Key"


@pytest.mark.parametrize(
    ("drug", "how", "perturbed"),
    [
        ("DB1,Other,,,,AAAAAAAAAAAAAA-BBBBBBBBBB-N", "inchikey", "lincs.brd:BRD-K00000001"),
        ("DB1,Other,,,,AAAAAAAAAAAAAA-CCCCCCCCCC-N", "skeleton", "drugbank:DB1"),
        ("DB1,AlphaDrug,,,,", "name", "drugbank:DB1"),
        ("DB1,Other,,,Xyz | Alphadrug,", "alias", "drugbank:DB1"),
        ("DB1,Other,,,,", None, "lincs.brd:BRD-K00000001"),
    ],
)
def test_a_compound_is_matched_to_a_drug_and_says_how(tmp_path, drug, how, perturbed):
    info = table(tmp_path, "compoundinfo.txt", KEYED)
    drugs = write(tmp_path / "vocabulary.csv", VOCABULARY, drug)
    result = read(tmp_path, DRUG, extra={"compoundinfo": info, "drugs": drugs})
    (found,) = signatures(result)
    assert (found["drug_match"], result.edges[0][2]) == (how, perturbed)


def test_a_skeleton_that_two_drugs_share_matches_neither(tmp_path):
    info = table(tmp_path, "compoundinfo.txt", KEYED)
    rows = [f"DB{i},Other{i},,,,AAAAAAAAAAAAAA-CCCCCCCCC{i}-N" for i in (1, 2)]
    drugs = write(tmp_path / "vocabulary.csv", VOCABULARY, *rows)
    result = read(tmp_path, DRUG, extra={"compoundinfo": info, "drugs": drugs})
    assert result.edges[0][2] == "lincs.brd:BRD-K00000001"


def test_reading_again_gives_the_same_batches(tmp_path):
    read(tmp_path, variant(1), variant(2))
    loader = build_loader("lincs-signatures", build_inputs(tmp_path))
    first, second = ([b.data for b in loader.batches(Tally())] for _ in range(2))
    assert len(first) == len(second)
    assert all(a.equals(b) for a, b in zip(first, second, strict=True))


def test_the_signatures_of_l1ktools_have_their_known_content():
    inputs = {
        "signatures": shared("lincs/modzs_n272x978.gctx"),
        "compoundinfo": shared("lincs/pertinfo.tsv.gz"),
        "cellinfo": shared("lincs/cellinfo.tsv.gz"),
        "drugs": sample_file("drugbank_vocabulary.csv.gz"),
    }
    result = drain("lincs-signatures", inputs)
    found = signatures(result)
    assert (result.tally.rows_in, len(found), len(result.rows(Kind.FEATURES))) == (272, 272, 978)
    assert {row["dose_unit"] for row in found} == {"uM", "nM"}
    cells = {dst for _, kind, dst in result.edges if kind == "MEASURED_IN"}
    assert len(cells) == 65
    how = pl.Series([row["drug_match"] for row in found]).value_counts()
    assert dict(how.iter_rows()) == {"inchikey": 162, "name": 87, "skeleton": 23}


def test_the_signatures_of_signature_search_are_read():
    result = drain("lincs-signatures", {"signatures": shared("lincs/level5_n100x12328.h5")})
    assert (len(signatures(result)), len(result.rows(Kind.FEATURES))) == (100, 978)
    assert result.edges[0][2] == "kgp.drug:vorinostat"
