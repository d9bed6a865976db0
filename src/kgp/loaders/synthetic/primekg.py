"""PrimeKG's kg.csv, nodes.csv and edges.csv, of full size or a fraction of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.synthetic.output import Output
from kgp.loaders.synthetic.plan import FULL_ROWS, KINDS, RELATIONS
from kgp.loaders.synthetic.world import Size, World, make_world
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["FULL_ROWS", "write_kg", "write_primekg", "write_tables"]

BLOCK_PAIRS = 100_000
_GROUP_EVERY, _GROUP_REST, _MEMBER = 13, 5, 500_000
_PARTS = ("index", "id", "type", "name", "source")
_WORDS = {"gene/protein": "gene", "effect/phenotype": "phenotype"}


def write_primekg(path: Path, n_rows: int = FULL_ROWS, seed: int = 0) -> Path:
    """Write a kg.csv of about ``n_rows`` rows, block by block in flat memory.

    At ``FULL_ROWS`` it has PrimeKG's exact number of nodes of each type and rows of each relation.

    Args:
        path: the file to write; a name without ``.gz`` gives a plain file, which has no place for
            the mark of synthetic data.
        n_rows: rows wanted; each pair of nodes makes two.
        seed: the same seed gives the same bytes.
    """
    world = make_world(Size(n_rows, 0, 0, 0), seed)
    with SilentProgress().step("") as step:
        Output(path.parent, seed, step).table(path.name, _kg(world), separator=",")
    return path


def write_kg(world: World, output: Output) -> dict[str, str]:
    """Write kg.csv."""
    return {"kg": output.table("primekg/kg.csv.gz", _kg(world), separator=",")}


def write_tables(world: World, output: Output) -> dict[str, str]:
    """Write nodes.csv and edges.csv, which say the same as kg.csv."""
    edges = _kg(world, ("index",))
    return {
        "nodes": write_nodes(world, output),
        "kg": output.table("primekg/edges.csv.gz", edges, separator=","),
    }


def write_nodes(world: World, output: Output) -> str:
    """Write nodes.csv; return its name."""
    nodes = pl.concat(node_tables(world).values()).select(pl.all().name.prefix("node_"))
    return output.table("primekg/nodes.csv.gz", [nodes], separator=",")


def node_tables(world: World) -> dict[str, pl.DataFrame]:
    """Kind → its nodes in the order of their numbers: ``index, id, type, name, source``.

    Every thirteenth disease is a group of two.
    """
    tables, offset = {}, 0
    for name, kind in KINDS.items():
        n = world.plan.nodes[name]
        number = pl.col("n") + kind.first
        grouped = (pl.lit(name) == "disease") & (pl.col("n") % _GROUP_EVERY == _GROUP_REST)
        group = pl.format("{}_{}", number, number + _MEMBER)
        tables[name] = pl.select(n=pl.int_range(n)).select(
            index=pl.col("n") + offset,
            id=pl.when(grouped).then(group).otherwise(pl.format(kind.form, number)),
            type=pl.lit(kind.name),
            name=pl.format("synthetic {} {}", pl.lit(_word(kind.name)), _variant()),
            source=pl.when(grouped).then(pl.lit("MONDO_grouped")).otherwise(pl.lit(kind.source)),
        )
        offset += n
    symbols = world.genes()["symbol"]
    tables["protein"] = tables["protein"].with_columns(name=symbols)
    return tables


def _word(node_type: str) -> str:
    return _WORDS.get(node_type, node_type.replace("_", " "))


def _variant() -> pl.Expr:
    """The node's number; in every seventh name with a comma, as many real names have."""
    number = pl.col("n").cast(pl.String)
    return pl.when(pl.col("n") % 7 == 3).then(number + ", variant").otherwise(number)


def display_of(world: World, relation: str) -> pl.Series:
    """Display relation of each pair of a relation; that of the first pair is the first."""
    displays, n = RELATIONS[relation].displays, world.plan.pairs[relation]
    drawn = world.random(f"display {relation}").choice(np.array(displays), n).tolist()
    return pl.Series("display_relation", [displays[0], *drawn[1:]], dtype=pl.String)


def _kg(world: World, parts: Sequence[str] = _PARTS) -> Iterator[pl.DataFrame]:
    """Blocks of both labels and the asked-for parts of both ends; each pair in both directions."""
    nodes = {name: table.select(parts) for name, table in node_tables(world).items()}
    for relation, kind in RELATIONS.items():
        x, y = world.pairs(relation)
        display = display_of(world, relation)
        for start in range(0, len(x), BLOCK_PAIRS):
            part = slice(start, start + BLOCK_PAIRS)
            ends = [nodes[kind.x][x[part]], nodes[kind.y][y[part]]]
            shown = display[part]
            yield _rows(relation, shown, ends[0], ends[1])
            yield _rows(relation, shown, ends[1], ends[0])


def _rows(relation: str, display: pl.Series, x: pl.DataFrame, y: pl.DataFrame) -> pl.DataFrame:
    sides = [end.select(pl.all().name.prefix(f"{side}_")) for side, end in (("x", x), ("y", y))]
    labels = pl.DataFrame({"relation": pl.repeat(relation, x.height, eager=True), "d": display})
    labels = labels.rename({"d": "display_relation"})
    return pl.concat([labels, *sides], how="horizontal")
