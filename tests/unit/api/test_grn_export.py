"""Writing a network that is worked out by hand, as of any version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from kgp.api.grn_export import export_network, read_exported
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from kgp.platform import grn
from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info
from tests.unit.api.worlds import GENES, NETWORK, write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_table(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, separator="\t" if path.suffix == ".tsv" else ",")


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_a_network_is_exported_whole(toy: str, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"network.{ending}"
    done = export_network(toy, NETWORK, out)
    assert (done.edges, done.version, done.format, done.file) == (9, 1, ending, out)
    table = read_table(out)
    weights = {(s, t): w for s, t, w in table.select("source", "target", "weight").rows()}
    assert weights[GENES["A"], GENES["C"]] == -1
    assert weights[GENES["B"], GENES["E"]] == 0
    assert set(table["layer"]) == {"transcriptional", "signalling"}
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("ending", ["sif", "graphml", "gmt"])
def test_a_network_is_exported_by_symbols(toy: str, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"network.{ending}"
    export_network(toy, NETWORK, out, ids="symbol")
    text = out.read_text()
    expected = {
        "sif": "A\trepresses\tC\n",
        "gmt": f"\nA_down\t{NETWORK} version 1\tC\n",
        "graphml": 'source="A" target="C"',
    }
    assert expected[ending] in text


def test_a_symbol_of_two_genes_stays_a_curie(tmp_path: Path) -> None:
    source = SourceBuilder(source_info("trrust"))
    for number, symbol in enumerate(("twin", "twin", "only", "")):
        source.node(f"ncbigene:{number}", "Gene", symbol)
        source.regulates("net", "ncbigene:2", f"ncbigene:{number}", 1)
    write_store(tmp_path / "twins.duckdb", [source.loader()])
    with open_store(f"duckdb:{tmp_path / 'twins.duckdb'}") as graph:
        edges = read_exported(graph, "net", ids="symbol").edges
    labels = [edge.target.label for edge in edges]
    assert labels == ["ncbigene:0", "ncbigene:1", "only", "ncbigene:3"]


def test_an_older_version_is_exported(copied: Callable[[str], str], tmp_path: Path) -> None:
    url, out = copied("toy"), tmp_path / "net.csv"
    with open_store(url) as graph:
        flip = grn.changed_edge(GENES["A"], GENES["D"], "transcriptional", -1, 0.75, {})
        grn.commit(graph, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [flip])
    found = {}
    for version in (1, 2, None):
        done = export_network(url, NETWORK, out, version=version)
        row = read_table(out).filter(pl.col("target") == GENES["D"])
        found[version] = done.version, row["weight"].to_list(), row["confidence"].to_list()
    assert found == {1: (1, [1.0], [None]), 2: (2, [-1.0], [0.75]), None: (2, [-1.0], [0.75])}


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"format": "sfi"}, "'sfi'.*sif"),
        ({"ids": "symbols"}, "'symbols'.*symbol"),
        ({}, "no ending that kgp writes"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_store_is_opened(
    tmp_path: Path, asked: dict[str, str], what: str
) -> None:
    out = tmp_path / ("network.csv" if asked else "network.xlsx")
    with pytest.raises(UsageError, match=what):
        export_network("duckdb:nowhere.duckdb", NETWORK, out, **asked)


@pytest.mark.parametrize(("network", "version"), [(NETWORK, 9), ("nothing", None)])
def test_what_is_not_there_is_one_clear_error_and_no_file(
    toy: str, tmp_path: Path, network: str, version: int | None
) -> None:
    (tmp_path / "net.sif").write_text("as it was")
    with pytest.raises(BadInputError, match=r"no version 9|'nothing'"):
        export_network(toy, network, tmp_path / "net.sif", version=version)
    assert (tmp_path / "net.sif").read_text() == "as it was"


@pytest.mark.parametrize("ending", ["csv", "parquet", "graphml"])
def test_a_place_that_cannot_be_written_is_one_clear_error(
    toy: str, tmp_path: Path, ending: str
) -> None:
    (tmp_path / "no").write_text("a file")
    with pytest.raises(BadInputError, match="Cannot write"):
        export_network(toy, NETWORK, tmp_path / "no" / f"network.{ending}")
