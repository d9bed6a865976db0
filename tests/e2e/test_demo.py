"""The demo: the product's own commands from an empty folder to a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run


@pytest.mark.slow
def test_demo_goes_from_an_empty_folder_to_a_report(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    done = run("demo", out, "--progress", "none", covered=False)
    assert done.code == 0, done.err
    commands = re.findall(r"^\$ kgp (\S+(?: (?:audit|log|diff|explain))?)", done.out, re.M)
    assert commands == [
        *("load", "stats", "embed", "snapshot", "train", "grn audit", "refine"),
        *("grn log", "grn diff", "query", "grn explain", "report"),
    ]
    assert "PLANTED TRUTH" in done.out
    assert done.out.rstrip().endswith(str(out / "report.html"))
    figures = orjson.loads((out / "report.json").read_bytes())
    scores = {score["label"]: score for score in figures["refinement"]["scores"]}
    edges = scores["edges, macro-F1"]
    assert edges["refined"] > edges["nothing"]
    assert figures["models"]["rows"][0]["name"] == "mean response"
    missing = [name for name, section in figures.items() if section is None]
    assert missing == []
    assert any(source["synthetic"] for source in figures["sources"])


def test_demo_leaves_a_folder_of_others_alone(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    done = run("demo", folder)
    assert done.code == 3
    assert "holds other files" in done.err
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
