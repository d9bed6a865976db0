"""``kgp find``, and how every command understands a gene or a drug."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kgp.cli import main
from kgp.testing import SourceBuilder
from kgp.testing.golden import BCL2, CDKN1A, MDM2, NUTLIN, TP53, golden
from kgp.testing.loads import source_info
from tests.unit.api.worlds import write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Completed(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Completed]:
    """Run a command within this process."""
    monkeypatch.setenv("KGP_LOGS", str(tmp_path))

    def call(*arguments: str) -> Completed:
        code = main(arguments)
        return Completed(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The golden graph, and a drug with a synonym."""
    source = SourceBuilder(source_info("drugs")).node(NUTLIN, "Drug", synonyms=["RG7112"])
    folder = tmp_path_factory.mktemp("find")
    return write_store(folder / "golden.duckdb", [*golden(), source.loader()])


def test_the_answer_names_the_node_and_how_it_matched(
    run: Callable[..., Completed], url: str
) -> None:
    done = run("find", "p53", "--store", url)
    assert done.out.splitlines()[2].split() == [TP53, "Gene", "TP53", "symbol:P53", "synonym"]
    assert (done.code, done.err) == (0, "")
    assert run("find", "RG7112", "--store", url, "--json").json[0]["how"] == "synonym"


@pytest.mark.parametrize("text", ["HGNC:11998", "hgnc:11998", "UniProtKB:P04637", "tp53"])
def test_any_spelling_of_an_identifier_is_understood(
    run: Callable[..., Completed], url: str, text: str
) -> None:
    assert run("find", text, "--store", url, "--json").json[0]["id"] == TP53


def test_an_ambiguous_alias_lists_its_candidates(run: Callable[..., Completed], url: str) -> None:
    done = run("find", "SHARED", "--store", url)
    assert {line.split()[0] for line in done.out.splitlines()[2:] if line} == {BCL2, CDKN1A}
    assert "'SHARED' means 2 of them equally well" in done.err


def test_where_nothing_is_found_the_nearest_names_are_shown(
    run: Callable[..., Completed], url: str
) -> None:
    done = run("find", "MDN2", "--store", url)
    assert (done.code, done.out) == (3, "")
    assert f"Similar: {MDM2} (MDM2, Gene)." in done.err
    assert f"Try: kgp find {MDM2}" in done.err
    assert "Try: kgp load gene-info FILE" in run("find", "nonsense", "--store", url).err


def test_ambiguous_aliases_are_listed(run: Callable[..., Completed], url: str) -> None:
    done = run("find", "--ambiguous", "--limit", "1", "--store", url)
    assert "Ambiguous aliases: 2" in done.out
    assert f"symbol:SHARED  {CDKN1A} (CDKN1A); {BCL2} (BCL2)" in done.out
    assert "1 more" in done.err
    found = run("find", "--ambiguous", "--store", url, "--json").json
    assert (found["count"], len(found["aliases"])) == (2, 2)


def test_a_text_and_all_ambiguous_aliases_are_two_questions(
    run: Callable[..., Completed], url: str
) -> None:
    done = run("find", "TP53", "--ambiguous", "--store", url)
    assert (done.code, done.out) == (2, "")
    assert "Try: kgp find TP53" in done.err


TAKES_A_GENE = {
    "targets-of": ("query", "targets-of", "{}"),
    "regulators-of": ("query", "regulators-of", "{}"),
    "drugs-targeting": ("query", "drugs-targeting", "{}"),
    "drugs-on-targets-of": ("query", "drugs-on-targets-of", "{}"),
    "signatures-of": ("query", "signatures-of", "{}"),
    "grn show": ("grn", "show", "toy", "--regulator", "{}"),
    "grn explain regulator": ("grn", "explain", "toy", "{}", "MDM2"),
    "grn explain target": ("grn", "explain", "toy", "TP53", "{}"),
}


@pytest.mark.parametrize("arguments", TAKES_A_GENE.values(), ids=list(TAKES_A_GENE))
def test_every_command_lists_the_candidates_of_an_ambiguous_gene(
    run: Callable[..., Completed], url: str, arguments: tuple[str, ...]
) -> None:
    done = run(*(a.format("SHARED") for a in arguments), "--store", url)
    assert (done.code, done.out) == (3, "")
    assert "'SHARED' means several nodes of this graph" in done.err
    assert f"{BCL2} (BCL2, Gene); {CDKN1A} (CDKN1A, Gene)" in done.err


@pytest.mark.parametrize("arguments", TAKES_A_GENE.values(), ids=list(TAKES_A_GENE))
def test_every_command_understands_a_synonym(
    run: Callable[..., Completed], url: str, arguments: tuple[str, ...]
) -> None:
    assert run(*(a.format("P53") for a in arguments), "--store", url).code == 0


def test_a_bare_number_is_never_taken_for_a_gene(run: Callable[..., Completed], url: str) -> None:
    done = run("query", "targets-of", "7157", "--store", url)
    assert done.code == 3
    assert f"Candidates: {TP53} (TP53, Gene)" in done.err
    assert run("find", "7157", "--store", url, "--json").json[0]["id"] == TP53
