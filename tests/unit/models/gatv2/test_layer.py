"""The fused layer against PyTorch Geometric's own, and its attention."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.gatv2 import FusedGATv2, Softmax
from tests.unit.models.gatv2.graphs import CHANNELS, HEADS, WIDTH, Graph, example, graphs

TOLERANCE = 1e-12


def gradients(out: torch.Tensor, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    weight = torch.randn(out.shape, dtype=out.dtype, generator=torch.Generator().manual_seed(5))
    found = torch.autograd.grad((out * weight).sum(), inputs, allow_unused=True)
    pairs = zip(found, inputs, strict=True)
    return [torch.zeros_like(given) if grad is None else grad for grad, given in pairs]


@settings(max_examples=60)
@given(graph=graphs(), share_weights=st.booleans(), form=st.sampled_from(["kernel", "plain"]))
def test_output_and_all_gradients_equal_heteroconv(
    graph: Graph, share_weights: bool, form: str
) -> None:
    fused = graph.layer(form=form, share_weights=share_weights)  # type: ignore[arg-type]  # a drawn literal
    pyg = graph.pyg(fused)
    states = graph.states().requires_grad_()
    out, _ = fused(states, graph.types, graph.pack)
    expected = graph.by_pyg(pyg, states)
    assert (out - expected).detach().abs().max() <= TOLERANCE
    convs = [pyg.convs[kind] for kind in graph.kinds]
    ours, theirs = [fused.weight_src, fused.bias_src], [("lin_l", "weight"), ("lin_l", "bias")]
    if not share_weights:
        ours += [fused.weight_dst, fused.bias_dst]
        theirs += [("lin_r", "weight"), ("lin_r", "bias")]
    parameters = [getattr(getattr(conv, part), name) for conv in convs for part, name in theirs]
    parameters += [each for conv in convs for each in (conv.att, conv.bias)]
    ours += [fused.attention, fused.bias]
    mine = gradients(out, [states, *ours])
    wanted = gradients(expected, [states, *parameters])
    assert (mine[0] - wanted[0]).abs().max() <= TOLERANCE
    by_relation = dict(zip(parameters, wanted[1:], strict=True))
    for number, conv in enumerate(convs):
        pyg_grads = [by_relation[getattr(getattr(conv, part), name)] for part, name in theirs]
        pyg_grads += [by_relation[conv.att], by_relation[conv.bias]]
        for ours_of_all, its in zip(mine[1:], pyg_grads, strict=True):
            turned = its.T if its.dim() == 2 else its.squeeze(0)
            assert (ours_of_all[number] - turned).abs().max() <= TOLERANCE


@pytest.mark.parametrize("over", ["node", "relation"])
@pytest.mark.parametrize("form", ["kernel", "plain"])
def test_attention_sums_to_one_within_its_group(over: Softmax, form: str) -> None:
    graph = example()
    _, alpha = graph.layer(over, form)(graph.states(), graph.types, graph.pack)  # type: ignore[arg-type]  # a parametrised literal
    group = torch.from_numpy(graph.dst + (10 * graph.relation if over == "relation" else 0))
    sums = torch.zeros(50, HEADS, dtype=torch.float64).index_add(0, group, alpha.detach())
    assert torch.allclose(sums[torch.bincount(group, minlength=50) > 0], torch.ones(1).double())


@pytest.mark.parametrize("form", ["kernel", "plain"])
def test_one_softmax_over_a_node_is_that_of_its_logits(form: str) -> None:
    graph = example()
    layer = graph.layer("node", form)  # type: ignore[arg-type]  # a parametrised literal
    states = graph.states()
    out, alpha = layer(states, graph.types, graph.pack)
    value = states @ layer.weight_src + layer.bias_src[:, None]
    query = states @ layer.weight_dst + layer.bias_dst[:, None]
    edges = np.flatnonzero(graph.dst == 5)
    kind, source = graph.relation[edges], graph.src[edges]
    heads = (len(edges), HEADS, CHANNELS)
    given, asked = value[kind, source].view(heads), query[kind, 5].view(heads)
    hidden = torch.nn.functional.leaky_relu(given + asked, 0.2)
    share = torch.softmax((hidden * layer.attention[kind]).sum(-1), 0)
    assert torch.allclose(alpha[edges], share)
    arrived = (share.unsqueeze(-1) * given).sum(0).flatten() + layer.bias[[0, 2, 3]].sum(0)
    assert torch.allclose(out[5], arrived)


def test_the_two_groupings_are_different_models() -> None:
    graph = example()
    outs = [
        graph.layer(over)(graph.states(), graph.types, graph.pack)[0]
        for over in ("node", "relation")
    ]
    assert (outs[0] - outs[1]).detach().abs().max() > 0.1


def test_a_node_without_edges_gets_the_biases_of_its_type_only() -> None:
    graph = example()
    none = np.empty(0, np.int64)
    fused = graph.layer()
    alone = replace(graph, src=none, dst=none, relation=none)
    out, alpha = fused(graph.states(), graph.types, alone.pack)
    assert torch.equal(out[0], fused.bias[1])
    assert torch.allclose(out[5], fused.bias[[0, 2, 3]].sum(0))
    assert alpha.shape == (0, HEADS)


@settings(max_examples=30)
@given(graph=graphs(), over=st.sampled_from(["node", "relation"]), data=st.data())
def test_renumbered_nodes_and_reordered_edges_give_the_same_renumbered(
    graph: Graph, over: Softmax, data: st.DataObject
) -> None:
    nodes, edges = sum(graph.sizes), len(graph.src)
    number = np.array(data.draw(st.permutations(range(nodes))), np.int64)
    order = np.array(data.draw(st.permutations(range(edges))), np.int64)
    fused, states = graph.layer(over), graph.states()
    out, alpha = fused(states, graph.types, graph.pack)
    moved = replace(
        graph,
        src=number[graph.src][order],
        dst=number[graph.dst][order],
        relation=graph.relation[order],
    )
    places = torch.from_numpy(number)
    new_states, new_types = torch.empty_like(states), torch.empty_like(graph.types)
    new_states[places], new_types[places] = states, graph.types
    again, shares = fused(new_states, new_types, moved.pack)
    assert torch.allclose(again[places], out, atol=TOLERANCE)
    assert torch.allclose(shares, alpha[torch.from_numpy(order)], atol=TOLERANCE)


def test_only_the_first_nodes_receive_where_fewer_types_are_given() -> None:
    graph = example()
    keep = graph.dst < 4
    part = replace(graph, src=graph.src[keep], dst=graph.dst[keep], relation=graph.relation[keep])
    fused, states = graph.layer(), graph.states()
    whole, _ = fused(states, graph.types, graph.pack)
    out, alpha = fused(states, graph.types[:4], part.pack)
    assert torch.allclose(out, whole[:4])
    assert alpha.shape == (3, HEADS)


def test_weights_have_the_names_and_the_order_of_kept_checkpoints() -> None:
    layer = FusedGATv2(WIDTH, CHANNELS, HEADS, [0], 1, "relation")
    order = ["weight_src", "weight_dst", "bias_src", "bias_dst", "attention", "bias"]
    assert list(layer.state_dict()) == order
