"""YAML in which every value knows its line, so that an error can point at it.

Scalars stay text as written: a gene called ``NO`` is no boolean, and version ``1.10`` no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MAX_BYTES = 1 << 20
"""A mapping file is written by hand; nothing of this size is."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value of a YAML file.

    Args:
        path: the file.
        key: where the value stands, such as ``edges.source``.
        line: its line, from 1.
        content: text, or key → item; None where the file holds something else.
    """

    path: Path
    key: str
    line: int
    content: str | dict[str, Item] | None

    def error(self, message: str, hint: str = "") -> BadInputError:
        """Return an error that points at this value."""
        return BadInputError(
            f"{self.path}, line {self.line}: {message}",
            hint=hint,
            command=f"sed -n {self.line}p {self.path.name}",
        )

    def text(self) -> str:
        """Return the value as text.

        Raises:
            BadInputError: if it is empty, or no scalar.
        """
        if isinstance(self.content, str) and self.content:
            return self.content
        raise self.error(f"{self.key or 'the file'} has no value.", "Expected is a plain text.")

    def choice(self, what: str, names: Collection[str]) -> str:
        """Return the value, which must be one of ``names``.

        Raises:
            BadInputError: with the nearest names.
        """
        if self.text() in names:
            return self.text()
        raise self.error(unknown(what, self.text(), names))

    def fields(
        self, known: Collection[str] | None = None, required: Collection[str] = ()
    ) -> dict[str, Item]:
        """Return the value as key → item.

        Args:
            known: keys that it may have; any where None.
            required: keys that it must have.

        Raises:
            BadInputError: for another key, with the nearest; for a missing one; or if it is no
                mapping of keys to values.
        """
        if not isinstance(self.content, dict):
            hint = f"Expected are keys with values: {', '.join(known or ('KEY: VALUE',))}."
            raise self.error(f"{self.key or 'the file'} holds no keys.", hint)
        for key, item in self.content.items():
            if known is not None and key not in known:
                raise item.error(unknown(f"key of {self.key or 'the mapping'}", key, known))
        for key in required:
            if key not in self.content:
                have = ", ".join(self.content) or "nothing"
                raise self.error(
                    f"{self.key or 'the mapping'} has no {key!r}; it has: {have}.",
                    f"Expected are {', '.join(required)}.",
                )
        return self.content


def read_yaml(path: Path) -> Item:
    """Read a YAML file.

    Raises:
        BadInputError: if it is no YAML, too large, or says one key twice.
    """
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise BadInputError(
            f"{path} is larger than {MAX_BYTES:,} bytes.",
            hint="Expected is a mapping file, which a person can read.",
            command="kgp load table FILE --guess",
        )
    try:
        node = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        return _item(path, "", node)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _no_yaml(path, error) from error


def _no_yaml(path: Path, error: Exception) -> BadInputError:
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}" if mark else ""
    problem = getattr(error, "problem", None) or type(error).__name__
    return BadInputError(
        f"{path}{where} is not YAML: {problem}.",
        hint="Expected is a mapping file in UTF-8, KEY: VALUE line by line.",
        command="kgp load table FILE --guess",
    )


def _item(path: Path, key: str, node: yaml.Node | None) -> Item:
    line = node.start_mark.line + 1 if node else 1
    if isinstance(node, yaml.ScalarNode):
        return Item(path, key, line, _scalar(node))
    if not isinstance(node, yaml.MappingNode):
        return Item(path, key, line, None)
    content: dict[str, Item] = {}
    for name, value in node.value:
        text = name.value if isinstance(name, yaml.ScalarNode) else ""
        inner = f"{key}.{text}" if key else text
        if not text or text in content:
            what = f"{inner!r} is said twice" if text else "a key is no plain text"
            raise Item(path, inner, name.start_mark.line + 1, None).error(f"{what}.")
        content[text] = _item(path, inner, value)
    return Item(path, key, line, content)


def _scalar(node: yaml.ScalarNode) -> str:
    """Text as written; empty where YAML means null."""
    plain = node.style is None and node.tag == "tag:yaml.org,2002:null"
    return "" if plain else str(node.value).strip()
