"""Staging on a cluster: what is refused before and while it works. It works in test_dask."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from kgp.errors import (
    BadInputError,
    ExitCode,
    MissingExtraError,
    StoreError,
    StoreUnavailableError,
    UsageError,
)
from kgp.platform import spread
from kgp.platform.spread import cluster
from kgp.platform.staging_blocks import Work, as_it_is

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "address", ["", "LOCAL", "localhost", "localhost:8786", "http://a:1", "a b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="not the address") as raised, cluster(address):
        pass
    assert "tcp://HOST:PORT" in raised.value.hint
    assert raised.value.exit_code == ExitCode.USAGE


def test_without_dask_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError) as raised, cluster("local"):
        pass
    assert raised.value.command == "pip install 'kgp[dask]'"
    assert raised.value.exit_code == ExitCode.BAD_INPUT


def test_a_scheduler_that_is_not_there_is_the_store_s_error() -> None:
    with pytest.raises(StoreUnavailableError, match="does not answer") as raised:
        with cluster("tcp://127.0.0.1:9", patience=0.5):
            pass
    assert raised.value.exit_code == ExitCode.STORE
    assert "tcp://127.0.0.1:9" in raised.value.message


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    work = Work(tmp_path / "elsewhere", as_it_is)
    with pytest.raises(StoreUnavailableError, match="does not see the staging folder") as raised:
        spread.stage_on_worker(work, 0, spread.pack(pl.DataFrame()), spread.program())
    assert "share" in raised.value.hint


def test_a_worker_with_another_version_of_kgp_refuses(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"this is kgp 0\.0\.1"):
        spread.stage_on_worker(Work(tmp_path, as_it_is), 0, b"", "0.0.1")


def test_errors_travel_whole() -> None:
    error = BadInputError("row 7 is broken", hint="expected: 8", command="head")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
