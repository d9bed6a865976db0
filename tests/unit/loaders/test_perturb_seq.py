from __future__ import annotations

import anndata
import numpy as np
import pytest
from scipy import sparse

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders import pseudobulk
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain

GENES = ["GENE1", "ENSG00000141510"]


def cells(tmp_path, perturbations, values, **obs):
    columns = {"perturbation": perturbations, "cell_line": ["K562"] * len(perturbations), **obs}
    data = anndata.AnnData(values, obs={k: v for k, v in columns.items() if v is not None})
    data.obs_names = [f"c{i}" for i in range(len(perturbations))]
    data.var_names = GENES
    data.write_h5ad(tmp_path / "cells.h5ad")
    return {"cells": tmp_path / "cells.h5ad"}


VALUES = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 2.0], [7.0, 6.0]])
NAMES = ["control", "control", "KLF1", "KLF1"]


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_a_response_is_the_mean_minus_the_mean_of_the_controls(tmp_path, kind):
    inputs = cells(tmp_path, NAMES, kind(VALUES), assay=["CRISPRa"] * 4)
    result = drain("perturb-seq", inputs, name="mine")
    (effect,) = result.rows(Kind.EFFECTS)
    assert effect["values"] == [4.0, 4.0]
    signature = "kgp.signature:mine/KLF1/K562/CRISPRa"
    assert result.edges == [
        (signature, "PERTURBS", "hgnc.symbol:KLF1"),
        (signature, "MEASURED_IN", "cellosaurus:CVCL_0004"),
    ]
    assert result.rows(Kind.EDGES)[0]["qualifier"] == "1"
    assert (result.nodes[signature]["n_cells"], result.nodes[signature]["n_controls"]) == (2, 2)
    assert [r["id"] for r in result.rows(Kind.FEATURES)] == [
        "hgnc.symbol:GENE1",
        "ensembl:ENSG00000141510",
    ]


def test_rows_may_stand_for_many_cells(tmp_path):
    inputs = cells(tmp_path, NAMES, VALUES, assay=["CRISPRi"] * 4, n_cells=[1, 3, 1, 1])
    result = drain("perturb-seq", inputs)
    assert result.rows(Kind.EFFECTS)[0]["values"] == [3.5, 4.0]
    assert result.rows(Kind.EDGES)[0]["qualifier"] == "-1"


def test_means_do_not_depend_on_the_chunks(tmp_path, monkeypatch):
    inputs = cells(tmp_path, NAMES, VALUES, assay=["CRISPRi"] * 4)
    whole = drain("perturb-seq", inputs).rows(Kind.EFFECTS)
    monkeypatch.setattr(pseudobulk, "CHUNK_ROWS", 3)
    assert drain("perturb-seq", inputs).rows(Kind.EFFECTS) == whole


def test_a_combination_perturbs_each_of_its_genes_and_a_control_partner_none(tmp_path):
    names = ["ctrl", "KLF1+MAP2K6", "KLF1+ctrl", "KLF1+KLF1"]
    result = drain("perturb-seq", cells(tmp_path, names, VALUES), direction="1")
    perturbed = [(s.split("/")[1], d) for s, kind, d in result.edges if kind == "PERTURBS"]
    assert sorted(perturbed) == [
        ("KLF1+KLF1", "hgnc.symbol:KLF1"),
        ("KLF1+MAP2K6", "hgnc.symbol:KLF1"),
        ("KLF1+MAP2K6", "hgnc.symbol:MAP2K6"),
        ("KLF1+ctrl", "hgnc.symbol:KLF1"),
    ]


def test_controls_are_those_of_the_same_context(tmp_path):
    lines = ["A172", "mine", "A172", "mine"]
    inputs = cells(tmp_path, ["control", "control", "KLF1", "KLF1"], VALUES, cell_line=lines)
    result = drain("perturb-seq", inputs, direction=-1)
    assert [r["values"] for r in result.rows(Kind.EFFECTS)] == [[4.0, 2.0], [4.0, 6.0]]
    assert result.nodes["kgp.cell:mine"]["type"] == "CellLine"


