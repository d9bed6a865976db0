"""A network that is in memory already: from a user's own analysis, or from a planted truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.kg_schema.batches import EFFECT_OF_SIGN, Kind, make_batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.kg_schema.tally import Tally


class FrameNetwork:
    """A loader over edges in memory; its genes must be nodes of the graph already.

    Args:
        name: the network's name.
        info: provenance of the edges.
        edges: (regulator, target, sign, layer) with CURIEs and sign +1, -1 or 0.
        sign_source: where the signs come from.
    """

    def __init__(
        self,
        name: str,
        info: SourceInfo,
        edges: Sequence[tuple[str, str, int, str]],
        sign_source: str,
    ) -> None:
        self._name, self._info, self._edges = name, info, edges
        self._sign_source = sign_source

    @property
    def info(self) -> SourceInfo:
        """Provenance of the edges."""
        return self._info

    @property
    def inputs(self) -> Mapping[str, Path]:
        """Nothing is read from files."""
        return {}

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the edges as one batch."""
        tally.read(len(self._edges))
        src, dst, sign, layer = zip(*self._edges, strict=True)
        yield make_batch(
            Kind.REGULATION,
            {
                "grn": [self._name] * len(src),
                "src": src,
                "dst": dst,
                "sign": sign,
                "effect": [EFFECT_OF_SIGN.get(value, "unknown") for value in sign],
                "layer": layer,
                "sign_source": [self._sign_source] * len(src),
                "weight": [1.0] * len(src),
                "evidence": ["{}"] * len(src),
            },
        )
