"""The mapping file of a user's table: which column is what.

::

    title: Kinase screen            # also: version, citation, delimiter
    license: CC-BY-4.0
    edges:                          # or nodes:, or regulation:
      source: {id: {column: drug, prefix: drugbank}, type: Drug, name: {column: drug_name}}
      target: {id: {column: gene, prefix: ncbigene}, type: Gene}
      relation: TARGETS             # or {column: action, values: {inhibits: TARGETS}}
      properties:
        affinity_nm: {column: Kd, type: number}

A plain text is a constant; ``{column: NAME}`` takes the value of a column. ``values`` translates
what stands in the column, ``default`` fills what is empty or not translated, ``prefix`` makes bare
identifiers CURIEs, ``pad`` gives numbers their leading zeros back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgp.kg_schema.batches import LAYERS, SCHEMAS, Kind
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import RELATIONS
from kgp.loaders.signed import SIGN_SOURCES, STATED
from kgp.loaders.table.model import (
    EFFECTS,
    PROPERTY_TYPES,
    REGULATES,
    Node,
    Property,
    TableMapping,
    Value,
)
from kgp.loaders.table.yaml_text import Item, read_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_TOP = ("title", "version", "license", "citation", "delimiter")
_HOLDS = ("nodes", "edges", "regulation")
_VALUE = ("column", "values", "default")
_ID = (*_VALUE, "prefix", "pad")
_END = ("id", "type", "name")
_EDGE_TYPES = tuple(name for name in RELATIONS if name != REGULATES)
_PREFIX = re.compile(r"[a-z][a-z0-9_.]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", "space": " "}


def read_mapping(path: Path) -> TableMapping:
    """Read a mapping file.

    Raises:
        BadInputError: with the line and what would be valid there.
    """
    whole = read_yaml(path)
    top = whole.fields((*_TOP, *_HOLDS), ("license",))
    held = [name for name in _HOLDS if name in top]
    if len(held) != 1:
        said = " and ".join(held) or "nothing"
        raise whole.error(
            f"the mapping says what {said} a row is." if held else "the mapping maps nothing.",
            "Expected is one of nodes, edges and regulation; a file that holds several is loaded "
            "once with each mapping.",
        )
    texts = {name: top[name].text() if name in top else "" for name in _TOP}
    if "delimiter" in top:
        written = texts["delimiter"]
        known = {**_DELIMITERS, **{char: char for char in _DELIMITERS.values()}}
        texts["delimiter"] = known[top["delimiter"].choice("delimiter", known)] if written else ""
    ends, values, properties = _READERS[held[0]](top[held[0]])
    return TableMapping(held[0], ends=ends, values=values, properties=properties, **texts)


_Parts = tuple[tuple[Node, ...], dict[str, Value], tuple[Property, ...]]


def _nodes(item: Item) -> _Parts:
    fields = item.fields((*_END, "license", "properties"), ("id", "type"))
    values = {"license": _value(fields["license"])} if "license" in fields else {}
    return (_node(fields),), values, _properties(fields.get("properties"), Kind.NODES)


def _edges(item: Item) -> _Parts:
    fields = item.fields(
        ("source", "target", "relation", "qualifier", "license", "properties"),
        ("source", "target", "relation"),
    )
    ends = tuple(_node(fields[end].fields(_END, ("id",))) for end in ("source", "target"))
    values = {"relation": _value(fields["relation"], "relation type", _EDGE_TYPES)}
    _check_fit(values["relation"], ends)
    values |= {name: _value(fields[name]) for name in ("qualifier", "license") if name in fields}
    return ends, values, _properties(fields.get("properties"), Kind.EDGES)


_REGULATION = {
    "network": None,
    "sign": EFFECTS,
    "layer": LAYERS,
    "sign_source": SIGN_SOURCES,
    "weight": None,
    "confidence": None,
    "pubmed": None,
    "license": None,
}
"""Fields of a regulation → the values that each may have."""


def _regulation(item: Item) -> _Parts:
    required = ("network", "source", "target", "sign", "layer")
    fields = item.fields(("source", "target", *_REGULATION), required)
    ends = tuple(_node(fields[end].fields(_END, ("id",))) for end in ("source", "target"))
    values = {
        name: _value(fields[name], name, known)
        for name, known in _REGULATION.items()
        if name in fields
    }
    if values["network"].column:
        raise fields["network"].error("the network's name is a column.", "Expected is its name.")
    for name in ("weight", "confidence", "pubmed"):
        if name in values and not values[name].column:
            raise fields[name].error(f"{name} is the same everywhere.", "Expected is a column.")
    values.setdefault("sign_source", Value("", STATED, item))
    return ends, values, ()


_READERS = {"nodes": _nodes, "edges": _edges, "regulation": _regulation}


def _node(fields: Mapping[str, Item]) -> Node:
    kind, name = fields.get("type"), fields.get("name")
    return Node(
        _identifier(fields["id"]),
        _value(kind, "node type", NODE_TYPES) if kind else None,
        _value(name) if name else None,
    )


def _value(item: Item, what: str = "", known: Collection[str] | None = None) -> Value:
    """Read a constant or ``{column, values, default}``; what they say must be ``known``."""
    if not isinstance(item.content, dict):
        return Value("", _checked(item, what, known), item)
    fields = item.fields(_VALUE, ("column",))
    return Value(
        fields["column"].text(),
        _checked(fields["default"], what, known) if "default" in fields else "",
        item,
        _translation(fields, what, known),
    )


def _translation(
    fields: Mapping[str, Item], what: str, known: Collection[str] | None
) -> dict[str, str]:
    if "values" not in fields:
        return {}
    return {key: _checked(v, what, known) for key, v in fields["values"].fields().items()}


def _checked(item: Item, what: str, known: Collection[str] | None) -> str:
    return item.text() if known is None else item.choice(what, known)


def _identifier(item: Item) -> Value:
    fields = item.fields(_ID, ("column",))
    plain = Item(item.path, item.key, item.line, {k: v for k, v in fields.items() if k in _VALUE})
    value = _value(plain)
    prefix = fields["prefix"].text() if "prefix" in fields else ""
    if prefix and not _PREFIX.fullmatch(prefix):
        raise fields["prefix"].error(
            f"{prefix!r} is no prefix.", "Expected is a Bioregistry prefix, such as ncbigene."
        )
    pad = fields["pad"].text() if "pad" in fields else "0"
    if not re.fullmatch(r"\d{1,2}", pad, re.ASCII):
        raise fields["pad"].error(f"pad is {pad!r}.", "Expected is a number of digits, such as 7.")
    return Value(value.column, value.default, item, value.values, prefix, int(pad))


def _properties(item: Item | None, kind: Kind) -> tuple[Property, ...]:
    if item is None:
        return ()
    return tuple(_property(name, each, kind) for name, each in item.fields().items())


def _property(name: str, item: Item, kind: Kind) -> Property:
    reserved = (*SCHEMAS[kind].names, "license", "source", "source_version", "sources")
    if not _NAME.fullmatch(name) or name in reserved:
        raise item.error(
            f"{name!r} cannot be the name of a property.",
            f"Expected are letters, digits and underscores, and none of {', '.join(reserved)}.",
        )
    fields = item.fields(("column", "type", "separator"), ("column",))
    sort = fields["type"].choice("property type", PROPERTY_TYPES) if "type" in fields else "text"
    separator = fields["separator"].text() if "separator" in fields else "|"
    return Property(name, fields["column"].text(), sort, separator, item)


def _check_fit(relation: Value, ends: tuple[Node, ...]) -> None:
    """Refuse constants that contradict each other before the table is read."""
    types = [end.type.default if end.type and not end.type.column else "" for end in ends]
    if relation.column or not all(types) or fits(relation.default, *types):
        return
    kind = RELATIONS[relation.default]
    raise relation.item.error(
        f"{kind.name} does not lead from {types[0]} to {types[1]}.",
        f"It leads from {' or '.join(kind.sources)} to {' or '.join(kind.targets)}.",
    )


def fits(relation: str, source: str, target: str) -> bool:
    """Tell whether a relation may lead from one type of node to another."""
    kind = RELATIONS[relation]
    return source in kind.sources and target in kind.targets