def test_a_treatment_is_part_of_the_context(tmp_path):
    treatment = ["none", "drug", "none", "drug"]
    inputs = cells(tmp_path, ["control", "control", "KLF1", "KLF1"], VALUES, treatment=treatment)
    result = drain("perturb-seq", inputs, direction=-1)
    effects = {r["signature"].split("/", 1)[1]: r["values"] for r in result.rows(Kind.EFFECTS)}
    assert effects == {"KLF1/K562": [4.0, 2.0], "KLF1/K562/drug": [4.0, 6.0]}


def test_groups_without_controls_or_direction_are_dropped_with_their_cells(tmp_path):
    lines = ["A172", "K562", "K562", "A172"]
    assay = ["", "", "", "magic"]
    inputs = cells(
        tmp_path, ["control", "KLF1", "KLF1", "MYC"], VALUES, cell_line=lines, assay=assay
    )
    result = drain("perturb-seq", inputs)
    assert result.dropped == {
        "no control of the same context": 2,
        "assay without a known direction": 1,
    }
    assert result.rows(Kind.EFFECTS) == []


def test_the_control_label_can_be_given(tmp_path):
    inputs = cells(tmp_path, ["WT", "WT", "KLF1", "KLF1"], VALUES)
    result = drain("perturb-seq", inputs, control="WT", direction="1")
    assert result.rows(Kind.EFFECTS)[0]["values"] == [4.0, 4.0]


def test_a_direction_is_one_of_three(tmp_path):
    with pytest.raises(UsageError, match="Unknown direction 'up'"):
        drain("perturb-seq", cells(tmp_path, NAMES, VALUES), direction="up")


def test_an_experiment_says_what_it_is(tmp_path):
    said = {"title": "mine", "license": "CC0-1.0", "citation": "me"}
    info = drain("perturb-seq", cells(tmp_path, NAMES, VALUES), direction="1", **said).info
    assert (info.title, info.license, info.citation) == ("mine", "CC0-1.0", "me")


@pytest.mark.parametrize("column", ["perturbation", "cell_line"])
def test_a_missing_column_is_named(tmp_path, column):
    inputs = cells(tmp_path, NAMES, VALUES, **{column: None})
    with pytest.raises(BadInputError, match=f"obs has no column {column}"):
        drain("perturb-seq", inputs)


def test_values_that_are_not_finite_are_refused(tmp_path):
    broken = VALUES.copy()
    broken[2, 1] = np.nan
    with pytest.raises(BadInputError, match="not finite"):
        drain("perturb-seq", cells(tmp_path, NAMES, broken), direction="1")


def test_a_file_without_cells_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no cells"):
        drain("perturb-seq", cells(tmp_path, [], np.zeros((0, 2))), direction="1")


def test_another_file_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="is not a whole AnnData file"):
        drain("perturb-seq", {"cells": sample_file("world.toml")})
    whole = sample_file("norman_pseudobulk.h5ad").read_bytes()
    (tmp_path / "cut.h5ad").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="is not a whole AnnData file"):
        drain("perturb-seq", {"cells": tmp_path / "cut.h5ad"})


def test_the_sample_answers_as_the_cells_that_it_was_cut_from():
    sample = drain("perturb-seq", {"cells": sample_file("norman_pseudobulk.h5ad")})
    whole = drain("perturb-seq", {"cells": shared("perturb/norman_mcfaline_devel.h5ad")})
    assert whole.tally.rows_in == 5_961
    assert len(whole.rows(Kind.EFFECTS)) == 60
    cells_of = {
        r["signature"].split("/")[1]: r["values"]
        for r in whole.rows(Kind.EFFECTS)
        if "k562" in r["signature"]
    }
    bulk = {r["signature"].split("/")[1]: r["values"] for r in sample.rows(Kind.EFFECTS)}
    assert cells_of.keys() == bulk.keys()
    for name, values in bulk.items():
        np.testing.assert_allclose(values, cells_of[name], atol=1e-5)
