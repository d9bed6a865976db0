"""Gathering features by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from kgp.errors import BadInputError
from kgp.platform.pyg import FeatureTable
from kgp.platform.pyg.feature_table import fits, free_memory

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def mapped(tmp_path: Path) -> NDArray[np.float16]:
    np.save(tmp_path / "rows.npy", np.arange(60, dtype=np.float16).reshape(20, 3))
    array: NDArray[np.float16] = np.load(tmp_path / "rows.npy", mmap_mode="r")
    return array


@pytest.mark.parametrize("resident", [False, True])
def test_rows_come_as_they_are_in_their_precision(
    mapped: NDArray[np.float16], resident: bool
) -> None:
    table = FeatureTable(mapped, resident=resident)
    assert table.resident is resident
    rows = table.gather(torch.tensor([19, 0, 0]))
    assert rows.dtype == torch.float16
    assert rows.tolist() == [[57, 58, 59], [0, 1, 2], [0, 1, 2]]
    assert table.gather(torch.empty(0, dtype=torch.int64)).shape == (0, 3)


def test_a_batch_keeps_its_rows_while_any_tensor_looks_at_them(
    mapped: NDArray[np.float16],
) -> None:
    table = FeatureTable(mapped, resident=False)
    first = table.gather(torch.tensor([1, 2]))
    part, place = first[1:], first.data_ptr()
    del first
    second = table.gather(torch.tensor([5, 6]))
    assert part.tolist() == [[6, 7, 8]]
    assert second.data_ptr() != place
    del part
    assert table.gather(torch.tensor([9])).data_ptr() == place


@pytest.mark.parametrize("row", [-1, 20])
def test_a_row_that_is_not_there_is_refused(mapped: NDArray[np.float16], row: int) -> None:
    with pytest.raises(BadInputError, match=f"no row {row}"):
        FeatureTable(mapped).gather(torch.tensor([3, row]))


def test_features_move_to_a_device_where_they_take_half_of_its_free_memory_at_most() -> None:
    assert fits(50, free=100)
    assert not fits(51, free=100)
    assert free_memory(torch.device("cpu")) == 0


def test_on_the_cpu_features_stay_in_the_memory_map_unless_told_otherwise(
    mapped: NDArray[np.float16],
) -> None:
    assert not FeatureTable(mapped).resident
