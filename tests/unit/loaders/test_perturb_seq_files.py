"""Perturb-seq: the layouts of the studies, the genes and scales of their matrices, and damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from scipy import sparse

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.perturb_seq import h5ad as perturb_seq_h5ad
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import Drained, drain
from tests.unit.loaders.h5ad_files import write_h5ad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

N = 8
LOG = np.random.default_rng(0).gamma(2.0, 0.7, (N, 4)) + 0.01
COUNTS = np.random.default_rng(1).poisson(6.0, (N, 4)) + 1
LABELS = ["control"] * 4 + ["KLF1"] * 2 + ["KLF1+MYC"] * 2
SIMPLE = {"perturbation": LABELS, "cell_line": ["K562"] * N}


def read(path: Path, values: Any, obs: Mapping[str, Sequence[Any]], **more: Any) -> Drained:
    options = {"direction": "1", **more.pop("options", {})}
    return drain("perturb-seq", write_h5ad(path, values, obs, **more), **options)


def effects(result: Drained) -> dict[str, list[float]]:
    return {row["signature"].split("/")[1]: row["values"] for row in result.rows(Kind.EFFECTS)}


def measure(result: Drained) -> str:
    return str(result.rows(Kind.DATASETS)[0]["measure"])


def ids(result: Drained) -> list[str]:
    return [row["id"] for row in result.rows(Kind.FEATURES)]


LAYOUTS: dict[str, dict[str, Sequence[Any]]] = {
    "scPerturb": {
        "perturbation": ["control"] * 4 + ["KLF1"] * 2 + ["KLF1_MYC"] * 2,
        "nperts": [0] * 4 + [1] * 2 + [2] * 2,
        "perturbation_type": ["CRISPRa"] * N,
        "cell_line": ["K562"] * N,
        "organism": ["human"] * N,
        "guide_id": list("abababab"),
    },
    "scPerturb, older": {"perturbation": LABELS, "celltype": ["K562"] * N},
    "GEARS": {
        "condition": ["ctrl"] * 4 + ["KLF1+ctrl", "ctrl+KLF1"] + ["KLF1+MYC", "MYC+KLF1"],
        "cell_type": ["K562"] * N,
        "dose_val": ["1"] * 4 + ["1+1"] * 4,
        "control": [1] * 4 + [0] * 4,
    },
    "CPA": {
        "condition": ["ctrl"] * 4 + ["KLF1+ctrl"] * 2 + ["KLF1+MYC"] * 2,
        "cell_type": ["K562"] * N,
        "control": ["1"] * 4 + ["0"] * 4,
    },
    "pertpy, Norman": {
        "perturbation_name": LABELS,
        "guide_identity": ["NegCtrl0_NegCtrl0__NegCtrl0_NegCtrl0"] * 4 + ["k"] * 4,
        "gemgroup": [1, 2] * 4,
        "cell_line": ["K562"] * N,
    },
    "pertpy, Papalexi": {
        "perturbation": ["NT"] * 4 + ["Perturbed"] * 4,
        "gene_target": ["NT"] * 4 + ["KLF1"] * 2 + ["KLF1+MYC"] * 2,
        "replicate": ["r1", "r2"] * 4,
        "cell_type": ["K562"] * N,
    },
    "Norman's own": {
        "guide_identity": ["NegCtrl10_NegCtrl0__NegCtrl10_NegCtrl0"] * 4
        + ["KLF1_NegCtrl0__KLF1_NegCtrl0", "NegCtrl0_KLF1__NegCtrl0_KLF1"]
        + ["KLF1_MYC__KLF1_MYC"] * 2,
        "cell_line": ["K562"] * N,
    },
    "Replogle's own": {
        "gene": ["non-targeting"] * 4 + ["KLF1"] * 2 + ["KLF1_MYC"] * 2,
        "gem_group": [1, 2] * 4,
        "sgID_AB": list("ababcdef"),
        "cell_line": ["K562"] * N,
    },
    "perturbench": {
        "condition": LABELS,
        "perturbation": LABELS,
        "perturbation_type": ["CRISPRa"] * N,
        "cell_type": ["K562"] * N,
        "treatment": ["none"] * N,
        "dose": ["1"] * 6 + ["1+1"] * 2,
    },
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_responses(tmp_path: Path, layout: str) -> None:
    result = read(tmp_path, LOG, LAYOUTS[layout], options={"min_cells": 1})
    found = effects(result)
    means = [LOG.astype(np.float32)[part].mean(0) for part in (slice(4), slice(4, 6), slice(6, 8))]
    assert list(found) == ["KLF1", "KLF1+MYC"]
    np.testing.assert_allclose(found["KLF1"], means[1] - means[0], atol=1e-6)
    np.testing.assert_allclose(found["KLF1+MYC"], means[2] - means[0], atol=1e-6)


@pytest.mark.parametrize(
    ("layout", "column"),
    [
        ("scPerturb", "guide_id"),
        ("pertpy, Norman", "gemgroup"),
        ("pertpy, Papalexi", "replicate"),
        ("Replogle's own", "sgID_AB"),
    ],
)
def test_replicates_are_recognised_in_every_layout(
    tmp_path: Path, layout: str, column: str
) -> None:
    result = read(tmp_path, LOG, LAYOUTS[layout], options={"min_cells": 1})
    assert measure(result).endswith(f"replicates by {column}")
    assert all(row["errors"] is not None for row in result.rows(Kind.EFFECTS))


def test_rows_of_replogles_pseudo_bulk_are_read_by_their_names(tmp_path: Path) -> None:
    names = [
        "1_non-targeting_non-targeting_non-targeting",
        "2_non-targeting_non-targeting_non-targeting",
        "10005_KLF1_P1_ENSG00000105610",
        "10006_KLF1_P2_ENSG00000105610",
        "10007_HLA-A_P1P2_ENSG00000206503",
    ]
    obs = {"num_cells_filtered": [10, 30, 5, 5, 7]}
    options = {"cell_line": "K562"}
    result = read(tmp_path, LOG[:5], obs, index=names, options=options)
    assert list(effects(result)) == ["HLA-A", "KLF1"]
    node = result.nodes["kgp.signature:perturb-seq/KLF1/K562"]
    assert (node["n_replicates"], node["n_cells"], node["n_controls"]) == (2, 10, 40)
    values = LOG.astype(np.float32)
    expected = values[2:4].mean(0) - values[:2].mean(0)
    np.testing.assert_allclose(effects(result)["KLF1"], expected, atol=1e-6)


def test_what_holds_for_all_cells_may_stand_in_uns(tmp_path: Path) -> None:
    uns = {"cell_line": "K562", "perturbation_type": "CRISPRi", "number": 3, "log1p": {}}
    inputs = write_h5ad(tmp_path, LOG, {"perturbation": LABELS}, uns=uns)
    result = drain("perturb-seq", inputs)
    assert "cellosaurus:CVCL_0004" in result.nodes
    assert {r["qualifier"] for r in result.rows(Kind.EDGES) if r["type"] == "PERTURBS"} == {"-1"}


@pytest.mark.parametrize("column", ["perturbation", "cell_line"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    obs = {name: values for name, values in SIMPLE.items() if name != column}
    with pytest.raises(BadInputError, match=rf"obs has no column .*{column}"):
        read(tmp_path, LOG, obs)


def test_an_unknown_column_of_replicates_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Unknown column of obs 'guides'"):
        read(tmp_path, LOG, SIMPLE, options={"replicate": "guides"})


def by_hand(values: Any, target: float) -> list[float]:
    scaled = np.log1p(values / values.sum(1, keepdims=True) * target)
    return list(scaled[4:6].mean(0) - scaled[:4].mean(0))


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize(
    ("option", "target"), [("10000", 1e4), ("median", np.median(COUNTS.sum(1))), (100, 100.0)]
)
def test_counts_are_scaled_to_a_library_and_their_logarithm_is_taken(
    tmp_path: Path, form: Any, option: Any, target: float
) -> None:
    result = read(tmp_path, COUNTS, SIMPLE, form=form, options={"target_sum": option})
    np.testing.assert_allclose(effects(result)["KLF1"], by_hand(COUNTS, target), atol=1e-5)
    assert f"log1p of counts per {target:,.6g}" in measure(result)


def test_cells_without_a_count_are_dropped(tmp_path: Path) -> None:
    counts = COUNTS.copy()
    counts[5] = 0
    result = read(tmp_path, counts, SIMPLE)
    assert result.dropped == {"cell without counts": 1}
    assert result.nodes["kgp.signature:perturb-seq/KLF1/K562"]["n_cells"] == 1


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("values", [LOG, COUNTS])
def test_responses_do_not_depend_on_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Any, values: Any
) -> None:
    whole = effects(read(tmp_path, values, SIMPLE, form=form))
    monkeypatch.setattr(perturb_seq_h5ad, "BLOCK_VALUES", 9)
    parts = effects(read(tmp_path, values, SIMPLE, form=form))
    for name, effect in whole.items():
        np.testing.assert_allclose(parts[name], effect, atol=1e-6)


def test_a_layer_can_be_chosen(tmp_path: Path) -> None:
    layers = {"counts": sparse.csr_matrix(COUNTS.astype(np.float32))}
    result = read(tmp_path, LOG, SIMPLE, layers=layers, options={"layer": "counts"})
    np.testing.assert_allclose(effects(result)["KLF1"], by_hand(COUNTS, 1e4), atol=1e-5)
    with pytest.raises(BadInputError, match=r"Unknown layer of .* 'count'.*counts"):
        read(tmp_path, LOG, SIMPLE, layers=layers, options={"layer": "count"})


def test_the_raw_matrix_can_be_chosen(tmp_path: Path) -> None:
    import anndata
    import pandas as pd

    genes = ["KLF1", "MYC", "GATA1", "TP53"]
    raw = anndata.AnnData(
        sparse.csr_matrix(COUNTS.astype(np.float32)), var=pd.DataFrame(index=genes)
    )
    obs = pd.DataFrame(dict(SIMPLE), index=[f"c{i}" for i in range(N)])
    raw.obs_names = obs.index
    data = anndata.AnnData(LOG[:, :2], obs=obs, var=pd.DataFrame(index=genes[:2]))
    data.raw = raw
    data.write_h5ad(tmp_path / "cells.h5ad")
    inputs = {"cells": tmp_path / "cells.h5ad"}
    result = drain("perturb-seq", inputs, direction="1", layer="raw")
    assert len(ids(result)) == 4
    np.testing.assert_allclose(effects(result)["KLF1"], by_hand(COUNTS, 1e4), atol=1e-5)


def test_z_scores_are_taken_where_the_user_says_so(tmp_path: Path) -> None:
    scores = LOG - 2
    with pytest.raises(BadInputError, match="negative values"):
        read(tmp_path, scores, SIMPLE)
    result = read(tmp_path, scores, SIMPLE, options={"values": "zscore"})
    assert "z-score" in measure(result)
    values = scores.astype(np.float32)
    expected = values[4:6].mean(0) - values[:4].mean(0)
    np.testing.assert_allclose(effects(result)["KLF1"], expected, atol=1e-6)


MIXED = np.vstack([LOG[:4], COUNTS[4:]])


@pytest.mark.parametrize(
    ("values", "stated", "message"),
    [
        (LOG, "counts", "read as counts, but .* is no count"),
        (COUNTS, "log", "read as log, but 8 cells hold nothing but whole numbers"),
        (COUNTS * 100, "log", "is no logarithm"),
        (LOG * 100, None, "is no logarithm"),
        (MIXED, None, "read as log, but 4 cells"),
        (np.vstack([MIXED[:7], COUNTS[:1]]), None, "read as log, but 4 cells"),
        (LOG - 2, "log", "negative values"),
        (LOG, "raw", "Unknown kind of values 'raw'"),
    ],
)
def test_values_that_are_not_what_they_are_taken_for_are_refused(
    tmp_path: Path, values: Any, stated: str | None, message: str
) -> None:
    with pytest.raises((BadInputError, UsageError), match=message):
        read(tmp_path, values, SIMPLE, options={"values": stated})


def test_counts_in_columns_are_not_taken_for_logarithms(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="4 genes hold nothing but whole numbers"):
        read(tmp_path, COUNTS, SIMPLE, form=sparse.csc_matrix, options={"values": "log"})


def test_mixed_values_are_found_in_whatever_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perturb_seq_h5ad, "BLOCK_VALUES", 4)
    for values in (MIXED, MIXED[::-1]):
        with pytest.raises(BadInputError, match="was read as"):
            read(tmp_path, values, SIMPLE)


def test_mean_counts_of_pseudo_bulk_need_not_be_whole(tmp_path: Path) -> None:
    means = COUNTS * 10.5
    obs = {**SIMPLE, "n_cells": [100] * N}
    result = read(tmp_path, means, obs, options={"values": "counts"})
    np.testing.assert_allclose(effects(result)["KLF1"], by_hand(means, 1e4), atol=1e-5)
    with pytest.raises(BadInputError, match="these are logarithms"):
        read(tmp_path, LOG, obs, options={"values": "counts"})


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path: Path, form: Any, bad: float) -> None:
    broken = LOG.copy()
    broken[5, 1] = bad
    with pytest.raises(BadInputError, match="not finite numbers"):
        read(tmp_path, broken, SIMPLE, form=form)


HUMAN = [f"ENSG0000014151{i}" for i in range(4)]
MOUSE = [f"ENSMUSG0000005955{i}" for i in range(4)]


@pytest.mark.parametrize(
    ("genes", "var", "options", "expected", "taxon"),
    [
        (HUMAN, {}, {}, "ensembl:ENSG00000141510", "9606"),
        ([f"{g}.7" for g in HUMAN], {}, {}, "ensembl:ENSG00000141510", "9606"),
        (list("ABCD"), {"gene_id": HUMAN}, {}, "ensembl:ENSG00000141510", "9606"),
        (HUMAN, {"gene_name": list("ABCD")}, {}, "ensembl:ENSG00000141510", "9606"),
        (MOUSE, {}, {}, "ensembl:ENSMUSG00000059550", "10090"),
        (["Klf1", "Myc", "Gata1", "Trp53"], {}, {"taxon": "mouse"}, "symbol:Klf1", "10090"),
        ([f"GRCh38_{g}" for g in ("KLF1", "MYC", "A1", "B1")], {}, {}, "hgnc.symbol:KLF1", "9606"),
        (list("ABCD"), {"gene_id": list("wxyz")}, {}, "hgnc.symbol:A", "9606"),
    ],
)
def test_genes_are_known_by_ensembl_or_by_symbol(
    tmp_path: Path,
    genes: list[str],
    var: dict[str, list[str]],
    options: dict[str, str],
    expected: str,
    taxon: str,
) -> None:
    result = read(tmp_path, LOG, SIMPLE, genes=genes, var=var, options=options)
    assert ids(result)[0] == expected
    assert result.rows(Kind.DATASETS)[0]["organism"] == f"ncbitaxon:{taxon}"


def test_the_species_of_the_cells_tells_that_of_their_symbols(tmp_path: Path) -> None:
    obs = {**SIMPLE, "organism": ["Mus musculus"] * N}
    result = read(tmp_path, LOG, obs, genes=["Klf1", "Myc", "Gata1", "Trp53"])
    assert ids(result)[0] == "symbol:Klf1"


@pytest.mark.parametrize(
    ("genes", "options", "message"),
    [
        (HUMAN[:2] + MOUSE[:2], {}, "mixes the genes of several species: ENSG, ENSMUSG"),
        (["KLF1", "MYC", "Gata1", "Trp53"], {}, "mixes the genes of several species: KLF1, Gata1"),
        (["hg19_KLF1", "hg19_MYC", "mm10_Myc", "mm10_Klf1"], {}, "several species: hg19, mm10"),
        (["Klf1", "Myc", "Gata1", "Trp53"], {}, "symbols of another species"),
        (MOUSE, {"taxon": "human"}, "not of taxon 9606"),
        (["KLF1", "MYC", "KLF1", "TP53"], {}, "1 genes more than once: hgnc.symbol:KLF1"),
        ([*HUMAN[:3], f"{HUMAN[0]}.2"], {}, "1 genes more than once: ensembl:"),
    ],
)
@pytest.mark.filterwarnings("ignore:Variable names are not unique")
def test_genes_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, genes: list[str], options: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        read(tmp_path, LOG, SIMPLE, genes=genes, options=options)


def test_an_unknown_species_needs_its_number(tmp_path: Path) -> None:
    fish = [f"ENSDARG0000003505{i}" for i in range(4)]
    with pytest.raises(BadInputError, match="not of taxon human or mouse"):
        read(tmp_path, LOG, SIMPLE, genes=fish)
    result = read(tmp_path, LOG, SIMPLE, genes=fish, options={"taxon": "zebrafish"})
    assert ids(result)[0] == "ensembl:ENSDARG00000035050"


def test_a_file_without_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no cells"):
        read(tmp_path, np.zeros((0, 4)), {"perturbation": [], "cell_line": []}, index=[])


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is not a whole AnnData file"):
        drain("perturb-seq", {"cells": sample_file("world.toml")})


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_is_refused(tmp_path: Path, share: float) -> None:
    whole = shared("perturb/norman_mcfaline_devel.h5ad").read_bytes()
    (tmp_path / "cut.h5ad").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadInputError, match="is not a whole AnnData file"):
        drain("perturb-seq", {"cells": tmp_path / "cut.h5ad"})


def damage(path: Path, form: Any = sparse.csr_matrix) -> h5py.File:
    write_h5ad(path, LOG, SIMPLE, form=form)
    return h5py.File(path / "cells.h5ad", "r+")


def test_hdf5_of_another_kind_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "cells.h5ad", "w") as file:
        file["0/DATA/0/matrix"] = LOG
    with pytest.raises(BadInputError, match="is not a whole AnnData file"):
        drain("perturb-seq", {"cells": tmp_path / "cells.h5ad"})


def test_a_transposed_matrix_is_refused(tmp_path: Path) -> None:
    with damage(tmp_path, np.asarray) as file:
        del file["X"]
        file["X"] = LOG.T
    with pytest.raises(BadInputError, match=r"(?s)shape \(4, 8\).*It is transposed") as caught:
        drain("perturb-seq", {"cells": tmp_path / "cells.h5ad"})
    assert "cells in rows" in str(caught.value)


def test_a_matrix_of_another_size_is_refused(tmp_path: Path) -> None:
    with damage(tmp_path, np.asarray) as file:
        del file["X"]
        file["X"] = LOG[:3]
    with pytest.raises(BadInputError, match=r"annotates 8 cells and 4 genes"):
        drain("perturb-seq", {"cells": tmp_path / "cells.h5ad"})


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("part", ["indptr", "indices"])
def test_a_sparse_matrix_that_does_not_fit_its_index_is_refused(
    tmp_path: Path, form: Any, part: str
) -> None:
    with damage(tmp_path, form) as file:
        file[f"X/{part}"][-1] = 99
    with pytest.raises(BadInputError, match="does not fit its own index"):
        drain("perturb-seq", {"cells": tmp_path / "cells.h5ad"}, direction="1")


@pytest.mark.filterwarnings("ignore::anndata.OldFormatWarning")
def test_a_file_of_an_ancient_anndata_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with damage(tmp_path) as file:
        for name in ("encoding-type", "encoding-version"):
            del file["obs"].attrs[name]
    with pytest.raises(BadInputError, match=r"older than 0\.7"):
        drain("perturb-seq", {"cells": tmp_path / "cells.h5ad"}, direction="1")


@pytest.mark.parametrize("seed", range(12))
def test_no_flipped_bytes_of_the_matrix_become_a_response_that_is_not_finite(
    tmp_path: Path, seed: int
) -> None:
    inputs = write_h5ad(tmp_path, LOG, SIMPLE)
    with h5py.File(inputs["cells"]) as file:
        parts = [file[f"X/{name}"] for name in ("data", "indices", "indptr")]
        chunks = [part.id.get_chunk_info(0) for part in parts]
        spans = [(chunk.byte_offset, chunk.size) for chunk in chunks]
    content = bytearray(inputs["cells"].read_bytes())
    rng = np.random.default_rng(seed)
    start, n = spans[seed % 3]
    for place in rng.integers(start, start + n, 3):
        content[place] = int(rng.integers(256))
    inputs["cells"].write_bytes(content)
    try:
        rows = drain("perturb-seq", inputs, direction="1").rows(Kind.EFFECTS)
    except BadInputError:
        return
    assert rows
    assert all(np.isfinite(row["values"]).all() for row in rows)
