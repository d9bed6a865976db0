from __future__ import annotations

import json
import resource
import signal
from contextlib import contextmanager
from dataclasses import asdict, replace
from math import nan
from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError
from kgp.report.content import Estimate, GraphSummary
from kgp.report.page import render
from kgp.report.write import to_json, write_report
from tests.unit.report import made_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def full_disk(n_bytes: int) -> Iterator[None]:
    """No file can grow beyond ``n_bytes``, as on a disk without room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_json_holds_exactly_the_figures() -> None:
    content = made_up.whole_report()
    as_lists = json.loads(json.dumps(asdict(content)))
    assert json.loads(to_json(content)) == as_lists


def test_json_does_not_round() -> None:
    models = made_up.models()
    row = replace(models.rows[0], scores={"top50": Estimate(0.1 + 0.2)})
    content = replace(made_up.empty_report(), models=replace(models, rows=(row,)))
    written = json.loads(to_json(content))
    assert written["models"]["rows"][0]["scores"]["top50"]["value"] == 0.30000000000000004


def test_json_writes_what_is_not_a_number_as_null() -> None:
    refinement = replace(made_up.refinement(), seconds=nan)
    written = json.loads(to_json(replace(made_up.empty_report(), refinement=refinement)))
    assert written["refinement"]["seconds"] is None


def test_page_and_figures_are_written_into_folders_that_are_made(tmp_path: Path) -> None:
    html, figures = tmp_path / "a" / "report.html", tmp_path / "b" / "report.json"
    content = made_up.empty_report()
    write_report(content, html, figures)
    assert html.read_text() == render(content)
    assert figures.read_bytes() == to_json(content)
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["report.html"]


def test_others_may_read_the_report_as_far_as_the_user_allows(tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    write_report(made_up.empty_report(), html, tmp_path / "report.json")
    plain = tmp_path / "plain"
    plain.touch()
    assert html.stat().st_mode == plain.stat().st_mode


def test_a_full_disk_leaves_the_old_report_and_nothing_half_written(tmp_path: Path) -> None:
    html, figures = tmp_path / "report.html", tmp_path / "report.json"
    write_report(made_up.empty_report(), html, figures)
    before = html.read_bytes(), figures.read_bytes()
    larger = replace(made_up.empty_report(), graph=GraphSummary({"Gene": 1}, {}))
    room = (len(to_json(larger)) + len(render(larger).encode())) // 2
    with full_disk(room), pytest.raises(BadInputError, match=r"report\.html.*File too large"):
        write_report(larger, html, figures)
    assert (html.read_bytes(), figures.read_bytes()) == before
    assert {p.name for p in tmp_path.iterdir()} == {"report.html", "report.json"}


def test_a_folder_in_the_place_of_the_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(BadInputError, match=r"report\.html.*it is a folder") as caught:
        write_report(made_up.empty_report(), tmp_path / "report.html", tmp_path / "report.json")
    assert caught.value.command == "kgp report --help"
    assert {p.name for p in tmp_path.iterdir()} == {"report.html"}
