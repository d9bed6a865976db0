"""Multiplying node states by their relations' matrices, one row per (relation, node) pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.gatv2.pack import RelationPairs

ALIGNMENT = 16
"""Bytes to which the rows that a grouped matrix product reads are aligned."""
_EXACT = (torch.float32, torch.float64)


def project(states: Tensor, pairs: RelationPairs, weight: Tensor, bias: Tensor) -> Tensor:
    """Project each pair's node by its relation: ``W_r x_j + b_r``.

    Args:
        states: float [nodes, width].
        pairs: the pairs.
        weight: float [relations, width, out].
        bias: float [relations, out].

    Returns:
        float [pairs, out]; under autocast of its type.
    """
    device = states.device.type
    mixed = torch.is_autocast_enabled(device)
    if device == "cpu" and not mixed and states.dtype in _EXACT:
        inputs = (states, weight, bias, pairs.node, pairs.counts)
        product: Tensor = _InPlace.apply(*inputs)  # type: ignore[no-untyped-call]  # torch leaves it without annotations
        return product
    dtype = torch.get_autocast_dtype(device) if mixed else states.dtype
    if device == "cuda" and can_group(weight, dtype):
        return project_grouped(states.to(dtype), pairs, weight.to(dtype), bias.to(dtype))
    return project_each(states, pairs, weight, bias)


def can_group(weight: Tensor, dtype: torch.dtype) -> bool:
    """Whether torch has a grouped product for such matrices: bfloat16, with aligned rows."""
    aligned = all(size * dtype.itemsize % ALIGNMENT == 0 for size in weight.shape[1:])
    return hasattr(nn.functional, "grouped_mm") and dtype == torch.bfloat16 and aligned


def project_grouped(states: Tensor, pairs: RelationPairs, weight: Tensor, bias: Tensor) -> Tensor:
    """Project by one kernel for all relations, as :func:`project`."""
    rows = states.index_select(0, pairs.node)
    product: Tensor = nn.functional.grouped_mm(rows, weight, offs=pairs.ends)
    if product.requires_grad:  # its way back refuses broadcast gradients
        product.register_hook(torch.Tensor.contiguous)  # type: ignore[no-untyped-call]  # torch leaves it without annotations
    return product + bias.index_select(0, pairs.relation)


def project_each(states: Tensor, pairs: RelationPairs, weight: Tensor, bias: Tensor) -> Tensor:
    """Project relation by relation, as :func:`project`.

    ``split`` and ``unbind`` and not indexing in the loop, whose backward pass would fill one
    full-size tensor per relation.
    """
    parts = torch.split(states.index_select(0, pairs.node), list(pairs.counts))
    rows = zip(parts, weight.unbind(), bias.unbind(), strict=True)
    products = [torch.addmm(b, part, w) for part, w, b in rows if len(part)]
    return torch.cat(products) if products else states.new_empty(0, weight.shape[2])


class _InPlace(torch.autograd.Function):
    """Relation by relation into one array, without copies of the inputs or the outputs."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, node: Tensor, counts: tuple[int]
    ) -> Tensor:
        ctx.save_for_backward(states, weight, node)
        ctx.counts = counts
        out = states.new_empty(len(node), weight.shape[2])
        for relation, rows in _ranges(counts):
            part = states.index_select(0, node[rows])
            torch.addmm(bias[relation], part, weight[relation], out=out[rows])
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        states, weight, node = ctx.saved_tensors
        to_states, to_weight, to_bias = ctx.needs_input_grad[:3]
        grad = grad.contiguous()
        grad_states = torch.zeros_like(states) if to_states else None
        grad_weight = torch.zeros_like(weight) if to_weight else None
        grad_bias = grad.new_zeros(len(weight), grad.shape[1]) if to_bias else None
        for relation, rows in _ranges(ctx.counts):
            part = grad[rows]
            if grad_weight is not None:
                inputs = states.index_select(0, node[rows])
                torch.mm(inputs.T, part, out=grad_weight[relation])
            if grad_bias is not None:
                torch.sum(part, 0, out=grad_bias[relation])
            if grad_states is not None:
                grad_states.index_add_(0, node[rows], part @ weight[relation].T)
        return grad_states, grad_weight, grad_bias, None, None


def _ranges(counts: tuple[int, ...]) -> Iterator[tuple[int, slice]]:
    """Yield each relation that has pairs, with its range of rows."""
    start = 0
    for relation, count in enumerate(counts):
        if count:
            yield relation, slice(start, start + count)
        start += count
