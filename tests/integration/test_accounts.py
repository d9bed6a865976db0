"""The published account of every real file is what a load says of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import orjson
import pytest
from benchmarks.accounts import DOCS, EXTRACTS, Extract, account

from tests.shared_data import shared

STATED = {(row["source"], *row["files"]): row for row in orjson.loads(DOCS.read_bytes())}


def key(extract: Extract) -> tuple[str, ...]:
    return extract.source, *(Path(file).name for file in extract.files)


@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda extract: "-".join(key(extract)))
def test_a_real_file_is_accounted_for_as_published(extract: Extract) -> None:
    for file in extract.files:
        shared(file)
    found = orjson.loads(orjson.dumps(asdict(account(extract))))
    assert found == STATED[key(extract)], "run python -m benchmarks.accounts --json"
    assert found["rows_in"] == found["kept"] + sum(
        count for reason, count in found["dropped"].items() if not reason.startswith("endpoint")
    )


def test_every_published_account_is_repeated() -> None:
    assert set(STATED) == {key(extract) for extract in EXTRACTS}
