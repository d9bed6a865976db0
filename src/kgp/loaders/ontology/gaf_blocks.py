"""Blocks of a GAF file that can be parsed apart: all lines of one object are in one block.

Only then is one edge per gene and term made from all its evidence within a block. Most files
are sorted by object, and their blocks are cut between objects. Objects whose lines lie further
apart are gathered in blocks at the end, each from a pass of its own, so that memory stays bounded.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.files import stream_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GATHERED_LINES = 50_000
"""How many lines of scattered objects are gathered in one pass."""

E_COLI = ("taxon:83333", "taxon:511145", "taxon:562")
LOCUS_TAG = r"\bb\d{4}\b"
"""E. coli's b-numbers, which stand among the synonyms."""

_OF_E_COLI = rf"\t({'|'.join(E_COLI)})\b"


def object_blocks(path: Path) -> Iterator[pl.DataFrame]:
    """Yield ``line`` and ``text`` of every line that is no comment, whole objects at a time.

    Objects that claim one locus tag are in one block too, because only together they show that
    the tag is not one object's own.

    Raises:
        BadInputError: if the file is damaged.
    """
    start = list(islice(_keyed(path), 2))
    if len(start) < 2:
        yield from (block.drop("key") for block in start if block.height)
        return
    gathered = _scattered(path)
    for block in _between_objects(path):
        rest = block.filter(~pl.col("key").is_in(gathered["key"].implode()))
        if rest.height:
            yield rest.drop("key")
    for _, group in gathered.group_by("part", maintain_order=True):
        keys = group["key"].implode()
        parts = [block.filter(pl.col("key").is_in(keys)) for block in _keyed(path)]
        yield pl.concat(parts).drop("key")


def _keyed(path: Path) -> Iterator[pl.DataFrame]:
    """Lines with ``key``, a hash of the object; a line without one stands alone."""
    fields = pl.col("text").str.splitn("\t", 3).struct
    local = pl.coalesce(fields.field("field_1"), pl.col("line").cast(pl.String))
    for lines in stream_lines(path, skip="!"):
        yield lines.with_columns(key=pl.struct(fields.field("field_0"), local).hash())


def _between_objects(path: Path) -> Iterator[pl.DataFrame]:
    """Move the lines of each block's last object to the next block."""
    held: pl.DataFrame | None = None
    for block in _keyed(path):
        lines = block if held is None else pl.concat([held, block])
        last = pl.col("key") == pl.col("key").last()
        held = lines.filter(last)
        yield lines.filter(~last)
    if held is not None:
        yield held


def _scattered(path: Path) -> pl.DataFrame:
    """Objects in more than one block, or with a contested tag: ``key`` and ``part``."""
    counts, tags = [], []
    for number, block in enumerate(_between_objects(path)):
        counts.append(block.group_by("key").len().with_columns(block=pl.lit(number, pl.UInt32)))
        tags.append(_tags(block))
    objects = pl.concat(counts).group_by("key").agg(pl.col("len").sum(), pl.len().alias("blocks"))
    claims = pl.concat(tags).unique()
    contested = claims.filter(pl.col("key").n_unique().over("tag") > 1)["key"].unique()
    together = objects.filter(pl.col("key").is_in(contested.implode()))
    apart = objects.filter((pl.col("blocks") > 1) & ~pl.col("key").is_in(contested.implode()))
    apart = apart.sort("key").with_columns(part=1 + pl.col("len").cum_sum() // GATHERED_LINES)
    together = together.sort("key").with_columns(part=pl.lit(0, pl.UInt32))
    parts = [frame.select("key", pl.col("part").cast(pl.UInt32)) for frame in (together, apart)]
    return pl.concat(parts)


def _tags(block: pl.DataFrame) -> pl.DataFrame:
    own = block.filter(pl.col("text").str.contains(_OF_E_COLI))
    synonyms = pl.col("text").str.split("\t").list.get(10, null_on_oob=True)
    tags = own.select("key", tag=synonyms.str.extract_all(LOCUS_TAG))
    return tags.explode("tag").drop_nulls().unique()
