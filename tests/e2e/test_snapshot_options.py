"""The options of ``kgp snapshot``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.platform.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run


def test_held_out_edges_are_counted_and_in_the_snapshot(
    run: Run, store: str, tmp_path: Path
) -> None:
    options = ("--hold-out", "REGULATES=0.3", "--hold-out-seed", "4", "--relation", "REGULATES")
    done = run("snapshot", tmp_path / "out", *options, "--store", store, "--json").json
    snapshot = Snapshot.open(done["path"])
    assert done["held_out"] == len(snapshot.held_out) > 0
    assert {relation.stored_name for relation in snapshot.relations} == {"REGULATES"}
    again = run("snapshot", tmp_path / "out", *options, "--store", store)
    assert f"{done['held_out']:,} edges held out" in again.out


def test_without_reverse_edges(run: Run, store: str, tmp_path: Path) -> None:
    done = run(
        "snapshot", tmp_path, "--no-reverse", "--node-type", "Gene", "--store", store, "--json"
    )
    snapshot = Snapshot.open(done.json["path"])
    assert not any(relation.is_reverse for relation in snapshot.relations)
    assert snapshot.numbering.types == ("Gene",)


@pytest.mark.parametrize(
    ("option", "code", "message"),
    [
        (("--hold-out", "REGULATES"), 2, "RELATION=SHARE"),
        (("--hold-out", "REGULATES=2"), 3, "share 2 of REGULATES"),
        (("--hold-out", "REGULATE=0.1"), 3, "Did you mean: REGULATES"),
        (("--relation", "REGULATE"), 3, "Did you mean"),
        (("--edge-property", "scorn"), 3, "'scorn'"),
    ],
)
def test_bad_options_are_answered_and_leave_no_folder(
    run: Run, store: str, tmp_path: Path, option: tuple[str, str], code: int, message: str
) -> None:
    done = run("snapshot", tmp_path / "new" / "out", *option, "--store", store)
    assert done.code == code
    assert message in done.err
    assert not (tmp_path / "new").exists()
