"""PRECISE and a user's own experiment, from files to an audit of EcoCyc's network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from kgp.kg_schema.batches import Kind
from tests.e2e.conftest import run_kgp
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

EXPRESSION, SAMPLES = "perturb/ecoli_precise278_MA.json.gz", "perturb/ecoli_precise278_samples.csv"
NETWORK, TAGS = "ecocyc/ECOLI-regulatory-network.txt", "ecocyc/precise1k_gene_info.csv.gz"


@pytest.fixture(scope="module")
def bacterium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a store of EcoCyc's network and PRECISE, and the tables of a crp knock-out."""
    folder = tmp_path_factory.mktemp("bacterium")
    _write_results(folder)
    loads = {
        "tags": ("load", "locus-tags", shared(TAGS)),
        "network": ("load", "ecocyc-network", shared(NETWORK)),
        "precise": ("load", "precise", shared(EXPRESSION), shared(SAMPLES)),
        "own": ("load", "responses", "crp.csv", "--perturbed", "crp", "--direction", "down"),
    }
    for name, arguments in loads.items():
        done = run_kgp(folder, *arguments)
        assert done.code == 0, done.err
        (folder / f"{name}.out").write_text(done.out)
    return folder


def _write_results(folder: Path) -> None:
    """The response of PRECISE to the knock-out of crp on glycerol, as DESeq2 would write it."""
    found = drain("precise", {"expression": shared(EXPRESSION), "samples": shared(SAMPLES)})
    effects = found.tables[Kind.EFFECTS].filter(pl.col("signature").str.ends_with("delcrp_glyc"))
    genes = found.tables[Kind.FEATURES]["id"].str.strip_prefix("locus_tag:")
    columns = (genes, effects["values"][0], effects["errors"][0])
    rows = [
        f"{gene},100,{effect},{error},{effect / error},{0.5},NA"
        for gene, effect, error in zip(*columns, strict=True)
    ]
    header = '"",baseMean,log2FoldChange,lfcSE,stat,pvalue,padj'
    write(folder / "crp.csv", header, *rows, "b9999,0,NA,NA,NA,NA,NA")


def _audit(folder: Path, responses: str, *more: str) -> dict[str, object]:
    done = run_kgp(
        folder, "grn", "audit", "ecocyc-network", "--responses", responses, *more, "--json"
    )
    assert done.code == 0, done.err
    return done.json


def test_precise_tells_about_ecocycs_edges_what_is_known(bacterium: Path) -> None:
    """Of responding edges 79 % have EcoCyc's sign; targets respond three times as often."""
    found = _audit(bacterium, "precise", "--rule", "cutoff", "--alpha", "0.999999")
    counts, rate = found["counts"], found["enrichment"]
    testable = sum(n for verdict, n in counts.items() if verdict != "untestable")
    assert 1500 < testable < 1700
    assert 0.75 < found["sign_agreement"]["value"] < 0.83
    assert 0.08 < rate["background_rate"] < 0.14
    assert rate["fold"]["low"] > 2.5


@pytest.fixture(scope="module")
def audited(bacterium: Path) -> dict[str, Any]:
    return _audit(bacterium, "precise")


def test_ecocyc_before_precise_with_the_usual_labels(audited: dict[str, Any]) -> None:
    assert audited["counts"] == {
        "confirmed": 475,
        "contradicted": 126,
        "silent": 975,
        "untestable": 7731,
    }
    held = audited["counts_holding"]
    assert 300 < held["confirmed"] < 475
    assert 50 < held["contradicted"] < 126
    assert audited["sign_agreement"]["value"] == pytest.approx(475 / 601)


def test_signatures_with_overlapping_controls_are_no_independent_experiments(
    audited: dict[str, Any],
) -> None:
    assert (audited["signatures"], audited["independent"], audited["perturbed"]) == (34, 18, 22)
    crp = next(each for each in audited["regulators"] if each["regulator"] == "crp")
    assert (crp["experiments"], crp["independent"]) == (3, 1)


def test_ecocyc_explains_more_of_precise_than_networks_of_its_degrees(
    audited: dict[str, Any],
) -> None:
    assert audited["enrichment"]["is_enriched"]
    assert 1.4 < audited["enrichment"]["degree_fold"] < 1.7


def test_most_responses_to_a_knock_out_have_no_short_path(audited: dict[str, Any]) -> None:
    """ALIGNED reports 42 to 71 % of relations lacking, with paths of up to four edges."""
    assert 0.6 < audited["share_missing"] < 0.75
    assert audited["missing_total"] == len(audited["missing"]) > 4_000
    assert any("rebuilt from components" in remark for remark in audited["remarks"])


