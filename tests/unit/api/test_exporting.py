"""What other tools read of a response set is what the store holds, labelled as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anndata
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

import kgp
from kgp.api.exporting import export_responses
from kgp.api.responses import LabelOptions
from kgp.errors import BadInputError, UsageError
from tests.unit.api import labelled_world as world
from tests.unit.api.worlds import write_store

if TYPE_CHECKING:
    from pathlib import Path

ORDER = ["again", "both", "down", "drug", "none", "up"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("labelled") / "labelled.duckdb"
    return write_store(path, [world.genes(), world.responses()])


def test_anndata_reads_effects_errors_and_labels_back(url: str, tmp_path: Path) -> None:
    done = export_responses(url, world.SET, tmp_path / "own.h5ad")
    assert (done.count, done.counted, done.format) == (6, "signatures", "h5ad")
    data = anndata.read_h5ad(done.file)
    assert data.obs_names.tolist() == [world.signature(name) for name in ORDER]
    assert data.var_names.tolist() == world.GENES
    assert data.var["name"].tolist() == ["G1", "G2", "G3", "ncbigene:4"]
    down = data[world.signature("down")]
    assert np.allclose(down.X, [[-6.0, 3.0, -4.0, 0.1]])
    assert np.allclose(down.layers["error"], 0.1)
    assert down.layers["label"].tolist() == [[-1, 1, -1, 0]]
    assert np.isnan(data[world.signature("drug")].layers["error"]).all()
    assert data[world.signature("again")].layers["label"].tolist() == [[-128] * 4]


def test_anndata_says_what_was_perturbed_where_and_how_well(url: str, tmp_path: Path) -> None:
    data = anndata.read_h5ad(export_responses(url, world.SET, tmp_path / "own.h5ad").file)
    down, both = (data.obs.loc[world.signature(name)] for name in ("down", "both"))
    assert (down["perturbed"], down["perturbed_name"], down["direction"]) == (
        world.GENES[0],
        "G1",
        "-1",
    )
    assert (down["context"], down["context_name"]) == (world.CELL, "K562")
    assert (down["n_replicates"], down["dose"], down["controls"]) == (3, 1.5, "a|b")
    assert (both["perturbed"], both["direction"]) == ("ncbigene:1+ncbigene:2", "-1+-1")
    assert np.isnan(both["dose"])
    assert data.obs["checked"].tolist() == ["true", "", "", "", "", ""]
    assert data.obs["time|h"].tolist() == ["", "", "", "", "", "24"]
    assert "dataset" not in data.obs


def test_anndata_names_rule_measure_and_version(url: str, tmp_path: Path) -> None:
    labels = LabelOptions(alpha=0.01, min_effect=3.5)
    done = export_responses(url, world.SET, tmp_path / "own.h5ad", labels=labels)
    data = anndata.read_h5ad(done.file)
    about = data.uns["kgp"]
    assert about["kgp_version"] == kgp.__version__
    assert (about["rule"], about["alpha"], about["min_effect"]) == ("moderated", 0.01, 3.5)
    assert about["measure"] == "z-score"
    assert not about["censored"]
    assert data[world.signature("down")].layers["label"].tolist() == [[-1, 0, -1, 0]]


def test_effects_that_a_set_does_not_list_are_missing_and_unchanged(
    url: str, tmp_path: Path
) -> None:
    data = anndata.read_h5ad(export_responses(url, world.CENSORED, tmp_path / "l.h5ad").file)
    assert np.isnan(data.X[0]).tolist() == [True, True, False, True]
    assert data.layers["label"].tolist() == [[0, 0, 1, 0]]
    rows = pl.read_parquet(export_responses(url, world.CENSORED, tmp_path / "l.parquet").file)
    assert rows["effect"].to_list() == [None, None, 4.0, None]


def test_the_long_table_has_a_row_for_each_effect(url: str, tmp_path: Path) -> None:
    done = export_responses(url, world.SET, tmp_path / "own.parquet")
    rows = pl.read_parquet(done.file)
    assert rows.height == done.count == 24
    of = rows.filter(pl.col("signature") == world.signature("down"))
    assert of["label"].to_list() == ["down", "up", "down", "unchanged"]
    assert of["feature"].to_list() == world.GENES
    second = of.row(1, named=True)
    reach = 2.085963 * 0.1  # t quantile of 20 degrees of freedom
    assert second["low"] == pytest.approx(3.0 - reach, abs=1e-5)
    assert second["high"] == pytest.approx(3.0 + reach, abs=1e-5)
    assert second["confidence"] > 0.95
    bare = rows.filter(pl.col("signature") == world.signature("drug"))
    assert bare["error"].null_count() == bare["low"].null_count() == 4
    kept = pq.read_schema(done.file).metadata
    assert kept[b"kgp.rule"] == b"moderated"


def test_gene_sets_list_symbols_with_the_strongest_response_first(url: str, tmp_path: Path) -> None:
    done = export_responses(url, world.SET, tmp_path / "own.gmt")
    lines = [line.split("\t") for line in done.file.read_text().splitlines()]
    assert done.count == len(lines)
    sets = {name: genes for name, _, *genes in lines}
    assert sets == {
        "both_UP": ["ncbigene:4"],
        "both_DN": ["G1", "G2"],
        "down_UP": ["G2"],
        "down_DN": ["G1", "G3"],
        "drug_DN": ["ncbigene:4"],
        "up_UP": ["G1"],
        "up_DN": ["G2"],
    }
    assert {text for _, text, *_ in lines} == {
        f"{n} of own" for n in ("both", "down", "drug", "up")
    }


def test_a_decoupler_frame_has_signatures_as_sources(url: str, tmp_path: Path) -> None:
    done = export_responses(url, world.SET, tmp_path / "net.csv")
    net = pl.read_csv(done.file)
    assert net.columns == ["source", "target", "weight"]
    of = net.filter(pl.col("source") == "down").sort("target")
    assert of.rows() == [("down", "G1", -6.0), ("down", "G2", 3.0), ("down", "G3", -4.0)]
    assert net.select("source", "target").is_unique().all()


def test_perturbed_genes_as_sources_have_the_weights_of_activation(
    url: str, tmp_path: Path
) -> None:
    done = export_responses(url, world.SET, tmp_path / "net.tsv", source="perturbed")
    net = {(s, t): w for s, t, w in pl.read_csv(done.file, separator="\t").iter_rows()}
    # G2 rises by 3 when gene 1 is knocked down and falls by 5 when it is over-expressed.
    assert net == {
        ("G1", "G2"): -4.0,
        ("G1", "G3"): 4.0,
        ("G1+G2", "ncbigene:4"): -3.0,
        ("aspirin\tacid", "ncbigene:4"): -3.0,
    }


def test_a_frame_may_be_parquet(url: str, tmp_path: Path) -> None:
    out = tmp_path / "net.parquet"
    done = export_responses(url, world.SET, out, format="decoupler", labels=LabelOptions("cutoff"))
    assert pl.read_parquet(out).height == done.count
    assert done.rule.name == "cutoff"


def test_a_folder_gets_a_file_called_after_the_set(url: str, tmp_path: Path) -> None:
    assert export_responses(url, world.SET, tmp_path).file == tmp_path / "own.h5ad"
    gmt = export_responses(url, world.SET, tmp_path, format="gmt")
    assert gmt.file == tmp_path / "own.gmt"


def test_a_file_is_replaced_only_when_forced(url: str, tmp_path: Path) -> None:
    path = tmp_path / "own.gmt"
    path.write_text("mine")
    with pytest.raises(BadInputError, match="is there already") as refused:
        export_responses(url, world.SET, path)
    assert "--force" in refused.value.command
    assert path.read_text() == "mine"
    export_responses(url, world.SET, path, force=True)
    assert path.read_text() != "mine"


def test_a_folder_of_the_files_name_is_never_replaced(url: str, tmp_path: Path) -> None:
    (tmp_path / "own.gmt").mkdir()
    with pytest.raises(BadInputError, match="It is no file"):
        export_responses(url, world.SET, tmp_path, format="gmt", force=True)


def test_nothing_remains_of_a_file_that_cannot_be_written(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="Cannot write"):
        export_responses(url, world.SET, tmp_path / "file" / "own.gmt")
    with pytest.raises(BadInputError, match="Cannot write"):
        export_responses(url, world.SET, tmp_path / f"{'x' * 300}.gmt")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_unknown_set_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Did you mean: own"):
        export_responses(url, "owm", tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "gtm"}, "Did you mean: gmt"),
        ({"source": "drug"}, "Unknown source 'drug'"),
        ({"format": None}, "does not tell in which format"),
        ({"format": "gmt", "labels": LabelOptions("cut-off")}, "Did you mean: cutoff"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_valid(
    url: str, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        export_responses(url, world.SET, tmp_path / "own.what", **options)
