"""A regulon before and after: one row per target, the earlier version left, the later right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, line, svg, text
from kgp.report.plots.heads import SIGNS, edge_legend, head
from kgp.report.plots.lettering import BOLD, fit, text_width
from kgp.report.plots.regulon_rows import ORDER, Block, blocks_of, look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import EdgeState
    from kgp.report.content.evidence import Regulon, RegulonEdge
    from kgp.report.plots.layout import Look

WIDTH, MIDDLE = 760.0, 380.0
ROW, GROUP_GAP, BLOCK_GAP, TOP = 19.0, 9.0, 40.0, 62.0
HALF_NAMES = 78.0
"""Half the width of the column of names."""
BOX_ROOM, BOX_HEIGHT = 104.0, 26.0
STRAIGHT = 40.0
"""Length of the level end of an edge, where its head and its badge are."""
NAME_SIZE, GENE_SIZE = 13.0, 13.0
BADGES: dict[Look, str] = {"added": "+", "removed": "×", "flipped": "⇄"}
WORDS: dict[Look, str] = {
    "added": "added",
    "removed": "removed",
    "flipped": "changed in sign",
    "unchanged": "unchanged",
}


def regulon_plot(regulon: Regulon, key: str = "regulon") -> Node | None:
    """Draw both versions on the two sides of one column of targets; None without edges.

    The changed edges come first, the surest on top. At most 40 targets are drawn; the caption
    counts the rest.
    """
    blocks = blocks_of(regulon)
    if not blocks:
        return None
    drawing, y = [], TOP
    for block in blocks:
        places = _places(block, y)
        drawing.append(_block(block, places))
        y = max(places[-1] + ROW / 2, places[0] + BOX_HEIGHT) + BLOCK_GAP
    named = ", ".join(block.regulator for block in blocks)
    versions = f"version {regulon.from_version} and version {regulon.to_version}"
    word = "Regulon" if len(blocks) == 1 else "Regulons"
    title = f"{word} of {named} in {regulon.network}, {versions}"
    picture = svg(
        key,
        WIDTH,
        y - BLOCK_GAP + 14,
        title,
        "; ".join(_written(edge) for block in blocks for edge in block.drawn),
        *_headings(regulon, blocks),
        h("g", *drawing, class_="regulon"),
        least=560,
    )
    note = " ".join(part for part in (_note(regulon, blocks), regulon.remark) if part)
    return figure(picture, f"{title}.", note, _legend(), "wide")


def _headings(regulon: Regulon, blocks: Sequence[Block]) -> list[Node]:
    known = any(edge.confidence is not None for block in blocks for edge in block.drawn)
    drawn = []
    for x, anchor, word, version in (
        (8.0, "start", "Before", regulon.from_version),
        (WIDTH - 8, "end", "After", regulon.to_version),
    ):
        drawn.append(text(f"{word}: version {version}", x, 18, "value", anchor))
        drawn.append(text(_counted(regulon, blocks, word), x, 36, "tick", anchor))
    left, right = MIDDLE - HALF_NAMES + 6, MIDDLE + HALF_NAMES - 6
    drawn.append(text("target", left, 36, "tick"))
    if known:
        drawn.append(text("confidence", right, 36, "tick", "end"))
    return [*drawn, line(8, 44, WIDTH - 8, 44)]


def _counted(regulon: Regulon, blocks: Sequence[Block], word: str) -> str:
    """All edges of the drawn regulators on one side, by sign."""
    names = {block.regulator for block in blocks}
    states = [
        edge.before if word == "Before" else edge.after
        for edge in regulon.edges
        if edge.regulator in names
    ]
    kinds: tuple[tuple[EdgeState, str], ...] = (
        (1, "activated"),
        (-1, "repressed"),
        (0, "dual or unknown"),
    )
    parts = [f"{numerals.count(states.count(s))} {name}" for s, name in kinds if s in states]
    return ", ".join(parts) or "no edges"


def _note(regulon: Regulon, blocks: Sequence[Block]) -> str:
    total = sum(block.n_edges for block in blocks)
    drawn = sum(len(block.drawn) for block in blocks)
    kinds = ", ".join(
        f"{numerals.count(sum(block.counts[kind] for block in blocks))} {WORDS[kind]}"
        for kind in ORDER
    )
    said = f"{numerals.plural(total, 'edge')}: {kinds}."
    if drawn < total:
        said += f" Drawn: {numerals.count(drawn)}, the changed ones first and the surest on top."
    others = {edge.regulator for edge in regulon.edges} - {block.regulator for block in blocks}
    if others:
        said += f" Not drawn: {numerals.plural(len(others), 'further regulator')}."
    return said


def _places(block: Block, top: float) -> list[float]:
    """Height of each row; kinds of change stand a little apart."""
    places, y, previous = [], top + ROW / 2, None
    for edge in block.drawn:
        if previous is not None and look(edge) != previous:
            y += GROUP_GAP
        places.append(y)
        y, previous = y + ROW, look(edge)
    return places


def _block(block: Block, places: list[float]) -> Node:
    centre = max((places[0] + places[-1]) / 2, places[0])
    drawn = h("g")
    for side in (-1, 1):
        for edge, y in zip(block.drawn, places, strict=True):
            drawn.append(_edge(edge, side, centre, y))
        drawn.append(_regulator(block.regulator, side, centre))
    for edge, y in zip(block.drawn, places, strict=True):
        drawn.append(_name(edge, y))
    return drawn


def _edge(edge: RegulonEdge, side: int, centre: float, y: float) -> Node:
    """One side of one row: from the regulator's box, level at its end; empty without an edge."""
    state = edge.before if side < 0 else edge.after
    kind = look(edge)
    if state is None:
        return h("g", class_=f"absent-edge {kind}")
    tip = MIDDLE + side * (HALF_NAMES + 4)
    stop = tip + side * {1: 8.0, -1: 0.0}.get(state, 12.0)
    level, start = tip + side * STRAIGHT, MIDDLE + side * (MIDDLE - BOX_ROOM)
    bend = (start + level) / 2
    turn = f"{bend:.1f} {centre:.1f} {bend:.1f} {y:.1f} {level:.1f} {y:.1f}"
    drawn = h("g", h("title", _written(edge)), class_=f"drawn-edge {kind}")
    drawn.append(h("path", d=f"M{start:.1f} {centre:.1f}C{turn}H{stop:.1f}", class_=f"edge {kind}"))
    drawn.append(head((level, y), (tip, y), state, kind))
    if kind == "flipped" or (kind == "removed" and side < 0) or (kind == "added" and side > 0):
        x = tip + side * 24
        drawn.append(h("circle", cx=x, cy=y, r=7.0, class_=f"badge {kind}"))
        drawn.append(text(BADGES[kind], x, y + 4.2, f"badge-text {kind}", "middle"))
    return drawn


