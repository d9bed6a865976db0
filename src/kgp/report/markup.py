"""HTML and SVG as a tree: text enters as text, so it is escaped by construction.

There is no way to hand over ready-made markup; the standard library's serialiser writes every
string, whatever a source put into it, as text or as an attribute value.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

Node = ElementTree.Element
Child = Node | str | None
Attribute = str | int | float | None

# What HTML cannot hold even when escaped: control characters and lone surrogates.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)


def h(tag: str, *children: Child, **attributes: Attribute) -> Node:
    """Build one element; children that are None, and attributes that are None, are left out.

    A trailing underscore is taken off attribute names (``class_``), other underscores become
    hyphens (``stroke_width``). Numbers are written with at most two decimals.
    """
    node = Node(tag, {_name(key): _value(v) for key, v in attributes.items() if v is not None})
    last: Node | None = None
    for child in children:
        if isinstance(child, Node):
            node.append(child)
            last = child
        elif child is not None:
            text = clean(child)
            if last is None:
                node.text = (node.text or "") + text
            else:
                last.tail = (last.tail or "") + text
    return node


def style(css: str) -> Node:
    """Hold a style sheet of ours; browsers read it raw, so text of sources never goes in here."""
    node = Node("style")
    node.text = css
    return node


def link(text: str, url: str) -> Child:
    """Link to ``url`` if it is an http(s) address; anything else stays plain text."""
    return h("a", text, href=url, rel="noopener noreferrer") if _WEB.match(url) else text


def clean(text: str) -> str:
    """Replace the characters that a page cannot hold by U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def serialise(node: Node) -> str:
    """Write a tree as HTML."""
    return ElementTree.tostring(node, encoding="unicode", method="html")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return clean(str(value))
