"""Every store: vectors that a source brings, such as the baseline expression of cell lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.platform.preview import preview
from kgp.platform.store.records import VectorSet
from kgp.testing import SourceBuilder, publish
from kgp.testing.loads import source_info, stage_list
from tests.unit.platform.store.rows import tuples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

A, B, GENES = "cellosaurus:CVCL_0004", "kgp.cell:B", ("ncbigene:1", "ncbigene:2")


def source(
    name: str = "baseline", features: Sequence[str] = GENES, title: str = "lines"
) -> SourceBuilder:
    builder = SourceBuilder(source_info(name, "24Q2"))
    builder.node(A, "CellLine", "K562").node(B, "CellLine", "B")
    for position, feature in enumerate(features):
        builder.add(Kind.FEATURES, space=title, position=position, id=feature)
    return builder.vector(title, B, [0.1, 4.0]).vector(title, A, [1.5, 2.0])


def test_vectors_of_a_source_are_a_vector_set(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, source().loader(), tmp_path)
    (found,) = empty.vector_sets()
    expected = VectorSet("lines", "CellLine", "baseline", "24Q2", "", 2, "float32", 2, "")
    assert replace(found, created="") == expected
    assert found.created.count("-") == 2
    rows = tuples(empty.scan_vectors("lines"))
    assert rows == [(A, "CellLine", [1.5, 2.0]), (B, "CellLine", [pytest.approx(0.1), 4.0])]
    assert rows[1][2][0] == pa.scalar(0.1, pa.float32()).as_py()


def test_features_of_a_vector_are_kept_in_their_order(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    publish(empty, source(features=("symbol:X", "ncbigene:1")).loader(), tmp_path)
    assert empty.vector_features("lines") == ["symbol:X", "ncbigene:1"]
    names = SourceBuilder(source_info("hgnc")).node("ncbigene:9", "Gene", "X")
    publish(empty, names.xref("ncbigene:9", "symbol:X", "synonym").loader(), tmp_path)
    assert empty.vector_features("lines") == ["ncbigene:9", "ncbigene:1"]


def test_an_embedding_has_no_features(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, source().loader(), tmp_path)
    spec = VectorSet("morgan", "", "morgan", "1", "", 1, "float32", 0, "2026-01-01")
    ids, vectors = pa.array([A]), pa.array([[1.0]], pa.list_(pa.float32()))
    empty.write_vectors(spec, [pa.RecordBatch.from_arrays([ids, vectors], names=["id", "vector"])])
    assert empty.vector_features("morgan") == []
    assert [s.name for s in empty.vector_sets()] == ["lines", "morgan"]
    with pytest.raises(BadInputError, match="line"):
        empty.vector_features("line")


def test_loading_vectors_again_changes_nothing(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, source().loader(), tmp_path)
    before = empty.fingerprint()
    assert publish(empty, source().loader(), tmp_path).repeated
    assert empty.fingerprint() == before


def test_a_name_that_other_vectors_have_is_refused(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, source().loader(), tmp_path)
    before = empty.fingerprint()
    with pytest.raises(BadInputError, match="'lines'"):
        publish(empty, source("ccle").loader(), tmp_path)
    assert empty.fingerprint() == before
    publish(empty, source("ccle", title="other").loader(), tmp_path)
    assert [s.encoder for s in empty.vector_sets()] == ["baseline", "ccle"]


def test_vectors_of_a_source_are_not_overwritten_by_an_embedding(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    publish(empty, source().loader(), tmp_path)
    (spec,) = empty.vector_sets()
    with pytest.raises(BadInputError, match="came with the source 'baseline'"):
        empty.write_vectors(spec, [])
    assert len(tuples(empty.scan_vectors("lines"))) == 2


def test_vectors_go_with_their_load_and_no_others_do(empty: KnowledgeStore, tmp_path: Path) -> None:
    publish(empty, source("ccle", title="other").loader(), tmp_path)
    before = empty.fingerprint()
    report = publish(empty, source().loader(), tmp_path)
    assert empty.fingerprint() != before
    empty.purge(report.load_id)
    assert [s.name for s in empty.vector_sets()] == ["other"]
    assert empty.fingerprint() == before


def test_a_line_that_nobody_describes_any_more_is_not_covered(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    described = SourceBuilder(source_info("cells")).node(A, "CellLine", "K562")
    cells = publish(empty, described.loader(), tmp_path)
    bare = SourceBuilder(source_info("baseline")).vector("lines", A, [1.0])
    publish(empty, bare.loader(), tmp_path)
    assert [s.covered for s in empty.vector_sets()] == [1]
    empty.purge(cells.load_id)
    assert [s.covered for s in empty.vector_sets()] == [0]
    assert tuples(empty.scan_vectors("lines")) == []


def test_vectors_of_several_types_name_none(empty: KnowledgeStore, tmp_path: Path) -> None:
    builder = source().node("ncbigene:1", "Gene").vector("lines", "ncbigene:1", [0.0, 0.0])
    publish(empty, builder.loader(), tmp_path)
    assert [s.node_type for s in empty.vector_sets()] == [""]


def test_order_of_loads_does_not_matter(empty: KnowledgeStore, tmp_path: Path) -> None:
    sources = [source(), source("ccle", title="other")]
    for builder in sources:
        publish(empty, builder.loader(), tmp_path)
    first = empty.fingerprint()
    for load in empty.sources():
        empty.purge(load.load_id)
    for builder in sources[::-1]:
        publish(empty, builder.loader(), tmp_path)
    assert empty.fingerprint() == first


@pytest.mark.parametrize(
    ("builder", "message"),
    [
        (source().vector("lines", "kgp.cell:C", [1.0]), "lines"),
        (source(features=("ncbigene:1",)), "lines"),
        (source().vector("lines", A, [0.0, 0.0]), "two vectors"),
    ],
    ids=["lengths", "features", "twice"],
)
def test_vectors_that_do_not_fit_leave_the_store_as_it_was(
    empty: KnowledgeStore, tmp_path: Path, builder: SourceBuilder, message: str
) -> None:
    before = empty.fingerprint()
    with pytest.raises(BadInputError, match=message):
        publish(empty, builder.loader(), tmp_path)
    assert (empty.vector_sets(), empty.fingerprint()) == ([], before)


def test_a_vector_that_is_not_finite_is_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=f"Node '{A}' holds a value that is not a finite"):
        stage_list(source().vector("other", A, [float("nan")]).loader(), tmp_path)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"name": "", "id": A, "values": [1.0]}, "vector of no set"),
        ({"name": "lines", "id": "K562", "values": [1.0, 2.0]}, "not an identifier"),
        ({"name": "lines", "id": A, "values": []}, "vector without values"),
    ],
)
def test_rows_that_are_no_vectors_are_dropped(
    tmp_path: Path, columns: dict[str, object], reason: str
) -> None:
    staged = stage_list(source().add(Kind.VECTORS, **columns).loader(), tmp_path)
    assert {r: e.count for r, e in staged.tally.dropped.items()} == {reason: 1}


def test_a_dry_run_counts_the_nodes_that_get_a_vector(tmp_path: Path) -> None:
    assert preview(stage_list(source().loader(), tmp_path)).vector_sets == {"lines": 2}
