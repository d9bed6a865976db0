"""Pathway Tools attribute-value files: records of ``ATTRIBUTE - value`` lines that end with //.

The grammar of pathwaytools.com/flatfile-format.html, with what real files add to it: ``^NAME``
lines annotate the value before them, continuation lines of comments may lack their slash, old
releases are Latin-1, and the last ``//`` may be missing. Memory is bounded by one record.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.files import open_bytes, reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

BLOCK_BYTES = 1 << 20
"""How much of a file is decoded at once."""

MAX_BLOCKS = 16
"""How many blocks a line or a record may span; comments of real records reach 100 kB."""

_ATTRIBUTE = re.compile(r"^(\^?[A-Z0-9][A-Z0-9?+*_.:-]*) -(?: (.*))?$", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_END, _CONTINUED, _COMMENT, _ANNOTATION = "//", "/", "#", "^"
_BOM = b"\xef\xbb\xbf"
_KNOWN_NAMES = 4_096


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
        attributes: attribute → values as written, in order.
        annotations: (attribute, index of the value) → annotation → values.
        stray: number of the first line that belongs to no value; 0 if there is none.
    """

    line: int = 0
    attributes: dict[str, list[str]] = field(default_factory=dict)
    annotations: dict[tuple[str, int], dict[str, list[str]]] = field(default_factory=dict)
    stray: int = 0

    def texts(self, attribute: str) -> list[str]:
        """Values of an attribute without bars, empty values and NIL."""
        found = map(frame_id, self.attributes.get(attribute, ()))
        return [text for text in found if text]

    def first(self, attribute: str) -> str:
        """First value of an attribute; empty if there is none."""
        return next(iter(self.texts(attribute)), "")

    def values(self, attribute: str) -> list[Value]:
        """Values of an attribute as they stand, with their annotations."""
        texts = enumerate(self.attributes.get(attribute, ()))
        return [Value(text, self.annotations.get((attribute, i), {})) for i, text in texts]


