"""Weights move between PyG's layer and kgp's, and what cannot be fused is refused."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch_geometric.nn import GATv2Conv, HeteroConv, SAGEConv

from kgp.errors import BadInputError
from kgp.models.gatv2 import from_hetero_conv, to_hetero_conv
from tests.unit.models.gatv2.graphs import CHANNELS, HEADS, WIDTH, example

TYPES = ["t0", "t1"]


def hetero(aggr: str = "sum", **options: Any) -> HeteroConv:
    """PyG's layer over the example's relations, as a user builds it."""
    torch.manual_seed(4)
    given = {"add_self_loops": False, **options}
    convs = {kind: GATv2Conv(WIDTH, CHANNELS, HEADS, **given) for kind in example().kinds}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return HeteroConv(convs, aggr=aggr).double()


@pytest.mark.parametrize("options", [{}, {"share_weights": True}, {"negative_slope": 0.05}])
def test_a_users_layer_is_fused_without_training_again(options: dict[str, Any]) -> None:
    graph, conv = example(), hetero(**options)
    fused = from_hetero_conv(conv, TYPES)
    out, _ = fused(graph.states(), graph.types, graph.pack)
    assert (out - graph.by_pyg(conv, graph.states())).detach().abs().max() <= 1e-12


def test_relations_may_be_numbered_in_another_order() -> None:
    conv, turned = hetero(), example().kinds[::-1]
    fused = from_hetero_conv(conv, TYPES, turned)
    assert torch.equal(fused.attention[0], conv.convs[turned[0]].att[0])
    assert fused.target.tolist() == [TYPES.index(target) for _, _, target in turned]


@pytest.mark.parametrize("share_weights", [False, True])
def test_there_and_back_again_changes_no_bit(share_weights: bool) -> None:
    graph = example()
    layer = graph.layer(share_weights=share_weights)
    again = from_hetero_conv(graph.pyg(layer), TYPES, graph.kinds)
    assert again.share_weights is share_weights
    pairs = zip(layer.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"edge_dim": 3}, "edge_dim"),
        ({"dropout": 0.1}, "dropout=0.1"),
        ({"residual": True}, "residual"),
        ({"concat": False}, "concat"),
        ({"bias": False}, "bias=False"),
        ({"aggr": "mean"}, "'mean'"),
    ],
)
def test_what_cannot_be_fused_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        from_hetero_conv(hetero(**options), TYPES)


def one(conv: torch.nn.Module) -> HeteroConv:
    return HeteroConv({("t0", "r", "t0"): conv})


@pytest.mark.parametrize(
    ("conv", "message"),
    [
        (SAGEConv(4, 4), "SAGEConv"),
        (GATv2Conv(4, 2), "add_self_loops"),
        (GATv2Conv((4, 5), 2, add_self_loops=False), r"\[4, 5\]"),
        (GATv2Conv(-1, 2, add_self_loops=False), "no weights yet"),
    ],
)
def test_a_single_relation_that_cannot_be_fused_is_named(
    conv: torch.nn.Module, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        from_hetero_conv(one(conv), ["t0"])


def test_relations_of_different_shapes_are_named() -> None:
    convs = {
        ("t0", "r", "t0"): GATv2Conv(4, 2, add_self_loops=False),
        ("t0", "s", "t0"): GATv2Conv(6, 2, add_self_loops=False),
    }
    with pytest.raises(BadInputError, match=r"'r', 't0'.*'s', 't0'.*differ"):
        from_hetero_conv(HeteroConv(convs), ["t0"])


@pytest.mark.parametrize(
    ("types", "relations", "message"),
    [
        (["t0", "other"], None, "node type 't1'"),
        (TYPES, [("t0", "no", "t1")], "Unknown relation"),
        (TYPES, [("t0", "r0", "t1")], "4 relations, 1 are named"),
    ],
)
def test_names_that_do_not_fit_are_refused(
    types: list[str], relations: list[tuple[str, str, str]] | None, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        from_hetero_conv(hetero(), types, relations)


def test_a_softmax_over_all_edges_has_no_form_in_pyg() -> None:
    graph = example()
    with pytest.raises(BadInputError, match="no form as HeteroConv"):
        to_hetero_conv(graph.layer("node"), TYPES, graph.kinds)


def test_relations_in_another_order_than_the_layers_are_refused() -> None:
    graph = example()
    with pytest.raises(BadInputError, match="order in which the layer was built"):
        to_hetero_conv(graph.layer(), TYPES, graph.kinds[::-1])
