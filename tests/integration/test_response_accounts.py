"""The published account of every real response file is what a load says of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from benchmarks.response_accounts import DOCS, GRAPH, RESPONSES, measure

from tests.shared_data import shared

STATED = orjson.loads(DOCS.read_bytes())


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    for extract in (*GRAPH, *RESPONSES):
        for file in extract.files:
            shared(file)
    return list(orjson.loads(orjson.dumps(measure())))


def test_every_real_response_file_is_accounted_for_as_published(
    found: list[dict[str, Any]],
) -> None:
    whole = ("source", "files", "rows_in", "kept", "merged", "dropped")
    assert [[each[key] for key in whole] for each in found] == [
        [each[key] for key in whole] for each in STATED
    ]


def test_every_response_set_is_described_as_published(found: list[dict[str, Any]]) -> None:
    for now, stated in zip(found, STATED, strict=True):
        labels, published = (each["set"].pop("labels", {}) for each in (now, stated))
        assert now["set"] == stated["set"]
        assert labels == pytest.approx(published, abs=1e-3)
