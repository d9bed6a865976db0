"""What happens between projection and output: attention and weighted sum, in several forms.

All forms compute the same. ``kernel`` is for the CPU, ``plain`` is torch operations for any
device and precision, ``compiled`` is the plain form through torch.compile.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

import torch
from torch import Tensor, nn
from torch_geometric.utils import softmax

from kgp.errors import BadInputError, unknown
from kgp.models.gatv2.edge_kernel import EXACT, attend_on_cpu

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.models.gatv2.pack import EdgePack

EdgeStage = Literal["auto", "kernel", "compiled", "plain"]
Softmax = Literal["node", "relation"]


def edge_stage(
    form: EdgeStage,
    over: Softmax,
    value: Tensor,
    query: Tensor,
    attention: Tensor,
    slope: float,
    pack: EdgePack,
    rows: int,
) -> tuple[Tensor, Tensor]:
    """Let the destinations attend to their sources.

    Args:
        form: which implementation; ``auto`` takes ``kernel`` for float32 and float64 on the CPU,
            otherwise ``plain``.
        over: group of the softmax: the edges of a slot, or all edges of a destination.
        value: float [source pairs, heads, channels].
        query: float [slots, heads, channels].
        attention: float [relations, heads, channels].
        slope: of LeakyReLU below 0.
        pack: the edges.
        rows: number of destinations.

    Returns:
        float [destinations, heads, channels], the sum of what arrives, and float [edges, heads],
        the attention, in the pack's order.

    Raises:
        BadInputError: for an unknown form, or ``kernel`` where it cannot run.
    """
    if form not in get_args(EdgeStage):
        raise BadInputError(unknown("edge stage", form, get_args(EdgeStage)))
    exact = value.device.type == "cpu" and value.dtype in EXACT
    if form == "kernel" and not exact:
        raise BadInputError(
            f"edge_stage='kernel' cannot work on {value.dtype} on {value.device}.",
            hint="It takes float32 and float64 on the CPU; elsewhere use 'plain' or 'compiled'.",
        )
    if form == "kernel" or (form == "auto" and exact):
        return _by_kernel(over, value, query, attention, slope, pack, rows)
    group, groups = pack.slot, len(pack.slots)
    destination = pack.slots.node.index_select(0, pack.slot)
    if over == "node":
        group, groups = destination, rows
    relation = pack.slots.relation.index_select(0, pack.slot)
    stage = plain
    if form == "compiled":
        stage = _compiled()
        for each in (value, query, pack.source, pack.slot, group, destination, relation):
            torch._dynamo.maybe_mark_dynamic(each, 0)
    return stage(
        value, query, attention, slope, pack.source, pack.slot, group, groups, destination,
        relation, rows
    )  # fmt: skip


def plain(
    value: Tensor,
    query: Tensor,
    attention: Tensor,
    slope: float,
    source: Tensor,
    slot: Tensor,
    group: Tensor,
    groups: int,
    destination: Tensor,
    relation: Tensor,
    rows: int,
) -> tuple[Tensor, Tensor]:
    """Attend by torch operations over edges, the logits at least in single precision.

    Args:
        value: as for :func:`edge_stage`, and so on to ``slope``.
        query: as above.
        attention: as above.
        slope: as above.
        source: int64 [edges], source pair of each edge.
        slot: int64 [edges], slot of each edge.
        group: int64 [edges], group of the softmax.
        groups: number of groups.
        destination: int64 [edges].
        relation: int64 [edges].
        rows: number of destinations.
    """
    given = value.index_select(0, source)
    hidden = nn.functional.leaky_relu(given + query.index_select(0, slot), slope)
    precision = torch.promote_types(value.dtype, torch.float32)
    logit = (hidden * attention.index_select(0, relation)).sum(-1, dtype=precision)
    alpha: Tensor = softmax(logit, group, num_nodes=groups)
    message = given * alpha.unsqueeze(-1)
    out = message.new_zeros(rows, *value.shape[1:])
    return out.index_add(0, destination, message), alpha


@cache
def _compiled() -> Callable[..., tuple[Tensor, Tensor]]:
    return torch.compile(plain, dynamic=True)


def _by_kernel(
    over: Softmax,
    value: Tensor,
    query: Tensor,
    attention: Tensor,
    slope: float,
    pack: EdgePack,
    rows: int,
) -> tuple[Tensor, Tensor]:
    """Attend within slots; one softmax over a destination weighs its slots by their totals."""
    out, alpha, total = attend_on_cpu(value, query, attention, slope, pack)
    if over == "node":
        share: Tensor = softmax(total, pack.slots.node, num_nodes=rows)
        out = out * share.unsqueeze(-1)
        alpha = alpha * share.index_select(0, pack.slot)
    summed = out.new_zeros(rows, *value.shape[1:])
    return summed.index_add(0, pack.slots.node, out), alpha
