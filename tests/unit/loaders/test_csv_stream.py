from __future__ import annotations

import subprocess
import sys

import pytest

from kgp.kg_schema.tally import Tally
from kgp.loaders.tables import stream_table
from tests.unit.loaders.drained import write

LEFT_EARLY = """
import io, sys, time
from pathlib import Path
from kgp.kg_schema.tally import Tally
from kgp.loaders import csv_stream, tables

class Slow(io.FileIO):
    def read(self, size=-1):
        time.sleep(0.01)
        return super().read(size)

csv_stream.BLOCK_BYTES, tables.open_bytes = 1000, Slow
blocks = tables.stream_table(Path(sys.argv[2]), ("gene",), Tally())
next(blocks)
if sys.argv[1] == "error":
    raise SystemExit(7)
if sys.argv[1] == "closed":
    blocks.close()
"""


@pytest.mark.parametrize(("way", "code"), [("error", 7), ("closed", 0), ("left", 0)])
def test_a_table_that_is_left_early_does_not_take_the_process_down(tmp_path, way, code):
    path = write(tmp_path / "t.tsv", "gene\tscore", *(f"gene{n}\t{n}" for n in range(20_000)))
    done = subprocess.run(
        [sys.executable, "-c", LEFT_EARLY, way, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")


def test_rows_behind_the_end_of_interest_are_not_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("kgp.loaders.csv_stream.BLOCK_BYTES", 1000)
    rows = [f"gene{n}\t{n}" for n in range(2000)]
    path = write(tmp_path / "t.tsv", "gene\tscore", *rows, *["too\tmany\tfields"] * 50, *rows)
    tally = Tally()
    blocks = stream_table(path, ("gene",), tally)
    read = len(next(blocks))
    blocks.close()
    assert (tally.rows_in, dict(tally.dropped)) == (read, {})
