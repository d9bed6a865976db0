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
    from kgp.kg_schema.tally import Tally

CURATED = "curated"
"""``sign_source`` of a sign that a curator read from the literature."""

STATED = "stated"
"""``sign_source`` of a sign that the source states without saying on what evidence."""

INFERRED = "inferred"
"""``sign_source`` of a sign that follows from what the regulator usually does."""

DEFAULT = "default"
"""``sign_source`` of a sign that was filled in where nothing was known: no evidence."""

SIGN_SOURCES = (CURATED, STATED, INFERRED, DEFAULT)
"""From the best evidence of a sign to none."""

_KEYS = ("src", "dst", "layer")
_COUNTS = ("n_activation", "n_repression")
_OWN_COLUMNS = ("sign_source", "weight", "confidence", "license")
_SIGNED = pl.col("effect") != "unknown"


def check_layer(layer: str) -> str:
    """Return ``layer`` if regulation can have it.

    Raises:
        UsageError: naming the layers.
    """
    if layer in LAYERS:
        return layer
    raise UsageError(unknown("layer", layer, LAYERS))


def merge_signs(rows: pl.DataFrame, tally: Tally | None = None) -> pl.DataFrame:
    """Merge the statements about each (src, dst, layer).

    Activation and repression together, or a statement of ``dual``, make sign 0 with effect
    ``dual``; a statement without a sign (``unknown``) yields to one with a sign, and a default
    sign to any other.

    Args:
        rows: ``src, dst, layer, effect`` (activation, repression, dual, unknown) and ``pubmed``
            (list of text); where known ``sign_source``; any other column is merged by its type:
            of lists the union, of texts the first in order, of numbers the largest.
        tally: where rows that state what another one states are counted as merged.

    Returns:
        One row each with ``sign``, ``effect``, the number of statements ``n_activation`` and
        ``n_repression``, ``pubmed`` (sorted, distinct) and the other columns, in the order of
        first mention.
    """
    others = [name for name in rows.columns if name not in (*_KEYS, "effect", "pubmed")]
    if "sign_source" in others:
        rows = _without_needless_defaults(rows)
    effect = pl.col("effect")
    up, down = (effect == "activation").any(), (effect == "repression").any()
    dual = (effect == "dual").any() | (up & down)
    merged = rows.group_by(_KEYS, maintain_order=True).agg(
        up=up & ~dual,
        down=down & ~dual,
        dual=dual,
        n_activation=(effect == "activation").sum(),
        n_repression=(effect == "repression").sum(),
        pubmed=pl.col("pubmed").explode().drop_nulls().unique().sort(),
        **{name: _merged(name, rows.schema[name]) for name in others},
    )
    if tally is not None:
        tally.merge(rows.height - merged.height)
    named = pl.when("up").then(pl.lit("activation")).when("down").then(pl.lit("repression"))
    return merged.select(
        *_KEYS,
        *_COUNTS,
        "pubmed",
        *others,
        sign=pl.col("up").cast(pl.Int8) - pl.col("down").cast(pl.Int8),
        effect=named.when("dual").then(pl.lit("dual")).otherwise(pl.lit("unknown")),
    )


def _without_needless_defaults(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the effect from default signs of what another statement signs on evidence."""
    default = (pl.col("sign_source") == DEFAULT).fill_null(False)
    better = (_SIGNED & ~default).any().over(_KEYS)
    effect = pl.when(default & better).then(pl.lit("unknown")).otherwise("effect")
    return rows.with_columns(effect=effect)


def _merged(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if name == "sign_source":
        ranked = column.filter(_SIGNED).cast(pl.Enum(SIGN_SOURCES))
        return ranked.sort().first().cast(pl.String)
    if isinstance(kind, pl.List):
        return column.explode().drop_nulls().unique().sort()
    return column.min() if kind == pl.String else column.max()


def pubmed_ids(column: str, pattern: str = r"\b\d+\b") -> pl.Expr:
    """PubMed ids in a text column, as a list of text."""
    return pl.col(column).str.extract_all(pattern)


def cited_pubmed_ids(column: str) -> pl.Expr:
    """PubMed ids of a list such as ``TRIP:14614461;PMID:99,12``, as a list of text.

    What is not a plain number after its database (a DOI, say) is no PubMed id.
    """
    parts = pl.col(column).str.replace_all(r"[,|\s]", ";").str.split(";")
    ids = parts.list.eval(pl.element().str.extract(r"^(?:\D.*:)?(\d{1,9})$"))
    return ids.list.drop_nulls()


def effect_of_flags(up: pl.Expr, down: pl.Expr) -> pl.Expr:
    """Effect of an edge that is said to stimulate, to inhibit, both, or neither."""
    named = pl.when(up & down).then(pl.lit("dual")).when(up).then(pl.lit("activation"))
    return named.when(down).then(pl.lit("repression")).otherwise(pl.lit("unknown"))


def regulation(
    rows: pl.DataFrame,
    grn: str,
    sign_source: str = CURATED,
    evidence: pl.Expr | None = None,
) -> Iterator[Batch]:
    """Yield merged rows (see :func:`merge_signs`) as regulation of the network ``grn``.

    Args:
        rows: one row per regulator, target and layer. ``sign_source``, ``weight``, ``confidence``
            and ``license`` are what they say; every further column becomes evidence.
        grn: name of the network.
        sign_source: where the signs come from, if the rows do not say it.
        evidence: JSON object, where it is not to be made of the columns.
    """
    origin = "sign_source" if "sign_source" in rows.columns else pl.lit(sign_source)
    own = [name for name in _OWN_COLUMNS[1:] if name in rows.columns]
    frame = rows.select(
        *_KEYS,
        "sign",
        "effect",
        *own,
        grn=pl.lit(grn),
        sign_source=pl.when(_SIGNED).then(origin),
        evidence=_evidence(rows) if evidence is None else evidence,
    )
    yield from emit(Kind.REGULATION, frame)


def _evidence(rows: pl.DataFrame) -> pl.Expr:
    """JSON object of what is known, by key: PubMed ids, and of conflicts how often each sign."""
    fixed = (*_KEYS, *_COUNTS, *_OWN_COLUMNS, "sign", "effect")
    conflict = pl.col("effect") == "dual"
    fields = {
        "activation": _field("activation", pl.col("n_activation"), conflict),
        "repression": _field("repression", pl.col("n_repression"), conflict),
    }
    for name in rows.columns:
        if name not in fixed:
            listed = isinstance(rows.schema[name], pl.List)
            given = pl.col(name).list.len() > 0 if listed else pl.col(name).is_not_null()
            fields[name] = _field(name, pl.col(name), given)
    inner = pl.concat_str([fields[key] for key in sorted(fields)], separator=",", ignore_nulls=True)
    return pl.format("{{{}}}", inner)


def _field(key: str, value: pl.Expr, given: pl.Expr) -> pl.Expr:
    """``"key":value`` in JSON; null where not given."""
    encoded = pl.struct(value.alias(key)).struct.json_encode()
    return pl.when(given).then(encoded.str.head(-1).str.slice(1))
