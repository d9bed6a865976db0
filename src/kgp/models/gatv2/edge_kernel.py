"""The compiled kernels as a differentiable torch function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kgp.errors import BadInputError
from kgp.models.gatv2.attention_kernels import attend, attend_backward

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.models.gatv2.pack import EdgePack

EXACT = (torch.float32, torch.float64)
"""What the kernels compute in."""


def attend_on_cpu(
    value: Tensor, query: Tensor, attention: Tensor, slope: float, pack: EdgePack
) -> tuple[Tensor, Tensor, Tensor]:
    """Attend within each slot, on as many threads as torch may use and there are heads.

    Args:
        value: float [source pairs, heads, channels], on the CPU, of a type in ``EXACT``.
        query: the same type, [slots, heads, channels].
        attention: [relations, heads, channels].
        slope: of LeakyReLU below 0.
        pack: the edges.

    Returns:
        [slots, heads, channels] weighted sums; [edges, heads] attention; [slots, heads] logarithm
        of each slot's sum of exponentials. All three can be differentiated once.
    """
    index = (pack.source, pack.slot_ptr, pack.slots.relation)
    inputs = (value, query, attention, slope, *index)
    found: tuple[Tensor, Tensor, Tensor]
    found = _Attend.apply(*inputs)  # type: ignore[no-untyped-call]  # torch leaves it without annotations
    return found


class _Attend(torch.autograd.Function):
    """Keeps the projected rows and the shares for the way back, nothing per edge and channel."""

    @staticmethod
    def forward(
        ctx: Any,
        value: Tensor,
        query: Tensor,
        attention: Tensor,
        slope: float,
        source: Tensor,
        slot_ptr: Tensor,
        relation: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        inputs = (value.contiguous(), query.contiguous(), attention.to(value.dtype).contiguous())
        index, heads = (source, slot_ptr, relation), value.shape[1]
        alpha = value.new_empty(len(source), heads)
        total = value.new_empty(len(query), heads)
        out = torch.zeros_like(inputs[1])
        given = [each.detach().numpy() for each in (*inputs, *index)]
        made = [each.numpy() for each in (alpha, total, out)]
        forward: Callable[..., None] = attend
        _share(heads, lambda span: forward(*given, slope, span, *made))
        ctx.save_for_backward(*inputs, *index, alpha)
        ctx.slope = slope
        return out, alpha, total

    @staticmethod
    def backward(
        ctx: Any, grad_out: Tensor, grad_alpha: Tensor, grad_total: Tensor
    ) -> tuple[Tensor | None, ...]:
        if torch.is_grad_enabled():
            raise BadInputError(
                "edge_stage='kernel' has no second derivative.",
                hint="Build the layer with edge_stage='plain', or leave out create_graph=True.",
            )
        *inputs, alpha = ctx.saved_tensors
        found = [torch.zeros_like(each) for each in inputs[:3]]
        given = [each.numpy() for each in inputs]
        arrived = [grad_alpha.clone(), grad_total.contiguous(), grad_out.contiguous()]
        made = [each.numpy() for each in (alpha, *arrived, *found)]
        back: Callable[..., None] = attend_backward
        _share(alpha.shape[1], lambda span: back(*given, ctx.slope, span, *made))
        return (*found, None, None, None, None)


def _share(heads: int, work: Callable[[tuple[int, int]], None]) -> None:
    """Do all heads, each thread a range of them."""
    threads = min(torch.get_num_threads(), heads)
    if threads == 1:
        work((0, heads))
        return
    bounds = [heads * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, pairwise(bounds)))
