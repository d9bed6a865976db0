"""The tutorials, run from top to bottom; what they show is what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tutorials

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", sorted(DOCS.glob("tutorial_*.md")), ids=lambda page: page.stem)
def test_tutorial_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    for step in tutorials.steps(page.read_text("utf-8")):
        code, printed, errors = tutorials.run(step, tmp_path)
        assert code == 0, f"{step.command}\n{errors}"
        said = f"run scripts/make_tutorials.py: {step.command} prints\n{printed}"
        assert tutorials.matches(printed, step.printed), said


def test_what_is_left_out_may_be_anything_and_the_rest_may_not() -> None:
    assert tutorials.matches("a\nb\nc\n", "a\n…\nc\n")
    assert not tutorials.matches("a\nb\nd\n", "a\n…\nc\n")
    assert not tutorials.matches("a\nb\n", "a\n")
