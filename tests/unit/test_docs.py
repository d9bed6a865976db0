"""Pages that restate code say what the code says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from scripts.make_cli_page import EXAMPLES, commands, options_of
from scripts.make_docs import DOCS, PAGES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", PAGES)
def test_generated_page_is_current(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == PAGES[page](), "run scripts/make_docs.py"


def test_every_command_has_an_example() -> None:
    assert set(EXAMPLES) == set(commands())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_page_of_the_command_line_has_every_option(name: str) -> None:
    page = (DOCS / "cli.md").read_text("utf-8")
    _, _, rest = page.partition(f"\n## kgp {name}\n")
    section = rest.partition("\n## ")[0]
    assert section, f"docs/cli.md lacks kgp {name}; run scripts/make_cli_page.py"
    for shown, _, text in options_of(commands()[name]):
        assert f"| `{shown}` | {text} |" in section, "run scripts/make_cli_page.py"


def test_every_dependency_is_justified() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    listed = [*project["dependencies"], *(each for extra in extras for each in extra)]
    page = (DOCS / "dependencies.md").read_text("utf-8")
    missing = {
        Requirement(each).name for each in listed if f"`{Requirement(each).name}`" not in page
    }
    assert not missing


def test_every_benchmark_is_described() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    names = {p.stem for p in (ROOT / "benchmarks").glob("*.py")} - {"__init__", "harness"}
    assert not {name for name in names if f"benchmarks.{name}" not in page}
