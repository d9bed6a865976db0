"""Loading under a licence, and only for show."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from kgp.api.accounts import DryRun, LicenseError, LoadReport, Skipped
from kgp.api.loading import dry_run, load, load_world
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from tests.unit.loaders.drained import write

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "tf\ttarget\tmor\tpubmed_id"
KG = (
    "relation,display_relation,x_index,x_id,x_type,x_name,x_source,"
    "y_index,y_id,y_type,y_name,y_source"
)
ROW = "protein_protein,ppi,0,7157,gene/protein,TP53,NCBI,1,4193,gene/protein,MDM2,NCBI"


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return write(tmp_path / "net.tsv", HEADER, "MYC\tCDK4\t1\t1", "MYC\tCDK6\tstrong\t1")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb:{tmp_path / 'kgp.duckdb'}"


def test_an_account_tells_every_row(net: Path, url: str) -> None:
    report = load("trrust", [net], store=url)
    assert (report.rows_in, report.rows_kept, sum(report.dropped.values())) == (2, 1, 1)
    assert report.rows_merged == report.published.merged == 0
    ((reason, examples),) = report.examples.items()
    assert reason in report.dropped
    assert "CDK6" in examples[0]
    assert (report.use, report.notes, report.ambiguous_aliases) == (None, (), 0)


def test_rows_that_state_one_fact_are_counted_as_merged(tmp_path: Path, url: str) -> None:
    kg = write(tmp_path / "kg.csv", KG, ROW, ROW)
    report = load("primekg", [kg], store=url)
    assert (report.rows_in, report.rows_kept, report.rows_merged) == (2, 2, 1)
    assert report.published.edges == 1


@pytest.mark.parametrize("use", ["academic", "commercial"])
def test_what_an_open_licence_allows_is_loaded(net: Path, url: str, use: str) -> None:
    assert load("trrust", [net], store=url, use=use).use == use


def test_a_source_that_may_not_be_used_is_refused_before_its_files_are_opened(
    tmp_path: Path, url: str
) -> None:
    rubbish = tmp_path / "ECOLI-regulatory-network.txt"
    rubbish.write_bytes(b"\x00\xff")
    with pytest.raises(LicenseError, match="LicenseRef-BioCyc is not for commercial use") as caught:
        load("ecocyc-network", [rubbish], store=url, use="commercial")
    assert "nothing was read" in caught.value.message
    assert "allows academic use only" in caught.value.hint
    assert caught.value.command == "kgp load ecocyc-network … --license academic"


def test_a_copy_under_other_terms_is_judged_by_those(tmp_path: Path, url: str) -> None:
    kg = write(tmp_path / "kg.csv", KG, ROW)
    closed = {"license": "CC-BY-NC-4.0"}
    with pytest.raises(LicenseError, match=r"CC-BY-NC-4\.0") as caught:
        load("primekg", [kg], store=url, options=closed, use="commercial")
    assert "--option license=SPDX" in caught.value.hint
    report = load("primekg", [kg], store=url, options={"license": "CC0-1.0"}, use="commercial")
    assert report.info.license == "CC0-1.0"


def test_a_licence_that_kgp_does_not_know_is_refused_for_any_use(tmp_path: Path, url: str) -> None:
    kg = write(tmp_path / "kg.csv", KG, ROW)
    with pytest.raises(LicenseError, match="not known to allow academic use") as caught:
        load("primekg", [kg], store=url, options={"license": "ours"}, use="academic")
    assert "read it" in caught.value.hint
    assert caught.value.command == "kgp sources primekg"
    assert load("primekg", [kg], store=url, options={"license": "ours"}).use is None


def test_an_unknown_use_is_refused(net: Path, url: str) -> None:
    with pytest.raises(UsageError, match="Unknown use 'private'"):
        load("trrust", [net], store=url, use="private")


def test_a_use_makes_another_load(net: Path, url: str) -> None:
    first = load("trrust", [net], store=url, use="academic").published
    again = load("trrust", [net], store=url, use="academic").published
    assert (first.repeated, again.repeated) == (False, True)
    with pytest.raises(BadInputError, match="already"):
        load("trrust", [net], store=url, use="commercial")


def test_a_dry_run_says_what_would_come_and_leaves_nothing(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    report = dry_run("trrust", [net], use="commercial")
    assert (report.rows_in, report.rows_kept) == (2, 1)
    assert report.content.networks == {"trrust": 1}
    assert report.content.relationships == {"REGULATES": 1}
    assert list(scratch.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.tsv", "scratch"]


def test_a_dry_run_of_a_bad_file_is_refused_as_the_load_would_be(tmp_path: Path) -> None:
    bad = write(tmp_path / "net.tsv", HEADER, "MYC\tCDK4\tstrong\t1")
    with pytest.raises(BadInputError, match="1 of 1 rows would be dropped"):
        dry_run("trrust", [bad])


WORLD = """\
[[load]]
source = "trrust"
files = ["net.tsv"]

