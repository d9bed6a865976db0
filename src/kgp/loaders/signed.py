"""What the loaders of signed networks share: one row per regulator, target and layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError, unknown
from kgp.kg_schema.batches import LAYERS, Kind
from kgp.loaders.frames import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.batches import Batch

CURATED = "curated"
"""``sign_source`` of a sign that a curator read from the literature."""


def check_layer(layer: str) -> str:
    """Return ``layer`` if regulation can have it.

    Raises:
        UsageError: naming the layers.
    """
    if layer in LAYERS:
        return layer
    raise UsageError(unknown("layer", layer, LAYERS))


def merge_signs(rows: pl.DataFrame) -> pl.DataFrame:
    """Merge the statements about each (src, dst, layer).

    Activation and repression together, or a statement of ``dual``, make sign 0 with effect
    ``dual``; a statement without a sign (``unknown``) yields to one with a sign.

    Args:
        rows: ``src, dst, layer, effect`` (activation, repression, dual, unknown) and ``pubmed``
            (list of text).

    Returns:
        One row each with ``sign``, ``effect``, the number of statements ``n_activation`` and
        ``n_repression``, and ``pubmed`` (sorted, distinct), in the order of first mention.
    """
    effect = pl.col("effect")
    up, down = (effect == "activation").any(), (effect == "repression").any()
    dual = (effect == "dual").any() | (up & down)
    merged = rows.group_by("src", "dst", "layer", maintain_order=True).agg(
        up=up & ~dual,
        down=down & ~dual,
        dual=dual,
        n_activation=(effect == "activation").sum(),
        n_repression=(effect == "repression").sum(),
        pubmed=pl.col("pubmed").explode().drop_nulls().unique().sort(),
    )
    named = pl.when("up").then(pl.lit("activation")).when("down").then(pl.lit("repression"))
    return merged.select(
        "src",
        "dst",
        "layer",
        "n_activation",
        "n_repression",
        "pubmed",
        sign=pl.col("up").cast(pl.Int8) - pl.col("down").cast(pl.Int8),
        effect=named.when("dual").then(pl.lit("dual")).otherwise(pl.lit("unknown")),
    )


def pubmed_ids(column: str, pattern: str = r"\b\d+\b") -> pl.Expr:
    """PubMed ids in a text column, as a list of text."""
    return pl.col(column).str.extract_all(pattern)


def regulation(rows: pl.DataFrame, grn: str, sign_source: str = CURATED) -> Iterator[Batch]:
    """Yield merged rows (see :func:`merge_signs`) as regulation of the network ``grn``."""
    known = pl.when(pl.col("effect") != "unknown").then(pl.lit(sign_source))
    frame = rows.select(
        "src",
        "dst",
        "sign",
        "effect",
        "layer",
        grn=pl.lit(grn),
        sign_source=known,
        evidence=_evidence(),
    )
    yield from emit(Kind.REGULATION, frame)


def _evidence() -> pl.Expr:
    """JSON object: PubMed ids, and for conflicting signs how often each is stated."""
    numbers = pl.format(
        '"activation":{},"pubmed":[{}],"repression":{}',
        "n_activation",
        _quoted("pubmed"),
        "n_repression",
    )
    plain = pl.format('"pubmed":[{}]', _quoted("pubmed"))
    cited = pl.col("pubmed").list.len() > 0
    inner = pl.when(pl.col("effect") == "dual").then(numbers).when(cited).then(plain)
    return pl.format("{{{}}}", inner.otherwise(pl.lit("")))


def _quoted(column: str) -> pl.Expr:
    texts = pl.col(column).list.eval(pl.format('"{}"', pl.element()))
    return texts.list.join(",")
