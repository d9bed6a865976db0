"""The compounds of L1000 samples: what compoundinfo says of them, and which DrugBank drug each is.

The full InChIKey is a cross-reference, so that the graph joins compounds and drugs by it, whatever
is loaded first. With DrugBank's vocabulary at hand, a compound whose key no drug has is looked up
by the first block of its key (other stereochemistry, salt or charge), then by its exact name, then
by an alias. Then its signatures perturb that drug, and ``drug_match`` says why. The two identifiers
are not joined, because the substances differ: only these signatures speak of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.loaders.frames import emit
from kgp.loaders.lincs.fields import text
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

VOCABULARY = ("DrugBank ID", "Common name", "Synonyms", "Standard InChI Key")
SKELETON = 14
"""Characters of an InChIKey's first block: the connections, without stereochemistry or charge."""

MATCHES = ("inchikey", "skeleton", "name", "alias")
_RESTRICTED = "restricted"
_BRD = r"^(BRD-[A-Z]\d{8})"
_LISTS = ("target", "moa", "compound_aliases")


def compounds(info: pl.DataFrame) -> pl.DataFrame:
    """One row per compound of compoundinfo, which has one row per compound and target.

    Returns:
        ``id, name, smiles, key`` and the lists ``target, moa, compound_aliases``.
    """
    code = pl.col("pert_id").str.extract(_BRD)
    rows = info.with_columns(id=pl.lit("lincs.brd:") + code).drop_nulls("id")
    kind = text(rows, "pert_type")
    rows = rows.filter(kind.is_null() | (kind == "trt_cp"))
    key = text(rows, "inchi_key").str.strip_prefix("InChIKey=")
    given = {"name": "cmap_name", "smiles": "canonical_smiles"}
    rows = rows.select(
        "id",
        *(pl.when(v != _RESTRICTED).then(v).alias(k) for k, v in _texts(rows, given)),
        *(text(rows, name).str.split("|") for name in _LISTS),
        key=pl.when(key.str.len_chars() > SKELETON).then(key),
    )
    return rows.group_by("id", maintain_order=True).agg(
        pl.col("name", "smiles", "key").drop_nulls().first(),
        *(pl.col(n).explode().drop_nulls().unique(maintain_order=True) for n in _LISTS),
    )


def _texts(rows: pl.DataFrame, names: dict[str, str]) -> list[tuple[str, pl.Expr]]:
    return [(new, text(rows, old)) for new, old in names.items()]


def compound_batches(found: pl.DataFrame) -> Iterator[Batch]:
    """Yield compounds as drugs, with their structure keys as cross-references."""
    nodes = found.select(
        "id",
        "name",
        "smiles",
        type=pl.lit("Drug"),
        known_targets="target",
        mechanisms="moa",
        synonyms="compound_aliases",
    )
    yield from emit(Kind.NODES, nodes)
    keyed = found.drop_nulls("key").select("id", other=pl.lit("inchikey:") + pl.col("key"))
    yield from emit(Kind.XREFS, keyed.with_columns(kind=pl.lit(XREF_EXACT)))


def check_vocabulary(path: Path) -> None:
    """Refuse a file that is not DrugBank's vocabulary."""
    check_columns(path, VOCABULARY, ",")


def read_vocabulary(path: Path, tally: Tally) -> pl.DataFrame:
    """Read ``drug, key, name, alias`` of DrugBank's vocabulary; ``alias`` is a list."""
    rows = read_table(path, VOCABULARY, tally, delimiter=",", quoted=True)
    return rows.select(
        drug=pl.lit("drugbank:") + pl.col("DrugBank ID"),
        key="Standard InChI Key",
        name="Common name",
        alias=pl.col("Synonyms").str.split(" | "),
    )


def match_drugs(used: pl.DataFrame, known: pl.DataFrame, drugs: pl.DataFrame) -> pl.DataFrame:
    """Say which DrugBank drug each compound is, where that is one.

    Args:
        used: the compounds of the samples: ``perturbed`` (CURIE) and ``cmap_name``.
        known: compounds as :func:`compounds` makes them; may be empty.
        drugs: drugs as :func:`read_vocabulary` makes them.

    Returns:
        ``perturbed, drug, drug_match``: the drug is null where the full key joins them already.
    """
    left = used.unique("perturbed", keep="first", maintain_order=True).join(
        known.select("key", "compound_aliases", perturbed="id", known_name="name"),
        on="perturbed",
        how="left",
        maintain_order="left",
    )
    name = pl.coalesce("known_name", "cmap_name")
    names = drugs.select("drug", text=pl.col("name")).vstack(
        drugs.select("drug", text="alias").explode("text")
    )
    aliases = pl.concat_list(name, pl.col("compound_aliases").fill_null([]))
    ways = (
        (pl.col("key"), drugs.select("drug", text="key")),
        (pl.col("key").str.head(SKELETON), drugs.select("drug", text=pl.col("key").str.head(14))),
        (name, drugs.select("drug", text="name")),
        (aliases, names),
    )
    found = []
    for way, (wanted, offered) in zip(MATCHES, ways, strict=True):
        hits = _hits(left.select("perturbed", text=wanted), offered)
        left = left.join(hits, on="perturbed", how="anti", maintain_order="left")
        found.append(hits.with_columns(drug_match=pl.lit(way)))
    joined = pl.concat(found)
    by_key = pl.col("drug_match") == MATCHES[0]
    return joined.with_columns(drug=pl.when(~by_key).then("drug"))


def _hits(wanted: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """Pairs ``perturbed, drug`` that share a text, in any case, and mean one drug only."""
    if wanted.schema["text"] == pl.List(pl.String):
        wanted = wanted.explode("text")
    lower = pl.col("text").str.to_lowercase()
    wanted, offered = (
        table.drop_nulls().with_columns(lower).filter(pl.col("text") != "").unique()
        for table in (wanted, offered)
    )
    pairs = wanted.join(offered, on="text").select("perturbed", "drug").unique()
    single = pairs.filter(pl.col("drug").n_unique().over("perturbed") == 1)
    return single.sort("perturbed")
