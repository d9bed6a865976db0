"""Names, numbers and options that kgp does not know: the message lists what would be valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

USAGE = {
    "no command": (("frobnicate",), "No such command 'frobnicate'"),
    "unknown source": (("load", "trust", "x.tsv"), "Unknown source 'trust'. Did you mean: trrust"),
    "nothing to load": (("load",), "Try: kgp load primekg kg.csv, or kgp load --world world.toml"),
    "no file": (("load", "trrust"), "trrust needs a file for 'network': "),
    "unknown role": (("load", "string", "edges=x"), "Unknown role of string 'edges'. Known: "),
    "option without value": (("load", "trrust", "x", "--option", "taxon"), "is not KEY=VALUE"),
    "unknown encoder": (("embed", "morgen"), "Unknown encoder 'morgen'. Did you mean: morgan"),
    "unknown query": (("query", "target-of"), "Unknown query 'target-of'. Did you mean:"),
    "too few arguments": (("query", "targets-of"), "Try: kgp query targets-of GENE [NETWORK]"),
    "too many arguments": (("query", "drugs-targeting", "a", "b"), "takes GENE; 2 given"),
    "which network": (("query", "targets-of", "MYC"), "Which network? synthetic-bacterium, trrust"),
    "nothing to find": (("find", " "), "There is nothing to find"),
    "refine against nothing": (("refine", "trrust"), "a response set, or a planted truth"),
    "refine against both": (
        ("refine", "trrust", "--planted", "0.2", "--responses", "lincs-overexpression"),
        "Try: kgp refine trrust --responses NAME, or --planted 0.2",
    ),
    "share above one": (("refine", "trrust", "--planted", "2"), "less than or equal to 1"),
    "audit without responses": (("grn", "audit", "trrust"), "Missing option '--responses'"),
    "version that is no number": (("grn", "diff", "trrust", "one", "2"), "valid integer"),
    "context": (("grn", "fork", "trrust", "new", "--context", "K562"), "Try: kgp grn fork trrust"),
    "file ending": (("grn", "export", "trrust", "net.xls"), "Valid are .csv, .tsv, .parquet"),
    "progress": (("stats", "--progress", "loud"), "'auto', 'rich', 'log', 'none'"),
}

BAD_INPUT = {
    "unknown network": (("grn", "log", "trust"), "Unknown network 'trust'. Did you mean: trrust"),
    "unknown network in a query": (("query", "targets-of", "MYC", "x"), "Unknown network 'x'"),
    "unknown responses": (
        ("grn", "audit", "trrust", "--responses", "lincs"),
        "Unknown response set 'lincs'. Did you mean: lincs-consensus",
    ),
    "unknown responses to refine": (
        ("refine", "trrust", "--responses", "none"),
        "Known: lincs-consensus, lincs-overexpression",
    ),
    "unknown model": (("train", "kg-gta"), "Unknown model 'kg-gta'. Did you mean: kg-gat"),
    "no snapshot": (("train", "kg-gat", "--snapshot", "no"), "There is no snapshot in no"),
    "no run": (("predict", "no", "Tamoxifen"), "no is not the folder of a run"),
    "unknown version": (("grn", "diff", "trrust", "1", "9"), "no version 9.\nValid are 1 to 1"),
    "unknown drug": (("query", "signatures-of", "Tamoxifin"), "'Tamoxifin' means no node"),
    "unknown gene": (("grn", "explain", "trrust", "MYC", "NOSUCH"), "Try: kgp find NOSUCH"),
    "unknown identifier": (("find", "ncbigene:0"), "'ncbigene:0' means no node"),
    "rollback to the same": (("grn", "rollback", "trrust", "1"), "nothing to roll back"),
    "fork onto itself": (("grn", "fork", "trrust", "trrust", "--context", "a=b"), "of its own"),
    "export into no folder": (
        ("grn", "export", "trrust", "/dev/null/x.csv"),
        "Cannot write the network to '/dev/null/x.csv'",
    ),
    "embed without input": (("embed", "composition"), "has the property 'sequence'"),
}


@pytest.mark.parametrize(("arguments", "expected"), USAGE.values(), ids=USAGE.keys())
def test_usage_error(run: Run, unchanged: str, arguments: tuple[str, ...], expected: str) -> None:
    _refused(run, unchanged, arguments, expected, code=2)


@pytest.mark.parametrize(("arguments", "expected"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input(run: Run, unchanged: str, arguments: tuple[str, ...], expected: str) -> None:
    _refused(run, unchanged, arguments, expected, code=3)


def _refused(run: Run, store: str, arguments: tuple[str, ...], expected: str, *, code: int) -> None:
    done = run(*arguments, env={"KGP_STORE": store})
    assert (done.code, done.out) == (code, ""), done.err
    assert expected in done.err
    assert "Traceback" not in done.err


def test_unknown_environment_variable_value(run: Run) -> None:
    done = run("stats", env={"KGP_BUSY_WAIT": "long"})
    assert done.code == 2
    assert "The environment variable KGP_BUSY_WAIT is 'long'" in done.err
    assert "Try: unset KGP_BUSY_WAIT" in done.err
