"""The files of a bulk load, as the import tool will read them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.bulk_columns import SEPARATOR
from kgp.platform.store.neo4j.bulk_files import ARGUMENTS, read_manifest, write_files
from kgp.progress import SilentProgress
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import golden
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.bulk_files import Manifest
    from kgp.testing import ListLoader

    Write = Callable[..., Manifest]

FIRST, SECOND, THIRD = "ncbigene:1", "ncbigene:2", "ncbigene:3"


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Writes the files of what some loaders state into ``tmp_path / "files"``."""
    (tmp_path / "files").mkdir()
    with EmbeddedStore(":memory:") as store, SilentProgress().step("") as step:

        def written(*loaders: ListLoader) -> Manifest:
            for loader in loaders:
                publish(store, loader, tmp_path / "staging")
            return write_files(store, tmp_path / "files", "mark", step)

        yield written


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a file under the names of its header."""
    header = (folder / "files" / f"{name}.header").read_text(encoding="utf-8").strip().split(",")
    with (folder / "files" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [dict(zip(header, row, strict=True)) for row in csv.reader(file)]


def named(folder: Path, name: str) -> dict[str, dict[str, str]]:
    return {row["id:string"]: row for row in table(folder, name)}


def genes() -> SourceBuilder:
    return SourceBuilder(source_info("own"))


def test_the_golden_graph_gives_as_many_rows_as_the_engine_counts(
    write: Write, tmp_path: Path
) -> None:
    manifest = write(*golden())
    with EmbeddedStore(":memory:") as store:
        for loader in golden():
            publish(store, loader, tmp_path / "again")
        counts = store.counts()
    nodes, relationships = (manifest.counts(is_node=kind) for kind in (True, False))
    assert {name: nodes[name] for name in counts.nodes} == counts.nodes
    assert nodes["Kgp"] == sum(counts.nodes.values())
    # Rows of regulation are written as stated, also those whose ends are no nodes.
    relationships.pop("REGULATES"), counts.relationships.pop("REGULATES")
    assert {name: relationships[name] for name in counts.relationships} == counts.relationships


def test_a_property_stands_in_a_column_of_its_type(write: Write, tmp_path: Path) -> None:
    given = {"length": 393, "score": 0.5, "known": True, "symbol": "P53", "exons": [1, 2]}
    write(genes().node(FIRST, "Gene", "TP53", **given).loader())
    row = named(tmp_path, "node-Gene")[FIRST]
    assert row["length:long"] == "393"
    assert row["score:double"] == "0.5"
    assert row["known:boolean"] == "true"
    assert row["symbol:string"] == "P53"
    assert row["exons:long[]"] == f"1{chr(SEPARATOR)}2"


def test_values_of_several_types_under_one_name_go_into_several_files(
    write: Write, tmp_path: Path
) -> None:
    source = genes().node(FIRST, "Gene", value=1).node(THIRD, "Gene", other=1)
    words = SourceBuilder(source_info("words")).node(SECOND, "Gene", value="one")
    manifest = write(source.loader(), words.loader())
    files = [file for file in manifest.files if file.labels == "Kgp:Gene"]
    rows = [row for file in files for row in table(tmp_path, file.name)]
    assert len(files) == 3
    assert {row["id:string"]: row.get("value:long") for row in rows}[FIRST] == "1"
    assert {row["id:string"]: row.get("value:string") for row in rows}[SECOND] == "one"
    assert manifest.counts(is_node=True)["Gene"] == 3


def test_what_neo4j_has_no_type_for_is_in_the_json_alone(write: Write, tmp_path: Path) -> None:
    source = genes().node(FIRST, "Gene", nested={"a": 1}, lower="x")
    write(source.loader())
    row = named(tmp_path, "node-Gene")[FIRST]
    fixed = {":ID(node)", "id:string", "type:string", "name:string", "lower:string"}
    assert set(row) == fixed | {"sources:string[]", "properties:string"}
    assert row["properties:string"].startswith('{"lower":"x"')


@pytest.mark.parametrize(
    "given",
    [{"a:b": "colon"}, {"items": [""]}, {"text": "\x1f"}, {"text": "\x00"}, {'"': 1}, {"a,b": 2}],
)
def test_what_a_cell_cannot_carry_is_left_for_the_driver(
    write: Write, tmp_path: Path, given: dict[str, object]
) -> None:
    manifest = write(genes().node(FIRST, "Gene", **given, plain=1).loader())
    assert manifest.odd == ("node-Gene.odd",)
    assert named(tmp_path, "node-Gene")[FIRST].get("plain:long", "") == ""


def test_an_empty_text_differs_from_none(write: Write, tmp_path: Path) -> None:
    write(genes().node(FIRST, "Gene", "").node(SECOND, "Gene", "b", note="").loader())
    lines = (tmp_path / "files" / "node-Gene.csv").read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(",")[2] for line in sorted(lines, key=lambda x: FIRST not in x)] == [
        "",
        '""',
    ]
    assert ',"","",' in next(line for line in lines if FIRST in line)


def test_a_file_with_line_breaks_in_its_fields_is_named_to_the_tool(
    write: Write, tmp_path: Path
) -> None:
    source = genes().node(FIRST, "Gene", 'a "quoted"\nname, ü').node("mondo:1", "Disease", "one")
    manifest = write(source.loader())
    assert [file.name for file in manifest.files if file.lines] == ["node-Gene"]
    arguments = (tmp_path / "files" / ARGUMENTS).read_text(encoding="utf-8")
    assert "--multiline-fields=node-Gene.csv\n" in arguments
    assert named(tmp_path, "node-Gene")[FIRST]["name:string"] == 'a "quoted"\nname, ü'


def test_a_long_field_finds_place_in_the_buffer_of_the_tool(write: Write, tmp_path: Path) -> None:
    write(genes().node(FIRST, "Gene", "x", text="y" * 5_000_000).loader())
    [line] = [
        line
        for line in (tmp_path / "files" / ARGUMENTS).read_text(encoding="utf-8").splitlines()
        if line.startswith("--read-buffer-size=")
    ]
    assert int(line.partition("=")[2]) > 5_000_000


@pytest.mark.parametrize("name", ["İstanbul", "ΟΔΟΣ", "Straße", "ÅNGSTRÖM"])
def test_names_are_lower_cased_as_they_are_looked_up(
    write: Write, tmp_path: Path, name: str
) -> None:
    write(genes().node(FIRST, "Gene", name).loader())
    assert named(tmp_path, "node-Gene")[FIRST]["lower:string"] == name.lower()


def test_a_vector_is_a_list_of_numbers_of_single_precision(write: Write, tmp_path: Path) -> None:
    source = genes().node(FIRST, "Gene").node(SECOND, "Gene").vector("means", FIRST, [0.1, -2.0])
    write(source.loader())
    rows = named(tmp_path, "node-Gene")
    assert rows[FIRST]["emb_means:float[]"] == f"0.1{chr(SEPARATOR)}-2.0"
    assert rows[SECOND]["emb_means:float[]"] == ""


def test_a_vector_set_whose_name_no_header_can_carry_is_refused(write: Write) -> None:
    with pytest.raises(BadInputError, match=r"'a:float\[\],b' cannot be loaded in bulk"):
        write(genes().node(FIRST, "Gene").vector("a:float[],b", FIRST, [1.0]).loader())


def test_the_manifest_says_when_the_files_are_whole(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    assert read_manifest(folder) is None
    manifest = write(*golden())
    assert read_manifest(folder) == manifest
