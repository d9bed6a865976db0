"""Laws of the division of drugs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from kgp.errors import BadInputError
from kgp.models.dataset import DrugResponses, load_drug_responses, select
from kgp.models.molecules import block_of, describe_molecules, scaffold_of
from kgp.models.splits import drug_groups, find_leakage, scaffold_split

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot


@pytest.fixture(scope="module")
def data(drug_world: Snapshot) -> DrugResponses:
    return load_drug_responses(drug_world)


def test_scaffolds_and_identity_of_known_molecules() -> None:
    aspirin = Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")
    assert scaffold_of(aspirin) == "c1ccccc1"
    assert block_of(aspirin) == "BSYNRYMUTXBXSQ"
    assert scaffold_of(Chem.MolFromSmiles("CCCO")) == ""


def test_stereoisomers_share_scaffold_and_identity() -> None:
    found, read = describe_molecules(["C[C@H](N)C1CCCC[C@@H]1C", "C[C@@H](N)C1CCCC[C@H]1C", "?"])
    assert read.tolist() == [True, True, False]
    assert len(set(found.scaffolds)) == len(set(found.blocks)) == 1


def test_groups_join_over_scaffold_and_block_in_chains() -> None:
    # 0-1 by scaffold A, 1-2 by block y: one group; 3 and 4 are acyclic and stay alone.
    groups = drug_groups(["A", "A", "B", "", ""], ["x", "y", "y", "p", "q"])
    assert groups[0] == groups[1] == groups[2]
    assert len({int(group) for group in groups}) == 3


@given(labels=st.lists(st.tuples(st.sampled_from("ABC "), st.sampled_from("xyz ")), min_size=1))
def test_drugs_of_one_group_are_exactly_the_connected_ones(labels: list[tuple[str, str]]) -> None:
    columns = [[label.strip() for label in column] for column in zip(*labels, strict=True)]
    groups = drug_groups(columns[0], columns[1])
    for one in range(len(labels)):
        for other in range(len(labels)):
            if any(column[one] and column[one] == column[other] for column in columns):
                assert groups[one] == groups[other]
    lonely = [at for at, pair in enumerate(zip(*columns, strict=True)) if not any(pair)]
    assert len({int(groups[at]) for at in lonely}) == len(lonely)


@pytest.mark.parametrize("seed", range(5))
def test_parts_are_disjoint_complete_and_share_nothing(data: DrugResponses, seed: int) -> None:
    split = scaffold_split(data, seed)
    rows = np.concatenate([split.train, split.validation, split.test])
    assert sorted(rows.tolist()) == list(range(len(data)))
    assert (split.leakage.scaffolds, split.leakage.blocks, split.leakage.responses) == (0, 0, 0)
    assert sum(split.sizes.values()) == len(data)
    assert split.sizes["test"] <= round(0.2 * len(data))


def test_a_seed_gives_one_split_and_another_seed_another(data: DrugResponses) -> None:
    assert scaffold_split(data, 1).hash == scaffold_split(data, 1).hash
    assert scaffold_split(data, 1).hash != scaffold_split(data, 2).hash


def test_fit_rows_are_train_and_validation(data: DrugResponses) -> None:
    split = scaffold_split(data)
    assert set(split.fit.tolist()) == {*split.train.tolist(), *split.validation.tolist()}


def test_leakage_is_counted(data: DrugResponses) -> None:
    double = select(data, np.array([0, 0, 1, 60]))
    leakage = find_leakage(double, np.array([0, 2, 0, 0]))
    # Drug 0 is on both sides: its scaffold, its identity and its response are.
    assert (leakage.scaffolds, leakage.blocks, leakage.responses) == (1, 1, 1)


@pytest.mark.parametrize(("test", "validation"), [(0.0, 0.2), (0.2, 1.0)])
def test_shares_outside_0_and_1_are_refused(
    data: DrugResponses, test: float, validation: float
) -> None:
    with pytest.raises(BadInputError, match="not between 0 and 1"):
        scaffold_split(data, test=test, validation=validation)


def test_an_empty_part_is_refused(data: DrugResponses) -> None:
    same = replace(data, molecules=replace(data.molecules, scaffolds=("A",) * len(data)))
    with pytest.raises(BadInputError, match="would be empty"):
        scaffold_split(same)
