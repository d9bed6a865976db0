"""The fused layer against PyTorch Geometric's own, and its attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch_geometric.nn import GATv2Conv, HeteroConv

from kgp.models.kg_gat.layer import FusedGATv2, pack_edges

KINDS = [("a", "to", "b"), ("b", "back", "a"), ("b", "peer", "b"), ("a", "unused", "b")]
SIZES = {"a": 5, "b": 7}
START = {"a": 0, "b": 5}
WIDTH, CHANNELS, HEADS = 6, 3, 4


def edges() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return global sources, destinations and relations; the last relation has no edge."""
    rng = np.random.default_rng(0)
    columns = []
    for number, (source, _, target) in enumerate(KINDS[:-1]):
        pairs = np.unique(rng.integers(0, [SIZES[source], SIZES[target]], (12, 2)), axis=0)
        start = [START[source], START[target]]
        columns.append(np.column_stack([pairs + start, np.full(len(pairs), number)]))
    src, dst, relation = np.concatenate(columns).T
    return src, dst, relation


def layer(over: str = "relation") -> FusedGATv2:
    torch.manual_seed(1)
    targets = [0 if target == "a" else 1 for _, _, target in KINDS]
    built = FusedGATv2(WIDTH, CHANNELS, HEADS, targets, 2, over).double()  # type: ignore[arg-type]  # a parametrised literal
    for bias in (built.bias_src, built.bias_dst, built.bias):
        torch.nn.init.normal_(bias)
    return built


def oracle(fused: FusedGATv2) -> HeteroConv:
    """Build PyG's layer with the same weights."""
    convs = {}
    for number, kind in enumerate(KINDS):
        conv = GATv2Conv((WIDTH, WIDTH), CHANNELS, HEADS, add_self_loops=False).double()
        conv.lin_l.weight.data = fused.weight_src[number].detach().T.clone()
        conv.lin_l.bias.data = fused.bias_src[number].detach().clone()
        conv.lin_r.weight.data = fused.weight_dst[number].detach().T.clone()
        conv.lin_r.bias.data = fused.bias_dst[number].detach().clone()
        conv.att.data = fused.attention[number].detach()[None].clone()
        conv.bias.data = fused.bias[number].detach().clone()
        convs[kind] = conv
    return HeteroConv(convs, aggr="sum")


def test_forward_and_backward_equal_heteroconv_in_double_precision() -> None:
    src, dst, relation = edges()
    fused = layer()
    reference = oracle(fused)
    states = torch.randn(12, WIDTH, dtype=torch.float64, requires_grad=True)
    types = torch.tensor([0] * 5 + [1] * 7)
    out, _ = fused(states, types, pack_edges(src, dst, relation, len(KINDS), 12))
    halves = {"a": states[:5], "b": states[5:]}
    index = {}
    for number, (source, name, target) in enumerate(KINDS):
        rows = relation == number
        ends = np.stack([src[rows] - START[source], dst[rows] - START[target]])
        index[source, name, target] = torch.from_numpy(ends)
    expected = reference(halves, index)
    expected = torch.cat([expected["a"], expected["b"]])
    assert (out - expected).abs().max() <= 1e-12
    weight = torch.randn_like(out)
    (grad,) = torch.autograd.grad((out * weight).sum(), states, retain_graph=True)
    (wanted,) = torch.autograd.grad((expected * weight).sum(), states, retain_graph=True)
    assert (grad - wanted).abs().max() <= 1e-12
    (grad,) = torch.autograd.grad((out * weight).sum(), fused.weight_src)
    first = reference.convs[KINDS[0]].lin_l.weight
    (wanted,) = torch.autograd.grad((expected * weight).sum(), first)
    assert (grad[0] - wanted.T).abs().max() <= 1e-12


@pytest.mark.parametrize("over", ["node", "relation"])
def test_attention_sums_to_one_within_its_group(over: str) -> None:
    src, dst, relation = edges()
    pack = pack_edges(src, dst, relation, len(KINDS), 12)
    states = torch.randn(12, WIDTH, dtype=torch.float64)
    _, alpha = layer(over)(states, torch.tensor([0] * 5 + [1] * 7), pack)
    group = pack.dst if over == "node" else pack.slot
    sums = torch.zeros(int(group.max()) + 1, HEADS, dtype=torch.float64).index_add(0, group, alpha)
    reached = torch.bincount(group) > 0
    assert torch.allclose(sums[reached], torch.ones(1, dtype=torch.float64))


def test_the_two_groupings_are_different_models() -> None:
    src, dst, relation = edges()
    pack = pack_edges(src, dst, relation, len(KINDS), 12)
    states, types = torch.randn(12, WIDTH, dtype=torch.float64), torch.tensor([0] * 5 + [1] * 7)
    one, other = layer("node")(states, types, pack)[0], layer("relation")(states, types, pack)[0]
    assert (one - other).abs().max() > 0.1


def test_a_node_without_edges_gets_the_biases_of_its_type_only() -> None:
    none = np.empty(0, np.int64)
    fused = layer()
    pack = pack_edges(none, none, none, len(KINDS), 2)
    out, alpha = fused(torch.randn(2, WIDTH).double(), torch.tensor([0, 1]), pack)
    assert torch.allclose(out[0], fused.bias[1])
    assert torch.allclose(out[1], fused.bias[[0, 2, 3]].sum(0))
    assert alpha.shape == (0, HEADS)
