"""RegulonDB's network tables: regulators of Escherichia coli and their genes.

The columns changed with the releases: names alone (to 9), identifiers beside them (from 10), and
the regulator's gene beside its name (from 12). The column of effects tells which layout it is.

A regulator of several subunits regulates once for each of their genes, as in EcoCyc's networks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import look, open_text
from kgp.loaders.frames import emit, node_rows
from kgp.loaders.regulons.complexes import complex_batches
from kgp.loaders.regulons.regulondb_names import regulator_genes
from kgp.loaders.signed import CURATED, merge_signs, regulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

LAYER_OF_ROLE = {"tf_gene": "transcriptional", "sigma_gene": "sigma", "srna_gene": "translational"}
"""Role of the file → layer of its edges, unless the regulator's identifier says it."""

LAYER_OF_CLASS = {"TFC": "transcriptional", "SFC": "sigma", "PDC": "translational"}
"""Class in a regulator's identifier (RDBECOLITFC00001) → layer. PDC are products that act on RNA:
small RNAs, and proteins such as Hfq."""

EFFECTS = {
    "+": "activation",
    "activator": "activation",
    "-": "repression",
    "repressor": "repression",
    **dict.fromkeys(("+-", "-+", "+/-", "dual"), "dual"),
    **dict.fromkeys(("?", "unknown"), "unknown"),
}
CONFIDENCE = {
    **{"c": "Confirmed", "s": "Strong", "w": "Weak"},
    **{"confirmed": "Confirmed", "strong": "Strong", "weak": "Weak"},
}

LAYOUTS = {2: (None, 0, None, 1), 4: (0, 1, None, 3), 5: (0, 1, 2, 4)}
"""Position of the effect → positions of the regulator's identifier, name and gene, and of the
target's name."""

_CLASS = re.compile(r"^RDBECOLI([A-Z]{3})")
_RELEASE = re.compile(r"Release:?\s*v?(\d+(?:\.\d+)*)")
_HEADER = re.compile(r"^\s*1\s*\)")
_NAME = re.compile(r"^[^\s:\"]+$")
_TEXTS = ("src", "dst", "layer", "effect", "level", "codes", "complex")
_STATEMENT = pl.Schema([(name, pl.String) for name in _TEXTS])
_STATEMENT["pubmed"] = pl.List(pl.String)
_COMPLEX = pl.Schema([("id", pl.String), ("name", pl.String)])
_COMPLEX["members"] = pl.List(pl.String)


class RegulonDB(FileLoader):
    """Reads the tables of transcription factors, sigma factors and small RNAs.

    Args:
        inputs: role → file; those of sigma factors and small RNAs may be absent.
        name: name of the network.
        version: the release, where the user states it.
    """

    source = "regulondb"

    def __init__(
        self, inputs: Mapping[str, Path], *, name: str = "regulondb", version: str | None = None
    ) -> None:
        self._paths = dict(sorted(inputs.items()))
        super().__init__(inputs, version=version)
        self.name = name

    def stated_version(self) -> str | None:
        """Return the release that the comments of a file state."""
        for path in self._paths.values():
            with open_text(path, "utf-8-sig") as lines:
                for line in lines:
                    if not line.startswith("#"):
                        break
                    found = _RELEASE.search(line)
                    if found:
                        return found[1]
        return None

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by symbol, complexes with members, then the regulation between them."""
        statements: list[dict[str, object]] = []
        complexes: dict[str, tuple[str, ...]] = {}
        for role, path in self.inputs.items():
            before = tally.rows_in
            for row in _rows(path, tally):
                genes = regulator_genes(row["gene"] or row["name"], is_gene=bool(row["gene"]))
                if len(genes) > 1:
                    complexes[row["name"]] = genes
                statements += _statements(row, genes, LAYER_OF_ROLE[role])
            if tally.rows_in == before:
                raise _empty(path)
        frame = pl.DataFrame(statements, schema=_STATEMENT)
        ids = pl.concat([frame["src"], frame["dst"]])
        yield from emit(Kind.NODES, node_rows(ids, "Gene", ids.str.strip_prefix("symbol:")))
        yield from complex_batches(_complexes(complexes))
        yield from regulation(merge_signs(frame, tally), self.name, CURATED)


def _rows(path: Path, tally: Tally) -> Iterator[dict[str, str]]:
    """Yield the usable rows of one table by the names of their columns."""
    layout: int | None = None
    with open_text(path, "utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or _HEADER.match(line) or not line.strip():
                continue
            fields = [field.strip() for field in line.rstrip("\r\n").split("\t")]
            layout = _layout(path, number, fields) if layout is None else layout
            tally.read()
            row = _row(fields, layout)
            reason = _unusable(row)
            if reason:
                tally.drop(reason, example=f"{' '.join(fields)[:100]} (line {number})")
                continue
            yield row


def _layout(path: Path, number: int, fields: Sequence[str]) -> int:
    """Return the position of the effect in the first row."""
    for place in LAYOUTS:
        if place < len(fields) and fields[place].lower() in EFFECTS:
            return place
    raise BadInputError(
        f"{path}, line {number}: no column of effects in {' '.join(fields)[:100]!r}.",
        hint="Expected is a network table of RegulonDB: tabs between regulator, gene, and one of "
        "+, -, +-, ?.",
        command=look(path),
    )


def _row(fields: Sequence[str], layout: int) -> dict[str, str]:
    known = dict(enumerate(fields))
    places = dict(zip(("id", "name", "gene", "target"), LAYOUTS[layout], strict=True))
    row = {key: known.get(-1 if p is None else p, "") for key, p in places.items()}
    rest = list(fields[layout + 1 :])
    level = next((CONFIDENCE[f.lower()] for f in reversed(rest) if f.lower() in CONFIDENCE), "")
    evidence = [f for f in rest if f.lower() not in CONFIDENCE and f not in ("", "?")]
    effect = EFFECTS.get(known.get(layout, "").lower(), "")
    return {**row, "effect": effect, "level": level, "evidence": "; ".join(evidence)}


def _unusable(row: Mapping[str, str]) -> str:
    if not row["name"] or not row["target"]:
        return "no regulator or no target"
    if not row["effect"]:
        return "effect is not +, -, +- or ?"
    if row["name"].lower() == "ppgpp":
        return "regulator is a small molecule"
    if not all(_NAME.match(row[key]) for key in ("name", "target")):
        return "not a name of a gene or regulator"
    return ""


def _statements(
    row: Mapping[str, str], genes: Sequence[str], layer: str
) -> Iterator[dict[str, object]]:
    """Yield what a row says of each gene of its regulator."""
    found = _CLASS.match(row["id"])
    for gene in genes:
        yield {
            "src": f"symbol:{gene}",
            "dst": f"symbol:{row['target']}",
            "layer": LAYER_OF_CLASS.get(found[1], layer) if found else layer,
            "effect": row["effect"],
            "level": row["level"] or None,
            "codes": row["evidence"] or None,
            "complex": row["name"] if len(genes) > 1 else None,
            "pubmed": [],
        }


def _complexes(complexes: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    rows = [
        (f"regulondb.complex:{name}", name, [f"symbol:{gene}" for gene in genes])
        for name, genes in complexes.items()
    ]
    return pl.DataFrame(rows, schema=_COMPLEX, orient="row")


def _empty(path: Path) -> BadInputError:
    return BadInputError(
        f"{path} holds no regulation.",
        hint="Expected is a network table of RegulonDB, with rows below its comments.",
        command=look(path),
    )
