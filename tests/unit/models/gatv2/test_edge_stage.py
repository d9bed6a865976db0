"""The forms of the attention: equal values, equal gradients, clear refusals."""

from __future__ import annotations

from shutil import which
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.gatv2.edge_kernel import attend_on_cpu
from kgp.models.gatv2.edge_stage import edge_stage
from kgp.models.torch_state import torch_state
from tests.unit.models.gatv2.graphs import CHANNELS, HEADS, Graph, example, graphs

if TYPE_CHECKING:
    from kgp.models.gatv2 import EdgeStage, Softmax


def results(graph: Graph, over: Softmax, form: EdgeStage) -> list[torch.Tensor]:
    """Output, attention, and the gradients of both together."""
    layer, states = graph.layer(over, form), graph.states().requires_grad_()
    out, alpha = layer(states, graph.types, graph.pack)
    made = torch.Generator().manual_seed(3)
    loss = (out * torch.randn(out.shape, generator=made)).sum()
    loss = loss + (alpha * torch.randn(alpha.shape, generator=made)).sum()
    found = torch.autograd.grad(loss, [states, *layer.parameters()])
    return [out.detach(), alpha.detach(), *found]


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(torch.allclose(a, b, rtol=0, atol=1e-12) for a, b in pairs)


@settings(max_examples=40)
@given(graph=graphs(), over=st.sampled_from(["node", "relation"]))
def test_kernel_and_plain_form_are_equal(graph: Graph, over: Softmax) -> None:
    assert same(results(graph, over, "kernel"), results(graph, over, "plain"))


@pytest.mark.parametrize("over", ["node", "relation"])
def test_threads_share_the_heads(over: Softmax) -> None:
    with torch_state(1):
        alone = results(example(), over, "kernel")
    with torch_state(2):
        assert same(results(example(), over, "kernel"), alone)


@pytest.mark.slow
@pytest.mark.skipif(which("c++") is None, reason="torch.compile needs a C++ compiler on a CPU")
def test_compiled_and_plain_form_are_equal() -> None:
    forms: tuple[EdgeStage, ...] = ("compiled", "plain")
    one, other = (results(example(), "relation", form) for form in forms)
    assert same(one, other)


def inputs_of(graph: Graph) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    made = torch.Generator().manual_seed(1)
    counts = (len(graph.pack.sources), len(graph.pack.slots), len(graph.ends))
    shapes = [(count, HEADS, CHANNELS) for count in counts]
    value, query, attention = (
        torch.randn(shape, dtype=torch.float64, generator=made).requires_grad_() for shape in shapes
    )
    return value, query, attention


def test_the_written_out_gradients_are_the_numerical_ones() -> None:
    graph = example()

    def kernel(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return attend_on_cpu(*inputs, 0.2, graph.pack)

    assert torch.autograd.gradcheck(kernel, inputs_of(graph))


def test_large_logits_do_not_overflow() -> None:
    graph = example()
    value, query, attention = inputs_of(graph)
    out, alpha, total = attend_on_cpu(value, query, attention * 1e6, 0.2, graph.pack)
    assert all(bool(each.isfinite().all()) for each in (out, alpha, total))


def test_a_second_derivative_by_the_kernel_is_refused() -> None:
    graph = example()
    states = graph.states().requires_grad_()
    out, _ = graph.layer(form="kernel")(states, graph.types, graph.pack)
    with pytest.raises(BadInputError, match="edge_stage='plain'"):
        torch.autograd.grad(out.square().sum(), states, create_graph=True)


def test_the_plain_form_works_in_half_precision_with_logits_in_single() -> None:
    graph = example()
    halves = [each.detach().bfloat16() for each in inputs_of(graph)]
    out, alpha = edge_stage("auto", "relation", *halves, 0.2, graph.pack, 10)
    exact, _ = edge_stage("plain", "relation", *(h.double() for h in halves), 0.2, graph.pack, 10)
    assert alpha.dtype == torch.float32
    assert torch.allclose(out.double(), exact, atol=0.05)


def test_the_kernel_refuses_half_precision() -> None:
    graph = example()
    halves = [each.detach().half() for each in inputs_of(graph)]
    with pytest.raises(BadInputError, match=r"torch\.float16 on cpu"):
        edge_stage("kernel", "relation", *halves, 0.2, graph.pack, 10)


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    graph = example()
    with pytest.raises(BadInputError, match="Did you mean: kernel"):
        edge_stage("kernels", "relation", *inputs_of(graph), 0.2, graph.pack, 10)  # type: ignore[arg-type]  # what is tested
