"""Every store: vectors and responses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from kgp.errors import BadInputError
from kgp.platform.store.records import VectorSet
from kgp.testing import SourceBuilder, publish
from kgp.testing.golden import BCL2, CDKN1A, K562, MDM2, NUTLIN, TP53
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import dicts, tuples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

SPEC = VectorSet("plain", "Gene", "hand", "1", "", 2, "float32", 0, "2026-01-01")


def batch(
    rows: dict[str, Sequence[float | None] | None], kind: pa.DataType | None = None
) -> pa.RecordBatch:
    vectors = pa.array(list(rows.values()), kind or pa.list_(pa.float32()))
    return pa.RecordBatch.from_arrays([pa.array(list(rows)), vectors], names=["id", "vector"])


def test_vectors_come_back_by_type_and_id(store: KnowledgeStore) -> None:
    parts = [batch({TP53: [1.0, 0.1]}), batch({NUTLIN: [3.0, 4.0], "symbol:MDM2": [5.0, 6.0]})]
    written = store.write_vectors(SPEC, parts)
    assert written == replace(SPEC, covered=3)
    assert store.vector_sets() == [written]
    expected = [
        (NUTLIN, "Drug", [3.0, 4.0]),
        (MDM2, "Gene", [5.0, 6.0]),
        (TP53, "Gene", [1.0, float(np.float32(0.1))]),
    ]
    assert tuples(store.scan_vectors("plain")) == expected
    types = [part.schema.field("vector").type for part in store.scan_vectors("plain")]
    assert set(types) == {pa.list_(pa.float32(), 2)}


def test_writing_again_replaces_the_set_and_touches_no_other(store: KnowledgeStore) -> None:
    store.write_vectors(SPEC, [batch({TP53: [1.0, 2.0], MDM2: [1.0, 2.0]})])
    store.write_vectors(replace(SPEC, name="other"), [batch({TP53: [9.0, 9.0]})])
    store.write_vectors(replace(SPEC, revision="2"), [batch({BCL2: [0.0, 1.0]})])
    assert tuples(store.scan_vectors("plain")) == [(BCL2, "Gene", [0.0, 1.0])]
    assert tuples(store.scan_vectors("other")) == [(TP53, "Gene", [9.0, 9.0])]
    assert [(s.name, s.revision, s.covered) for s in store.vector_sets()] == [
        ("other", "1", 1),
        ("plain", "2", 1),
    ]


def test_fixed_size_and_sliced_batches_are_taken(store: KnowledgeStore) -> None:
    whole = batch({TP53: [1.0, 2.0], MDM2: [3.0, 4.0]}, pa.list_(pa.float32(), 2))
    store.write_vectors(SPEC, [whole.slice(1)])
    assert tuples(store.scan_vectors("plain")) == [(MDM2, "Gene", [3.0, 4.0])]


def test_of_two_names_of_one_node_the_preferred_one_counts(store: KnowledgeStore) -> None:
    rows = {"symbol:TP53": [1.0, 1.0], TP53: [2.0, 2.0], "ensembl:ENSG00000141510": [3.0, 3.0]}
    assert store.write_vectors(SPEC, [batch(rows)]).covered == 1
    assert tuples(store.scan_vectors("plain")) == [(TP53, "Gene", [2.0, 2.0])]


@pytest.mark.parametrize(
    "rows",
    [
        {TP53: [1.0, float("nan")]},
        {MDM2: [1.0, 2.0], TP53: [float("inf"), 1.0]},
        {TP53: [1.0, None]},
        {TP53: [1.0, 2.0, 3.0]},
        {TP53: None},
        {"ncbigene:999": [1.0, 2.0]},
        {"symbol:SHARED": [1.0, 2.0]},
    ],
)
def test_a_bad_vector_leaves_the_set_as_it_was(
    store: KnowledgeStore, rows: dict[str, list[float | None] | None]
) -> None:
    store.write_vectors(SPEC, [batch({BCL2: [0.0, 1.0]})])
    before = store.fingerprint()
    with pytest.raises(BadInputError):
        store.write_vectors(SPEC, [batch({CDKN1A: [1.0, 1.0]}), batch(rows)])
    assert tuples(store.scan_vectors("plain")) == [(BCL2, "Gene", [0.0, 1.0])]
    assert store.fingerprint() == before


def test_a_value_beyond_single_precision_is_refused(store: KnowledgeStore) -> None:
    with np.errstate(over="ignore"), pytest.raises(BadInputError, match="not finite"):
        store.write_vectors(SPEC, [batch({TP53: [1e300, 1.0]}, pa.list_(pa.float64()))])


def test_two_vectors_of_one_identifier_are_refused(store: KnowledgeStore) -> None:
    with pytest.raises(BadInputError, match=TP53):
        store.write_vectors(SPEC, [batch({TP53: [1.0, 2.0]}), batch({TP53: [1.0, 2.0]})])
    assert store.vector_sets() == []


def test_an_unknown_vector_set_is_named_with_the_known_ones(store: KnowledgeStore) -> None:
    store.write_vectors(SPEC, [batch({TP53: [1.0, 2.0]})])
    with pytest.raises(BadInputError, match=r"'plane'.*plain"):
        list(store.scan_vectors("plane"))


def test_vectors_are_content_but_their_date_is_not(store: KnowledgeStore) -> None:
    bare = store.fingerprint()
    store.write_vectors(SPEC, [batch({TP53: [1.0, 2.0]})])
    one = store.fingerprint()
    store.write_vectors(replace(SPEC, created="2027-02-02"), [batch({TP53: [1.0, 2.0]})])
    assert store.fingerprint() == one != bare
    store.write_vectors(SPEC, [batch({TP53: [1.0, 2.5]})])
    assert store.fingerprint() not in (one, bare)


def test_data_sets_are_listed_with_their_spaces(reader: KnowledgeStore) -> None:
    drugs, genes = reader.datasets()
    assert (drugs.name, drugs.space, drugs.measure) == ("drugs", "drugs-genes", "z-score")
    assert (drugs.censored, drugs.organism, drugs.signatures, drugs.features) == (
        *(False, "9606"),
        *(1, 3),
    )
    assert (genes.name, genes.censored, genes.signatures, genes.features) == ("genes", True, 2, 2)
    assert drugs.space_hash != genes.space_hash


def test_features_are_preferred_identifiers_in_their_own_order(reader: KnowledgeStore) -> None:
    assert reader.features("drugs") == [TP53, CDKN1A, "symbol:NOWHERE"]
    assert reader.features("genes") == [BCL2, TP53]


def test_signatures_say_what_was_perturbed_and_where(reader: KnowledgeStore) -> None:
    assert tuples(reader.scan_signatures("drugs")) == [
        ("lincs:1", [NUTLIN], [0], K562, '{"dose":10.0}')
    ]
    assert tuples(reader.scan_signatures("genes")) == [
        ("lincs:2", [TP53], [1], None, "{}"),
        ("lincs:3", [MDM2, TP53], [-1, 1], None, "{}"),
    ]


def test_effects_are_dense_or_list_their_features(reader: KnowledgeStore) -> None:
    third = float(np.float32(0.1))
    assert tuples(reader.scan_effects("drugs")) == [
        ("lincs:1", None, [0.5, -2.0, third], None, None)
    ]
    assert tuples(reader.scan_effects("genes")) == [
        ("lincs:2", [], [], None, None),
        ("lincs:3", [1], [-3.5], None, None),
    ]


def test_a_signature_without_a_node_is_in_both_streams(
    empty: KnowledgeStore, tmp_path: Path
) -> None:
    source = SourceBuilder(source_info("lincs")).dataset("bare", ["ncbigene:1"])
    publish(empty, source.effect("bare", "lincs:9", [1.0]).loader(), tmp_path)
    assert tuples(empty.scan_signatures("bare")) == [("lincs:9", [], [], None, "{}")]
    assert tuples(empty.scan_effects("bare")) == [("lincs:9", None, [1.0], None, None)]


def test_errors_of_a_response_travel_with_it(empty: KnowledgeStore, tmp_path: Path) -> None:
    source = SourceBuilder(source_info("lincs")).dataset("own", ["ncbigene:1", "ncbigene:2"])
    source = source.effect("own", "lincs:8", [1.0, -2.0], errors=[0.5, 0.25], df=6.5)
    publish(empty, source.loader(), tmp_path)
    assert tuples(empty.scan_effects("own")) == [("lincs:8", None, [1.0, -2.0], [0.5, 0.25], 6.5)]


@pytest.mark.parametrize("read", ["features", "scan_signatures", "scan_effects"])
def test_an_unknown_data_set_is_named_with_the_known_ones(
    reader: KnowledgeStore, read: str
) -> None:
    with pytest.raises(BadInputError, match=r"'drug'.*drugs"):
        list(getattr(reader, read)("drug"))


def test_columns_have_the_same_types_everywhere(reader: KnowledgeStore) -> None:
    for part in reader.scan_signatures("genes"):
        assert part.schema.types == [
            pa.string(),
            *(pa.list_(pa.field("l", pa.string())), pa.list_(pa.field("l", pa.int32()))),
            *(pa.string(), pa.string()),
        ]
    for part in reader.scan_effects("genes"):
        kinds = [str(t).partition("<")[0] for t in part.schema.types]
        assert kinds == ["string", "list", "list", "list", "float"]
    assert [row["features"] for row in dicts(reader.scan_effects("drugs"))] == [None]
