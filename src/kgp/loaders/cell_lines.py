"""Cell lines: from what a study calls one to its Cellosaurus accession."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgp.kg_schema.tally import Tally
from kgp.loaders.files import first_line
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from pathlib import Path

CELLOSAURUS = {
    "A172": "CVCL_0131",
    "A375": "CVCL_0132",
    "A549": "CVCL_0023",
    "BT20": "CVCL_0178",
    "CACO2": "CVCL_0025",
    "DU145": "CVCL_0105",
    "GM12878": "CVCL_7526",
    "HAP1": "CVCL_Y019",
    "HCT116": "CVCL_0291",
    "HEK293": "CVCL_0045",
    "HEK293T": "CVCL_0063",
    "HELA": "CVCL_0030",
    "HEPG2": "CVCL_0027",
    "HL60": "CVCL_0002",
    "HS578T": "CVCL_0332",
    "HT29": "CVCL_0320",
    "HUH7": "CVCL_0336",
    "JURKAT": "CVCL_0065",
    "K562": "CVCL_0004",
    "LNCAP": "CVCL_0395",
    "MCF10A": "CVCL_0598",
    "MCF7": "CVCL_0031",
    "MDAMB231": "CVCL_0062",
    "NIH3T3": "CVCL_0594",
    "PC3": "CVCL_0035",
    "RKO": "CVCL_0504",
    "RPE1": "CVCL_4388",
    "SHSY5Y": "CVCL_0019",
    "SKBR3": "CVCL_0033",
    "SKMEL5": "CVCL_0527",
    "SKOV3": "CVCL_0532",
    "SW480": "CVCL_0546",
    "SW620": "CVCL_0547",
    "T98G": "CVCL_0556",
    "THP1": "CVCL_0006",
    "U2OS": "CVCL_0042",
    "U87MG": "CVCL_0022",
    "U937": "CVCL_0007",
    "VCAP": "CVCL_2235",
    "YAPC": "CVCL_1794",
}
"""Name in upper case, letters and digits only → accession, for the lines of common screens."""

_OTHER_NAMES = {
    "293": "HEK293",
    "293T": "HEK293T",
    "HTERTRPE1": "RPE1",
    "MB231": "MDAMB231",
    "U87": "U87MG",
}
_DEPMAP = re.compile(r"^ACH-\d{6}$")
_ACCESSIONS = ("RRID", "cellosaurus_id", "Cellosaurus_ID")
_NAMES = (
    "ModelID",
    "DepMap_ID",
    "CellLineName",
    "cell_line_name",
    "cell_iname",
    "cell_id",
    "StrippedCellLineName",
    "stripped_cell_line_name",
    "CCLEName",
    "CCLE_Name",
    "ccle_name",
)
"""Columns of tables of cell lines: accessions, and what else names a line, the surest first."""

_ACCESSION = re.compile(r"^(?:cellosaurus:)?(CVCL_[A-Z0-9]{4})$", re.IGNORECASE)


def cell_curie(name: str) -> str:
    """CURIE of a cell line: Cellosaurus where its name is known, else ``kgp.cell:NAME``.

    Spelling does not matter (``K-562``, ``k562``); an accession, and an identifier of the Cancer
    Dependency Map (``ACH-000551``), are taken as they are.
    """
    accession = _ACCESSION.match(name.strip())
    if accession:
        return f"cellosaurus:{accession[1].upper()}"
    if _DEPMAP.match(name.strip()):
        return f"depmap:{name.strip()}"
    key = re.sub(r"[^A-Z0-9]", "", name.upper())
    known = CELLOSAURUS.get(_OTHER_NAMES.get(key, key))
    return f"cellosaurus:{known}" if known else f"kgp.cell:{name.strip()}"


def read_cell_lines(path: Path) -> dict[str, tuple[str, str]]:
    """Read a table that knows cell lines: DepMap's ``Model.csv`` or LINCS's ``cellinfo``.

    Returns:
        Every name and identifier of a line → its CURIE and its name. Lines without a Cellosaurus
        accession, and names that several lines have, are left out.

    Raises:
        BadInputError: if the table gives no accessions.
    """
    line = first_line(path)
    delimiter = "\t" if "\t" in line else ","
    columns = [name.strip().strip('"') for name in line.split(delimiter)]
    accession = next((name for name in _ACCESSIONS if name in columns), _ACCESSIONS[0])
    keys = [name for name in _NAMES if name in columns]
    check_columns(path, [accession], delimiter)
    table = read_table(
        path, [*keys, accession], Tally(), delimiter=delimiter, quoted=True, multiline=True
    )
    found: dict[str, tuple[str, str]] = {}
    shared: set[str] = set()
    for row in table.iter_rows(named=True):
        if not _ACCESSION.match(row[accession]):
            continue
        names = [row[key] for key in keys if row[key]]
        about = cell_curie(row[accession]), next((row[k] for k in keys[1:] if row[k]), names[0])
        for name in names:
            if found.setdefault(name, about)[0] != about[0]:
                shared.add(name)
    return {name: about for name, about in found.items() if name not in shared}
