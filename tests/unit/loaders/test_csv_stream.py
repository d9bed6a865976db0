from __future__ import annotations

import gzip
import subprocess
import sys

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders import csv_stream
from kgp.loaders.tables import read_table, stream_table
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


PACKED = gzip.compress(b"gene\tscore\n" + b"TP53\t1\n" * 50_000)


@pytest.mark.parametrize(
    "damaged",
    [b"gene\tscore\nTP53\t\xe9\n", b"gene\tscore\nTP53\n\xe9", PACKED[: len(PACKED) // 2]],
    ids=["not text", "not text in a row of a wrong width", "cut off"],
)
def test_of_a_damaged_file_nothing_is_held(tmp_path, monkeypatch, damaged):
    begun = []

    class Watched(csv_stream._Reading):
        def __init__(self, file):
            super().__init__(file)
            begun.append(self)

    monkeypatch.setattr(csv_stream, "_Reading", Watched)
    (tmp_path / "t.tsv").write_bytes(damaged)
    with pytest.raises(BadInputError) as raised:
        read_table(tmp_path / "t.tsv", ("gene",), Tally())
    assert raised.value.__cause__ is not None
    assert [reading._holds() for reading in begun] == [False]
