from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kgp.errors import BadInputError, UsageError
from kgp.report.calibrate import calibrate
from kgp.report.content.evidence import (
    Calibration,
    EdgeExperiments,
    EvidenceCell,
    EvidenceMap,
    Regulon,
    RegulonEdge,
)
from kgp.report.markup import clean
from kgp.report.plots.bars import bar_plot
from kgp.report.plots.network import network_plot
from kgp.report.plots.regulon import regulon_plot
from kgp.report.plots.save import save_picture
from kgp.report.plots.standalone import standalone
from kgp.report.styles import page_style, picture_style
from tests.unit.report import made_up
from tests.unit.report.pages import read
from tests.unit.report.test_replicates import EDGE

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.report.markup import Node

SVG = "{http://www.w3.org/2000/svg}"
REGULON = Regulon("toy", 1, 2, (RegulonEdge("A", "b", None, 1, 0.9),), "Planted.")


def figure(regulon: Regulon = REGULON) -> Node:
    found = regulon_plot(regulon)
    assert found is not None
    return found


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode())


def texts(tree: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")]


def test_an_svg_stands_alone_with_caption_legend_and_style() -> None:
    tree = parsed(standalone(figure()))
    assert tree.tag == f"{SVG}svg"
    written = texts(tree)
    assert written[0] == "Regulon of A in toy, version 1 and version 2."
    assert any("Planted." in line for line in written)
    assert "diamond: dual or unknown" in written
    assert tree.find(f"{SVG}style") is not None


def test_its_style_has_no_variable_and_knows_one_scheme_only() -> None:
    css = picture_style()
    assert "var(" not in css
    assert "@media" not in css
    assert ".added { stroke: #00825f; }" in css


def test_every_variable_that_a_page_uses_is_set_in_both_schemes() -> None:
    css = page_style()
    light, dark = re.findall(r":root \{([^}]*)\}", css)
    for use in set(re.findall(r"var\((--[\w-]+)\)", css)):
        assert f"{use}:" in light
        assert f"{use}:" in dark


def test_the_paper_is_white_and_as_large_as_the_picture() -> None:
    tree = parsed(standalone(figure()))
    paper = tree.find(f"{SVG}rect")
    assert paper is not None
    assert (paper.get("width"), paper.get("height")) == (tree.get("width"), tree.get("height"))
    assert "svg .paper { fill: #ffffff; }" in standalone(figure())


@pytest.mark.parametrize(
    "plot",
    [
        bar_plot("k", "Bars", "Some.", [("a", 1.0), ("b", 2.0)]),
        network_plot(made_up.changes(30)),
        figure(),
    ],
)
def test_any_figure_of_a_report_can_stand_alone(plot: Node) -> None:
    tree = parsed(standalone(plot))
    wide, tall = float(tree.attrib["width"]), float(tree.attrib["height"])
    for inner in tree.findall(f"{SVG}svg"):
        x, y, w, h = (float(inner.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= wide
        assert 0 <= y <= y + h <= tall


@settings(max_examples=50)
@given(st.text(st.characters() | st.sampled_from("<>&\"']]>\x00"), min_size=1))
def test_whatever_a_source_calls_a_gene_the_file_is_well_formed(name: str) -> None:
    tree = parsed(standalone(figure(Regulon(name, 1, 2, (RegulonEdge(name, name, 1, -1),)))))
    titles = {"".join(title.itertext()) for title in tree.iter(f"{SVG}title")}
    # XML reads a carriage return that stands in text as a line feed.
    assert re.sub("\r\n?", "\n", clean(name)) in titles


@pytest.mark.parametrize("name", ["a.svg", "deep/er/a.svg", "a.html"])
def test_the_ending_of_the_name_says_what_is_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_picture(figure(), path)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        assert parsed(text).tag == f"{SVG}svg"
    else:
        page = read(text)
        assert page.first("title").text == "Regulon of A in toy, version 1 and version 2."
        assert len(page.all("figure")) == 1
        assert "http" not in text


@pytest.mark.parametrize("name", ["a.png", "a", "a.svgz", ".svg"])
def test_another_ending_is_refused_with_those_that_are_valid(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"Valid are \.svg .* and \.html"):
        save_picture(figure(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="Cannot write the picture to"):
        save_picture(figure(), tmp_path / "file" / "a.svg")
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(BadInputError, match="it is a folder"):
        save_picture(figure(), tmp_path / "a.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "file"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Regulon, REGULON),
        (EvidenceMap, EvidenceMap("n", "d", (EvidenceCell("A", "b", 0, "silent", None),), "z")),
        (EdgeExperiments, EDGE),
        (Calibration, calibrate("t", [(0.3, True), (0.7, False)])),
    ],
)
def test_evidence_survives_json(kind: type, content: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    assert adapter.validate_json(adapter.dump_json(content)) == content