[[load]]
source = "primekg"
files = ["kg.csv"]
options = { license = "CC-BY-NC-4.0" }
"""


@pytest.fixture
def world(tmp_path: Path, net: Path) -> Path:
    write(tmp_path / "kg.csv", KG, ROW)
    return write(tmp_path / "world.toml", *WORLD.splitlines())


def test_of_a_world_what_may_not_be_used_is_skipped_and_listed(world: Path, url: str) -> None:
    loaded, skipped = load_world(world, store=url, use="commercial")
    assert isinstance(loaded, LoadReport)
    assert isinstance(skipped, Skipped)
    assert (skipped.source, skipped.license) == ("primekg", "CC-BY-NC-4.0")
    assert skipped.where == f"{world}, load 2 (line 5)"
    assert skipped.reason.endswith("licence CC-BY-NC-4.0 is not for commercial use")
    with open_store(url) as graph:
        assert [record.source for record in graph.sources()] == ["trrust"]


def test_a_world_without_a_use_is_loaded_whole(world: Path, url: str) -> None:
    reports = list(load_world(world, store=url))
    assert [r.info.name for r in reports if isinstance(r, LoadReport)] == ["trrust", "primekg"]


def test_a_world_of_which_nothing_may_be_used_is_refused(tmp_path: Path, url: str) -> None:
    write(tmp_path / "kg.csv", KG, ROW)
    path = write(tmp_path / "world.toml", *WORLD.splitlines()[4:])
    with pytest.raises(BadInputError, match="no source of this world may be put to commercial use"):
        list(load_world(path, store=url, use="commercial"))


def test_a_world_can_be_tried(world: Path, url: str, tmp_path: Path) -> None:
    reports = list(load_world(world, store=url, dry_run=True))
    assert [r.rows_in for r in reports if isinstance(r, DryRun)] == [2, 1]
    assert not (tmp_path / "kgp.duckdb").exists()


def test_a_file_of_the_users_own_is_loaded_with_a_note(tmp_path: Path, url: str) -> None:
    import anndata
    import numpy as np
    import pandas as pd

    obs = pd.DataFrame(
        {"condition": ["control"] * 4 + ["MYC"] * 4, "cell_type": ["K562"] * 8},
        index=[f"c{i}" for i in range(8)],
    )
    var = pd.DataFrame(index=["TP53", "MDM2"])
    values = np.random.default_rng(0).random((8, 2), np.float32)
    path = tmp_path / "cells.h5ad"
    anndata.AnnData(values, obs, var).write_h5ad(path)
    options = {"direction": "1"}
    report = dry_run("perturb-seq", [path], options=options, use="commercial")
    assert any("count as your own" in note for note in report.notes)
    stated = dry_run("perturb-seq", [path], options={**options, "license": "MIT"}, use="commercial")
    assert stated.notes == ()
    assert stated.info.license == "MIT"
