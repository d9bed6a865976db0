"""The Gene Ontology as OBO, basic and full: hierarchies without cycles, and what surrounds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.synthetic.plan import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

VERSION = "releases/2025-01-01"
ASPECTS = ("bioprocess", "molfunc", "cellcomp")
FOLLOWED = ("is_a", "part_of", "regulates", "positively_regulates", "negatively_regulates")
_SHARES = (0.80, 0.14, 0.02, 0.02, 0.02)
_ALTERNATIVE_EVERY, _ALTERNATIVE, _OBSOLETE = 50, 400_000, 9_900_000
_FULL_EVERY = 20
_TYPEDEFS = (*FOLLOWED[1:], "has_part", "occurs_in")


def term(aspect: str, number: int) -> str:
    """GO id of a term."""
    return f"GO:{KINDS[aspect].first + number}"


def term_ids(world: World, aspect: str) -> pl.Series:
    """GO ids of the terms of an aspect, in the order of their numbers."""
    n = world.plan.nodes[aspect]
    return pl.Series("term", [term(aspect, i) for i in range(n)], dtype=pl.String)


def hierarchy(world: World) -> pl.DataFrame:
    """``child, relation, parent`` as GO ids; terms without parent are below term 0 of an aspect."""
    return pl.concat(_of_aspect(world, aspect) for aspect in ASPECTS)


def _of_aspect(world: World, aspect: str) -> pl.DataFrame:
    parent, child = world.pairs(f"{aspect}_{aspect}")
    relation = world.random(f"relations {aspect}").choice(FOLLOWED, len(child), p=_SHARES)
    alone = np.setdiff1d(np.arange(1, world.plan.nodes[aspect]), child)
    rows = pl.DataFrame(
        {
            "child": np.concatenate([child, alone]),
            "relation": [*relation.tolist(), *["is_a"] * len(alone)],
            "parent": np.concatenate([parent, np.zeros_like(alone)]),
        }
    ).sort("child", "parent")
    ids = term_ids(world, aspect)
    return rows.with_columns(child=ids[rows["child"]], parent=ids[rows["parent"]])


def write_obo(world: World, output: Output, *, full: bool) -> dict[str, str]:
    """Write go-basic.obo, or go.obo with the relations that must not be followed upwards."""
    name = "go" if full else "go-basic"
    return {"obo": output.lines(f"go/{name}.obo.gz", _lines(world, output, name, full=full))}


def _lines(world: World, output: Output, name: str, *, full: bool) -> Iterator[str]:
    yield from ("format-version: 1.4", f"data-version: {VERSION}")
    yield from (f"ontology: go{'' if full else '/go-basic'}", f"remark: {output.mark}")
    stated = _statements(hierarchy(world))
    extra = _statements(_not_followed(world)) if full else {}
    for aspect in ASPECTS:
        for number in range(world.plan.nodes[aspect]):
            own = term(aspect, number)
            yield from _stanza(aspect, number, [*stated.get(own, ()), *extra.get(own, ())])
    yield from _obsolete()
    for relation in _TYPEDEFS:
        yield from ("", "[Typedef]", f"id: {relation}", f"name: {relation.replace('_', ' ')}")


def _statements(rows: pl.DataFrame) -> Mapping[str, list[str]]:
    """Child → lines of its stanza."""
    is_a = pl.col("relation") == "is_a"
    other = pl.format("relationship: {} {}", "relation", "parent")
    line = pl.when(is_a).then(pl.format("is_a: {}", "parent")).otherwise(other)
    grouped = rows.group_by("child", maintain_order=True).agg(line=line)
    return dict(grouped.iter_rows())


def _not_followed(world: World) -> pl.DataFrame:
    """Relations of go.obo that go-basic.obo leaves out, one of which makes a cycle."""
    downwards = hierarchy(world).filter(pl.col("relation") == "part_of")
    downwards = downwards[::_FULL_EVERY].select(
        child="parent", relation=pl.lit("has_part"), parent="child"
    )
    processes, places = (term_ids(world, aspect) for aspect in ("bioprocess", "cellcomp"))
    where = world.random("occurs in").integers(0, len(places), len(processes[::_FULL_EVERY]))
    occurs = pl.DataFrame({"child": processes[::_FULL_EVERY], "parent": places[where]})
    occurs = occurs.with_columns(relation=pl.lit("occurs_in"))
    return pl.concat([downwards, occurs.select(downwards.columns)])


def _stanza(aspect: str, number: int, statements: list[str]) -> Iterator[str]:
    kind = KINDS[aspect].name
    yield from ("", "[Term]", f"id: {term(aspect, number)}")
    yield f"name: synthetic {kind.replace('_', ' ')} {number}"
    yield f"namespace: {kind}"
    if number % _ALTERNATIVE_EVERY == 1:
        yield f"alt_id: {term(aspect, number + _ALTERNATIVE)}"
    yield rf'def: "A synthetic term, \"number {number}\" ! of nothing." [kgp:synthetic]'
    yield f'synonym: "synthetic synonym {number}" EXACT []'
    yield from statements


def _obsolete() -> Iterator[str]:
    """Two obsolete terms: one with a replacement, one with a proposal for a person."""
    for number, pointer in ((0, "replaced_by"), (1, "consider")):
        yield from ("", "[Term]", f"id: GO:{_OBSOLETE + number}")
        yield f"name: obsolete synthetic term {number}"
        yield from ("namespace: biological_process", "is_obsolete: true")
        yield f"{pointer}: {term('bioprocess', 0)}"
