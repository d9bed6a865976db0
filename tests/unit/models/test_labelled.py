"""Responses as they stand in a store become labels that a refinement can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.grn_data import StoredNetwork, read_observations
from kgp.models.labelled import default_rule, scan_labelled
from kgp.models.labels import DOWN, UNCHANGED, UNKNOWN, UP, Rule
from kgp.models.refinement.network import SignedNetwork
from kgp.platform.staging import stage
from kgp.platform.store.records import DatasetRecord
from kgp.progress import SilentProgress
from kgp.testing.loads import SourceBuilder, source_info
from kgp.testing.memory.store import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

GENES = ["ncbigene:1", "ncbigene:2", "ncbigene:3", "ncbigene:4"]


def record(measure: str, *, censored: bool = False) -> DatasetRecord:
    return DatasetRecord("d", "d", "", measure, censored, "", 1, 4)


@pytest.fixture
def store(tmp_path: Path) -> MemoryStore:
    """Gene 1 knocked down with and without replicates, in a set of z-scores."""
    source = SourceBuilder(source_info("lincs")).dataset("own", GENES)
    for gene in GENES:
        source.node(gene, "Gene", gene)
    for name in ("precise", "blurred", "single"):
        source.node(f"kgp.signature:{name}", "Signature", name)
        source.edge(f"kgp.signature:{name}", "PERTURBS", GENES[0], "-1")
    values = [-4.0, 3.0, -3.0, 0.1]
    source.effect("own", "kgp.signature:precise", values, errors=[0.1] * 4, df=20.0)
    source.effect("own", "kgp.signature:blurred", values, errors=[5.0] * 4, df=2.0)
    source.effect("own", "kgp.signature:single", values)
    store = MemoryStore()
    with SilentProgress().step("stage") as step:
        store.publish(stage(source.loader(), tmp_path, {}, step))
    return store


def labels(store: MemoryStore, rule: Rule | None = None) -> dict[str, list[int]]:
    found = scan_labelled(store, "own", rule)
    return {each.signature.partition(":")[2]: each.labels.label.tolist() for each in found}


def test_errors_decide_what_is_known(store: MemoryStore) -> None:
    found = labels(store)
    assert found["precise"] == [DOWN, UP, DOWN, UNCHANGED]
    assert found["blurred"] == [UNKNOWN] * 4


def test_without_errors_the_size_decides_in_units_of_noise(store: MemoryStore) -> None:
    assert labels(store)["single"] == [DOWN, UP, DOWN, UNCHANGED]
    assert labels(store, Rule(min_effect=3.5))["single"] == [DOWN, UNCHANGED, UNCHANGED, UNCHANGED]


@pytest.mark.parametrize(
    ("measure", "least"),
    [
        ("consensus z-score", 2.0),
        ("difference of log2(TPM) to the controls", 1.0),
        ("difference of mean log-normalised expression to the controls", 0.25),
        ("fold", 1.0),
    ],
)
def test_the_least_effect_fits_the_unit(measure: str, least: float) -> None:
    assert default_rule(record(measure)).min_effect == least


def test_unknown_cells_are_not_measured(store: MemoryStore) -> None:
    signed, dropped = SignedNetwork.from_edges(GENES[:1] * 3, GENES[1:], [1, -1, 1])
    network = StoredNetwork("net", 1, signed, dropped, {})
    found = read_observations(store, "own", network).observations
    measured = dict(zip(found.signatures, found.measured.any(1).tolist(), strict=True))
    assert measured == {
        "kgp.signature:precise": True,
        "kgp.signature:blurred": False,
        "kgp.signature:single": True,
    }


def test_effects_keep_their_errors_and_z_scores_without_any_have_error_one(
    store: MemoryStore,
) -> None:
    signed, dropped = SignedNetwork.from_edges(GENES[:1] * 3, GENES[1:], [1, -1, 1])
    measured = read_observations(store, "own", StoredNetwork("net", 1, signed, dropped, {}))
    rows = {name.partition(":")[2]: i for i, name in enumerate(measured.observations.signatures)}
    precise, single = rows["precise"], rows["single"]
    assert measured.effects[precise].tolist() == pytest.approx([-4.0, 3.0, -3.0, 0.1])
    assert measured.errors[precise].tolist() == pytest.approx([0.1] * 4)
    assert measured.errors[single].tolist() == [1.0] * 4
    assert (measured.df[precise], measured.df[single]) == (20.0, np.inf)


def test_a_label_weighs_what_its_test_is_sure_of_and_one_without_a_test(store: MemoryStore) -> None:
    signed, dropped = SignedNetwork.from_edges(GENES[:1] * 3, GENES[1:], [1, -1, 1])
    seen = read_observations(
        store, "own", StoredNetwork("net", 1, signed, dropped, {})
    ).observations
    rows = {name.partition(":")[2]: i for i, name in enumerate(seen.signatures)}
    assert seen.weight is not None
    assert seen.weight[rows["single"]].tolist() == [1.0] * 4
    assert seen.weight[rows["blurred"]].tolist() == [0.0] * 4
    assert 0.99 < seen.weight[rows["precise"]].min() <= 1.0


def test_an_unknown_set_is_refused(store: MemoryStore) -> None:
    with pytest.raises(BadInputError, match="own"):
        list(scan_labelled(store, "other"))
