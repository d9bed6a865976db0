"""Moving weights between PyG's ``HeteroConv`` of ``GATv2Conv`` and the fused layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch_geometric.nn import GATv2Conv, HeteroConv

from kgp.errors import BadInputError, unknown
from kgp.models.gatv2.layer import FusedGATv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    EdgeType = tuple[str, str, str]


def from_hetero_conv(
    conv: HeteroConv, types: Sequence[str], relations: Sequence[EdgeType] | None = None
) -> FusedGATv2:
    """Build a fused layer that computes what ``conv`` does, with copies of its weights.

    Supported is what the fused layer does: ``aggr="sum"``, one input width, one number of heads
    and channels for all relations, ``concat``, biases, ``share_weights``, any ``negative_slope``.
    Edge features, attention dropout, residuals, the mean over heads and self loops that the layer
    adds are not.

    Args:
        conv: the trained or untrained layer.
        types: names of the node types; their order is their numbering.
        relations: edge types in the order of their numbering; default the order in ``conv``.

    Returns:
        A layer with one softmax per (destination, relation), of the same precision and device.

    Raises:
        BadInputError: if ``conv`` is not of that kind, or the types or relations differ from its.
    """
    order = list(conv.convs.keys()) if relations is None else list(relations)
    _check_names(conv, types, order)
    convs = [conv.convs[relation] for relation in order]
    if conv.aggr != "sum":
        raise BadInputError(f"aggr={conv.aggr!r} cannot be fused.", hint="Valid is 'sum'.")
    for relation, each in zip(order, convs, strict=True):
        _check_one(relation, each)
    shapes = {_shape(each): relation for relation, each in zip(order, convs, strict=True)}
    if len(shapes) > 1:
        (one, first), (other, second) = list(shapes.items())[:2]
        raise BadInputError(
            f"{first} and {second} differ: {one} and {other}, which are the input width, heads, "
            "channels, negative_slope and share_weights.",
            hint="Bring all node types to one width by a linear layer each, and use one shape.",
        )
    width, heads, channels, slope, shared = _shape(convs[0])
    targets = [list(types).index(target) for _, _, target in order]
    fused = FusedGATv2(
        width, channels, heads, targets, len(types), "relation", share_weights=shared, slope=slope
    )
    fused = fused.to(convs[0].att)
    for number, each in enumerate(convs):
        _copy(fused, number, each, to_pyg=False)
    return fused


def to_hetero_conv(
    layer: FusedGATv2, types: Sequence[str], relations: Sequence[EdgeType]
) -> HeteroConv:
    """Build PyG's layer with copies of a fused layer's weights.

    Both compute the same where ``edge_index_dict`` names every relation, with an empty index where
    it has no edges: PyG leaves out the bias of a relation that is not named.

    Args:
        layer: the fused layer.
        types: names of the node types in the order of their numbering.
        relations: edge types in the order of their numbering.

    Raises:
        BadInputError: for one softmax over all edges of a node, which PyG has no form of, or names
            that do not fit the layer.
    """
    if layer.over != "relation":
        raise BadInputError(
            "One softmax over all edges of a node has no form as HeteroConv.",
            hint="Train with a softmax per relation.",
        )
    targets = [list(types).index(target) for _, _, target in relations if target in types]
    if len(types) != layer.types or targets != layer.target.tolist():
        raise BadInputError(
            f"The layer's relations arrive at the types {layer.target.tolist()} of {layer.types}; "
            f"those that are named, at {targets} of {len(types)}.",
            hint="Give types and relations in the order in which the layer was built.",
        )
    width = layer.weight_src.shape[1]
    convs = {}
    for number, relation in enumerate(relations):
        conv = GATv2Conv(
            (width, width),
            layer.channels,
            layer.heads,
            negative_slope=layer.slope,
            add_self_loops=False,
            share_weights=layer.share_weights,
        ).to(layer.attention)
        _copy(layer, number, conv, to_pyg=True)
        convs[relation] = conv
    return HeteroConv(convs, aggr="sum")


def _check_names(conv: HeteroConv, types: Sequence[str], order: Sequence[EdgeType]) -> None:
    """Refuse relations that are not the layer's, and types that are not named."""
    known = {str(relation) for relation in conv.convs.keys()}
    for relation in order:
        if str(relation) not in known:
            raise BadInputError(unknown("relation of the layer", str(relation), known))
        for end in (relation[0], relation[2]):
            if end not in types:
                raise BadInputError(unknown("node type", end, types))
    left_out = known - {str(relation) for relation in order}
    if left_out or len(order) != len(known):
        raise BadInputError(
            f"The layer has {len(known)} relations, {len(order)} are named.",
            hint=f"Name each once; left out: {', '.join(sorted(left_out)) or 'none'}.",
        )


def _check_one(relation: EdgeType, conv: nn.Module) -> None:
    """Refuse options that the fused layer does not have."""
    if not isinstance(conv, GATv2Conv):
        raise BadInputError(
            f"{relation} is a {type(conv).__name__}.", hint="Only GATv2Conv can be fused."
        )
    if isinstance(conv.lin_l.weight, nn.UninitializedParameter) or isinstance(
        conv.lin_r.weight, nn.UninitializedParameter
    ):
        raise BadInputError(
            f"{relation} has no weights yet.", hint="Give input widths, or run one batch first."
        )
    wrong = [
        ("concat=False", not conv.concat, "heads are put side by side"),
        ("edge_dim", conv.edge_dim is not None, "edge features are not used"),
        ("residual=True", bool(conv.residual), "add the states yourself"),
        (f"dropout={conv.dropout}", conv.dropout > 0, "use dropout on the states"),
        ("bias=False", conv.bias is None, "biases of zero do the same"),
        (
            "add_self_loops=True",
            conv.add_self_loops and relation[0] == relation[2],
            "put self loops among the edges",
        ),
    ]
    for option, given, instead in wrong:
        if given:
            raise BadInputError(
                f"{relation} has {option}, which cannot be fused.", hint=f"Instead: {instead}."
            )


def _shape(conv: GATv2Conv) -> tuple[int, int, int, float, bool]:
    widths = {conv.lin_l.weight.shape[1], conv.lin_r.weight.shape[1]}
    if len(widths) > 1:
        raise BadInputError(
            f"A relation has sources and destinations of the widths {sorted(widths)}.",
            hint="Bring all node types to one width by a linear layer each.",
        )
    (width,) = widths
    return width, conv.heads, conv.out_channels, float(conv.negative_slope), conv.share_weights


@torch.no_grad()
def _copy(layer: FusedGATv2, number: int, conv: GATv2Conv, *, to_pyg: bool) -> None:
    """Copy one relation's weights, in either direction."""
    pairs = [
        (layer.weight_src[number].T, conv.lin_l.weight),
        (layer.bias_src[number], conv.lin_l.bias),
        (layer.attention[number][None], conv.att),
        (layer.bias[number], conv.bias),
    ]
    if not layer.share_weights:
        pairs += [
            (layer.weight_dst[number].T, conv.lin_r.weight),
            (layer.bias_dst[number], conv.lin_r.bias),
        ]
    for ours, theirs in pairs:
        source, target = (ours, theirs) if to_pyg else (theirs, ours)
        target.copy_(source)