def _regulator(name: str, side: int, centre: float) -> Node:
    label = fit(name, (BOX_ROOM - 24) / BOLD, GENE_SIZE)
    width = max(40.0, text_width(label, GENE_SIZE) * BOLD + 16)
    inner = MIDDLE + side * (MIDDLE - BOX_ROOM)
    left = inner - width if side < 0 else inner
    top = centre - BOX_HEIGHT / 2
    box = h("rect", x=left, y=top, width=width, height=BOX_HEIGHT, rx=6, class_="gene")
    written = text(label, left + width / 2, centre + 4.8, "gene-name", "middle")
    return h("g", h("title", name), box, written)


def _name(edge: RegulonEdge, y: float) -> Node:
    left, right = MIDDLE - HALF_NAMES + 6, MIDDLE + HALF_NAMES - 6
    sure = edge.confidence
    said = "" if sure is None else numerals.confidence(sure)
    room = right - left - (text_width(said, 12) + 8 if said else 0)
    return h(
        "g",
        h("title", edge.target),
        text(fit(edge.target, room, NAME_SIZE), left, y + 4.5, "label target-name"),
        text(said, right, y + 4.5, "tick", "end"),
    )


def _written(edge: RegulonEdge) -> str:
    before, after = (
        f"{edge.regulator} {SIGNS[s]} {edge.target}" for s in (edge.before, edge.after)
    )
    kind = look(edge)
    if kind == "unchanged":
        return f"{after}: unchanged"
    sure = "" if edge.confidence is None else f", confidence {numerals.confidence(edge.confidence)}"
    if kind == "flipped":
        return f"{after}: {SIGNS[edge.before]} it before{sure}"
    return f"{after if kind == 'added' else before}: {kind}{sure}"


def _legend() -> Node:
    looks: Sequence[tuple[str, EdgeState, str]] = (
        ("added", 1, "added (+)"),
        ("removed", 1, "removed (×, dashed)"),
        ("flipped", 1, "sign changed (⇄, dash-dotted)"),
        ("plain", 1, "unchanged"),
        ("plain", 1, "arrow: activates"),
        ("plain", -1, "bar: represses"),
        ("plain", 0, "diamond: dual or unknown"),
    )
    return edge_legend(looks)
