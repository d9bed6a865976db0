r"""From statements about genes to the nodes and edges of the search, and back.

Genes that act together or are transcribed together are told apart by no experiment, so the
search must not tell them apart either:

- **A complex** is a node. What all its subunits regulate alike is regulated by the complex; each
  subunit is linked to it, so that loss of one is loss of all. Over-expression makes more of the
  complex only where all subunits are over-expressed. Downstream of a perturbation a rise of one
  subunit raises the complex too: a simplification, as walks do not count subunits.
- **A transcription unit** is one target and one observation, edited as one. A unit is linked to
  the genes in it, so that regulators among them carry a change on. A gene that regulates others
  of its own unit stays a target of its own, because its unit would otherwise act on itself.
- **Layers.** A signal changes what a protein does, not how much of its transcript there is:
  a → b of layer ``signalling`` ends in a node "active b", which is never measured and linked to b.
  So a walk counts only if its last edge changes expression. Only edges of ``EDITED_LAYERS``
  are edited. A pair stated in several of these layers is one edge, and an edit of it changes
  each of its statements; a pair stated in another layer as well is frozen.

Genes keep their positions; pseudo nodes follow after them. Without complexes, units and signals
the network is that of :meth:`SignedNetwork.from_edges`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.wired import Wired
from kgp.models.refinement.wiring_groups import (
    EDITED_LAYERS,
    SIGNALLING,
    Folding,
    Regulation,
    active,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.wiring_groups import Groups

__all__ = ["Regulation", "Wired", "wire"]


def wire(
    rows: Iterable[Regulation],
    complexes: Groups | None = None,
    units: Groups | None = None,
    genes: Sequence[str] | None = None,
) -> Wired:
    """Build the search space of a network.

    Args:
        rows: the statements about genes; a complex may stand as a regulator by its own id.
        complexes: complex → genes of its subunits; complexes that regulate nothing are ignored.
        units: transcription unit → its genes; units must not overlap.
        genes: the genes of the network in their order; by default the ends of ``rows``, sorted.

    Raises:
        BadInputError: if a gene is in two units, a name stands for two nodes, or
            :meth:`SignedNetwork.from_edges` refuses the rows.
    """
    stated = list(dict.fromkeys(Regulation(*row) for row in rows))
    names = list(genes) if genes is not None else sorted({end for row in stated for end in row[:2]})
    folding = fold(stated, names, complexes or {}, units or {})
    nodes = _nodes(names, stated, folding)
    position = {name: i for i, name in enumerate(nodes)}
    loops = [row for row in stated if folding.is_self_loop(row)]
    kept = [row for row in stated if not folding.is_self_loop(row)]
    sources, targets = [folding.source(r) for r in kept], [folding.target(r) for r in kept]
    network, dropped = SignedNetwork.from_edges(sources, targets, [r.sign for r in kept], nodes)
    behind = defaultdict[tuple[int, int], list[Regulation]](list)
    for source, target, row in zip(sources, targets, kept, strict=True):
        behind[position[source], position[target]].append(row)
    return Wired(
        replace(network, links=_links(position, folding)),
        replace(dropped, self_loops=len(loops)),
        len(names),
        folding,
        {pair: tuple(group) for pair, group in behind.items()},
        _usual_layers(stated, folding),
        position,
    )


def _nodes(names: Sequence[str], rows: Iterable[Regulation], folding: Folding) -> list[str]:
    """Return genes, units, complexes that are no regulators by their own id, and activities."""
    known = set(names)
    complexes = [name for name in folding.complexes if name not in known]
    signalled = sorted({row.dst for row in rows if row.layer == SIGNALLING})
    pseudo = [*folding.units, *complexes, *map(active, signalled)]
    taken = known & {*folding.units, *map(active, signalled)}
    taken |= {name for name, times in Counter(pseudo).items() if times > 1}
    if taken:
        raise BadInputError(
            f"{min(taken)} names two things in the network",
            hint="Genes, transcription units and complexes need names of their own",
        )
    return [*names, *pseudo]


def _links(position: Mapping[str, int], folding: Folding) -> NDArray[np.int32]:
    """Return int32 [n_links, 2]: what carries on to what, across all steps in between."""
    complexes_of = defaultdict[str, list[str]](list)
    for name, members in folding.complexes.items():
        for gene in members:
            complexes_of[gene].append(name)
    carried: dict[str, tuple[str, ...]] = dict(folding.units)
    carried |= {name: (name.partition(":")[2],) for name in position if _is_active(name, position)}
    carried |= {gene: (gene,) for gene in complexes_of if gene in position}
    links = {
        (position[name], position[end])
        for name, genes in carried.items()
        for gene in genes
        for end in (gene, *complexes_of[gene])
        if end != name
    }
    return np.array(sorted(links), np.int32).reshape(-1, 2)


def _is_active(name: str, position: Mapping[str, int]) -> bool:
    return name.startswith("active:") and name.partition(":")[2] in position


def _usual_layers(rows: Iterable[Regulation], folding: Folding) -> dict[str, str]:
    """Return the edited layer that each regulator's statements have most often."""
    seen = Counter((folding.source(r), r.layer) for r in rows if r.layer in EDITED_LAYERS)
    usual: dict[str, str] = {}
    for (source, layer), _times in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        usual.setdefault(source, layer)
    return usual