def frame_id(text: str) -> str:
    """Strip the bars around a frame id; NIL is empty."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|"):
        stripped = stripped[1:-1]
    return "" if stripped == "NIL" else stripped


def plain_text(text: str) -> str:
    """Remove HTML markup and resolve entities."""
    return html.unescape(_TAG.sub("", text))


def read_comments(path: Path) -> list[str]:
    """Comment lines at the start of a file, without their marks."""
    comments = []
    with reading(path), open_bytes(path) as file:
        for raw in iter(lambda: file.readline(BLOCK_BYTES), b""):
            line = _decoded(raw.removeprefix(_BOM)).rstrip("\r\n")
            if not line.startswith(_COMMENT):
                break
            comments.append(line.lstrip("# "))
    return comments


def header_value(comments: Iterable[str], key: str) -> str:
    """Value of the first comment ``key: value``; empty if there is none."""
    start = f"{key}: "
    return next((c.removeprefix(start).strip() for c in comments if c.startswith(start)), "")


def read_records(path: Path, keep: Collection[str] | None = None) -> Iterator[Record]:
    """Yield the records of a plain or gzip file.

    Args:
        path: the file.
        keep: attributes to keep; default all.

    Raises:
        BadInputError: if the file is damaged or is not in this format, or if a line or a record
            is longer than ``MAX_BLOCKS`` blocks.
    """
    with reading(path):
        yield from _parse(_blocks(path), path, keep)


def parse_records(
    lines: Iterable[str], name: object = "text", keep: Collection[str] | None = None
) -> Iterator[Record]:
    """Yield the records of ``lines``, which may end in line ends; see :func:`read_records`."""
    return _parse([[line.rstrip("\r\n") for line in lines]], name, keep)


def _blocks(path: Path) -> Iterator[list[str]]:
    """Yield the lines of a file without line ends, block by block."""
    with open_bytes(path) as file:
        rest, spanned, number = file.read(len(_BOM)).removeprefix(_BOM), 0, 1
        while block := file.read(BLOCK_BYTES):
            whole, newline, tail = block.rpartition(b"\n")
            if newline:
                lines = _lines(rest + whole)
                number += len(lines)
                yield lines
                rest, spanned = tail, 0
            else:
                rest, spanned = rest + block, spanned + 1
            if spanned > MAX_BLOCKS:
                raise _too_long(path, f"line {number}")
        if rest:
            yield _lines(rest)


def _lines(block: bytes) -> list[str]:
    """Lines of a block; where it is not UTF-8, each line that is not is Latin-1."""
    block = block.replace(b"\r\n", b"\n").removesuffix(b"\r")
    try:
        return block.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [_decoded(line) for line in block.split(b"\n")]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _too_long(name: object, what: str) -> BadInputError:
    return BadInputError(
        f"{name}: {what} is longer than {MAX_BLOCKS * BLOCK_BYTES:,} bytes.",
        hint="Expected is a Pathway Tools .dat file: short lines, records that end with //.",
        command="kgp sources",
    )


def _parse(
    blocks: Iterable[list[str]], name: object, keep: Collection[str] | None
) -> Iterator[Record]:
    """Yield the records of blocks of lines.

    Attributes that were seen before are read here, as they are nearly all lines; the other lines
    by :class:`_Reader`.
    """
    reader, number = _Reader(name, keep), 0
    wanted_by_name = reader.names
    for block in blocks:
        reader.count_block()
        attributes = reader.record.attributes
        for number, line in enumerate(block, number + 1):  # noqa: B020  goes on where it stopped
            attribute, separator, text = line.partition(" - ")
            wanted = wanted_by_name.get(attribute) if separator else None
            if wanted is None:
                finished = reader.other(number, line)
                attributes = reader.record.attributes
                if finished is not None:
                    yield finished
                continue
            if reader.more:
                reader.join()
            reader.last = attribute
            if not wanted:
                reader.target = None
                reader.record.line = reader.record.line or number
            elif attribute in attributes:
                reader.target = attributes[attribute]
                reader.target.append(text)
            else:
                reader.target = attributes[attribute] = [text]
                reader.record.line = reader.record.line or number
    finished = reader.end()
    if finished is not None:
        yield finished


class _Reader:
    """The record being read, and the rarer kinds of lines.

    Attributes:
        names: attributes seen so far → whether they are kept.
        last: attribute of the last value; empty at the start of a record.
        target: values whose last one the next line may continue; None where it is not kept.
        more: lines that continue it, not yet joined to it.
    """

    __slots__ = (
        "_blocks",
        "_ended",
        "_keep",
        "_source",
        "last",
        "more",
        "names",
        "record",
        "target",
    )

    def __init__(self, source: object, keep: Collection[str] | None) -> None:
        self._source, self._keep = source, None if keep is None else frozenset(keep)
        self.names: dict[str, bool] = {}
        self.record, self._blocks, self._ended = Record(), 0, False
        self.last, self.more = "", list[str]()
        self.target: list[str] | None = None

    def count_block(self) -> None:
        """Refuse a record that spans too many blocks."""
        self._blocks += 1
        if self._blocks > MAX_BLOCKS:
            raise _too_long(self._source, f"the record of line {self.record.line}")

    def other(self, number: int, line: str) -> Record | None:
        """Take a line that is no attribute seen before; return the record that it ends."""
        if line == _END:
            return self.end()
        if line.startswith(_COMMENT) or (not line and not _is_prose(self.last)):
            return None
        match = _ATTRIBUTE.match(line)
        if self.last and line.startswith(_CONTINUED):
            self._continue(line[1:])
        elif match and (self.last or not line.startswith(_ANNOTATION)):
            self.record.line = self.record.line or number
            self._attribute(match[1], match[2] or "")
        elif _is_prose(self.last):
            self._continue(line)
        else:
            self._stray(number, line)
        return None

    def _continue(self, text: str) -> None:
        if self.target is not None:
            self.more.append(text)

    def _attribute(self, name: str, text: str) -> None:
        """Add a value, or an annotation to the value before it."""
        self.join()
        if name.startswith(_ANNOTATION):
            self._annotate(name[1:], text)
            return
        wanted = self._keep is None or name in self._keep
        if len(self.names) < _KNOWN_NAMES:
            self.names[name] = wanted
        self.last, self.target = name, None
        if wanted:
            self.target = self.record.attributes.setdefault(name, [])
            self.target.append(text)

    def _annotate(self, name: str, text: str) -> None:
        if self.target is None:
            return
        position = self.last, len(self.record.attributes[self.last]) - 1
        self.target = self.record.annotations.setdefault(position, {}).setdefault(name, [])
        self.target.append(text)

    def _stray(self, number: int, line: str) -> None:
        """Note a line that belongs to nothing; as the first of a file it says: another format."""
        if not self.last and not self._ended:
            raise BadInputError(
                f"{self._source}, line {number}: {line[:80]!r} is not an attribute with a value.",
                hint="Expected is a Pathway Tools .dat file: lines 'ATTRIBUTE - value', records "
                "that end with //.",
                command="kgp sources",
            )
        self.record.stray = self.record.stray or number
        self.target = None

    def join(self) -> None:
        """Join the lines that continue a value to it."""
        if self.more and self.target is not None:
            self.target[-1] = "\n".join([self.target[-1], *self.more])
        self.more.clear()

    def end(self) -> Record | None:
        """Begin the next record; return the last one, if there is anything in it."""
        self.join()
        record, self.record = self.record, Record()
        self.last, self.target, self._blocks, self._ended = "", None, 0, True
        return record if record.attributes or record.stray else None


def _is_prose(attribute: str) -> bool:
    """Tell whether an attribute's value is running text, whose lines may lack their slash."""
    return attribute == "SUMMARY" or "COMMENT" in attribute


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
