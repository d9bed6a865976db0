from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.errors import UsageError
from kgp.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KGP_STORE", "KGP_LOGS", "KGP_BUSY_WAIT"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_environment_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.store == "duckdb:kgp.duckdb"
    assert settings.busy_wait == 2
    assert settings.logs.is_absolute()


def test_the_environment_is_read_at_the_call_and_not_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KGP_STORE", "duckdb:other.duckdb")
    monkeypatch.setenv("KGP_BUSY_WAIT", "0.5")
    monkeypatch.setenv("KGP_LOGS", str(tmp_path))
    settings = load_settings()
    found = settings.store, settings.busy_wait, settings.logs
    assert found == ("duckdb:other.duckdb", 0.5, tmp_path)
    monkeypatch.setenv("KGP_STORE", "duckdb:third.duckdb")
    assert load_settings().store == "duckdb:third.duckdb"


@pytest.mark.parametrize(("name", "value"), [("KGP_BUSY_WAIT", "-1"), ("KGP_BUSY_WAIT", "soon")])
def test_a_value_that_cannot_be_is_refused_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"{name} is '{value}'"):
        load_settings()
