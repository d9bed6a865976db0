"""The world that the models' tests share; it is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot


@pytest.fixture(scope="session")
def drug_world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    from tests.unit.models.drug_world import drug_snapshot

    return drug_snapshot(tmp_path_factory.mktemp("world"))
