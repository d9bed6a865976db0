"""Baseline expression of cell lines, and the table that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.cell_lines import CELLOSAURUS, cell_curie, read_cell_lines
from kgp.loaders.registry import assign_roles, build_loader
from kgp.platform.staging import stage
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.progress import SilentProgress
from tests.shared_data import shared
from tests.unit.loaders.drained import Drained, drain, write

if TYPE_CHECKING:
    from pathlib import Path

DEPMAP = (
    ",SequencingID,ModelID,IsDefaultEntryForModel,TSPAN6 (7105),TP53 (7157)",
    "0,CDS-1,ACH-000551,Yes,0.5,3.25",
    "1,CDS-2,ACH-000551,No,9.0,9.0",
    "2,CDS-3,ACH-000002,Yes,-0.25,4",
)
MODELS = (
    "ModelID,CellLineName,StrippedCellLineName,RRID,CCLEName",
    'ACH-000551,K-562,K562,CVCL_0004,"K562_HAEMATOPOIETIC, AND MORE"',
    "ACH-000009,Nameless,NAMELESS,,NAMELESS_X",
)


def read(path: Path, *lines: str, **options: object) -> Drained:
    name = "expression.csv" if "," in lines[0] else "expression.tsv"
    return drain("baseline", {"expression": write(path / name, *lines)}, **options)


def vectors(drained: Drained) -> dict[str, list[float]]:
    return {row["id"]: row["values"] for row in drained.rows(Kind.VECTORS)}


def features(drained: Drained) -> list[tuple[str, int, str]]:
    return [(r["space"], r["position"], r["id"]) for r in drained.rows(Kind.FEATURES)]


def test_each_line_has_a_vector_over_the_genes(tmp_path: Path) -> None:
    result = read(tmp_path, "cell_id\t7105\t7157", "K-562\t0.5\t3.25", "mine\t1\t2", name="own")
    assert vectors(result) == {"cellosaurus:CVCL_0004": [0.5, 3.25], "kgp.cell:mine": [1.0, 2.0]}
    assert {row["name"] for row in result.rows(Kind.VECTORS)} == {"own"}
    assert features(result) == [("own", 0, "ncbigene:7105"), ("own", 1, "ncbigene:7157")]
    assert result.nodes["cellosaurus:CVCL_0004"]["name"] == "K-562"
    assert result.nodes["kgp.cell:mine"]["type"] == "CellLine"
    assert result.nodes["ncbigene:7105"]["type"] == "Gene"


def test_headers_of_depmap_name_genes_and_other_columns_are_none(tmp_path: Path) -> None:
    result = read(tmp_path, *DEPMAP)
    assert vectors(result) == {"depmap:ACH-000551": [0.5, 3.25], "depmap:ACH-000002": [-0.25, 4.0]}
    assert result.dropped == {"not the default entry of its cell line": 1}
    assert result.nodes["ncbigene:7157"]["name"] == "TP53"


def test_a_table_of_lines_gives_accessions_and_joins_both_names(tmp_path: Path) -> None:
    inputs = {
        "expression": write(tmp_path / "e.csv", *DEPMAP),
        "cells": write(tmp_path / "Model.csv", *MODELS),
    }
    result = drain("baseline", inputs)
    assert sorted(vectors(result)) == ["cellosaurus:CVCL_0004", "depmap:ACH-000002"]
    assert result.xrefs == {("cellosaurus:CVCL_0004", "depmap:ACH-000551", "exact")}
    assert result.nodes["cellosaurus:CVCL_0004"]["name"] == "K-562"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("line,TP53,MYC", ["hgnc.symbol:TP53", "hgnc.symbol:MYC"]),
        ("line,ENSG00000141510.5,MYC", ["ensembl:ENSG00000141510", "hgnc.symbol:MYC"]),
        ("line,TP53 (ENSG00000141510),MYC", ["ensembl:ENSG00000141510", "hgnc.symbol:MYC"]),
    ],
)
def test_genes_may_be_symbols_or_ensembl_identifiers(
    tmp_path: Path, header: str, expected: list[str]
) -> None:
    assert [gene for *_, gene in features(read(tmp_path, header, "K562,1,2"))] == expected


def test_mouse_symbols_are_not_taken_for_human(tmp_path: Path) -> None:
    lines = ("line,Trp53,Myc", "NIH3T3,1,2")
    with pytest.raises(BadInputError, match="symbols of another species"):
        read(tmp_path, *lines)
    found = [gene for *_, gene in features(read(tmp_path, *lines, taxon="mouse"))]
    assert found == ["symbol:Trp53", "symbol:Myc"]


def test_a_line_without_a_number_for_every_gene_has_no_vector(tmp_path: Path) -> None:
    rows = ("K562,1,", "HELA,1,nan", "A549,x,2", "HT29,1,2", ",1,2", "averaged,1,2", "HT-29,3,4")
    result = read(tmp_path, "line,TP53,MYC", *rows)
    assert vectors(result) == {"cellosaurus:CVCL_0320": [1.0, 2.0]}
    assert result.dropped == {
        "cell line without a number for every gene": 3,
        "row without a cell line": 1,
        "a summary of cell lines": 1,
        "cell line given twice": 1,
    }
    assert result.tally.rows_kept == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("line,TP53,TP53", "K562,1,2"), "1 genes in several columns, such as TP53"),
        (("line,TP53 (7157),7157", "K562,1,2"), "in several columns"),
        (("line,TP53,MYC", "K562,812,2"), "812: no logarithm"),
        (("ModelID", "ACH-000001"), "no column of a gene"),
        (("line,TP53",), "holds no rows"),
    ],
)
def test_bad_tables_are_one_clear_error(
    tmp_path: Path, lines: tuple[str, ...], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        read(tmp_path, *lines)


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="direction"):
        read(tmp_path, *DEPMAP, direction="1")


def test_files_find_their_roles(tmp_path: Path) -> None:
    table, models = write(tmp_path / "Omics.csv", *DEPMAP), write(tmp_path / "Model.csv", *MODELS)
    found = assign_roles("baseline", [str(models), str(table)])
    assert found == {"expression": table, "cells": models}


def test_a_table_of_lines_leaves_out_what_it_does_not_know(tmp_path: Path) -> None:
    lines = (*MODELS, "ACH-000010,Twin,K562,CVCL_0005,TWIN")
    known = read_cell_lines(write(tmp_path / "Model.csv", *lines))
    assert known["K-562"] == ("cellosaurus:CVCL_0004", "K-562")
    assert "K562" not in known
    assert "ACH-000009" not in known


def test_lincs_cellinfo_names_lines(tmp_path: Path) -> None:
    lines = ("cell_iname\tcellosaurus_id\tccle_name", "HA1E\tCVCL_VU89\tHA1E_KIDNEY")
    known = read_cell_lines(write(tmp_path / "cellinfo.txt", *lines))
    assert known == dict.fromkeys(["HA1E", "HA1E_KIDNEY"], ("cellosaurus:CVCL_VU89", "HA1E_KIDNEY"))


def test_a_table_of_lines_without_accessions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no column 'RRID'"):
        read_cell_lines(write(tmp_path / "Model.csv", "ModelID,Name", "ACH-000001,K562"))


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("k-562", "cellosaurus:CVCL_0004"),
        ("HEK 293T", "cellosaurus:CVCL_0063"),
        ("293T", "cellosaurus:CVCL_0063"),
        ("hTERT-RPE1", "cellosaurus:CVCL_4388"),
        ("CVCL_1234", "cellosaurus:CVCL_1234"),
        ("cellosaurus:cvcl_1234", "cellosaurus:CVCL_1234"),
        ("ACH-000551", "depmap:ACH-000551"),
        ("my line", "kgp.cell:my line"),
    ],
)
def test_a_cell_line_has_one_identifier_whatever_its_spelling(name: str, curie: str) -> None:
    assert cell_curie(name) == curie


def test_every_accession_belongs_to_one_line() -> None:
    assert len(set(CELLOSAURUS.values())) == len(CELLOSAURUS)


def test_the_table_of_165_rows_is_164_lines_and_their_mean() -> None:
    path = shared("lincs/baseline_165cells_x_978.tsv.gz")
    result = drain("baseline", {"expression": path})
    assert result.tally.rows_in == 165
    assert result.dropped == {"a summary of cell lines": 1}
    assert len(vectors(result)) == 164
    assert {len(vector) for vector in vectors(result).values()} == {978}
    assert len(features(result)) == 978
    first = vectors(result)["kgp.cell:HIMG002"][:3]
    assert first == pytest.approx([11.5109, 6.0409, 9.0444], abs=1e-6)


def test_baselines_are_vectors_on_the_lines_of_the_graph(tmp_path: Path) -> None:
    expression, cells = write(tmp_path / "e.csv", *DEPMAP), write(tmp_path / "Model.csv", *MODELS)
    inputs = {"expression": expression, "cells": cells}
    with EmbeddedStore(":memory:") as store, SilentProgress().step("read") as step:
        loader = build_loader("baseline", inputs, version="24Q4")
        store.publish(stage(loader, tmp_path / "staging", {}, step))
        (found,) = store.vector_sets()
        assert (found.name, found.node_type, found.revision) == ("baseline", "CellLine", "24Q4")
        assert (found.dimension, found.covered) == (2, 2)
        assert store.vector_features("baseline") == ["ncbigene:7105", "ncbigene:7157"]
        assert [n["id"] for n in store.nodes(["depmap:ACH-000551"])] == ["cellosaurus:CVCL_0004"]
