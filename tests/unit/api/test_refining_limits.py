"""What a user fixes before a refinement: frozen edges, candidates, and how much may change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.refining import RefineOptions, refine
from kgp.errors import BadInputError
from tests.unit.api.worlds import GENES, NETWORK, SCREEN

if TYPE_CHECKING:
    from pathlib import Path

FORCED = RefineOptions(SCREEN, max_length=1, force=True)
FREE = {("C", "B"), ("A", "D"), ("A", "G"), ("I", "F"), ("I", "G")}
"""What is changed without limits; the last three are additions."""


def changed(toy: str, options: RefineOptions) -> set[tuple[str, str]]:
    return {(c.regulator, c.target) for c in refine(toy, NETWORK, options).changes}


def written(path: Path, *pairs: tuple[str, str]) -> Path:
    lines = ["source,target", *(",".join(pair) for pair in pairs)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("frozen", "kept"),
    [
        (("A>D",), {("A", "D")}),
        (("A",), {("A", "D"), ("A", "G")}),
        (("C > B", GENES["I"]), {("C", "B"), ("I", "F"), ("I", "G")}),
    ],
)
def test_what_is_frozen_is_not_changed(
    toy: str, frozen: tuple[str, ...], kept: set[tuple[str, str]]
) -> None:
    found = changed(toy, replace(FORCED, frozen=frozen))
    assert found
    assert not found & kept


def test_a_table_freezes_its_pairs(toy: str, tmp_path: Path) -> None:
    table = written(tmp_path / "frozen.csv", ("A", "D"), (GENES["C"], "B"))
    assert not changed(toy, replace(FORCED, frozen=(str(table),))) & {("A", "D"), ("C", "B")}


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_only_candidates_are_added_and_present_edges_may_still_change(
    toy: str, tmp_path: Path, ending: str
) -> None:
    import polars as pl

    path = tmp_path / f"candidates.{ending}"
    frame = pl.DataFrame({"source": ["I", "A"], "target": ["F", "F"]})
    if ending == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator="\t" if ending == "tsv" else ",")
    found = changed(toy, replace(FORCED, candidates=path))
    assert found & {("C", "B"), ("A", "D")}
    assert ("I", "F") in found
    assert found <= {("C", "B"), ("A", "D"), ("I", "F")}


def test_no_more_than_the_share_is_changed_and_that_is_the_most_certain(toy: str) -> None:
    free = refine(toy, NETWORK, FORCED)
    # Seven signed edges: 0.3 of them are two whole ones.
    few = refine(toy, NETWORK, replace(FORCED, max_share=0.3))
    assert {(c.regulator, c.target) for c in free.changes} == FREE
    assert len(few.changes) == 2
    assert {(c.regulator, c.target) for c in few.changes} <= FREE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("regulator,target\nA,D\n", "has no column source"),
        ("source,target\nA,NOSUCH\n", "'NOSUCH' means no node"),
        ("source,target\nA,H,x\n", "Cannot read"),
        ("", "Cannot read"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_error(
    toy: str, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "candidates.csv"
    path.write_text(text)
    with pytest.raises(BadInputError, match=message):
        refine(toy, NETWORK, replace(FORCED, candidates=path))


def test_a_table_that_is_not_there_is_one_clear_error(toy: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"Cannot read .*none\.csv"):
        refine(toy, NETWORK, replace(FORCED, frozen=(str(tmp_path / "none.csv"),)))
