"""CollecTRI: signed regulons compiled from twelve resources, with how each sign was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.regulons.complexes import complex_batches
from kgp.loaders.regulons.network_table import NetworkTable
from kgp.loaders.regulons.resource_licenses import row_license
from kgp.loaders.signed import (
    CURATED,
    DEFAULT,
    INFERRED,
    STATED,
    check_layer,
    cited_pubmed_ids,
    merge_signs,
    regulation,
)
from kgp.loaders.species import HUMAN, check_symbols, symbol_prefix, taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = {
    "source": ("source", "tf"),
    "target": ("target",),
    "weight": ("weight", "mor"),
    "resources": ("resources", "sources"),
    "references": ("references", "pmid", "references_stripped"),
    "decision": ("sign_decision", "decision"),
}
"""Role → its column in the authors' tables and in decoupler's frame."""

FAMILIES = {
    "AP1": ("FOS", "FOSB", "FOSL1", "FOSL2", "JUN", "JUNB", "JUND"),
    "NFKB": ("NFKB1", "NFKB2", "REL", "RELA", "RELB"),
}
"""Dimers that CollecTRI writes by one name → genes of their subunits."""

LICENSES = {
    "DoRothEA-A": "LicenseRef-academic-DoRothEA",
    "TRRUST": "CC-BY-SA-4.0",
}
"""Resources whose rows, where nothing else states them, are not under CollecTRI's own licence."""

_ENDS = ("source", "target")
_MIRNA = r"(?i)^[a-z]{3}-(mir|let)-"
_COMPLEX = "COMPLEX:"


class CollecTri(FileLoader):
    """Reads a table of source, target and weight (+1 or -1).

    Args:
        inputs: the file of role ``network``.
        name: name of the network.
        layer: layer of all its edges.
        taxon: the species of the file.
        version: the release, where the user states it.
    """

    source = "collectri"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "collectri",
        layer: str = "transcriptional",
        taxon: str | int = HUMAN,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer, self.taxon = name, check_layer(layer), taxon_of(taxon)
        self._table = NetworkTable(inputs["network"], COLUMNS, (*_ENDS, "weight"))
        self._prefix = symbol_prefix(self.taxon)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by symbol, complexes with members, then the regulation."""
        rows = self._usable(self._table.read(tally), tally)
        rows = rows.with_columns(units=_units())
        is_complex = pl.col("units").is_not_null()
        alone = pl.concat([rows.filter(~is_complex)["source"], rows["target"]])
        check_symbols(alone, self.taxon, self.inputs["network"])
        complexes = self._complexes(rows.filter(is_complex))
        units = complexes["members"].explode().drop_nulls().str.strip_prefix(self._prefix)
        symbols = pl.concat([alone, units])
        yield from emit(Kind.NODES, node_rows(self._prefix + symbols, "Gene", symbols))
        yield from complex_batches(complexes)
        merged = merge_signs(self._statements(rows), tally)
        if self._table.has("resources"):
            merged = merged.with_columns(license=self._license())
        yield from regulation(merged, self.name)

    def _usable(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        empty = (pl.col("source") == "") | (pl.col("target") == "")
        rows = drop_rows(rows, empty, "no regulator or no target", tally, _ENDS)
        mirna = pl.any_horizontal(pl.col(_ENDS).str.contains(_MIRNA))
        rows = drop_rows(rows, mirna, "a mature microRNA, which is no gene", tally, _ENDS)
        spaced = pl.any_horizontal(pl.col(_ENDS).str.contains(r"\s"))
        rows = drop_rows(rows, spaced, "not a gene symbol", tally, _ENDS)
        number = pl.col("weight").cast(pl.Float64, strict=False)
        rows = rows.with_columns(number=pl.when(number.is_finite()).then(number))
        signless = pl.col("number").is_null() | (pl.col("number") == 0)
        return drop_rows(rows, signless, "weight has no sign", tally, (*_ENDS, "weight"))

    def _statements(self, rows: pl.DataFrame) -> pl.DataFrame:
        plain = pl.lit(self._prefix) + pl.col("source")
        resources = pl.col("resources").fill_null("").str.split(";")
        return rows.select(
            src=pl.when(pl.col("units").is_null()).then(plain).otherwise(_complex_id()),
            dst=pl.lit(self._prefix) + pl.col("target"),
            layer=pl.lit(self.layer),
            effect=pl.when(pl.col("number") > 0)
            .then(pl.lit("activation"))
            .otherwise(pl.lit("repression")),
            pubmed=cited_pubmed_ids("references").fill_null([]),
            resources=resources.list.filter(pl.element() != ""),
            sign_source=_sign_source(),
        )

    def _complexes(self, rows: pl.DataFrame) -> pl.DataFrame:
        members = pl.col("units").list.eval(pl.lit(self._prefix) + pl.element())
        return rows.select(
            id=_complex_id(),
            name=pl.col("source").str.strip_prefix(_COMPLEX),
            members=members.list.unique().list.sort(),
        )

    def _license(self) -> pl.Expr:
        """A row's own licence, where all its resources have one that is not CollecTRI's."""
        listed = pl.col("resources").list
        own = listed.eval(pl.element().is_in(list(LICENSES))).list.all() & (listed.len() > 0)
        return pl.when(own).then(row_license("resources", self.info.license, LICENSES))


def _units() -> pl.Expr:
    """Symbols of the subunits of a regulator that is a complex; else null."""
    named = pl.col("source").replace_strict(
        {name: list(units) for name, units in FAMILIES.items()},
        default=None,
        return_dtype=pl.List(pl.String),
    )
    written = pl.col("source").str.strip_prefix(_COMPLEX).str.split("_")
    return pl.when(pl.col("source").str.starts_with(_COMPLEX)).then(written).otherwise(named)


def _complex_id() -> pl.Expr:
    return pl.lit("collectri:") + pl.col("source").str.strip_prefix(_COMPLEX)


def _sign_source() -> pl.Expr:
    """Publications with the sign, else the role or regulon of the factor, else nothing."""
    decision = pl.col("decision").str.to_lowercase()
    filled = decision.str.starts_with("default") | (decision == "unknown")
    return (
        pl.when(decision.is_null() | (decision == ""))
        .then(pl.lit(STATED))
        .when(decision.str.starts_with("pmid"))
        .then(pl.lit(CURATED))
        .when(filled)
        .then(pl.lit(DEFAULT))
        .otherwise(pl.lit(INFERRED))
    )
