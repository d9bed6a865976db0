"""Pathway Tools attribute-value files: records of ``ATTRIBUTE - value`` lines that end with //.

The grammar of pathwaytools.com/flatfile-format.html, with what real files add to it: ``^NAME``
lines annotate the value before them, continuation lines of comments may lack their slash, old
releases are Latin-1, and the last ``//`` may be missing. Memory is bounded by one record.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from kgp.loaders.files import open_bytes, reading
from kgp.loaders.pathway_tools.lines import BLOCK_BYTES, BOM, decoded, line_blocks
from kgp.loaders.pathway_tools.reader import COMMENT, END, parse_blocks
from kgp.loaders.pathway_tools.records import Record, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Record",
    "Value",
    "format_record",
    "header_value",
    "parse_records",
    "plain_text",
    "read_comments",
    "read_records",
]

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def plain_text(text: str) -> str:
    """Remove HTML markup and resolve entities."""
    return html.unescape(_TAG.sub("", text))


def read_comments(path: Path) -> list[str]:
    """Comment lines at the start of a file, without their marks."""
    comments = []
    with reading(path), open_bytes(path) as file:
        for raw in iter(lambda: file.readline(BLOCK_BYTES), b""):
            line = decoded(raw.removeprefix(BOM)).rstrip("\r\n")
            if not line.startswith(COMMENT):
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
        yield from parse_blocks(line_blocks(path), path, keep)


def parse_records(
    lines: Iterable[str], name: object = "text", keep: Collection[str] | None = None
) -> Iterator[Record]:
    """Yield the records of ``lines``, which may end in line ends; see :func:`read_records`."""
    return parse_blocks([[line.rstrip("\r\n") for line in lines]], name, keep)


def format_record(attributes: Mapping[str, Sequence[str | Value]]) -> str:
    """Write one record; :func:`parse_records` reads it back."""
    lines = []
    for attribute, values in attributes.items():
        for item in values:
            value = Value(item) if isinstance(item, str) else item
            lines.append(f"{attribute} - {value.text}".replace("\n", "\n/"))
            for name, texts in value.annotations.items():
                lines += [f"^{name} - {text}" for text in texts]
    return "\n".join([*lines, END]) + "\n"
