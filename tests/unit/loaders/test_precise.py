"""PRECISE: strains read from their names, wild types matched, responses recomputed by hand."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.precise.samples import SURROUNDINGS, match_controls
from kgp.loaders.precise.strains import read_condition, read_description, split_genes
from tests.shared_data import shared
from tests.unit.loaders.drained import Drained, drain, write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXPRESSION, SAMPLES = "perturb/ecoli_precise278_MA.json.gz", "perturb/ecoli_precise278_samples.csv"
KNOCKOUTS = "perturb/ecoli_precise1k_ko_samples.csv"
SINGLES = set(
    "cbl cra crp fabR fadR fur gadE gadW gadX mntR nac ompR oxyR purR soxR soxS yafC ybaO ybaQ "
    "ybiH ydcI yddM yeiE yheO yiaJ yieP".split()
)


@pytest.fixture(scope="module")
def precise() -> Drained:
    return drain("precise", {"expression": shared(EXPRESSION), "samples": shared(SAMPLES)})


def _samples() -> pl.DataFrame:
    return pl.read_csv(shared(SAMPLES), infer_schema_length=None)


def _signatures(found: Drained) -> dict[str, dict[str, object]]:
    return {r["name"]: r for r in found.rows(Kind.NODES) if r["type"] == "Signature"}


def _effects(found: Drained) -> dict[str, dict[str, object]]:
    return {r["signature"]: r for r in found.rows(Kind.EFFECTS)}


# Strains


def test_every_description_of_an_unevolved_strain_is_understood() -> None:
    plain = _samples().filter(pl.col("Evolved Sample") == "No")["Strain Description"].unique()
    read = {text: read_description(text) for text in plain}
    knocked = {gene for genotype in read.values() for gene in genotype.genes}
    assert knocked == SINGLES | {"menF", "entC"}
    assert {g.background for g in read.values()} == {"MG1655", "BW25113"}
    assert {g.other for g in read.values() if g.other} == {
        "rpoBE546V",
        "rpoBE672K",
        "crp_delAr1",
        "crp_delAr2",
        "crp_delAr1delAr2",
    }
    assert sum(g.is_wild_type for g in read.values()) == 2


def test_every_description_of_an_evolved_strain_is_neither_wild_type_nor_knock_out() -> None:
    evolved = _samples().filter(pl.col("Evolved Sample") != "No")["Strain Description"].unique()
    assert len(evolved) == 60
    assert all(read_description(text).other for text in evolved)


def test_every_condition_of_precise_1k_is_read_right_or_not_at_all() -> None:
    """Twelve conditions name genes without saying that they are deleted."""
    table = pl.read_csv(shared(KNOCKOUTS), infer_schema_length=None)
    pairs = table.select("condition", "ko_genes").unique().rows()
    read = {condition: read_condition(condition).genes for condition, _ in pairs}
    wrong = {c for c, genes in pairs if read[c] and "+".join(read[c]) != genes}
    silent = {c.partition("_")[0] for c, _ in pairs if not read[c]}
    assert len(pairs) == 135
    assert not wrong
    assert silent == {"ybcM", "ydhB", "yfeC", "yciT", "ydiZ", "ynfL", "BOP27"}
    assert sum(not read[c] for c, _ in pairs) == 12


def test_condition_and_description_agree_on_what_is_knocked_out() -> None:
    plain = _samples().filter(pl.col("Evolved Sample") == "No")
    for condition, description in plain.select("condition", "Strain Description").rows():
        assert read_condition(condition).genes == read_description(description).genes


@pytest.mark.parametrize(
    ("text", "genes", "directions", "other"),
    [
        ("Escherichia coli K-12 MG1655 del_menF del_entC", ["menF", "entC"], "-1 -1", ""),
        ("Escherichia coli str. K-12 MG1655 ΔarcA", ["arcA"], "-1", ""),
        ("E. coli BW25113 delta-fnr::kan", ["fnr"], "-1", ""),
        ("Escherichia coli BW25113 oe_soxS", ["soxS"], "1", ""),
        ("Escherichia coli MG1655 del_crp overexpressing_fis", ["crp", "fis"], "-1 1", ""),
        ("Escherichia coli K-12 MG1655 hsTPH_E2K", [], "", "hsTPH_E2K"),
    ],
)
def test_description(text: str, genes: list[str], directions: str, other: str) -> None:
    read = read_description(text)
    assert [list(read.genes), list(read.directions), read.other] == [
        genes,
        directions.split(),
        other,
    ]


@pytest.mark.parametrize(
    ("condition", "wild"), [("wt_glc", True), ("bw_ac", True), ("arg_sbt", False), ("fur", False)]
)
def test_condition_without_a_deletion_is_a_wild_type_only_where_it_says_so(
    condition: str, wild: bool
) -> None:
    assert read_condition(condition).is_wild_type is wild


@pytest.mark.parametrize(
    ("run", "genes"),
    [
        ("menFentC", ["menF", "entC"]),
        ("gadx", ["gadX"]),
        ("fur", ["fur"]),
        ("furcrp", []),
        ("ar", []),
        ("rpoBE", []),
    ],
)
def test_split_genes(run: str, genes: list[str]) -> None:
    assert split_genes(run) == genes


# Known truths


def test_every_sample_is_accounted_for(precise: Drained) -> None:
    assert precise.tally.rows_in == 278
    assert precise.dropped == {
        "evolved strain": 85,
        "neither wild type nor knock-out": 17,
        "no wild type of the same study": 6,
        "wild type that no knock-out is compared with": 56,
    }


def test_twenty_six_genes_are_knocked_out_one_by_one_in_38_conditions(precise: Drained) -> None:
    perturbed = [r for r in precise.rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    assert {r["dst"].partition(":")[2] for r in perturbed} == SINGLES
    assert {r["qualifier"] for r in perturbed} == {"-1"}
    assert len(perturbed) == len(_signatures(precise)) == 38


def test_knocked_out_samples_are_those_of_precise_1k_and_two_that_it_left_out(
    precise: Drained,
) -> None:
    """PRECISE-1K dropped two samples for their quality: hence its 73 and not 75."""
    table = pl.read_csv(shared(KNOCKOUTS), infer_schema_length=None)
    found = {name for s in _signatures(precise).values() for name in s["samples"]}
    left_out = found - set(table["sample_id"])
    assert len(found) - len(left_out) == 73
    assert left_out == {"acid__delgadx_ph5__1", "minspan__bw_delcra_glc__1"}


def test_twenty_three_of_the_knocked_out_genes_are_regulators_of_ecocyc(
    precise: Drained,
) -> None:
    """20 by name, decR and cecR through their synonyms; the table does not know yiaJ as plaR."""
    network = drain("ecocyc-network", {"network": shared("ecocyc/ECOLI-regulatory-network.txt")})
    genes = drain("locus-tags", {"table": shared("ecocyc/precise1k_gene_info.csv.gz")})
    tag_of = {other: tag for tag, other, _ in sorted(genes.xrefs, key=lambda x: x[2], reverse=True)}
    regulators = {row["src"] for row in network.rows(Kind.REGULATION)}
    perturbed = {r["dst"] for r in precise.rows(Kind.EDGES) if r["type"] == "PERTURBS"}
    assert len(perturbed & regulators) == 20
    joined = {tag_of[name] for name in perturbed} & {tag_of.get(n) for n in regulators}
    assert len(joined) == 22
    assert (tag_of["symbol:yiaJ"] in joined, "symbol:plaR" in regulators) == (False, True)


def test_features_are_3923_locus_tags(precise: Drained) -> None:
    features = precise.tables[Kind.FEATURES]["id"]
    assert features.len() == features.n_unique() == 3923
    assert features.str.starts_with("locus_tag:b").all()


def test_a_table_of_knock_outs_gives_locus_tags_and_the_same_genes() -> None:
    inputs = {"expression": shared(EXPRESSION), "knockouts": shared(KNOCKOUTS)}
    found = drain("precise", inputs)
    table = pl.read_csv(shared(KNOCKOUTS), infer_schema_length=None)
    tags = dict(table.select("sample_id", "ko_bnumbers").rows())
    perturbed = {r["src"]: r["dst"] for r in found.rows(Kind.EDGES) if r["type"] == "PERTURBS"}
    for signature in _signatures(found).values():
        stated = {tags.get(name) for name in signature["samples"]} - {None}
        if stated:
            assert {f"locus_tag:{tag}" for tag in stated} == {perturbed[signature["id"]]}


def _by_hand() -> tuple[list[str], list[str], NDArray[np.float64]]:
    """M·A with nothing but json and numpy: genes, samples, float64 [n_genes, n_samples]."""
    dump = json.loads(gzip.decompress(shared(EXPRESSION).read_bytes()))
    weights, activities = json.loads(dump["M"]), json.loads(dump["A"])
    parts = list(weights)
    genes, samples = list(weights[parts[0]]), list(activities)
    left = np.array([[float(weights[part][gene]) for part in parts] for gene in genes])
    right = np.array([[float(activities[s][part]) for s in samples] for part in parts])
    return genes, samples, left @ right


@pytest.mark.parametrize(
    ("name", "treated", "controls"),
    [
        ("fur delfur_fe2", ["fur__delfur_fe2__1", "fur__delfur_fe2__2"], "fur__wt_fe"),
        ("minspan bw_delmntr", ["minspan__bw_delmntr__1"], "minspan__wt_glc"),
    ],
)
def test_response_equals_one_computed_by_hand(
    precise: Drained, name: str, treated: list[str], controls: str
) -> None:
    genes, samples, values = _by_hand()
    wild = [i for i, s in enumerate(samples) if s.rpartition("__")[0] == controls]
    delta = values[:, [samples.index(s) for s in treated]].mean(1) - values[:, wild].mean(1)
    effect = _effects(precise)[_signatures(precise)[name]["id"]]["values"]
    assert precise.tables[Kind.FEATURES]["id"].to_list() == [f"locus_tag:{g}" for g in genes]
    assert np.abs(np.array(effect) - delta).max() < 1e-6


# Controls


def test_signature_says_which_wild_types_it_is_compared_with_and_how_they_were_found(
    precise: Drained,
) -> None:
    found = _signatures(precise)["nac_ntrc bw_delnac_csn"]
    assert found["controls"] == ["nac_ntrc__wt_csn__1", "nac_ntrc__wt_csn__2"]
    assert found["control_match"] == "other strain background"
    assert found["control_differs"] == ["background"]
    assert (found["medium"], found["nitrogen_source"], found["temperature"]) == (
        "W2",
        "cytosine(2)",
        "37",
    )


def test_a_signature_names_where_it_was_published_unless_that_is_no_article(
    precise: Drained,
) -> None:
    found = _signatures(precise)
    assert found["fur delfur_dpd"]["doi"] == ["10.1038/ncomms5910"]
    # A dissertation.
    assert found["nac_ntrc bw_delnac_csn"]["doi"] == []


def test_signatures_that_share_controls_name_one_control_set(precise: Drained) -> None:
    found = _signatures(precise)
    acid = {found[f"acid delgad{letter}_ph5"]["control_set"] for letter in "xwe"}
    assert len(acid) == 1
    assert found["fur delfur_dpd"]["control_set"] != found["fur delfur_fe2"]["control_set"]


def test_most_controls_are_of_the_very_same_condition(precise: Drained) -> None:
    matches = [s["control_match"] for s in _signatures(precise).values()]
    assert {name: matches.count(name) for name in set(matches)} == {
        "strict": 23,
        "other strain background": 9,
        "same medium and supplement": 6,
    }


def test_a_response_is_measured_in_the_strain_that_was_knocked_out(precise: Drained) -> None:
    places = {r["src"]: r["dst"] for r in precise.rows(Kind.EDGES) if r["type"] == "MEASURED_IN"}
    found = _signatures(precise)
    assert places[found["fur delfur_dpd"]["id"]] == "ncbitaxon:511145"
    assert places[found["ompr bw_delompr_nacl"]["id"]] == "ncbitaxon:679895"
    assert precise.nodes["ncbitaxon:679895"]["type"] == "Strain"


def test_only_one_sample_against_one_has_no_errors(precise: Drained) -> None:
    found = {s["id"]: s["n_replicates"] + s["n_controls"] for s in _signatures(precise).values()}
    single = {name for name, n in found.items() if n == 2}
    effects = _effects(precise)
    assert single == {name for name, row in effects.items() if row["errors"] is None}
    assert len(single) == 2
    assert all((row["df"] or 9) > 0 for row in effects.values())


def _group(**said: str) -> dict[str, str | None]:
    return dict.fromkeys(("study", "background", *SURROUNDINGS)) | {"study": "s"} | said


def test_of_distant_wild_types_those_that_differ_least_count() -> None:
    treated = pl.DataFrame([_group(medium="M9", carbon_source="glucose", culture="Batch")])
    near = _group(medium="M9", carbon_source="fructose", culture="Batch") | {"sample": "near"}
    far = _group(medium="M9", carbon_source="fructose", culture="Chemostat") | {"sample": "far"}
    foreign = _group(medium="M9", carbon_source="glucose", culture="Batch", study="other")
    wild = pl.DataFrame([near, far, foreign | {"sample": "foreign"}])
    texts = pl.all().cast(pl.String)
    row = match_controls(treated.select(texts), wild.select(texts)).row(0, named=True)
    assert row["controls"] == ["near"]
    assert row["control_match"] == "same medium and supplement"
    assert row["control_differs"] == ["carbon_source"]


# Matrices


def _table(path: Path) -> Path:
    return write(
        path,
        "Sample ID,Study,Condition ID,Strain Description,Strain,Base Media",
        "a1,Fur,wt,Escherichia coli K-12 MG1655,MG1655,M9",
        "a2,Fur,wt,Escherichia coli K-12 MG1655,MG1655,M9",
        "d1,Fur,delfur,Escherichia coli K-12 MG1655 del_fur,MG1655,M9",
        "d2,Fur,delfur,Escherichia coli K-12 MG1655 del_fur,MG1655,M9",
        "x9,Fur,delfur,Escherichia coli K-12 MG1655 del_fur,MG1655,M9",
    )


def _matrix(path: Path, *rows: str) -> Path:
    return write(path, ",a1,a2,d1,d2", *(rows or ("b0001,1,3,5,7", "b0002,4,4.5,4,4.5")))


def test_a_matrix_of_log_tpm_with_the_headings_of_the_first_release(tmp_path: Path) -> None:
    inputs = {
        "expression": _matrix(tmp_path / "log_tpm.csv"),
        "samples": _table(tmp_path / "s.csv"),
    }
    found = drain("precise", inputs)
    (effect,) = found.rows(Kind.EFFECTS)
    assert effect["values"] == [4, 0]
    assert found.dropped == {"sample without expression": 1}
    assert _signatures(found)["Fur delfur"]["control_match"] == "strict"


def test_a_dump_with_log_tpm_and_names_of_genes(tmp_path: Path) -> None:
    columns = {"a1": {"b0683": 1.0}, "d1": {"b0683": 0.5}}
    table = {"study": {"a1": "f", "d1": "f"}, "condition": {"a1": "wt", "d1": "delfur"}}
    dump = {
        "log_tpm": json.dumps(columns),
        "sample_table": json.dumps(table),
        "gene_table": json.dumps({"gene_name": {"b0683": "fur"}}),
    }
    path = tmp_path / "precise.json"
    path.write_text(json.dumps(dump))
    found = drain("precise", {"expression": path})
    (edge,) = [r for r in found.rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    assert edge["dst"] == "locus_tag:b0683"
    assert found.rows(Kind.EFFECTS)[0]["values"] == [-0.5]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("b0001,1,3,5,7", "b0001,4,4,4,4"), "genes more than once: 'b0001'"),
        (("b0001,1,NaN,5,7",), "'NaN' of gene b0001 in sample a2 is not a number"),
        (("b0001,1,,5,7",), "'' of gene b0001 in sample a2"),
        (("b0001,1,300,5,7",), "holds values up to 300: these are no logarithms"),
        (("b0001,1,3,5",), "wrong number of columns"),
    ],
)
def test_damaged_matrix_gets_one_clear_error(
    tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    matrix = _matrix(tmp_path / "log_tpm.csv", *rows)
    with pytest.raises(BadInputError, match=said):
        drain("precise", {"expression": matrix, "samples": _table(tmp_path / "s.csv")})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "it is no JSON"),
        ('{"X": "["}', "'X' is no table"),
        ('{"X": {"a": 1}}', "'X' is no table of columns"),
        ('{"A": {"s": {"i": 1}}}', "none of log_tpm, X, or M with A"),
        ('{"M": {"i": {"g": 1}}, "A": {"s": {"j": 1}}}', "of different components"),
        ('{"M": {"i": {"g": "x"}}, "A": {"s": {"i": 1}}}', "missing or not a number"),
        ('{"X": {"s": {"g": NaN}}}', "of gene g in sample s is not a number"),
        ("[" * 100_000, "no rows"),
        ('{"X": ' + "[" * 100_000, "it is no JSON"),
    ],
)
def test_damaged_dump_gets_one_clear_error(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "precise.json"
    path.write_text(content)
    with pytest.raises(BadInputError, match=said):
        drain("precise", {"expression": path, "samples": _table(tmp_path / "s.csv")})


def test_expression_without_a_sample_table_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="carries no sample table"):
        drain("precise", {"expression": _matrix(tmp_path / "log_tpm.csv")})


def test_samples_of_another_release_are_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "s.csv", "id,study,condition", "p1k_00001,Fur,wt")
    with pytest.raises(BadInputError, match="names no sample of"):
        drain("precise", {"expression": _matrix(tmp_path / "log_tpm.csv"), "samples": table})


def test_a_table_without_studies_is_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "s.csv", "id,condition", "a1,wt")
    with pytest.raises(BadInputError, match="has no column 'study'"):
        drain("precise", {"expression": _matrix(tmp_path / "log_tpm.csv"), "samples": table})


def test_knock_outs_without_wild_types_are_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "s.csv", "id,study,condition", "d1,Fur,delfur", "d2,Fur,delfur")
    with pytest.raises(BadInputError, match="no knock-out has a wild type of its own study"):
        drain("precise", {"expression": _matrix(tmp_path / "log_tpm.csv"), "samples": table})
