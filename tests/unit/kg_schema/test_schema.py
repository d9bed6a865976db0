"""What a graph may contain: types, relations, identifiers, ranks."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.kg_schema import node_types, relations
from kgp.kg_schema.batches import SCHEMAS, Kind, make_batch
from kgp.kg_schema.identifiers import PREFERRED, check_curie, curie, preference, prefix_of
from kgp.kg_schema.node_types import GO_ASPECTS, NODE_TYPES, check_node_type
from kgp.kg_schema.provenance import RANKS, source_rank
from kgp.kg_schema.relations import RELATIONS, check_relation, message_passing_types
from kgp.kg_schema.tally import EXAMPLES, Tally


def test_relations_join_node_types_that_exist() -> None:
    for relation in RELATIONS.values():
        assert {*relation.sources, *relation.targets} <= set(NODE_TYPES)


def test_the_ends_of_an_undirected_relation_are_interchangeable() -> None:
    for relation in RELATIONS.values():
        if not relation.directed:
            assert set(relation.sources) == set(relation.targets)


def test_every_primekg_relation_and_type_has_its_place() -> None:
    assert len(relations.FROM_PRIMEKG) == 30
    assert set(relations.FROM_PRIMEKG.values()) <= set(RELATIONS)
    assert set(relations.FROM_PRIMEKG_DISPLAY.values()) <= set(RELATIONS)
    assert len(node_types.FROM_PRIMEKG) == 10
    assert set(node_types.FROM_PRIMEKG.values()) <= set(NODE_TYPES)
    assert set(GO_ASPECTS.values()) <= set(NODE_TYPES)


def test_negative_and_experimental_statements_carry_no_messages() -> None:
    passing = set(message_passing_types())
    out = {"LACKS_PHENOTYPE", "NOT_EXPRESSED_IN", "MEASURED_IN", "PERTURBS"}
    assert passing == set(RELATIONS) - out


def test_unknown_types_are_answered_with_the_nearest() -> None:
    assert check_relation("TARGETS").sources == ("Drug",)
    assert check_node_type("Gene") == "Gene"
    with pytest.raises(BadInputError, match=r"'TARGETTS'.*TARGETS"):
        check_relation("TARGETTS")
    with pytest.raises(BadInputError, match=r"'Genes'.*Gene"):
        check_node_type("Genes")


def test_identifiers_are_prefix_and_local_part() -> None:
    assert curie("ncbigene", "7157") == "ncbigene:7157"
    assert check_curie("hgnc.symbol:HLA-A") == "hgnc.symbol:HLA-A"
    assert check_curie("go:GO:0008150") == "go:GO:0008150"
    assert prefix_of("go:GO:0008150") == "go"


@pytest.mark.parametrize("bad", ["7157", "TP53", "ncbigene:", "NCBI:7157", ": 1", "a: b", ""])
def test_a_name_or_a_bare_number_is_no_identifier(bad: str) -> None:
    with pytest.raises(BadInputError, match="not an identifier"):
        check_curie(bad)


def test_the_preferred_identifier_sorts_first() -> None:
    names = ["symbol:A", "uniprot:P1", "other:1", "ncbigene:2", "ncbigene:10"]
    expected = ["ncbigene:10", "ncbigene:2", "uniprot:P1", "symbol:A", "other:1"]
    assert sorted(names, key=lambda name: preference("Gene", name)) == expected
    assert preference("CellLine", "cellosaurus:1") == (0, "cellosaurus:1")


def test_preferences_belong_to_node_types() -> None:
    assert set(PREFERRED) <= set(NODE_TYPES)


def test_unheard_of_sources_are_trusted_least() -> None:
    assert source_rank(RANKS[0]) == 0
    assert source_rank("unheard-of") == len(RANKS)
    assert len(set(RANKS)) == len(RANKS)


def test_a_batch_has_the_fixed_columns_first_and_properties_sorted() -> None:
    columns = {"zeta": [1], "id": ["go:1"], "alpha": ["x"], "type": ["Gene"]}
    batch = make_batch(Kind.NODES, columns)
    assert batch.data.schema.names == ["id", "type", "name", "alpha", "zeta"]
    assert batch.data.column("name").to_pylist() == [None]


@pytest.mark.parametrize("column", [pa.array([1, 0]), pa.chunked_array([[1], [0]]), (1, 0)])
def test_fixed_columns_are_cast_to_their_schema(column: object) -> None:
    batch = make_batch(Kind.REGULATION, {"sign": column})
    assert batch.data.schema == SCHEMAS[Kind.REGULATION]
    assert batch.data.column("sign").to_pylist() == [1, 0]


def test_a_closed_kind_takes_no_further_columns() -> None:
    with pytest.raises(BadInputError, match=r"'colour'.*xrefs"):
        make_batch(Kind.XREFS, {"id": ["a:1"], "colour": ["red"]})


def test_regulation_may_carry_a_licence_of_its_own_and_nothing_else() -> None:
    batch = make_batch(Kind.REGULATION, {"sign": [1], "license": ["CC-BY-4.0"]})
    assert batch.data.column("license").to_pylist() == ["CC-BY-4.0"]
    with pytest.raises(BadInputError, match=r"'colour'.*regulation"):
        make_batch(Kind.REGULATION, {"sign": [1], "license": ["MIT"], "colour": ["red"]})


def test_a_tally_counts_and_keeps_the_first_examples() -> None:
    tally = Tally()
    tally.read(10)
    tally.read()
    for number in range(5):
        tally.drop("bad", 1, f"x{number}")
    tally.drop("worse", 2)
    tally.drop("none", 0)
    assert (tally.rows_in, tally.rows_dropped, tally.rows_kept) == (11, 7, 4)
    assert tally.dropped["bad"].examples == ["x0", "x1", "x2"][:EXAMPLES]
    assert set(tally.dropped) == {"bad", "worse"}


@given(st.from_regex(r"[a-z][a-z0-9_.]{0,5}:[!-~]{1,5}", fullmatch=True))
def test_an_identifier_survives_being_taken_apart(value: str) -> None:
    assert curie(prefix_of(value), value.partition(":")[2]) == value
