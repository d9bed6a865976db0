"""Response sets as a user takes them out of kgp, and what ``kgp stats`` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anndata
import polars as pl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

SET = "lincs-overexpression"


def test_responses_become_anndata_with_one_command(
    run: Run, unchanged: str, tmp_path: Path
) -> None:
    done = run("export", "responses", SET, "--out", "responses.h5ad", "--store", unchanged)
    assert done.code == 0, done.err
    assert "2,088 signatures" in done.out
    data = anndata.read_h5ad(tmp_path / "responses.h5ad")
    assert data.n_obs == 2_088
    assert set(data.obs["direction"]) == {"1"}


def test_the_rule_is_the_users(run: Run, store: str, tmp_path: Path) -> None:
    rule = ("--rule", "cutoff", "--alpha", "0.01", "--min-effect", "5")
    done = run(
        *("export", "responses", SET, "--out", ".", "--format", "gmt", *rule),
        *("--store", store, "--json"),
    )
    assert done.json["rule"] == {"name": "cutoff", "alpha": 0.01, "min_effect": 5.0}
    assert done.json["counted"] == "gene sets"
    assert (tmp_path / f"{SET}.gmt").read_text().count("\n") == done.json["count"]


def test_a_decoupler_frame_names_perturbed_genes(run: Run, store: str, tmp_path: Path) -> None:
    options = ("--source", "perturbed", "--store", store)
    assert run("export", "responses", SET, "--out", "net.csv", *options).code == 0
    net = pl.read_csv(tmp_path / "net.csv")
    assert net.columns == ["source", "target", "weight"]
    assert "TP53" in net["source"].to_list()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((SET, "--out", "a.gmt", "--format", "gtm"), 2, "Did you mean: gmt"),
        ((SET, "--out", "a.gmt", "--rule", "cutof"), 2, "Did you mean: cutoff"),
        (("lincs-overexpresion", "--out", "a.gmt"), 3, "kgp stats --responses"),
        ((SET, "--out", "a.what"), 2, "does not tell"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest(
    run: Run, store: str, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    refused = run("export", "responses", *arguments, "--store", store)
    assert refused.code == code
    assert message in refused.err
    assert not list(tmp_path.glob("*a.*"))


def test_a_file_that_is_there_stays(run: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "a.gmt").write_text("mine")
    refused = run("export", "responses", SET, "--out", "a.gmt", "--store", store)
    assert refused.code == 3
    assert "--force" in refused.err
    assert (tmp_path / "a.gmt").read_text() == "mine"


def test_stats_lists_the_response_sets(run: Run, store: str) -> None:
    shown = run("stats", "--responses", "--store", store)
    assert shown.code == 0, shown.err
    for title in ("Perturbations", "Measurements", "Labels"):
        assert title in shown.out
    listed = run("stats", "--responses", "--store", store, "--json").json
    found = {each["name"]: each for each in listed}
    assert found[SET]["signatures"] == 2_088
    assert found[SET]["directions"] == {"up": 2_088, "down": 0, "treatment": 0}


def test_an_audit_may_use_another_rule(run: Run, unchanged: str) -> None:
    audit = ("grn", "audit", "trrust", "--responses", SET, "--store", unchanged, "--json")
    usual, strict = run(*audit), run(*audit, "--min-effect", "3")
    assert usual.code == strict.code == 0, strict.err
    assert run(*audit, "--rule", "strict").code == 2


def test_a_refinement_remembers_the_rule_of_its_labels(run: Run, own_store: str) -> None:
    options = ("--min-effect", "2.5", "--max-length", "2", "--write", "--force")
    done = run("refine", "trrust", "--responses", SET, *options, "--store", own_store)
    assert done.code == 0, done.err
    newest = run("grn", "log", "trrust", "--store", own_store, "--json").json[-1]
    assert newest["parameters"]["labels"] == {
        "rule": "moderated",
        "alpha": 0.05,
        "min_effect": 2.5,
    }
