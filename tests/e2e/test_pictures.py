"""Pictures by the commands on networks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

PLANTED, RESPONSES = "trrust-planted", "lincs-overexpression"
DIFF = ("grn", "diff", PLANTED, "1", "2")
EXPLAIN = ("grn", "explain", "trrust", "NFE2L2", "HMOX1", "--responses", RESPONSES)
AUDIT = ("grn", "audit", "trrust", "--responses", RESPONSES)


def title(path: Path) -> str:
    tree = ElementTree.parse(path)
    found = tree.find(".//{http://www.w3.org/2000/svg}text")
    assert found is not None
    return "".join(found.itertext())


@pytest.mark.parametrize(
    ("command", "begins"),
    [
        (
            (*DIFF, "--regulator", "NFKB1"),
            f"Regulon of NFKB1 in {PLANTED}, version 1 and version 2",
        ),
        (EXPLAIN, "NFE2L2 → HMOX1 (activation) in trrust: confirmed, 1 of 1 experiment for it"),
        (AUDIT, "Evidence for the edges of trrust in lincs-overexpression"),
    ],
)
def test_each_command_draws_its_picture_and_says_where(
    run: Run, unchanged: str, tmp_path: Path, command: tuple[str, ...], begins: str
) -> None:
    out = tmp_path / "picture.svg"
    done = run(*command, "--picture", out, "--store", unchanged)
    assert done.code == 0
    assert done.out.endswith(f"Picture {out}\n")
    assert title(out).startswith(begins)


def test_json_stays_one_document_beside_a_picture(run: Run, store: str, tmp_path: Path) -> None:
    out = tmp_path / "picture.html"
    changed = run(*DIFF, "--store", store, "--json").json[0]["src"]
    done = run(*DIFF, "--regulator", changed, "--picture", out, "--store", store, "--json")
    assert {change["src"] for change in done.json} == {changed}
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("command", [DIFF, EXPLAIN, AUDIT])
def test_another_ending_is_a_usage_error(
    run: Run, store: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = run(*command, "--picture", tmp_path / "picture.png", "--store", store)
    assert (done.code, done.out) == (2, "")
    assert "'picture.png' has no ending of a picture that kgp writes." in done.err
    assert "--picture picture.svg" in done.err
    assert not (tmp_path / "picture.png").exists()


def test_an_unknown_regulator_is_answered_and_nothing_is_drawn(
    run: Run, store: str, tmp_path: Path
) -> None:
    out = tmp_path / "picture.svg"
    done = run(*DIFF, "--regulator", "NOGENE", "--picture", out, "--store", store)
    assert done.code == 3
    assert "NOGENE" in done.err
    assert not out.exists()


def test_the_picture_of_an_edge_needs_a_response_set(run: Run, store: str, tmp_path: Path) -> None:
    out = tmp_path / "picture.svg"
    done = run("grn", "explain", "trrust", "NFE2L2", "HMOX1", "--picture", out, "--store", store)
    assert done.code == 2
    assert "--responses and --picture go together." in done.err
