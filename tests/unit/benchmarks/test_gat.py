"""The layers that the benchmark times are the same function of the same batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from benchmarks.gat import make_step, peak_of, time_steps
from benchmarks.gat_batch import WIDTH, Batch
from benchmarks.gat_layers import PYG, TRIMMED, make_layer

if TYPE_CHECKING:
    from pathlib import Path

OURS = ("fused, plain", "fused, kernel")


@pytest.fixture
def batch() -> Batch:
    """Twelve nodes of three types in mixed order, of which the first five receive."""
    rng = np.random.default_rng(0)
    kind = rng.permutation(np.repeat([0, 1, 2], 4))
    ends = np.array([[0, 1], [1, 0], [2, 2], [1, 2], [2, 0]])
    rows = []
    for number, (source, target) in enumerate(ends):
        receiving = np.flatnonzero(kind[:5] == target)
        for dst in receiving:
            rows += [(src, dst, number) for src in np.flatnonzero(kind == source)[:3]]
    src, dst, relation = np.array(rows).T
    arrays = {"src": src, "dst": dst, "relation": relation, "kind": kind, "ends": ends}
    return Batch(arrays, 5)


@pytest.mark.parametrize("name", [TRIMMED, *OURS])
def test_each_layer_gives_what_pyg_gives(batch: Batch, name: str) -> None:
    states = torch.randn(batch.nodes, WIDTH, generator=torch.Generator().manual_seed(0)).double()
    outs = []
    for each in (PYG, name):
        layer = make_layer(each, batch)
        layer.module.double()
        outs.append(layer.call(states).detach())
    assert outs[0].shape == (5, WIDTH)
    assert (outs[0] - outs[1]).abs().max() <= 1e-12


def test_a_step_changes_the_weights(batch: Batch) -> None:
    layer = make_layer("fused, kernel", batch)
    before = [each.detach().clone() for each in layer.module.parameters()]
    make_step(layer, batch)()
    pairs = zip(before, layer.module.parameters(), strict=True)
    assert all(not torch.equal(one, other) for one, other in pairs)


def test_layers_take_turns_and_are_compared_with_pyg(batch: Batch) -> None:
    rows = {row.what: row for row in time_steps(batch, (PYG, *OURS), rounds=2)}
    assert {f"step, {name}" for name in (PYG, *OURS)} <= set(rows)
    assert rows["fused, kernel: times faster"].value > 0


def test_a_batch_reaches_another_process_whole(batch: Batch, tmp_path: Path) -> None:
    file = tmp_path / "batch.npz"
    batch.save(file)
    again = Batch.load(file)
    assert again.destinations == 5
    assert all(np.array_equal(again.arrays[name], batch.arrays[name]) for name in batch.arrays)
    assert peak_of("fused, plain", file) >= 0