def test_an_audit_is_restricted_to_a_medium_and_a_regulator(
    bacterium: Path, tmp_path: Path
) -> None:
    table = tmp_path / "fur.csv"
    about = ("--context", "medium=M9", "--regulator", "fur", "--sort", "q", "--out", str(table))
    found = _audit(bacterium, "precise", *about)
    assert (found["signatures"], found["where"]) == (31, {"medium": "M9"})
    assert {edge["regulator"] for edge in found["edges"]} == {"fur"}
    frame = pl.read_csv(table)
    assert len(frame) == len(found["edges"])
    assert frame["q_value"].is_sorted()


def test_the_first_screen_is_no_wider_than_a_page(bacterium: Path) -> None:
    arguments = ("grn", "audit", "ecocyc-network", "--responses", "precise")
    said = run_kgp(bacterium, *arguments).out
    assert max(map(len, said.splitlines())) <= 100
    assert "34 signatures in 18 independent groups: 22 regulators" in said
    assert "Responses without a path of up to 3 edges: 10 of 4," in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--context", "medium=M8"), 3, "Unknown medium 'M8'. Did you mean: M9"),
        (("--context", "M9"), 2, "is not KEY=VALUE"),
        (("--verdict", "wrong"), 2, "Unknown verdict 'wrong'"),
        (("--out", "audit.xlsx"), 2, "no ending that an audit is written with"),
        (("--regulator", "nonsense"), 3, "'nonsense' means no node"),
    ],
)
def test_an_audit_that_cannot_be_made_is_one_clear_error(
    bacterium: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run_kgp(
        bacterium, "grn", "audit", "ecocyc-network", "--responses", "precise", *arguments
    )
    assert (done.code, said in done.err, "Traceback" in done.err) == (code, True, False)


def test_account_of_precise_names_every_reason(bacterium: Path) -> None:
    said = (bacterium / "precise.out").read_text()
    assert "dropped: no wild type of the same study" in said
    assert "nac_ntrc bw_delnac_nh4" in said


def test_account_of_an_own_experiment_says_which_columns_were_read(bacterium: Path) -> None:
    said = " ".join((bacterium / "own.out").read_text().split())
    assert "crp.csv is read as DESeq2 results: gene from gene, effect from log2FoldChange" in said
    assert "dropped: effect is NA" in said


def test_an_own_experiment_is_audited_like_any_other(bacterium: Path) -> None:
    found = _audit(bacterium, "crp")
    spoken = [e for e in found["edges"] if e["verdict"] in ("confirmed", "contradicted")]
    assert {e["regulator"] for e in spoken} == {"crp"}
    agreed = sum(e["verdict"] == "confirmed" for e in spoken)
    assert len(spoken) > 30
    assert agreed > 0.7 * len(spoken)


def test_a_dry_run_shows_the_columns_and_loads_nothing(bacterium: Path, run: Run) -> None:
    arguments = ("--perturbed", "crp", "--direction", "down", "--context", "MG1655", "--dry-run")
    done = run("load", "responses", bacterium / "crp.csv", *arguments)
    assert done.code == 0
    assert "standard errors follow from lfcSE" in " ".join(done.out.split())
    assert "nothing was loaded" in done.out


def test_counts_and_design_become_responses(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pydeseq2")
    rng = np.random.default_rng(5)
    counts = rng.negative_binomial(20, 20 / (20 + 200), (80, 4))
    rows = [f"b{i + 1:04}," + ",".join(map(str, row)) for i, row in enumerate(counts.tolist())]
    write(tmp_path / "counts.csv", "gene,w1,w2,d1,d2", *rows)
    write(tmp_path / "design.csv", "sample,condition", "w1,wt", "w2,wt", "d1,delfnr", "d2,delfnr")
    said = ("--perturbed", "fnr", "--direction", "down", "--name", "fnr")
    done = run("load", "responses", "counts.csv", "design.csv", *said, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "delfnr (2) against wt (2 samples)" in " ".join(done.out.split())
    assert "fnr" in run("stats", "--responses", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--direction", "down"), 2, "What was perturbed is not stated"),
        (("--perturbed", "crp"), 2, "In which direction crp was perturbed"),
        (("--perturbed", "crp", "--direction", "left"), 2, "Unknown direction 'left'"),
    ],
)
def test_what_is_not_stated_is_asked_for(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    write(tmp_path / "x.csv", "gene,logFC,PValue", "b0001,1,0.1")
    done = run("load", "responses", "x.csv", *arguments, cwd=tmp_path)
    assert (done.code, said in done.err, "Traceback" in done.err) == (code, True, False)
