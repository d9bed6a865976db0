"""Reads a page back as a browser would, for the tests to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Element:
    """One element with its attributes, the text directly and anywhere in it, and its children."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        """Every descendant with ``tag``, in document order."""
        found = []
        for child in self.children:
            found += [child] if child.tag == tag else []
            found += child.all(tag)
        return found

    def first(self, tag: str, **attributes: str) -> Element:
        """The first descendant with ``tag`` and ``attributes``."""
        wanted = {key.rstrip("_"): value for key, value in attributes.items()}
        return next(e for e in self.all(tag) if wanted.items() <= e.attributes.items())

    @property
    def text(self) -> str:
        """All text inside, joined by spaces where elements end."""
        return " ".join([*self.texts, *(child.text for child in self.children)])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]
        self.outline: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.outline.append((tag, tuple(key for key, _ in attrs)))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read(html: str) -> Element:
    """Parse a page; every element must be closed in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1
    return reader.open[0]


def outline(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and names of attributes in document order: the markup without its text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.outline
