"""Whatever a network's file holds, only kgp's own errors come out."""

from __future__ import annotations

import contextlib
import gzip
import io

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.errors import KgpError
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain
from tests.unit.loaders.test_omnipath import SERVICE, service
from tests.unit.loaders.test_regulondb import NEW, OLD

QUIET = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
SOURCES = {
    "trrust": "network",
    "dorothea": "network",
    "collectri": "network",
    "network": "network",
    "omnipath": "interactions",
    "regulondb": "tf_gene",
}
OPTIONS = {"network": {"name": "n", "layer": "sigma"}, "dorothea": {"levels": "A,B,C,D,E"}}


def head(path, lines=60):
    with gzip.open(path, "rb") as file:
        return b"".join(file.readline() for _ in range(lines))


def seeds(source):
    """A genuine beginning of a file of the source."""
    if source == "omnipath":
        row = service("Q13255", "P48995", "post_translational")
        return [head(shared("grn/omnipath_signor_signed.tsv.gz")), f"{SERVICE}\n{row}\n".encode()]
    if source == "regulondb":
        return ["\n".join(lines).encode() for lines in (OLD, NEW)]
    if source == "dorothea":
        return [head(shared("grn/dorothea_hs.tsv.gz"))]
    if source == "collectri":
        return [b",source,target,weight,resources,references\n0,AP1,TERT,1,TRRUST;ExTRI,1;2\n"]
    if source == "network":
        frame = io.BytesIO()
        pl.DataFrame(
            {"source": ["A", "B"], "target": ["C", "D"], "mor": [1.0, -1.0]}
        ).write_parquet(frame)
        return [b"TF;target;weight;layer\nMYC;TERT;0.5;sigma\n", frame.getvalue()]
    return [head(sample_file("trrust_hs.tsv.gz")), b"A\tB\tUnknown\t1\nC\tD\tActivation\t2\n"]


def survives(source, path, content):
    path.write_bytes(content)
    with contextlib.suppress(KgpError):
        drain(source, {SOURCES[source]: path}, **OPTIONS.get(source, {}))


@pytest.mark.parametrize("source", SOURCES)
@QUIET
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(source, tmp_path, data):
    content = bytearray(data.draw(st.sampled_from(seeds(source))))
    places = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        content[place] = byte
    end = data.draw(st.one_of(st.just(len(content)), places))
    survives(source, tmp_path / "file", bytes(content[:end]))


@pytest.mark.parametrize("source", SOURCES)
@QUIET
@given(cells=st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=6), max_size=6))
def test_strange_cells_below_a_genuine_header_are_read_or_refused(source, tmp_path, cells):
    header = seeds(source)[0].split(b"\n")[0]
    mark = "," if source == "collectri" else "\t"
    body = "\n".join(mark.join(row) for row in cells)
    survives(source, tmp_path / "file", header + b"\n" + body.encode("utf-8", "replace"))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"",
        lambda text: b"\n\n\n",
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\t", b","),
        lambda text: text.replace(b"\t", b";"),
        lambda text: text.decode("latin-1").encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: gzip.compress(text)[:-9],
        lambda text: text.split(b"\n")[0],
        lambda text: text.split(b"\n")[0] + b"\n" + b"A" * (9 << 20),
        lambda text: b"PAR1" + text + b"PAR1",
        lambda text: b"\x00" * 1000,
    ],
)
def test_a_damaged_file_is_read_or_refused(source, tmp_path, change):
    for content in seeds(source):
        survives(source, tmp_path / "file", change(content))
