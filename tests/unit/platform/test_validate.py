"""What may be staged, and in which form."""

from __future__ import annotations

import math
import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.kg_schema.batches import LAYERS, SCHEMAS, Batch, Kind, make_batch
from kgp.kg_schema.identifiers import CURIE
from kgp.kg_schema.licenses import Use
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import RELATIONS
from kgp.kg_schema.tally import Tally
from kgp.platform.validate import validate

GOOD: dict[Kind, dict[str, Any]] = {
    Kind.NODES: {"id": "ncbigene:1", "type": "Gene", "name": "A"},
    Kind.EDGES: {"src": "ncbigene:1", "dst": "ncbigene:2", "type": "INTERACTS_WITH"},
    Kind.XREFS: {"id": "ncbigene:1", "other": "symbol:A", "kind": "synonym"},
    Kind.REGULATION: {
        "grn": "net",
        "src": "ncbigene:1",
        "dst": "ncbigene:2",
        "sign": 1,
        "effect": "activation",
        "layer": "sigma",
    },
    Kind.DATASETS: {"dataset": "d", "space": "s", "measure": "z", "censored": False},
    Kind.FEATURES: {"space": "s", "position": 0, "id": "ncbigene:1"},
    Kind.EFFECTS: {"dataset": "d", "signature": "lincs:1", "values": [1.0]},
    Kind.VECTORS: {"name": "lines", "id": "kgp.cell:A", "values": [1.0]},
}


