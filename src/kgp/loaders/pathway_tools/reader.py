"""The grammar of Pathway Tools attribute-value files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.pathway_tools import lines as attribute_lines
from kgp.loaders.pathway_tools.lines import too_long
from kgp.loaders.pathway_tools.records import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

END, COMMENT = "//", "#"
"""The line that ends a record, and how a comment begins."""

_ATTRIBUTE = re.compile(r"^(\^?[A-Z0-9][A-Z0-9?+*_.:-]*) -(?: (.*))?$", re.DOTALL)
_CONTINUED, _ANNOTATION = "/", "^"
_KNOWN_NAMES = 4_096


def parse_blocks(
    blocks: Iterable[list[str]], name: object, keep: Collection[str] | None
) -> Iterator[Record]:
    """Yield the records of blocks of lines.

    Attributes that were seen before are read here, as they are nearly all lines; the other lines
    by :class:`_Reader`.
    """
    reader, first = _Reader(name, keep), 1
    wanted_by_name = reader.names
    for block in blocks:
        reader.count_block()
        attributes = reader.record.attributes
        for number, line in enumerate(block, first):
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
        first += len(block)
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
        if self._blocks > attribute_lines.MAX_BLOCKS:
            raise too_long(self._source, f"the record of line {self.record.line}")

    def other(self, number: int, line: str) -> Record | None:
        """Take a line that is no attribute seen before; return the record that it ends."""
        if line == END:
            return self.end()
        if line.startswith(COMMENT) or (not line and not _is_prose(self.last)):
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
