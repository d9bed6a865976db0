"""``kgp refine`` on real responses: what is refused, what is kept fixed, what can be walked."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kgp.errors import ExitCode
from tests.e2e.conftest import run_kgp

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.e2e.conftest import Run

SET = "lincs-overexpression"
AGAINST = ("refine", "trrust", "--responses", SET, "--max-length", "2")


@dataclass(frozen=True, slots=True)
class Written:
    """A store with a forced refinement, and what the command said of it."""

    store: str
    report: dict[str, Any]


@pytest.fixture(scope="module")
def written(store: str, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """SOX2, which would gain a target, may not change, and at most two of the edges."""
    folder = tmp_path_factory.mktemp("forced")
    copy = shutil.copy(store.partition(":")[2], folder / "kgp.duckdb")
    limits = ("--freeze", "SOX2", "--max-share", "0.0003")
    url = f"duckdb:{copy}"
    done = run_kgp(folder, *AGAINST, *limits, "--write", "--force", "--json", "--store", url)
    assert done.code == ExitCode.DONE, done.err
    return Written(url, json.loads(done.out))


def test_a_network_that_the_data_do_not_know_is_refused(run: Run, unchanged: str) -> None:
    done = run(*AGAINST, "--write", "--store", unchanged)
    assert done.code == ExitCode.BAD_INPUT
    assert done.err.startswith("kgp: These data say nothing about trrust: of 1,032 edges")
    assert f"Try: kgp grn audit trrust --responses {SET}" in done.err
    assert done.out == ""


def test_force_writes_and_says_that_it_was_forced(run: Run, written: Written) -> None:
    assert (written.report["version"], written.report["refused"]) == (2, False)
    newest = run("grn", "log", "trrust", "--store", written.store, "--json").json[-1]
    assert newest["metrics"]["forced"] is True
    assert newest["metrics"]["held_out_helps"] is False
    assert newest["parameters"]["frozen"] == ["SOX2"]
    assert any("read this as an audit" in line for line in written.report["lines"])


def test_frozen_regulators_stay_and_no_more_than_the_share_changes(written: Written) -> None:
    changes = written.report["changes"]
    # 0.0003 of about 7,000 edges are two.
    assert 1 <= len(changes) <= 2
    assert "SOX2" not in {change["regulator"] for change in changes}


def test_a_changed_edge_leads_to_real_signatures(run: Run, written: Written) -> None:
    change = written.report["changes"][0]
    edge = (change["regulator"], change["target"], "trrust")
    rows = run("query", "evidence-for", *edge, "--store", written.store, "--json").json
    supports = {row["signature"] for row in rows if row["role"] == "supports"}
    assert supports == {text.partition(" (")[0] for text in change["supports"]}
    for signature in supports:
        found = run(
            *("query", "edges-against-signature", signature, "trrust"),
            *("--store", written.store, "--json"),
        ).json
        assert edge[:2] in {(row["regulator"], row["target"]) for row in found}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("from,to\nMYC,TP53\n", "has no column source and no column target"),
        ("source,target\nMYC,NOSUCH\n", "'NOSUCH' means no node"),
        (None, "Cannot read pairs.csv"),
    ],
)
def test_a_table_of_candidates_that_cannot_be_used_is_one_clear_error(
    run: Run, unchanged: str, tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "pairs.csv").write_text(text)
    done = run(*AGAINST, "--candidates", "pairs.csv", "--write", "--store", unchanged)
    assert done.code == ExitCode.BAD_INPUT
    assert message in done.err
    assert "Traceback" not in done.err


def test_an_unknown_frozen_gene_is_one_clear_error(run: Run, unchanged: str) -> None:
    done = run(*AGAINST, "--freeze", "MYC>NOSUCH", "--write", "--store", unchanged)
    assert done.code == ExitCode.BAD_INPUT
    assert "Try: kgp find NOSUCH" in done.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--context", "K562"), "is not KEY=VALUE"),
        (("--name", "copy"), "names a fork or a damaged copy"),
    ],
)
def test_an_option_that_makes_no_sense_is_a_wrong_use(
    run: Run, unchanged: str, option: tuple[str, str], message: str
) -> None:
    done = run(*AGAINST, *option, "--write", "--store", unchanged)
    assert done.code == ExitCode.USAGE
    assert message in done.err