def run(kind: Kind, *rows: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Kept rows, and dropped rows by reason."""
    tally = Tally()
    names = {name for row in rows for name in row}
    batch = make_batch(kind, {name: [row.get(name) for row in rows] for name in sorted(names)})
    kept = validate(batch, tally).to_pylist()
    return kept, {reason: entry.count for reason, entry in tally.dropped.items()}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_good_row_is_kept(kind: Kind) -> None:
    kept, dropped = run(kind, GOOD[kind])
    assert len(kept) == 1
    assert dropped == {}
    assert {key: kept[0][key] for key in GOOD[kind]} == GOOD[kind]


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        (Kind.NODES, {"id": "TP53"}, "not an identifier"),
        (Kind.NODES, {"id": None}, "not an identifier"),
        (Kind.NODES, {"type": "gene"}, "unknown node type"),
        (Kind.NODES, {"type": None}, "unknown node type"),
        (Kind.EDGES, {"src": "7157"}, "source is not an identifier"),
        (Kind.EDGES, {"dst": "ncbigene: 7"}, "target is not an identifier"),
        (Kind.EDGES, {"type": "LIKES"}, "unknown relation"),
        (Kind.EDGES, {"type": None}, "unknown relation"),
        (Kind.XREFS, {"id": "A"}, "not an identifier"),
        (Kind.XREFS, {"other": ""}, "cross-reference is not an identifier"),
        (Kind.XREFS, {"kind": "maybe"}, "unknown kind of cross-reference"),
        (Kind.REGULATION, {"src": "A"}, "regulator is not an identifier"),
        (Kind.REGULATION, {"dst": None}, "target is not an identifier"),
        (Kind.REGULATION, {"sign": 2}, "sign is not -1, 0 or +1"),
        (Kind.REGULATION, {"sign": None}, "sign is not -1, 0 or +1"),
        (Kind.REGULATION, {"effect": "repression"}, "effect does not fit the sign"),
        (Kind.REGULATION, {"effect": None}, "effect does not fit the sign"),
        (Kind.REGULATION, {"effect": "helps"}, "effect does not fit the sign"),
        (Kind.REGULATION, {"layer": "epigenetic"}, "unknown layer"),
        (Kind.REGULATION, {"grn": ""}, "network without a name"),
        (Kind.REGULATION, {"weight": math.nan}, "weight is not finite"),
        (Kind.REGULATION, {"confidence": math.inf}, "confidence is not finite"),
        (Kind.REGULATION, {"evidence": "[1]"}, "evidence is not a JSON object"),
        (Kind.REGULATION, {"evidence": "{"}, "evidence is not a JSON object"),
        (Kind.DATASETS, {"dataset": ""}, "response set without a name"),
        (Kind.DATASETS, {"space": None}, "response set without a feature space"),
        (Kind.DATASETS, {"censored": None}, "not stated whether censored"),
        (Kind.FEATURES, {"id": "A"}, "not an identifier"),
        (Kind.FEATURES, {"space": None}, "feature without a space"),
        (Kind.FEATURES, {"position": -1}, "feature without a position"),
        (Kind.FEATURES, {"position": None}, "feature without a position"),
        (Kind.EFFECTS, {"signature": "s1"}, "signature is not an identifier"),
        (Kind.EFFECTS, {"dataset": None}, "response of no set"),
        (Kind.EFFECTS, {"values": None}, "response without values"),
        (Kind.EFFECTS, {"features": [0, 1]}, "features and values differ in number"),
    ],
)
def test_a_bad_row_is_dropped_with_its_reason_and_its_neighbours_stay(
    kind: Kind, change: dict[str, Any], reason: str
) -> None:
    good = GOOD[kind]
    kept, dropped = run(kind, good, {**good, **change}, good)
    assert len(kept) == 2
    assert dropped == {reason: 1}
    alone, again = run(kind, {**good, **change})
    assert (alone, again) == ([], {reason: 1})


def test_the_first_offending_values_are_kept() -> None:
    tally = Tally()
    bad = [f"gene {number}" for number in range(5)]
    validate(make_batch(Kind.NODES, {"id": [*bad, "go:1"], "type": ["Gene"] * 6}), tally)
    entry = tally.dropped["not an identifier"]
    assert (entry.count, entry.examples) == (5, ["gene 0", "gene 1", "gene 2"])


def test_a_row_is_dropped_once_for_its_first_fault() -> None:
    _, dropped = run(Kind.NODES, {"id": "A", "type": "gene"}, {"id": "a:1", "type": "gene"})
    assert dropped == {"not an identifier": 1, "unknown node type": 1}


@pytest.mark.parametrize(
    "values", [[1.0, math.nan], [math.inf], [-math.inf, 1.0], [None, 1.0]], ids=str
)
def test_a_response_that_is_not_finite_stops_the_load(values: list[float | None]) -> None:
    good = GOOD[Kind.EFFECTS]
    with pytest.raises(BadInputError, match="'lincs:2'"):
        run(Kind.EFFECTS, good, {**good, "signature": "lincs:2", "values": values})


def test_an_empty_response_is_a_response() -> None:
    kept, _ = run(Kind.EFFECTS, {**GOOD[Kind.EFFECTS], "values": [], "features": []})
    assert kept[0]["values"] == []


def test_undirected_edges_are_oriented_bytewise_and_directed_ones_left() -> None:
    a, b, accented = "ncbigene:10", "ncbigene:9", "ncbigene:é"
    rows = [
        {"src": b, "dst": a, "type": "INTERACTS_WITH"},
        {"src": a, "dst": b, "type": "INTERACTS_WITH"},
        {"src": accented, "dst": b, "type": "INTERACTS_WITH"},
        {"src": b, "dst": a, "type": "TARGETS"},
        {"src": a, "dst": a, "type": "INTERACTS_WITH"},
    ]
    kept, _ = run(Kind.EDGES, *rows)
    ends = [(row["src"], row["dst"]) for row in kept]
    assert ends == [(a, b), (a, b), (b, accented), (b, a), (a, a)]
    assert {row["qualifier"] for row in kept} == {""}


def test_properties_are_packed_and_names_filled() -> None:
    kept, _ = run(Kind.NODES, {**GOOD[Kind.NODES], "name": None, "dose": 0.5, "atc": None})
    assert kept == [{"id": "ncbigene:1", "type": "Gene", "name": "", "properties": '{"dose":0.5}'}]


def test_missing_texts_of_other_kinds_are_filled() -> None:
    (dataset,), _ = run(Kind.DATASETS, {**GOOD[Kind.DATASETS], "measure": None})
    assert (dataset["measure"], dataset["organism"]) == ("", "")
    (regulation,), _ = run(Kind.REGULATION, GOOD[Kind.REGULATION])
    assert regulation["evidence"] == "{}"


def test_a_property_that_is_not_finite_stops_the_load() -> None:
    with pytest.raises(BadInputError, match="'dose'"):
        run(Kind.NODES, {**GOOD[Kind.NODES], "dose": math.nan})


def test_an_empty_batch_stays_empty_with_its_columns() -> None:
    for kind in Kind:
        batch = make_batch(kind, {name: [value] for name, value in GOOD[kind].items()})
        empty = type(batch)(kind, batch.data.slice(0, 0))
        table = validate(empty, Tally())
        assert table.num_rows == 0
        assert table.schema.names == validate(batch, Tally()).schema.names


text = st.none() | st.sampled_from(
    ["ncbigene:1", "symbol:A", "A", "", "Gene", "TARGETS", "INTERACTS_WITH", "sigma", "dual"]
)


@given(st.lists(st.tuples(text, text, text, text), min_size=1, max_size=8))
def test_no_invalid_node_or_edge_passes_and_none_is_lost(rows: list[tuple[Any, ...]]) -> None:
    nodes = [dict(zip(("id", "type", "name"), row, strict=False)) for row in rows]
    kept, dropped = run(Kind.NODES, *nodes)
    assert len(kept) + sum(dropped.values()) == len(rows)
    assert all(_curie(row["id"]) and row["type"] in NODE_TYPES for row in kept)
    edges = [dict(zip(("src", "dst", "type", "qualifier"), row, strict=True)) for row in rows]
    kept, dropped = run(Kind.EDGES, *edges)
    assert len(kept) + sum(dropped.values()) == len(rows)
    for row in kept:
        assert _curie(row["src"])
        assert _curie(row["dst"])
        assert RELATIONS[row["type"]].directed or row["src"] <= row["dst"]


@given(
    st.lists(
        st.tuples(
            *(text, text, text, text, text),
            *(st.none() | st.integers(-3, 3), st.none() | st.floats(width=32)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_invalid_regulation_passes_and_none_is_lost(rows: list[tuple[Any, ...]]) -> None:
    names = ("grn", "src", "dst", "effect", "layer", "sign", "weight")
    good = GOOD[Kind.REGULATION]
    made = [
        {
            **good,
            **{k: v for k, v in zip(names, row, strict=True) if i % 2 or k in ("sign", "weight")},
        }
        for i, row in enumerate(rows)
    ]
    kept, dropped = run(Kind.REGULATION, *made)
    assert len(kept) + sum(dropped.values()) == len(rows)
    fits = {(1, "activation"), (-1, "repression"), (0, "dual"), (0, "unknown")}
    for row in kept:
        assert _curie(row["src"])
        assert _curie(row["dst"])
        assert (row["sign"], row["effect"]) in fits
        assert row["layer"] in LAYERS
        assert row["grn"]
        assert row["weight"] is None or math.isfinite(row["weight"])


def _curie(value: str | None) -> bool:
    return value is not None and re.fullmatch(CURIE.pattern, value) is not None


def test_a_sliced_batch_is_read_where_it_starts() -> None:
    good = GOOD[Kind.EFFECTS]
    batch = make_batch(Kind.EFFECTS, {k: [v, v] for k, v in good.items()})
    values = pa.array([[math.nan], [2.0]], pa.list_(pa.float32()))
    data = batch.data.set_column(batch.data.schema.get_field_index("values"), "values", values)
    table = validate(type(batch)(Kind.EFFECTS, data.slice(1)), Tally())
    assert table["values"].to_pylist() == [[2.0]]


def licensed(kind: Kind, *licenses: str | None) -> Batch:
    """Good rows of a kind, each with a licence of its own, or with that of its source."""
    rows = {name: [value] * len(licenses) for name, value in GOOD[kind].items()}
    data = make_batch(kind, rows).data
    names, texts = [*data.schema.names, "license"], pa.array(licenses, pa.string())
    return Batch(kind, pa.RecordBatch.from_arrays([*data.columns, texts], names=names))


LICENSED = [Kind.NODES, Kind.EDGES, Kind.REGULATION]
MIXED = ("CC-BY-4.0", None, "CC-BY-NC-4.0", "LicenseRef-unread")


@pytest.mark.parametrize("kind", LICENSED)
@pytest.mark.parametrize(
    ("use", "kept", "reasons"),
    [
        (None, 4, {}),
        (Use.ACADEMIC, 3, {"licence LicenseRef-unread is not known to allow academic use": 1}),
        (
            Use.COMMERCIAL,
            2,
            {
                "licence CC-BY-NC-4.0 is not for commercial use": 1,
                "licence LicenseRef-unread is not known to allow commercial use": 1,
            },
        ),
    ],
)
def test_rows_whose_licence_does_not_allow_the_use_are_dropped_and_counted(
    kind: Kind, use: Use | None, kept: int, reasons: dict[str, int]
) -> None:
    tally = Tally()
    assert validate(licensed(kind, *MIXED), tally, use).num_rows == kept
    assert {reason: entry.count for reason, entry in tally.dropped.items()} == reasons
    assert all(
        entry.examples == [GOOD[kind].get("src", "ncbigene:1")] for entry in tally.dropped.values()
    )


@pytest.mark.parametrize("kind", [Kind.NODES, Kind.EDGES])
def test_the_licence_of_a_row_stays_a_property(kind: Kind) -> None:
    kept = validate(licensed(kind, "CC-BY-4.0", None), Tally()).to_pylist()
    assert [row["properties"] for row in kept] == ['{"license":"CC-BY-4.0"}', "{}"]


def test_the_licence_of_a_regulation_is_part_of_its_evidence() -> None:
    batch = licensed(Kind.REGULATION, "CC-BY-4.0", None, "")
    place = batch.data.schema.get_field_index("evidence")
    evidence = pa.array(['{"pubmed":["1"]}', None, "{}"], pa.string())
    data = batch.data.set_column(place, "evidence", evidence)
    table = validate(Batch(Kind.REGULATION, data), Tally())
    assert table["evidence"].to_pylist() == [
        '{"license":"CC-BY-4.0","pubmed":["1"]}',
        *("{}", "{}"),
    ]
    assert table.schema.names == SCHEMAS[Kind.REGULATION].names
