"""``kgp grn suggest`` as a user types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

RESPONSES = ("--responses", "lincs-overexpression", "--max-length", "1")


def test_suggestions_are_a_table(run: Run, unchanged: str) -> None:
    done = run("grn", "suggest", "trrust", *RESPONSES, "--limit", "3", "--store", unchanged)
    assert done.code == 0, done.err
    assert "Expected bits" in done.out
    assert len(done.out.strip().splitlines()) == 6
    assert "more (--limit N, or --json for all)" in done.err


def test_json_has_every_regulator(run: Run, store: str) -> None:
    done = run("grn", "suggest", "trrust", "--max-length", "1", "--json", "--store", store)
    assert done.code == 0, done.err
    found = done.json["suggestions"]
    assert len(found) > 400
    assert [each["bits"] for each in found] == sorted((e["bits"] for e in found), reverse=True)


def test_without_responses_the_user_is_told(run: Run, store: str) -> None:
    done = run("grn", "suggest", "trrust", "--max-length", "1", "--store", store)
    assert "No responses were named" in done.out


def test_an_unknown_network_is_refused(run: Run, store: str) -> None:
    done = run("grn", "suggest", "trust", "--store", store)
    assert (done.code, "Traceback" in done.err) == (3, False)
    assert "trrust" in done.err
