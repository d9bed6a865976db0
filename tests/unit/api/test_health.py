"""The checks of ``kgp doctor``, on this machine and on one that lacks something."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from kgp.api.health import Check, check_health
from tests.unit.api.worlds import url_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def checks(url: str | None) -> dict[str, Check]:
    return {check.name: check for check in check_health(url)}


def test_a_whole_installation_with_a_store_is_well(toy: str) -> None:
    found = checks(toy)
    extras = [f"extra {name}" for name in ("train", "encoders", "dask")]
    assert list(found) == ["kgp", "python", *extras, "disk", "store"]
    assert found["python"].found.startswith(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert found["store"] == Check("store", "ok", f"{toy}, 3 loads")
    assert (found["extra train"].state, found["disk"].state) == ("ok", "ok")


def test_a_missing_extra_is_absent_with_the_command_that_installs_it(
    toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_torch(name: str) -> object:
        return None if name == "torch" else find_spec(name)

    monkeypatch.setattr("kgp.api.health.find_spec", without_torch)
    train = checks(toy)["extra train"]
    assert train == Check("extra train", "absent", "without torch", "pip install 'kgp[train]'")


def test_no_store_yet_is_absent_and_not_a_failure(tmp_path: Path) -> None:
    found = checks(url_of(tmp_path / "not" / "there" / "kgp.duckdb"))
    assert found["store"].state == "absent"
    assert found["store"].advice.startswith("kgp load")
    assert found["disk"].found.endswith(f"free in {tmp_path}")


def test_a_file_that_is_no_store_fails(tmp_path: Path) -> None:
    (tmp_path / "kgp.duckdb").write_bytes(b"not a database" * 1000)
    found = checks(url_of(tmp_path / "kgp.duckdb"))
    assert found["store"].state == "fails"
    assert found["store"].advice


def test_a_url_that_kgp_does_not_know_fails_both_checks_of_it() -> None:
    found = checks("kgp.duckdb")
    assert found["disk"].state == found["store"].state == "fails"
    assert "--store duckdb:" in found["disk"].advice


def test_the_environment_names_the_store(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGP_STORE", url_of(stores / "random.duckdb"))
    assert checks(None)["store"].found.endswith("random.duckdb, 1 loads")


def test_little_free_space_fails(toy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12, 10**12, 10**9))
    disk = checks(toy)["disk"]
    assert disk.state == "fails"
    assert disk.found.startswith("1.0 GB free")
    assert "--store" in disk.advice
