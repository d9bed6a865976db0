"""From figures to files: the page and its JSON appear together, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report.files import write_together
from kgp.report.page import render

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.report.content import ReportContent


def to_json(content: ReportContent) -> bytes:
    """Write the figures as JSON: the fields of `ReportContent`, unrounded, NaN as null."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(content, option=options)


def write_report(content: ReportContent, html_path: Path, json_path: Path) -> None:
    """Write both files; both are complete on disk before either takes its name.

    Raises:
        BadInputError: if a folder cannot be written or the disk is full. What lay at the two
            paths before is then still there.
    """
    files = {json_path: to_json(content), html_path: render(content).encode()}
    write_together(files, "report", "kgp report --help")
