"""Results as files: what is saved is read back, and what is damaged is named."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import pytest

from kgp.api.runs import load_result, newest, save_result
from kgp.api.trained_run import Origin
from kgp.errors import BadInputError, StoreUnavailableError
from kgp.report.content import AuditSummary, ChangeSummary, ModelTable, RefinementSummary
from tests.unit.report import made_up

if TYPE_CHECKING:
    from pathlib import Path

RESULTS: dict[type, Any] = {
    AuditSummary: made_up.audit(),
    ChangeSummary: made_up.changes(40),
    ModelTable: made_up.models(),
    Origin: Origin("snapshots/abc", "split-0"),
    RefinementSummary: made_up.refinement(),
}
each_result = pytest.mark.parametrize("kind", RESULTS, ids=lambda kind: kind.__name__)


@each_result
def test_a_result_is_read_back_as_it_was_saved(tmp_path: Path, kind: type) -> None:
    path = save_result(tmp_path / "new" / "folder", "result", RESULTS[kind])
    assert path.name == "result.json"
    assert load_result(kind, path) == RESULTS[kind]


def types_in(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {t for item in value.values() for t in types_in(item)}
    if isinstance(value, list | tuple):
        return {t for item in value for t in types_in(item)}
    if is_dataclass(value):
        inner = {t for field in fields(value) for t in types_in(getattr(value, field.name))}
        return {type(value)} | inner
    return set()


@each_result
def test_nested_results_keep_their_types(tmp_path: Path, kind: type) -> None:
    loaded = load_result(kind, save_result(tmp_path, "result", RESULTS[kind]))
    assert types_in(loaded) == types_in(RESULTS[kind])


@each_result
@pytest.mark.parametrize("text", ["", "{", "[]", '{"network": 3}', '{"\\ud800": 1}'])
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, kind: type, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match=rf"result\.json is no {kind.__name__}") as caught:
        load_result(kind, path)
    assert "again" in caught.value.command


@each_result
def test_a_file_cut_off_anywhere_is_never_half_a_result(tmp_path: Path, kind: type) -> None:
    path = save_result(tmp_path, "result", RESULTS[kind])
    whole = path.read_bytes()
    for end in range(0, len(whole) - 1, max(len(whole) // 20, 1)):
        path.write_bytes(whole[:end])
        with pytest.raises(BadInputError):
            load_result(kind, path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"Cannot read .*gone\.json: No such file"):
        load_result(Origin, tmp_path / "gone.json")


def test_saving_again_replaces_the_file_and_leaves_nothing_unfinished(tmp_path: Path) -> None:
    save_result(tmp_path, "result", Origin("a", "b"))
    path = save_result(tmp_path, "result", Origin("c", "d"))
    assert load_result(Origin, path) == Origin("c", "d")
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreUnavailableError, match="Cannot write"):
        save_result(tmp_path / "taken", "result", Origin("a", "b"))


def test_the_newest_is_the_file_written_last(tmp_path: Path) -> None:
    for at, name in enumerate(("b", "a", "c")):
        path = save_result(tmp_path, f"audit-{name}", Origin("", ""))
        os.utime(path, ns=(at, at))
    save_result(tmp_path, "refine-z", Origin("", ""))
    assert newest(tmp_path, "audit-*.json") == tmp_path / "audit-c.json"
    assert newest(tmp_path, "table-*.json") is None
    assert newest(tmp_path / "nowhere", "*.json") is None
