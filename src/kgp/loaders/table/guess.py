"""A first mapping file for a table, from what its columns look like; a person corrects it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import yaml

from kgp.errors import BadInputError
from kgp.kg_schema.batches import SCHEMAS, Kind
from kgp.loaders.table.patterns import (
    node_type,
    relation,
    relations_between,
)
from kgp.loaders.table.sample import (
    Sample,
    kind_of,
    pair_of,
    read_sample,
    sign_of,
    telling,
    type_column,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHOOSE = "CHOOSE"
"""Stands where a person has to decide; no valid mapping holds it."""

_RELATIONS = ("relation", "relation_type", "predicate", "edge_type", "interaction", "action")
_NAMES = ("name", "label", "symbol", "title")
_MOST_VALUES = 40


def write_guess(path: Path) -> Path:
    """Write a first mapping file beside a table.

    Returns:
        The mapping file, ``PATH.map.yaml``.

    Raises:
        BadInputError: if there is one already, the table cannot be read, or the file not written.
    """
    target = path.with_name(f"{path.name}.map.yaml")
    text = guess_mapping(path)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadInputError(
            f"{target} is there already; it is not overwritten.",
            hint="Use it, or move it away to have another one written.",
            command=f"kgp load table {path.name} --map {target.name}",
        ) from error
    except OSError as error:
        raise BadInputError(
            f"{target} cannot be written: {error.strerror}.",
            hint="Expected is a table in a folder that you may write to.",
            command=f"cp {path.name} . && kgp load table {path.name} --guess",
        ) from error
    return target


def guess_mapping(path: Path) -> str:
    """Return a first mapping file of a table, commented.

    ``CHOOSE`` stands where a person has to decide; loading refuses it with the line.

    Raises:
        BadInputError: if the table cannot be read.
    """
    sample = read_sample(path)
    pair = pair_of(sample)
    sign = sign_of(sample) if pair else ""
    genes = all(sample.ids[end].type == "Gene" for end in pair if end in sample.ids)
    if pair and sign and genes:
        body = _regulation(sample, pair, sign)
    else:
        body = _edges(sample, pair) if pair else _nodes(sample)
    return "\n".join([*_head(sample), *body, ""])


def _head(sample: Sample) -> list[str]:
    return [
        f"# First guess from {sample.rows.height:,} rows of {_quoted(sample.table.path.name)}.",
        "# Read it through: a plain text is a constant, {column: NAME} takes a column's value.",
        f"# Where {CHOOSE} stands, nothing was recognised. Then: kgp load table FILE --map THIS",
        f"title: {_quoted(sample.table.path.name)}",
        "license: LicenseRef-unknown   # such as CC-BY-4.0; LicenseRef-… where there is no SPDX id",
        "# version: 2024-05",
        "# citation: Authors. Title. Journal (year)",
        "",
    ]


def _nodes(sample: Sample) -> list[str]:
    best = max(sample.ids, key=lambda c: telling(sample, c), default="")
    column = best or sample.table.columns[0]
    name = sample.find(_NAMES)
    used = [column, *type_column(sample, "")[:1], name]
    lines = ["nodes:", *_end(sample, column, "  ", "", "" if name == column else name)]
    return [*lines, *_properties(sample, used, Kind.NODES)]


def _edges(sample: Sample, pair: Sequence[str]) -> list[str]:
    types = [sample.ids[c].type if c in sample.ids else "" for c in pair]
    typed = [type_column(sample, end) for end in pair]
    if not any(typed) and all(types) and not relations_between(types[0], types[1]):
        pair, types = pair[::-1], types[::-1]
    lines, used = ["edges:"], list(pair)
    for end, column in zip(("source", "target"), pair, strict=True):
        lines += [f"  {end}:", *_end(sample, column, "    ", column, "")]
        used += type_column(sample, column)[:1]
    words = sample.find(_RELATIONS)
    if words and len(sample.distinct(words)) <= _MOST_VALUES:
        lines += ["  relation:", f"    column: {_quoted(words)}", "    values:"]
        lines += [f"      {_quoted(w)}: {relation(w) or CHOOSE}" for w in sample.distinct(words)]
        used.append(words)
    else:
        fitting = relations_between(*types) if all(types) else []
        others = ", ".join(fitting[1:])
        lines.append(
            f"  relation: {next(iter(fitting), CHOOSE)}{f'   # or {others}' * bool(others)}"
        )
    return [*lines, *_properties(sample, used, Kind.EDGES)]


def _regulation(sample: Sample, pair: Sequence[str], sign: str) -> list[str]:
    name = re.sub(r"\W+", "-", sample.table.path.name.split(".")[0], flags=re.ASCII).strip("-")
    lines = ["regulation:", f"  network: {_quoted(name or 'network')}"]
    for end, column in zip(("source", "target"), pair, strict=True):
        lines += [f"  {end}:", *_end(sample, column, "    ", column, "")]
    lines += [
        f"  sign: {{column: {_quoted(sign)}}}",
        "  layer: transcriptional   # or sigma, translational, signalling",
        "  sign_source: stated   # or curated, inferred, default",
    ]
    for role, names in (("weight", ("weight", "score")), ("pubmed", ("pubmed", "pubmed_id"))):
        column = sample.find(names)
        if column and column != sign:
            lines.append(f"  {role}: {{column: {_quoted(column)}}}")
    return lines


def _end(sample: Sample, column: str, indent: str, end: str, name: str) -> list[str]:
    known = sample.ids.get(column)
    prefix = "" if known and not known.bare else f", prefix: {known.prefix if known else CHOOSE}"
    why = f"   # {known.why}" if known else "   # nothing recognised: which identifiers are these?"
    lines = [f"{indent}id: {{column: {_quoted(column)}{prefix}}}{why}"]
    typed = type_column(sample, end)
    if typed and (all(map(node_type, typed[1:])) or not (known and known.type)):
        lines += [f"{indent}type:", f"{indent}  column: {_quoted(typed[0])}", f"{indent}  values:"]
        lines += [f"{indent}    {_quoted(v)}: {node_type(v) or CHOOSE}" for v in typed[1:]]
    else:
        kind = known.type if known and known.type else CHOOSE
        lines.append(f"{indent}type: {kind}")
    if name:
        lines.append(f"{indent}name: {{column: {_quoted(name)}}}")
    return lines


def _properties(sample: Sample, used: Sequence[str], kind: Kind) -> list[str]:
    lines, taken = [], {*SCHEMAS[kind].names, "license", "source", "source_version", "sources"}
    for column in sample.table.columns:
        if column in used:
            continue
        name = re.sub(r"\W+", "_", column.lower(), flags=re.ASCII).strip("_") or "property"
        name = f"p_{name}" if not re.match(r"[a-z_]", name) or name in taken else name
        while name in taken:
            name += "_"
        taken.add(name)
        lines.append(f"    {name}: {{column: {_quoted(column)}, type: {kind_of(sample, column)}}}")
    return ["  properties:", *lines] if lines else []


def _quoted(text: str) -> str:
    """YAML for a text: as it is where that is safe."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", text) and text.lower() != "null"
    if plain:
        return text
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize).strip()
