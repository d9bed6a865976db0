"""Which signatures become rows, and why the others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.dataset import (
    AVERAGED,
    NO_STRUCTURE,
    NOT_ONE_DRUG,
    REPEATED,
    load_drug_responses,
    select,
)
from kgp.platform.snapshot import Snapshot, write_snapshot
from tests.unit.models.drug_world import drug_graph, molecules

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_hold_arcsinh_of_the_measured_values(drug_world: Snapshot) -> None:
    data = load_drug_responses(drug_world)
    raw = drug_world.responses("lincs").values
    assert data.responses.dtype == np.float32
    np.testing.assert_allclose(data.responses, np.arcsinh(raw), rtol=1e-6)
    assert data.drugs[:2] == ("drugbank:DB000", "drugbank:DB001")
    assert data.smiles == tuple(molecules())
    assert data.genes[3] == "ncbigene:003"
    assert drug_world.numbering.ids.take(data.nodes) == list(data.drugs)
    assert data.dropped == {}


def test_every_signature_that_is_no_row_is_counted_with_its_reason(tmp_path: Path) -> None:
    graph = drug_graph()
    rows = graph.response_rows["lincs"]["rows"]
    values = rows[0][3]
    graph.node_rows.append(("drugbank:X", "Drug", "a biologic", {}))
    graph.node_rows.sort(key=lambda row: (row[1], row[0]))
    rows[1] = (rows[1][0], ["drugbank:DB001"], [0], list(values))
    more = [
        ("m:gene", ["ncbigene:001"], [1], list(values)),
        ("m:pair", ["drugbank:DB003", "drugbank:DB004"], [0, 0], list(values)),
        ("m:absent", ["drugbank:DB999"], [0], list(values)),
        ("m:twice", ["drugbank:DB005"], [0], [0.0] * len(values)),
        ("m:biologic", ["drugbank:X"], [0], [1.0] * len(values)),
    ]
    graph.add_responses("lincs", graph.features("lincs"), [*rows, *more])
    data = load_drug_responses(write_snapshot(graph, tmp_path))
    assert data.dropped == {NOT_ONE_DRUG: 3, AVERAGED: 1, REPEATED: 1, NO_STRUCTURE: 1}
    assert len(data) == len(rows) - 1
    assert "drugbank:DB001" not in data.drugs
    at = data.drugs.index("drugbank:DB005")
    np.testing.assert_allclose(data.responses[at], np.arcsinh(rows[5][3]) / 2, rtol=1e-5)


def test_select_keeps_rows_together(drug_world: Snapshot) -> None:
    data = load_drug_responses(drug_world)
    part = select(data, np.array([5, 2]))
    assert part.drugs == (data.drugs[5], data.drugs[2])
    assert part.molecules.scaffolds[1] == data.molecules.scaffolds[2]
    np.testing.assert_array_equal(part.molecules.counts[0], data.molecules.counts[5])
    np.testing.assert_array_equal(part.responses[1], data.responses[2])


def test_without_drug_responses_the_command_that_loads_them_is_named(tmp_path: Path) -> None:
    graph = drug_graph()
    graph.response_rows.clear()
    with pytest.raises(BadInputError, match="kgp load"):
        load_drug_responses(write_snapshot(graph, tmp_path))


def test_two_sets_of_drugs_must_be_told_apart(tmp_path: Path) -> None:
    graph = drug_graph()
    graph.add_responses("other", graph.features("lincs"), graph.response_rows["lincs"]["rows"])
    snapshot = write_snapshot(graph, tmp_path)
    with pytest.raises(BadInputError, match=r"2 response sets of drugs \(lincs, other\)"):
        load_drug_responses(snapshot)
    assert load_drug_responses(snapshot, "other").dataset == "other"


def test_too_few_drugs_are_refused(tmp_path: Path) -> None:
    graph = drug_graph()
    graph.add_responses("lincs", graph.features("lincs"), graph.response_rows["lincs"]["rows"][:5])
    with pytest.raises(BadInputError, match="5 drugs with a structure; 20 are needed"):
        load_drug_responses(write_snapshot(graph, tmp_path))
