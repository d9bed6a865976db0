"""Projection by relation: its forms are one function."""

from __future__ import annotations

import pytest
import torch

from kgp.models.gatv2.projection import can_group, project, project_each, project_grouped
from tests.unit.models.gatv2.graphs import WIDTH, example

OUT = 6


def weights() -> tuple[torch.Tensor, torch.Tensor]:
    made = torch.Generator().manual_seed(2)
    weight = torch.randn(4, WIDTH, OUT, dtype=torch.float64, generator=made)
    return weight, torch.randn(4, OUT, dtype=torch.float64, generator=made)


def test_each_pair_is_multiplied_by_its_relations_matrix() -> None:
    graph, (weight, bias) = example(), weights()
    pairs, states = graph.pack.sources, graph.states()
    found = project(states, pairs, weight, bias)
    for row, (node, relation) in enumerate(zip(pairs.node, pairs.relation, strict=True)):
        assert torch.allclose(found[row], states[node] @ weight[relation] + bias[relation])


def test_the_written_out_gradients_are_the_numerical_ones() -> None:
    graph = example()
    inputs = [each.requires_grad_() for each in (graph.states(), *weights())]

    def projected(*given: torch.Tensor) -> torch.Tensor:
        states, weight, bias = given
        return project(states, graph.pack.sources, weight, bias)

    assert torch.autograd.gradcheck(projected, inputs)


def test_only_asked_gradients_are_made() -> None:
    graph, (weight, bias) = example(), weights()
    project(graph.states(), graph.pack.slots, weight.requires_grad_(), bias).sum().backward()
    assert weight.grad is not None
    assert bool((weight.grad[:3] != 0).any())
    assert bool((weight.grad[3] == 0).all())  # this relation has no edges
    assert bias.grad is None


def test_relation_by_relation_is_the_same() -> None:
    graph, (weight, bias) = example(), weights()
    given = (graph.states(), graph.pack.sources, weight, bias)
    assert torch.allclose(project_each(*given), project(*given))


@pytest.mark.skipif(
    not hasattr(torch.nn.functional, "grouped_mm"), reason="this torch has no grouped product"
)
def test_one_grouped_product_is_the_same_up_to_its_precision() -> None:
    graph, made = example(), torch.Generator().manual_seed(0)
    shapes = ((10, 16), (4, 16, 8), (4, 8))
    states, weight, bias = (torch.randn(shape, generator=made) for shape in shapes)
    halves = [each.bfloat16().requires_grad_() for each in (states, weight, bias)]
    grouped = project_grouped(halves[0], graph.pack.sources, *halves[1:])
    exact = project(states.double(), graph.pack.sources, weight.double(), bias.double())
    assert torch.allclose(grouped.double(), exact, atol=0.2)
    grouped.sum().backward()
    loop = [each.detach().requires_grad_() for each in halves]
    project_each(loop[0], graph.pack.sources, *loop[1:]).sum().backward()
    for one, other in zip(halves, loop, strict=True):
        assert torch.allclose(one.grad.float(), other.grad.float(), atol=0.1)


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [
        ((2, 16, 8), torch.bfloat16, True),
        ((2, 12, 8), torch.bfloat16, False),  # rows of 24 bytes
        ((2, 16, 8), torch.float32, False),
    ],
)
def test_the_grouped_product_is_for_aligned_bfloat16(
    shape: tuple[int, int, int], dtype: torch.dtype, expected: bool
) -> None:
    available = hasattr(torch.nn.functional, "grouped_mm")
    assert can_group(torch.empty(shape), dtype) is (expected and available)


def test_autocast_projects_in_its_own_precision() -> None:
    graph, (weight, bias) = example(), weights()
    given = (graph.states().float(), graph.pack.sources, weight.float(), bias.float())
    with torch.autocast("cpu", torch.bfloat16):
        halves = project(*given)
    assert halves.dtype == torch.bfloat16
    assert torch.allclose(halves.float(), project(*given), atol=0.1)


def test_a_whole_layer_trains_under_autocast() -> None:
    graph = example()
    layer, states = graph.layer().float(), graph.states().float()
    exact, _ = layer(states, graph.types, graph.pack)
    with torch.autocast("cpu", torch.bfloat16):
        out, alpha = layer(states, graph.types, graph.pack)
        out.square().mean().backward()
    assert alpha.dtype == torch.float32
    assert torch.allclose(out, exact, atol=0.2)
    assert all(bool(each.grad.isfinite().all()) for each in layer.parameters())
