"""The OBO 1.2 and 1.4 flat file format: a header, then stanzas of ``tag: value`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_STANZA = re.compile(r"^\[([A-Za-z]+)\]\s*$")
_TOKEN = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|!')
_MODIFIERS = re.compile(r"\s*(?<!\\)\{[^{}]*\}\s*$")
_QUOTED = re.compile(r'^"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "W": " ", "t": "\t"}


@dataclass(slots=True)
class Stanza:
    """One stanza; the header is a stanza of kind ``""``.

    Args:
        kind: ``Term``, ``Typedef``, ``Instance`` or what the file calls it.
        line: number of its first line.
        tags: tag → raw values, without comments and trailing modifiers, in order.
    """

    kind: str
    line: int
    tags: dict[str, list[str]] = field(default_factory=dict)

    def first(self, tag: str) -> str:
        """First value of a tag, unescaped; empty if there is none."""
        values = self.tags.get(tag)
        return unescape(values[0]) if values else ""

    def all(self, tag: str) -> list[str]:
        """Raw values of a tag."""
        return self.tags.get(tag, [])


def read_stanzas(path: Path) -> Iterator[Stanza]:
    """Yield the header, then every stanza of a plain or gzip file.

    Raises:
        BadInputError: if the file is damaged, or a line is neither a tag nor a stanza.
    """
    with open_text(path) as lines:
        yield from parse_stanzas(lines, str(path))


def parse_stanzas(lines: Iterable[str], name: str = "OBO") -> Iterator[Stanza]:
    """Yield the header, then every stanza; see :func:`read_stanzas`."""
    stanza = Stanza("", 1)
    for number, line in _logical_lines(lines):
        match = _STANZA.match(line)
        if match:
            yield stanza
            stanza = Stanza(match[1], number)
            continue
        text = line if _plain(line) else _without_comment(line)
        if not text.strip():
            continue
        tag, colon, value = text.partition(":")
        if not colon:
            raise BadInputError(
                f"{name}, line {number}: {line[:80]!r} is not a tag with a value.",
                hint="Expected is an OBO file: lines 'tag: value' in stanzas such as [Term].",
            )
        stanza.tags.setdefault(tag.strip(), []).append(value.strip())
    yield stanza


def _logical_lines(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join lines that end with a backslash to the next (deprecated, but still met)."""
    held, start = "", 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        start = start if held else number
        backslashes = len(line) - len(line.rstrip("\\"))
        if backslashes % 2:
            held += line[:-1]
            continue
        yield start, held + line
        held = ""
    if held:
        yield start, held


def _plain(line: str) -> bool:
    return "!" not in line and "{" not in line


def _without_comment(line: str) -> str:
    """Cut at the first ``!`` that is neither escaped nor quoted, and then trailing modifiers."""
    comment = next((m.start() for m in _TOKEN.finditer(line) if m[0] == "!"), len(line))
    return _MODIFIERS.sub("", line[:comment])


def unescape(text: str) -> str:
    """Resolve backslash escapes."""
    return _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), text) if "\\" in text else text


def escape(text: str) -> str:
    """Write ``text`` so that :func:`unescape` returns it, in quotes or not."""
    escaped = re.sub(r'([\\"!{}\[\]])', r"\\\1", text)
    return escaped.replace("\n", r"\n").replace("\t", r"\t")


def quoted(value: str) -> str:
    """Text of a value that starts with a quoted string, unescaped; empty if it does not."""
    match = _QUOTED.match(value)
    return unescape(match[1]) if match else ""
