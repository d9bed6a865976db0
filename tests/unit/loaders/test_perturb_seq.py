"""Perturb-seq: what a response is, who its replicates and its controls are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.moderation import contrast
from kgp.loaders.perturb_seq.labels import is_control, read_label
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import Drained, drain
from tests.unit.loaders.h5ad_files import write_h5ad

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Logarithms: no row is of whole numbers.
VALUES = np.array(
    [[1.5, 0.0, 1.0, 0.5], [2.5, 0.0, 1.0, 0.5], [5.5, 2.5, 0.5, 0.5], [7.5, 6.5, 1.5, 0.5]]
)
NAMES = ["control", "control", "KLF1", "KLF1"]


def cells(
    path: Path, perturbations: Sequence[str], values: Any = VALUES, **columns: Any
) -> dict[str, Path]:
    n = len(perturbations)
    obs = {"perturbation": perturbations, "cell_line": ["K562"] * n, **columns}
    return write_h5ad(path, values, {k: v for k, v in obs.items() if v is not None})


def effects(result: Drained) -> dict[str, list[float]]:
    return {row["signature"].split("/", 1)[1]: row["values"] for row in result.rows(Kind.EFFECTS)}


def signatures(result: Drained) -> dict[str, dict[str, Any]]:
    found = {i: n for i, n in result.nodes.items() if n["type"] == "Signature"}
    return {i.split("/", 1)[1]: node for i, node in found.items()}


def perturbed(result: Drained) -> list[tuple[str, str, str]]:
    rows = [r for r in result.rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    return sorted((r["src"].split("/")[1], r["dst"], r["qualifier"]) for r in rows)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_a_response_is_the_mean_minus_the_mean_of_the_controls(tmp_path: Path, form: Any) -> None:
    obs = {"perturbation": NAMES, "cell_line": ["K562"] * 4, "assay": ["CRISPRa"] * 4}
    result = drain("perturb-seq", write_h5ad(tmp_path, VALUES, obs, form=form), name="mine")
    assert effects(result) == {"KLF1/K562/CRISPRa": [4.5, 4.5, 0.0, 0.0]}
    signature = "kgp.signature:mine/KLF1/K562/CRISPRa"
    assert result.edges == [
        (signature, "PERTURBS", "hgnc.symbol:KLF1"),
        (signature, "MEASURED_IN", "cellosaurus:CVCL_0004"),
    ]
    assert result.rows(Kind.EDGES)[0]["qualifier"] == "1"
    assert (result.nodes[signature]["n_cells"], result.nodes[signature]["n_controls"]) == (2, 2)
    assert result.nodes["hgnc.symbol:KLF1"]["name"] == "KLF1"


def test_rows_may_stand_for_many_cells(tmp_path: Path) -> None:
    inputs = cells(tmp_path, NAMES, assay=["CRISPRi"] * 4, n_cells=[1, 3, 1, 1])
    result = drain("perturb-seq", inputs)
    assert effects(result)["KLF1/K562/CRISPRi"][0] == 6.5 - (1.5 + 3 * 2.5) / 4
    assert perturbed(result) == [("KLF1", "hgnc.symbol:KLF1", "-1")]


def test_replicates_are_guides_and_errors_come_from_between_them(tmp_path: Path) -> None:
    names = ["ctrl", "ctrl", "ctrl", "KLF1", "KLF1", "KLF1"]
    guides = ["nt1", "nt2", "nt2", "a", "b", "b"]
    values = np.vstack([VALUES, VALUES[::-1][:2]]) + np.arange(6)[:, None] / 8 + 0.01
    inputs = cells(tmp_path, names, values, guide_id=guides)
    result = drain("perturb-seq", inputs, direction="CRISPRi", min_cells=1)
    values = values.astype(np.float32).astype(np.float64)
    treated = np.array([values[3], values[4:6].mean(0)])
    control = np.array([values[0], values[1:3].mean(0)])
    expected = contrast(treated, control)
    (row,) = result.rows(Kind.EFFECTS)
    np.testing.assert_allclose(row["values"], expected.effect, atol=1e-6)
    np.testing.assert_allclose(row["errors"], expected.error, rtol=1e-6)
    assert row["df"] == pytest.approx(expected.df)
    node = signatures(result)["KLF1/K562"]
    assert (node["n_replicates"], node["n_cells"], node["n_controls"]) == (2, 3, 3)
    assert node["controls"] == ["K562/nt1", "K562/nt2"]
    assert result.rows(Kind.DATASETS)[0]["measure"].endswith("replicates by guide_id")


def test_a_guide_for_each_perturbation_is_no_replicate_but_batches_are(tmp_path: Path) -> None:
    obs = {"guide_id": ["nt", "nt", "k", "k"], "gemgroup": ["1", "2", "1", "2"]}
    result = drain("perturb-seq", cells(tmp_path, NAMES, **obs), direction="-1", min_cells=1)
    assert signatures(result)["KLF1/K562"]["controls"] == ["K562/1", "K562/2"]
    assert result.rows(Kind.EFFECTS)[0]["errors"] is not None


@pytest.mark.parametrize(("wanted", "n"), [("plate", 2), ("none", 1)])
def test_the_column_of_replicates_can_be_named(tmp_path: Path, wanted: str, n: int) -> None:
    obs = {"plate": ["x", "y", "x", "y"], "batch": ["1", "1", "1", "1"]}
    inputs = cells(tmp_path, NAMES, **obs)
    result = drain("perturb-seq", inputs, direction="-1", min_cells=1, replicate=wanted)
    assert signatures(result)["KLF1/K562"]["n_replicates"] == n


def test_one_replicate_gives_a_response_without_errors_and_says_so(tmp_path: Path) -> None:
    result = drain("perturb-seq", cells(tmp_path, NAMES), direction="-1")
    (row,) = result.rows(Kind.EFFECTS)
    assert (row["errors"], row["df"]) == (None, None)
    node = signatures(result)["KLF1/K562"]
    assert (node["n_replicates"], node["controls"]) == (1, ["K562/all"])
    assert "no replicates, so no errors" in result.rows(Kind.DATASETS)[0]["measure"]


def test_one_guide_beside_many_control_guides_has_no_errors(tmp_path: Path) -> None:
    names = ["ctrl", "ctrl", "KLF1", "KLF1", "MYC"]
    values = np.vstack([VALUES, VALUES[:1]])
    inputs = cells(tmp_path, names, values, guide_id=["n1", "n2", "a", "b", "c"])
    result = drain("perturb-seq", inputs, direction="-1", min_cells=1)
    errors = {r["signature"].split("/")[1]: r["errors"] for r in result.rows(Kind.EFFECTS)}
    assert errors["MYC"] is None
    assert errors["KLF1"] is not None


def test_cells_of_small_replicates_are_dropped_where_others_remain(tmp_path: Path) -> None:
    names = ["ctrl"] * 4 + ["KLF1"] * 5 + ["MYC"] * 2
    guides = ["n1", "n1", "n2", "n2", "a", "a", "b", "b", "c", "m1", "m2"]
    values = np.resize(VALUES, (11, 4))
    result = drain(
        "perturb-seq", cells(tmp_path, names, values, guide_id=guides), direction="-1", min_cells=2
    )
    assert result.dropped == {"cell of a replicate with fewer than 2 cells": 1}
    found = {k: (n["n_replicates"], n["n_cells"]) for k, n in signatures(result).items()}
    assert found == {"KLF1/K562": (2, 4), "MYC/K562": (1, 2)}


def test_signatures_that_share_controls_have_one_control_set(tmp_path: Path) -> None:
    names, lines = ["ctrl", "ctrl", "KLF1", "MYC", "KLF1"], ["A", "B", "A", "A", "B"]
    values = np.vstack([VALUES, VALUES[:1]])
    result = drain("perturb-seq", cells(tmp_path, names, values, cell_line=lines), direction="-1")
    sets = {key: node["control_set"] for key, node in signatures(result).items()}
    assert sets["KLF1/A"] == sets["MYC/A"] != sets["KLF1/B"]


def test_controls_are_those_of_the_same_context(tmp_path: Path) -> None:
    lines = ["A172", "mine", "A172", "mine"]
    names = ["control", "control", "KLF1", "KLF1"]
    result = drain("perturb-seq", cells(tmp_path, names, cell_line=lines), direction=-1)
    assert effects(result) == {"KLF1/A172": [4.0, 2.5, -0.5, 0], "KLF1/mine": [5.0, 6.5, 0.5, 0]}
    assert result.nodes["kgp.cell:mine"]["type"] == "CellLine"


def test_treatment_and_time_are_part_of_the_context(tmp_path: Path) -> None:
    obs = {"treatment": ["none", "drug", "none", "drug"], "time": ["6", "24", "6", "24"]}
    result = drain("perturb-seq", cells(tmp_path, NAMES, **obs), direction=-1)
    assert effects(result) == {
        "KLF1/K562/6": [4.0, 2.5, -0.5, 0],
        "KLF1/K562/drug/24": [5.0, 6.5, 0.5, 0],
    }
    node = signatures(result)["KLF1/K562/drug/24"]
    assert (node["treatment"], node["time"], node["time_unit"]) == ("drug", 24.0, "h")


def test_controls_without_a_time_serve_every_time(tmp_path: Path) -> None:
    result = drain("perturb-seq", cells(tmp_path, NAMES, time=["", "", "6", "24"]), direction=-1)
    assert sorted(effects(result)) == ["KLF1/K562/24", "KLF1/K562/6"]


def test_groups_without_controls_or_direction_are_dropped_with_their_cells(tmp_path: Path) -> None:
    obs = {"cell_line": ["A172", "K562", "K562", "A172"], "assay": ["", "CRISPRi", "rnai", "magic"]}
    result = drain("perturb-seq", cells(tmp_path, ["control", "KLF1", "KLF1", "MYC"], **obs))
    assert result.dropped == {
        "no control of the same context": 2,
        "assay without a known direction": 1,
    }
    assert result.rows(Kind.EFFECTS) == []
    assert result.tally.rows_kept == 1


def test_cells_that_say_nothing_are_dropped(tmp_path: Path) -> None:
    names = ["control", "KLF1", "unassigned", "nan", "KLF1", "KLF1"]
    lines, n_cells = ["A"] * 4 + ["", "A"], [1, 1, 1, 1, 1, 0]
    values = np.resize(VALUES, (6, 4))
    inputs = cells(tmp_path, names, values, cell_line=lines, n_cells=n_cells)
    assert drain("perturb-seq", inputs, direction="-1").dropped == {
        "cell without a known perturbation": 2,
        "row that stands for no cell": 1,
        "cell without a cell line": 1,
    }


def test_the_control_label_can_be_given(tmp_path: Path) -> None:
    result = drain(
        "perturb-seq", cells(tmp_path, ["WT", "WT", "MYC", "MYC"]), control="WT", direction=1
    )
    assert effects(result) == {"MYC/K562": [4.5, 4.5, 0.0, 0.0]}


def test_drugs_are_known_by_their_name_alone(tmp_path: Path) -> None:
    names = ["control", "control", "(+)-JQ1", "A + B"]
    obs = {"perturbation_type": ["drug"] * 4, "dose_value": [0, 0, 0.5, 2], "dose_unit": ["uM"] * 4}
    chembl = ["", "", "CHEMBL1957266", "CHEMBL1"]
    obs |= {"time": ["24"] * 4, "chembl-ID": chembl}
    result = drain("perturb-seq", cells(tmp_path, names, **obs))
    assert perturbed(result) == [
        ("(+)-JQ1", "kgp.drug:(+)-JQ1", "0"),
        ("A+B", "kgp.drug:A", "0"),
        ("A+B", "kgp.drug:B", "0"),
    ]
    node = signatures(result)["(+)-JQ1/K562/24/0.5/drug"]
    assert (node["dose"], node["dose_unit"], node["time"]) == (0.5, "uM", 24.0)
    drug = result.nodes["kgp.drug:(+)-JQ1"]
    assert (drug["type"], drug["name"]) == ("Drug", "(+)-JQ1")
    assert result.xrefs == {("kgp.drug:(+)-JQ1", "chembl.compound:CHEMBL1957266", "exact")}


def test_doses_of_a_drug_are_signatures_of_their_own(tmp_path: Path) -> None:
    obs = {"condition": ["control", "control", "JQ1", "JQ1"], "dose_val": [0, 0, 0.1, 1.0]}
    inputs = cells(tmp_path, NAMES, **obs, control=[1, 1, 0, 0], perturbation=None)
    assert sorted(effects(drain("perturb-seq", inputs, direction="drug"))) == [
        "JQ1/K562/0.1",
        "JQ1/K562/1.0",
    ]


def test_a_dose_of_a_gene_is_a_placeholder(tmp_path: Path) -> None:
    result = drain("perturb-seq", cells(tmp_path, NAMES, dose_val=["1+1"] * 4), direction="-1")
    assert list(effects(result)) == ["KLF1/K562"]


@pytest.mark.parametrize(
    "label", ["KLF1+MYC", "MYC+KLF1", "MYC_KLF1", "KLF1|MYC", "MYC;KLF1", "KLF1, MYC"]
)
def test_a_combination_is_a_set(tmp_path: Path, label: str) -> None:
    result = drain("perturb-seq", cells(tmp_path, ["ctrl", "ctrl", label, label]), direction="1")
    assert perturbed(result) == [
        ("KLF1+MYC", "hgnc.symbol:KLF1", "1"),
        ("KLF1+MYC", "hgnc.symbol:MYC", "1"),
    ]


def test_cells_of_one_combination_are_one_group_in_whatever_order_they_name_it(
    tmp_path: Path,
) -> None:
    names = ["ctrl", "ctrl", "KLF1+MYC", "MYC+KLF1"]
    result = drain("perturb-seq", cells(tmp_path, names), direction="1")
    assert effects(result) == {"KLF1+MYC/K562": [4.5, 4.5, 0.0, 0.0]}


def test_a_control_as_partner_perturbs_nothing(tmp_path: Path) -> None:
    names = ["ctrl", "ctrl+ctrl", "KLF1+ctrl", "ctrl+KLF1"]
    result = drain("perturb-seq", cells(tmp_path, names), direction="1")
    assert perturbed(result) == [("KLF1", "hgnc.symbol:KLF1", "1")]
    assert signatures(result)["KLF1/K562"]["n_controls"] == 2


def test_an_underscore_parts_only_what_is_known(tmp_path: Path) -> None:
    def parts(label: str, **more: Any) -> tuple[str, ...]:
        return read_label(label, drugs=False, names={"KLF1", "MYC"}, **more).parts

    assert parts("KLF1_MYC") == ("KLF1", "MYC")
    assert parts("KLF1_NegCtrl0") == ("KLF1",)
    assert parts("KLF1_guide2") == ("KLF1_guide2",)
    assert parts("AHR_ETS2", combined=True) == ("AHR", "ETS2")
    assert parts("KLF1:MYC", separator=":") == ("KLF1", "MYC")


@given(st.lists(st.sampled_from(["KLF1", "MYC", "GATA1", "ctrl"]), min_size=1), st.randoms())
def test_a_label_does_not_depend_on_the_order_of_its_parts(parts: list[str], rng: Any) -> None:
    turned = list(parts)
    rng.shuffle(turned)
    read = [read_label("+".join(p), drugs=False, names=set()) for p in (parts, turned)]
    assert read[0] == read[1]
    assert read[0].control == (set(parts) == {"ctrl"})


USUAL = (
    "control ctrl Non-targeting non-targeting_00023 NT NTC NegCtrl10_NegCtrl0 DMSO vehicle "
    "62(mod)_pBA581 unperturbed safe-targeting scrambled NO-TARGET ctrl+ctrl neg_control_3"
)


@pytest.mark.parametrize("label", USUAL.split())
def test_usual_controls_are_known(label: str) -> None:
    assert read_label(label, drugs=False, names=set()).control


@pytest.mark.parametrize("label", ["NTRK1", "CTRL2A", "KLF1", "NT5E", "MOCKINGBIRD", "CONTROLLER"])
def test_genes_are_no_controls(label: str) -> None:
    assert not is_control(label)


def test_a_direction_is_a_sign_or_an_assay(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Unknown direction 'sideways'"):
        drain("perturb-seq", cells(tmp_path, NAMES), direction="sideways")


def test_an_experiment_says_what_it_is(tmp_path: Path) -> None:
    said = {"title": "mine", "license": "CC0-1.0", "citation": "me"}
    info = drain("perturb-seq", cells(tmp_path, NAMES), direction="1", **said).info
    assert (info.title, info.license, info.citation) == ("mine", "CC0-1.0", "me")


def test_a_matrix_without_controls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"no control cells.*there are KLF1, MYC"):
        drain("perturb-seq", cells(tmp_path, ["KLF1", "MYC", "KLF1", "MYC"]), direction="1")


def test_norman_has_33_perturbations_of_k562_and_mcfaline_three_lines() -> None:
    result = drain("perturb-seq", {"cells": shared("perturb/norman_mcfaline_devel.h5ad")})
    assert (result.tally.rows_in, result.dropped) == (5_961, {})
    of = [
        (p["signature"].split("/")[1], p["signature"].split("/")[2])
        for p in result.rows(Kind.EFFECTS)
    ]
    norman = [genes for genes, line in of if line == "k562"]
    assert (len(norman), sum("+" in genes for genes in norman)) == (33, 15)
    assert {line for _, line in of} == {"k562", "A172", "T98G", "U87MG"}
    assert sum(node["n_cells"] for k, node in signatures(result).items() if "k562" in k) == 3_275
    perturbing = [row for row in result.rows(Kind.EDGES) if row["type"] == "PERTURBS"]
    assert {(row["src"].split("/")[2], row["qualifier"]) for row in perturbing} == {
        ("k562", "1"),
        ("A172", "-1"),
        ("T98G", "-1"),
        ("U87MG", "-1"),
    }
    assert result.rows(Kind.DATASETS)[0]["organism"] == "ncbitaxon:9606"


def test_a_response_of_norman_is_what_plain_arithmetic_gives() -> None:
    import anndata

    path = shared("perturb/norman_mcfaline_devel.h5ad")
    result = drain("perturb-seq", {"cells": path})
    data = anndata.read_h5ad(path)
    line = data[data.obs["cell_type"] == "k562"]
    means = [
        np.asarray(line[line.obs["perturbation"] == name].X.mean(0)).ravel()
        for name in ("KLF1+MAP2K6", "control")
    ]
    found = effects(result)["KLF1+MAP2K6/k562/CRISPRa"]
    np.testing.assert_allclose(found, means[0] - means[1], atol=1e-6)


def test_the_sample_answers_as_the_cells_that_it_was_cut_from() -> None:
    sample = effects(drain("perturb-seq", {"cells": sample_file("norman_pseudobulk.h5ad")}))
    whole = effects(drain("perturb-seq", {"cells": shared("perturb/norman_mcfaline_devel.h5ad")}))
    assert len(sample) == 33
    for key, values in sample.items():
        np.testing.assert_allclose(values, whole[key.replace("K562", "k562")], atol=1e-5)
