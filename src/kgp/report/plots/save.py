"""One picture as a file: an SVG that stands alone, or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import UsageError
from kgp.report.files import write_together
from kgp.report.markup import Node, h, serialise, style
from kgp.report.plots.standalone import standalone
from kgp.report.styles import page_style

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".svg", ".html")


def check_ending(path: Path) -> None:
    """Refuse a file's name before anything is computed for it.

    Raises:
        UsageError: if it ends in neither ``.svg`` nor ``.html``.
    """
    if path.suffix not in ENDINGS:
        raise UsageError(
            f"{path.name!r} has no ending of a picture that kgp writes.",
            hint="Valid are .svg (for papers and slides) and .html (for a browser).",
            command=f"the same command with --picture {path.stem or 'picture'}.svg",
        )


def save_picture(figure: Node, path: Path) -> None:
    """Write a figure to ``path``, whole or not at all; its ending says how.

    Raises:
        UsageError: for another ending.
        BadInputError: if the file cannot be written.
    """
    check_ending(path)
    written = standalone(figure) if path.suffix == ".svg" else page(figure)
    write_together({path: written.encode()}, "picture", "the same command with --picture FILE.svg")


def page(figure: Node) -> str:
    """Write a figure as one self-contained page."""
    title = figure.findtext("figcaption/b") or ""
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("title", title),
        style(page_style()),
    )
    body = h("body", h("main", figure, class_="lone-picture"))
    return "<!doctype html>\n" + serialise(h("html", head, body, lang="en")) + "\n"
