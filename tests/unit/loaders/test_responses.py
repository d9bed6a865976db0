"""BindingDB, LINCS consensus, LINCS over-expression."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

BINDINGS = (
    "drugbank_id\tentrez_gene\taffinity_nM\tn_pairs\tsources\tpubmeds\tdrugbank_name\t"
    "drugbank_approved\tgene_symbol"
)


def bindings(tmp_path, *rows, **options):
    return drain("bindingdb", {"bindings": write(tmp_path / "b.tsv", BINDINGS, *rows)}, **options)


def test_a_binding_carries_affinity_and_references(tmp_path):
    row = "DB00091\t5478\t10\t2\tPDSP Ki,ChEMBL,ChEMBL\t19734911,21963115\tCyclosporine\t1\tPPIA"
    (edge,) = bindings(tmp_path, row).rows(Kind.EDGES)
    assert (edge["src"], edge["dst"]) == ("drugbank:DB00091", "ncbigene:5478")
    assert (edge["type"], edge["qualifier"]) == ("TARGETS", "binding")
    assert (edge["affinity_nm"], edge["n_pairs"]) == (10.0, 2)
    assert edge["pubmed"] == ["19734911", "21963115"]
    assert edge["databases"] == ["ChEMBL", "PDSP Ki"]


def test_the_threshold_is_exclusive_and_can_be_set(tmp_path):
    rows = [f"DB00091\t{gene}\t{nm}\t1\tC\t\tx\t1\ty" for gene, nm in ((1, 999.9), (2, 1000))]
    assert bindings(tmp_path, *rows).dropped == {"affinity not under 1000 nM": 1}
    assert bindings(tmp_path, *rows, max_affinity_nm="50").dropped == {
        "affinity not under 50 nM": 2
    }


def test_what_is_not_a_binding_is_dropped_with_its_reason(tmp_path):
    rows = (
        "X1\t1\t5\t1\tC\t\tx\t1\ty",
        "DB00001\t1\t>5\t1\tC\t\tx\t1\ty",
        "DB00001\t1\tnan\t1\tC\t\tx\t1\ty",
    )
    assert bindings(tmp_path, *rows).dropped == {
        "not a DrugBank id and an Entrez id": 1,
        "affinity is not a number": 2,
    }


@pytest.mark.parametrize("value", ["much", "-1", 0])
def test_a_threshold_is_a_positive_number(value):
    path = sample_file("bindingdb_drug_gene.tsv.gz")
    with pytest.raises(UsageError, match="max_affinity_nm"):
        drain("bindingdb", {"bindings": path}, max_affinity_nm=value)


def test_bindingdb_has_its_known_size():
    result = drain("bindingdb", {"bindings": shared("primekg/bindingdb_drug_gene.tsv.gz")})
    assert (result.tally.rows_in, result.tally.rows_kept) == (20_345, 5_102)


def consensus(tmp_path, *rows, header="perturbagen\t7157\t4609", **options):
    return drain("lincs", {"consensus": write(tmp_path / "c.tsv", header, *rows)}, **options)


def test_each_row_is_a_signature_of_its_drug(tmp_path):
    result = consensus(tmp_path, "DB00014\t0.5\t-2", "BRD-K1\t3\t4", name="mine")
    assert [(r["space"], r["position"], r["id"]) for r in result.rows(Kind.FEATURES)] == [
        ("mine", 0, "ncbigene:7157"),
        ("mine", 1, "ncbigene:4609"),
    ]
    (dataset,) = result.rows(Kind.DATASETS)
    assert (dataset["dataset"], dataset["censored"]) == ("mine", False)
    assert result.rows(Kind.EFFECTS)[0] == {
        "dataset": "mine",
        "signature": "kgp.signature:mine/DB00014",
        "features": None,
        "values": [0.5, -2.0],
        "errors": None,
        "df": None,
    }
    assert result.edges == [
        ("kgp.signature:mine/DB00014", "PERTURBS", "drugbank:DB00014"),
        ("kgp.signature:mine/BRD-K1", "PERTURBS", "lincs.brd:BRD-K1"),
    ]
    assert {r["qualifier"] for r in result.rows(Kind.EDGES)} == {"0"}


def test_a_repeated_response_names_the_first_of_its_kind(tmp_path):
    result = consensus(tmp_path, "DB00003\t1\t2", "DB00001\t1\t2", "DB00002\t1\t2.001")
    repeats = {r["id"][-1]: r["duplicate_of"] for r in result.rows(Kind.NODES) if r["duplicate_of"]}
    assert repeats == {"3": "kgp.signature:lincs-consensus/DB00001"}


def test_a_table_of_genes_needs_a_direction(tmp_path):
    with pytest.raises(BadInputError, match="perturbed genes, without saying how"):
        consensus(tmp_path, "4609\t1\t2")
    result = consensus(tmp_path, "4609\t1\t2", direction=-1)
    assert result.edges == [("kgp.signature:lincs-consensus/4609", "PERTURBS", "ncbigene:4609")]
    assert result.rows(Kind.EDGES)[0]["qualifier"] == "-1"


def test_a_direction_is_plus_or_minus_one(tmp_path):
    with pytest.raises(UsageError, match="Unknown direction '2'"):
        consensus(tmp_path, "4609\t1\t2", direction=2)


def test_rows_that_are_no_response_are_dropped(tmp_path):
    rows = ("DB00001\t1\t2", "DB00001\t3\t4", "DB00002\tnan\t1", "DB00003\t\t1", "aspirin\t1\t2")
    assert consensus(tmp_path, *rows).dropped == {
        "not a DrugBank, BRD or Entrez id": 1,
        "a value is not a number": 2,
        "perturbagen listed twice": 1,
    }


@pytest.mark.parametrize("header", ["perturbagen\tTP53", "perturbagen"])
def test_columns_of_a_consensus_are_entrez_genes(tmp_path, header):
    with pytest.raises(BadInputError, match="is not an Entrez gene"):
        consensus(tmp_path, "DB00001\t1", header=header)


def test_the_lincs_consensus_has_its_known_size():
    path = shared("lincs/consensus_drugbank_978.tsv.gz")
    result = drain("lincs", {"consensus": path})
    values = np.array(result.tables[Kind.EFFECTS]["values"].to_list())
    assert values.shape == (1_170, 978)
    assert (round(values.min()), round(values.max())) == (-207, 203)
    assert {r["space"] for r in result.rows(Kind.FEATURES)} == {"lincs-landmark-978"}
    repeats = result.tables[Kind.NODES]["duplicate_of"].drop_nulls()
    assert len(repeats) == 1_170 - len(np.unique(values, axis=0))


RESPONSES = "perturbagen\tentrez_gene_id\tz_score\tsymbol\tstatus\tdirection"
SUMMARY = "perturbagen\tdown-imputed\tdown-measured\tup-imputed\tup-measured"


def overexpression(tmp_path, responses, summary):
    inputs = {
        "responses": write(tmp_path / "r.tsv", RESPONSES, *responses),
        "summary": write(tmp_path / "s.tsv", SUMMARY, *summary),
    }
    return drain("lincs-overexpression", inputs)


def test_a_tested_gene_without_any_response_is_a_signature_too(tmp_path):
    result = overexpression(
        tmp_path,
        ["9\t40\t-5.5\tB\tmeasured\tdown", "9\t4\t4.5\tA\timputed\tup"],
        ["9\t0\t1\t1\t0", "7\t0\t0\t0\t0"],
    )
    assert [(r["position"], r["id"]) for r in result.rows(Kind.FEATURES)] == [
        (0, "ncbigene:4"),
        (1, "ncbigene:40"),
    ]
    effects = {r["signature"]: (r["features"], r["values"]) for r in result.rows(Kind.EFFECTS)}
    assert effects == {
        "kgp.signature:lincs-overexpression/7": ([], []),
        "kgp.signature:lincs-overexpression/9": ([0, 1], [4.5, -5.5]),
    }
    assert result.nodes["kgp.signature:lincs-overexpression/9"]["down_measured"] == 1
    assert result.rows(Kind.DATASETS)[0]["censored"] is True
    assert {r["qualifier"] for r in result.rows(Kind.EDGES)} == {"1"}


def test_a_response_that_the_summary_forgot_is_kept(tmp_path):
    result = overexpression(tmp_path, ["9\t4\t4.5\tA\tm\tup"], ["7\t0\t0\t0\t0"])
    assert len(result.rows(Kind.EFFECTS)) == 2


def test_broken_responses_are_dropped_with_their_reason(tmp_path):
    responses = [
        "9\t4\t4.5\tA\tm\tup",
        "9\t4\t1\tA\tm\tup",
        "9\tA\t1\tA\tm\tup",
        "9\t5\t\tB\tm\tup",
    ]
    result = overexpression(tmp_path, responses, ["7\t0\t0\t0\t0", "TP53\t0\t0\t0\t0"])
    assert result.dropped == {
        "not an Entrez id": 2,
        "z-score is not a number": 1,
        "gene listed twice for one signature": 1,
    }


def test_over_expression_has_its_known_size():
    result = drain(
        "lincs-overexpression",
        {
            "responses": sample_file("dysreg_overexpression.tsv.gz"),
            "summary": sample_file("dysreg_overexpression_summary.tsv.gz"),
        },
    )
    lengths = result.tables[Kind.EFFECTS]["values"].list.len()
    assert (len(lengths), lengths.sum()) == (2_088, 40_642)
    assert len(result.rows(Kind.FEATURES)) == 5_631


def test_geneinfo_makes_the_measured_genes_the_feature_space(tmp_path):
    rows = ["pr_gene_id\tis_bing\tis_lm", "5\tTrue\tTrue", "6\tFalse\tFalse", "7///8\tTrue\tFalse"]
    inputs = {
        "responses": write(tmp_path / "r.tsv", RESPONSES, "9\t40\t-5.5\tB\tmeasured\tdown"),
        "summary": write(tmp_path / "s.tsv", SUMMARY, "9\t0\t1\t0\t0"),
        "geneinfo": write(tmp_path / "g.tsv", *rows),
    }
    result = drain("lincs-overexpression", inputs)
    assert [r["id"] for r in result.rows(Kind.FEATURES)] == ["ncbigene:5", "ncbigene:40"]
    assert result.rows(Kind.EFFECTS)[0]["features"] == [1]


@pytest.mark.parametrize(
    ("told", "features", "testable"), [(False, 5_631, 1_030), (True, 7_472, 1_193)]
)
def test_with_geneinfo_more_signed_edges_can_be_tested(told, features, testable):
    inputs = {
        "responses": sample_file("dysreg_overexpression.tsv.gz"),
        "summary": sample_file("dysreg_overexpression_summary.tsv.gz"),
    }
    if told:
        inputs["geneinfo"] = shared("lincs/geneinfo.tsv.gz")
    result = drain("lincs-overexpression", inputs)
    measured = {row["id"] for row in result.rows(Kind.FEATURES)}
    tested = {dst for _, _, dst in result.edges}
    entrez = entrez_of_symbols()
    edges = {
        (entrez.get(src), entrez.get(dst))
        for (src, dst), (sign, _) in drain(
            "trrust", {"network": shared("grn/trrust_hs.tsv.gz")}
        ).signs.items()
        if sign
    }
    fitting = [1 for src, dst in edges if src != dst and src in tested and dst in measured]
    assert (len(measured), len(fitting)) == (features, testable)


def entrez_of_symbols():
    rows = gzip.decompress(shared("identifiers/Homo_sapiens.gene_info.gz").read_bytes()).decode()
    cells = (row.split("\t", 3) for row in rows.splitlines()[1:])
    return {f"hgnc.symbol:{symbol}": f"ncbigene:{gene}" for _, gene, symbol, _ in cells}
