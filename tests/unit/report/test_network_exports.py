"""Networks as files of other tools: each format is read back by a reader of its own."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from kgp.errors import UsageError
from kgp.report.export.networks.content import ExportedEdge, ExportedGene, ExportedNetwork
from kgp.report.export.networks.formats import FORMATS, network_format
from kgp.report.export.networks.graphml import NAMESPACE

A, B, C = (ExportedGene(f"x:{n}", f"x:{n}", name) for n, name in enumerate(("a<&>", "b\x00b", "ç")))


def edge(
    source: ExportedGene,
    target: ExportedGene,
    effect: str,
    layer: str = "transcriptional",
    confidence: float | None = None,
    weight: float = 1.0,
) -> ExportedEdge:
    sign = {"activation": 1, "repression": -1}.get(effect, 0)
    return ExportedEdge(source, target, layer, sign, effect, weight, confidence, "curated")


NETWORK = ExportedNetwork(
    "toy",
    3,
    (
        edge(A, A, "unknown"),
        edge(A, B, "activation", confidence=0.75, weight=0.5),
        edge(A, B, "repression", "signalling"),
        edge(A, C, "repression", weight=2.0),
        edge(B, C, "dual"),
        edge(C, B, "activation"),
        edge(C, B, "activation", "sigma"),
    ),
)
EMPTY = ExportedNetwork("none", 1, ())


def written(name: str, network: ExportedNetwork = NETWORK) -> bytes:
    return network_format(name, Path("file")).write(network)


def read_table(name: str, data: bytes) -> pl.DataFrame:
    if name == "parquet":
        return pl.read_parquet(BytesIO(data))
    return pl.read_csv(BytesIO(data), separator="\t" if name == "tsv" else ",")


@pytest.mark.parametrize("name", ["csv", "tsv", "parquet"])
def test_a_table_holds_every_edge_in_the_columns_of_decoupler(name: str) -> None:
    table = read_table(name, written(name))
    assert table.columns[:3] == ["source", "target", "weight"]
    assert table.select("source", "target", "weight", "layer", "confidence").rows() == [
        ("x:0", "x:0", 0.0, "transcriptional", None),
        ("x:0", "x:1", 0.5, "transcriptional", 0.75),
        ("x:0", "x:1", -1.0, "signalling", None),
        ("x:0", "x:2", -2.0, "transcriptional", None),
        ("x:1", "x:2", 0.0, "transcriptional", None),
        ("x:2", "x:1", 1.0, "transcriptional", None),
        ("x:2", "x:1", 1.0, "sigma", None),
    ]


def test_sif_has_a_line_for_each_pair_and_verb() -> None:
    assert [line.split("\t") for line in written("sif").decode().splitlines()] == [
        ["x:0", "regulates", "x:0"],
        ["x:0", "activates", "x:1"],
        ["x:0", "represses", "x:1"],
        ["x:0", "represses", "x:2"],
        ["x:1", "regulates", "x:2"],
        ["x:2", "activates", "x:1"],
    ]


def test_gmt_has_a_set_for_what_each_regulator_activates_and_represses() -> None:
    sets = [line.split("\t") for line in written("gmt").decode().splitlines()]
    assert sets == [
        ["x:0_up", "toy version 3", "x:1"],
        ["x:0_down", "toy version 3", "x:1", "x:2"],
        ["x:2_up", "toy version 3", "x:1"],
    ]


def read_graphml(data: bytes) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    """Node → name, and the edges with the attributes that an edge of ours has."""
    root = ET.fromstring(data)

    def about(element: ET.Element) -> dict[str | None, str | None]:
        return {d.get("key"): d.text for d in element.findall(f"{{{NAMESPACE}}}data")}

    nodes = {
        n.get("id", ""): about(n)["node_name"] or "" for n in root.iter(f"{{{NAMESPACE}}}node")
    }
    edges = []
    for element in root.iter(f"{{{NAMESPACE}}}edge"):
        known = about(element)
        sure = known.get("edge_confidence")
        edges.append(
            (
                *(element.get("source"), element.get("target"), known["edge_layer"]),
                *(int(known["edge_sign"] or ""), known["edge_effect"]),
                *(float(known["edge_weight"] or ""), None if sure is None else float(sure)),
            )
        )
    return nodes, edges


EDGES = [
    (e.source.id, e.target.id, e.layer, e.sign, e.effect, e.weight, e.confidence)
    for e in NETWORK.edges
]


def test_graphml_holds_every_edge_and_attribute() -> None:
    nodes, edges = read_graphml(written("graphml"))
    # XML has no way to write a null character.
    assert nodes == {"x:0": "a<&>", "x:1": "b b", "x:2": "ç"}
    assert edges == EDGES


def test_graphml_is_understood_by_networkx() -> None:
    nx = pytest.importorskip("networkx", reason="networkx comes with the extra 'train'")
    graph = nx.read_graphml(BytesIO(written("graphml")), force_multigraph=True)
    assert graph.is_directed()
    assert (graph.graph["network"], graph.graph["version"]) == ("toy", 3)
    found = [
        (s, t, a["layer"], a["sign"], a["effect"], a["weight"], a.get("confidence"))
        for s, t, a in graph.edges(data=True)
    ]
    assert sorted(found, key=repr) == sorted(EDGES, key=repr)


def test_graphml_declares_every_attribute_that_it_uses() -> None:
    root = ET.fromstring(written("graphml"))
    declared = {key.get("id") for key in root.iter(f"{{{NAMESPACE}}}key")}
    used = {data.get("key") for data in root.iter(f"{{{NAMESPACE}}}data")}
    assert used == declared


@pytest.mark.parametrize("name", FORMATS)
def test_a_network_without_edges_is_a_file_without_edges(name: str) -> None:
    data = written(name, EMPTY)
    if name in ("csv", "tsv", "parquet"):
        assert read_table(name, data).height == 0
    elif name == "graphml":
        assert read_graphml(data) == ({}, [])
    else:
        assert data == b""


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_network_gives_the_same_bytes(name: str) -> None:
    assert written(name) == written(name)


@pytest.mark.parametrize("name", ["sif", "gmt"])
def test_a_name_with_tabs_and_line_ends_stays_in_its_cell(name: str) -> None:
    odd = ExportedGene("a\tb\nc", "x:9", "a\tb\nc")
    data = written(name, ExportedNetwork("toy", 1, (edge(odd, odd, "activation"),))).decode()
    assert len(data.splitlines()) == 1
    assert data.count("\t") == 2
    assert "a b c" in data


@pytest.mark.parametrize("name", FORMATS)
def test_the_ending_tells_the_format(name: str) -> None:
    assert network_format(None, Path(f"net.{name.upper()}")).name == name
    assert network_format(name, Path("net.txt")).name == name


def test_an_unknown_format_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'grphml'.*graphml"):
        network_format("grphml", Path("net.csv"))


@pytest.mark.parametrize("file", ["network.xlsx", "network", ".csv"])
def test_an_ending_that_says_nothing_is_refused(file: str) -> None:
    with pytest.raises(UsageError, match=r"no ending that kgp writes.*\n.*\.graphml"):
        network_format(None, Path(file))
