"""What all loaders of responses share."""

from __future__ import annotations

import numpy as np
import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.responses import control_set, dense, signature_batches

SIGNATURES = pl.DataFrame(
    {
        "id": ["kgp.signature:x/a", "kgp.signature:x/b"],
        "name": ["a", "b"],
        "perturbed": [["ncbigene:1", "ncbigene:2"], ["drugbank:DB00001"]],
        "direction": [["1", "-1"], ["0"]],
        "context": ["cellosaurus:CVCL_0004", None],
        "context_type": ["CellLine", None],
        "context_name": ["K562", None],
        "dose": [None, 10.0],
        "controls": [["w2", "w1"], ["w1", "w2"]],
    }
)


def collected(dataset="x", signatures=SIGNATURES):
    found: dict[Kind, list[dict[str, object]]] = {}
    for batch in signature_batches(dataset, signatures):
        found.setdefault(batch.kind, []).extend(batch.data.to_pylist())
    return found


def test_a_combination_perturbs_each_of_its_genes_in_its_own_direction():
    edges = [
        (e["src"], e["dst"], e["qualifier"])
        for e in collected()[Kind.EDGES]
        if e["type"] == "PERTURBS"
    ]
    assert edges == [
        ("kgp.signature:x/a", "ncbigene:1", "1"),
        ("kgp.signature:x/a", "ncbigene:2", "-1"),
        ("kgp.signature:x/b", "drugbank:DB00001", "0"),
    ]


def test_what_was_perturbed_and_where_become_nodes():
    types = {n["id"]: n["type"] for n in collected()[Kind.NODES]}
    assert types == {
        "ncbigene:1": "Gene",
        "ncbigene:2": "Gene",
        "drugbank:DB00001": "Drug",
        "cellosaurus:CVCL_0004": "CellLine",
        "kgp.signature:x/a": "Signature",
        "kgp.signature:x/b": "Signature",
    }


def test_a_signature_without_a_context_is_measured_nowhere():
    measured = [e for e in collected()[Kind.EDGES] if e["type"] == "MEASURED_IN"]
    assert [(e["src"], e["dst"]) for e in measured] == [
        ("kgp.signature:x/a", "cellosaurus:CVCL_0004")
    ]


def test_a_control_set_is_a_set():
    first, second = SIGNATURES.select(control_set(pl.col("controls")))["controls"].to_list()
    other = pl.DataFrame({"c": [["w1"]]}).select(control_set(pl.col("c")))["c"][0]
    assert first == second != other


def test_a_signature_without_replicates_has_no_errors():
    values = np.ones((2, 2), np.float32)
    errors = np.array([[0.5, 0.25], [np.nan, np.nan]], np.float32)
    df = np.array([4, 0], np.float32)
    [batch] = dense("x", pl.Series(["s:1", "s:2"]), values, errors, df)
    assert batch.data["errors"].to_pylist() == [[0.5, 0.25], None]
    assert batch.data["df"].to_pylist() == [4.0, None]
