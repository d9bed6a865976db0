"""The style sheets: of the page, and of the pictures, which also stand alone."""

from __future__ import annotations

import re
from importlib.resources import files

_SETTING = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE = re.compile(r"var\((--[\w-]+)\)")


def page_style() -> str:
    """Style of a page with its pictures."""
    return _read("plots.css") + _read("page.css")


def picture_style() -> str:
    """Style of a picture in a file of its own: light, and without variables.

    Drawing programs and converters know style sheets, but few of them know CSS variables.
    """
    css = _read("plots.css")
    light, rules = css[: css.index("@media")], css[css.index("svg text") :]
    colours = dict(_SETTING.findall(light))
    return _USE.sub(lambda use: colours[use[1]], rules)


def _read(name: str) -> str:
    return files("kgp.report").joinpath(name).read_text(encoding="utf-8")
