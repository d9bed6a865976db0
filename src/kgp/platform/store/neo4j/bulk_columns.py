"""Columns of an import file: which properties stand beside the JSON, and of which type.

The header of a file gives each property one type. A key that holds numbers here and text there is
no error in a source: such rows go into files of their own, one per combination of types. What no
header or cell can carry (a name with a colon in it, a list with nothing but an empty string, an
item with the separator of lists in it) is left for the driver to write; such rows are rare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.neo4j.properties import EMBEDDING, RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.embedded.store import EmbeddedStore

SEPARATOR = 0x1F
"""Code of the character between the items of a list: made for it, and written by nobody."""

MACRO = """
CREATE OR REPLACE TEMP MACRO kgp_scalar(v) AS CASE json_type(v)
    WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'DOUBLE' THEN 'double'
    WHEN 'BIGINT' THEN 'long'
    WHEN 'UBIGINT' THEN if(try_cast(v AS BIGINT) IS NULL, 'other', 'long')
    ELSE 'other' END;
CREATE OR REPLACE TEMP MACRO kgp_items(kinds) AS
    CASE WHEN len(kinds) = 1 AND kinds[1] <> 'other' THEN kinds[1] || '[]' ELSE 'other' END;
CREATE OR REPLACE TEMP MACRO kgp_kind(v) AS
    CASE WHEN v IS NULL THEN NULL
         WHEN json_type(v) = 'ARRAY' THEN kgp_items(list_distinct(
             list_transform(json_extract(v, '$[*]'), lambda x: kgp_scalar(x))))
         ELSE kgp_scalar(v) END;
"""
"""``kgp_kind(json)``: the import tool's name for the type of a value; ``other`` where Neo4j has no
such type, null where there is no value."""

_KEYS = """
SELECT j.key, list(DISTINCT kgp_kind(j.value) ORDER BY kgp_kind(j.value))
FROM (SELECT properties FROM ({rows}) WHERE properties <> '{empty}') t, json_each(t.properties) j
GROUP BY j.key ORDER BY j.key"""

_HEADER = re.compile(r"\w(?:[\w .-]*\w)?")
"""Names that a header can carry, and that a path into JSON needs no escapes for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an import file.

    Args:
        header: name and type, as the import tool reads them.
        sql: what it holds.
    """

    header: str
    sql: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Rows of one sheet whose properties have the same types.

    Args:
        columns: their properties.
        where: condition on the rows.
    """

    columns: tuple[Column, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of the rows of one sheet.

    Args:
        variants: rows by the types of their properties.
        odd: condition on the rows whose properties the driver writes.
    """

    variants: tuple[Variant, ...]
    odd: str


def properties_of(store: EmbeddedStore, rows: str) -> Properties:
    """Find out which properties the rows of a query have, from their column ``properties``.

    Args:
        store: where to ask; it knows ``MACRO``.
        rows: the query.
    """
    held = {
        key: kinds
        for key, kinds in store.rows(_KEYS.format(rows=rows, empty=EMPTY))
        if key and key not in RESERVED and not key.startswith(EMBEDDING) and kinds != ["other"]
    }
    odd = _odd([key for key in held if not _HEADER.fullmatch(key)])
    named = {key: kinds for key, kinds in held.items() if _HEADER.fullmatch(key)}
    mixed = [key for key, kinds in named.items() if len(kinds) > 1]
    variants = []
    for types, where in _combinations(store, rows, mixed):
        known = {key: kinds[0] for key, kinds in named.items() if len(kinds) == 1} | types
        columns = [_column(key, kind, odd) for key, kind in sorted(known.items())]
        variants.append(Variant(tuple(columns), where))
    return Properties(tuple(variants), odd)


def _combinations(
    store: EmbeddedStore, rows: str, mixed: list[str]
) -> Iterator[tuple[dict[str, str], str]]:
    """Combinations of the types of the keys that have several, and the rows that have each."""
    if not mixed:
        yield {}, "true"
        return
    kinds = [f"coalesce(kgp_kind(json_extract(properties, '{_path(key)}')), '')" for key in mixed]
    for row in store.rows(f"SELECT DISTINCT {', '.join(kinds)} FROM ({rows}) ORDER BY ALL"):
        found = zip(mixed, row, strict=True)
        held = {key: kind for key, kind in found if kind not in ("", "other")}
        yield held, " AND ".join(f"{sql} = '{kind}'" for sql, kind in zip(kinds, row, strict=True))


def _column(key: str, kind: str, odd: str) -> Column:
    if kind.endswith("[]"):
        found = f"json_extract_string(properties, '{_path(key)}[*]')"
        found = f"nullif(array_to_string({found}, chr({SEPARATOR})), '')"
    else:
        found = f"json_extract_string(properties, '{_path(key)}')"
    return Column(f"{key}:{kind}", f"CASE WHEN NOT ({odd}) THEN {found} END")


def _path(key: str) -> str:
    return f'$."{key}"'


def _odd(names: list[str]) -> str:
    """Condition on canonical JSON that no cell can carry; it escapes control characters."""
    texts = [f"\\u{SEPARATOR:04x}", "\\u0000", '[""]']
    conditions = [f"contains(properties, '{text}')" for text in texts]
    if names:
        quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
        conditions.append(f"list_has_any(json_keys(properties), [{quoted}])")
    return " OR ".join(conditions)
