"""Pathway Tools attribute-value files: records of ``ATTRIBUTE - value`` lines that end with //.

The grammar of pathwaytools.com/flatfile-format.html, with what real files add to it: ``^NAME``
lines annotate the value before them, continuation lines may lack their slash, old releases are
Latin-1, and the last ``//`` may be missing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import open_bytes, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_ATTRIBUTE = re.compile(r"^(\^?[A-Z0-9][A-Z0-9?+*_.:-]*) -(?: (.*))?$", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_END, _CONTINUED, _COMMENT = "//", "/", "#"
_MAX_LINE = 8 << 20


@dataclass(slots=True)
class Value:
    """One value of an attribute with the annotations that follow it."""

    text: str
    annotations: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """One record.

    Args:
        line: number of its first line.
        values: attribute → values, in order.
    """

    line: int
    values: dict[str, list[Value]] = field(default_factory=dict)

    def texts(self, attribute: str) -> list[str]:
        """Values of an attribute without bars, empty values and NIL."""
        found = (frame_id(value.text) for value in self.values.get(attribute, ()))
        return [text for text in found if text]

    def first(self, attribute: str) -> str:
        """First value of an attribute; empty if there is none."""
        return next(iter(self.texts(attribute)), "")


def frame_id(text: str) -> str:
    """Strip the bars around a frame id; NIL is empty."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|"):
        stripped = stripped[1:-1]
    return "" if stripped == "NIL" else stripped


def plain_text(text: str) -> str:
    """Remove HTML markup and resolve entities."""
    return html.unescape(_TAG.sub("", text))


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a plain or gzip file.

    Raises:
        BadInputError: if the file is damaged or is not in this format.
    """
    with reading(path), open_bytes(path) as file:
        yield from parse_records(map(_decoded, iter(lambda: file.readline(_MAX_LINE), b"")), path)


def read_comments(path: Path) -> list[str]:
    """Comment lines at the start of a file, without their marks."""
    comments = []
    with reading(path), open_bytes(path) as file:
        for raw in iter(lambda: file.readline(_MAX_LINE), b""):
            line = _decoded(raw).rstrip("\r\n")
            if not line.startswith(_COMMENT):
                break
            comments.append(line.lstrip("# "))
    return comments


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parse_records(lines: Iterable[str], name: object = "text") -> Iterator[Record]:
    """Yield the records of ``lines``; see :func:`read_records`."""
    record, value = Record(0), None
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if line == _END:
            if record.values:
                yield record
            record, value = Record(0), None
        elif line.startswith(_COMMENT) or (not line and value is None):
            continue
        elif line.startswith(_CONTINUED) and value is not None:
            value.text += "\n" + line[1:]
        else:
            match = _ATTRIBUTE.match(line)
            if match:
                record.line = record.line or number
                value = _add(record, value, match[1], match[2] or "")
            elif value is not None:
                value.text += "\n" + line
            else:
                raise BadInputError(
                    f"{name}, line {number}: {line[:80]!r} is not an attribute with a value.",
                    hint="Expected is a Pathway Tools .dat file: lines 'ATTRIBUTE - value', "
                    "records that end with //.",
                    command="kgp sources",
                )
    if record.values:
        yield record


def _add(record: Record, previous: Value | None, attribute: str, text: str) -> Value:
    """Add a value, or an annotation to the previous one, which then stays the current value."""
    if attribute.startswith("^") and previous is not None:
        previous.annotations.setdefault(attribute[1:], []).append(text)
        return previous
    value = Value(text)
    record.values.setdefault(attribute, []).append(value)
    return value


def format_record(attributes: Mapping[str, Sequence[str | Value]]) -> str:
    """Write one record; :func:`parse_records` reads it back."""
    lines = []
    for attribute, values in attributes.items():
        for item in values:
            value = Value(item) if isinstance(item, str) else item
            lines.append(f"{attribute} - {value.text}".replace("\n", "\n/"))
            for name, texts in value.annotations.items():
                lines += [f"^{name} - {text}" for text in texts]
    return "\n".join([*lines, _END]) + "\n"
