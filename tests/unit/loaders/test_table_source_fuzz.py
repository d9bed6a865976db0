"""Whatever bytes come, only kgp's own errors go out."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.errors import KgpError
from kgp.loaders.sample import sample_file
from kgp.loaders.table.guess import guess_mapping
from kgp.loaders.table.mapping import read_mapping
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FUZZED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADER_12 = (
    "relation,display_relation,x_index,x_id,x_type,x_name,x_source,"
    "y_index,y_id,y_type,y_name,y_source"
)
NODES = "node_index,node_id,node_type,node_name,node_source"
EDGES = "relation,display_relation,x_index,y_index"
MAP = """license: MIT
edges:
  source: {id: {column: a}, type: {column: b}, name: {column: c}}
  target: {id: {column: c, prefix: go, pad: 7}}
  relation: {column: d, default: TARGETS}
  properties: {n: {column: d, type: integer}, m: {column: b, type: list}}
"""
FIELDS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["", '"', "drug", "Gene", "go:1", "DB00001", "NCBI", "MONDO_grouped", "disease", "1_2", "\n"]
)


def only_kgp_errors(source: str, inputs: Mapping[str, Path], **options: object) -> None:
    with suppress(KgpError):
        drain(source, inputs, **options)


def table(header: str, rows: list[list[str]], delimiter: str = ",") -> str:
    return "\n".join([header, *(delimiter.join(row) for row in rows)])


def rows_of(width: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(FIELDS, min_size=width, max_size=width), min_size=1, max_size=6)


def damaged(content: bytes, draw: st.DataObject) -> bytes:
    """Cut the content off, flip a bit, or put other bytes in."""
    place = draw.draw(st.integers(0, len(content) - 1))
    how = draw.draw(st.sampled_from(["cut", "flip", "insert"]))
    if how == "cut":
        return content[:place]
    if how == "insert":
        return content[:place] + draw.draw(st.binary(max_size=40)) + content[place:]
    flipped = content[place] ^ (1 << draw.draw(st.integers(0, 7)))
    return content[:place] + bytes([flipped]) + content[place + 1 :]


@FUZZED
@given(rows=rows_of(12))
def test_any_rows_of_kg_csv(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "kg.csv"
    path.write_text(table(HEADER_12, rows), "utf-8")
    only_kgp_errors("primekg", {"kg": path})


@FUZZED
@given(nodes=rows_of(5), edges=rows_of(4))
def test_any_rows_of_nodes_and_edges(
    tmp_path: Path, nodes: list[list[str]], edges: list[list[str]]
) -> None:
    inputs = {"nodes": tmp_path / "nodes.csv", "kg": tmp_path / "edges.csv"}
    inputs["nodes"].write_text(table(NODES, nodes), "utf-8")
    inputs["kg"].write_text(table(EDGES, edges), "utf-8")
    only_kgp_errors("primekg", inputs)


@FUZZED
@given(rows=rows_of(4), nodes=rows_of(5), header=st.sampled_from([
    "node_index,protein_id,protein_seq,ncbi_summary",
    "mondo_id,mondo_definition,mayo_causes,node_index",
    "drugbank_id,canonical_smiles,groups,name",
    "node_id,node_type,desc,feat",
]))  # fmt: skip
def test_any_rows_of_attributes(
    tmp_path: Path, rows: list[list[str]], nodes: list[list[str]], header: str
) -> None:
    inputs = {"attributes": tmp_path / "a.csv", "nodes": tmp_path / "nodes.csv"}
    inputs["attributes"].write_text(table(header, rows), "utf-8")
    inputs["nodes"].write_text(table(NODES, nodes), "utf-8")
    only_kgp_errors("primekg-attributes", inputs)


@FUZZED
@given(rows=rows_of(4), delimiter=st.sampled_from([",", "\t", ";"]))
def test_any_rows_of_a_users_table(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    path, mapped = tmp_path / "t.csv", write(tmp_path / "m.yaml", MAP)
    path.write_text(table(delimiter.join("abcd"), rows, delimiter), "utf-8")
    only_kgp_errors("table", {"table": path}, map=mapped)


@FUZZED
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_as_a_table_to_guess(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(content)
    with suppress(KgpError):
        assert "license:" in guess_mapping(path)


@FUZZED
@given(header=st.lists(FIELDS, min_size=1, max_size=4), rows=rows_of(4))
def test_a_guess_is_yaml_whatever_the_table(
    tmp_path: Path, header: list[str], rows: list[list[str]]
) -> None:
    path = tmp_path / "t.csv"
    pl.DataFrame([row[: len(header)] for row in rows], schema=[f"c{i}" for i in range(len(header))],
                 orient="row").write_csv(path, include_header=False)  # fmt: skip
    quoted = ",".join('"' + name.replace('"', '""').replace("\n", " ") + '"' for name in header)
    path.write_text(quoted + "\n" + path.read_text("utf-8"), "utf-8")
    problem = ""
    try:
        mapped = tmp_path / "m.yaml"
        mapped.write_text(guess_mapping(path), "utf-8")
        read_mapping(mapped)
    except KgpError as error:
        problem = error.message
    assert "is not YAML" not in problem
    assert "Unknown key" not in problem


@FUZZED
@given(data=st.data())
def test_damaged_mapping_files(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(damaged(MAP.encode(), data))
    with suppress(KgpError):
        assert read_mapping(path).license


@FUZZED
@given(data=st.data(), packed=st.booleans())
def test_damaged_graphs(tmp_path: Path, data: st.DataObject, packed: bool) -> None:
    raw = sample_file("kg.csv.gz").read_bytes()
    if not packed:
        raw = gzip.decompress(raw)[:20_000]
    path = tmp_path / "kg.csv"
    path.write_bytes(damaged(raw, data))
    only_kgp_errors("primekg", {"kg": path})


@pytest.mark.parametrize("name", ["ibd_gene_protein.parquet", "ibd_text_graph.nodes.tsv.gz"])
@FUZZED
@given(data=st.data())
def test_damaged_attributes(tmp_path: Path, name: str, data: st.DataObject) -> None:
    path = tmp_path / name
    path.write_bytes(damaged(shared(f"primekg/{name}").read_bytes(), data))
    nodes = write(tmp_path / "nodes.csv", NODES, "144,4088,gene/protein,SMAD3,NCBI")
    only_kgp_errors("primekg-attributes", {"attributes": path, "nodes": nodes})
