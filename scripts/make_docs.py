"""Write the pages that restate code: the cook-book of queries and the table of sources.

    python scripts/make_docs.py

``tests/unit/test_docs.py`` fails when a committed page is not what this writes.
"""

from __future__ import annotations

from pathlib import Path

from kgp.loaders.catalogue import SOURCES
from kgp.platform.queries import QUERIES, NamedQuery

DOCS = Path(__file__).parents[1] / "docs"

_COOKBOOK = """\
# Cook-book: named queries

<!-- Written by scripts/make_docs.py; change kgp/platform/queries.py instead. -->

`kgp query NAME [ARGUMENT]…` asks the graph a question that has a name. `kgp query` alone lists the
names. Arguments fill the parameters in order; those in brackets may be left out. A node may be a
symbol, a synonym, an exact name or a CURIE. `--json` gives the rows as records.

Below each query is the same question in Cypher, for a graph database that holds the graph in the
form of [architecture.md](architecture.md). kgp runs its own text of the query on the embedded
store; it has no Neo4j store yet.
"""
_SOURCES = """\
# Sources

<!-- Written by scripts/make_docs.py; change kgp/loaders/catalogue instead. -->

`kgp load SOURCE PATH…` or `kgp load SOURCE ROLE=PATH…` reads these. Files may be plain or gzip.
Every row that is dropped is counted with its reason. The licence is that of the source; a user's
own copy may be under other terms. An option is given as `--option NAME=VALUE`; `name` also as
`--name`.

| source | reads | files (role: what) | options | version | licence |
|---|---|---|---|---|---|
"""


def cookbook() -> str:
    """The page of named queries."""
    return _COOKBOOK + "".join(_recipe(query) for query in QUERIES.values())


def _recipe(query: NamedQuery) -> str:
    return (
        f"\n## {query.name}\n{query.title}.\n\n"
        f"```\nkgp query {f'{query.name} {query.signature}'.strip()}\n```\n"
        f"```cypher\n{_break_lines(query.cypher)}\n```\n"
    )


def _break_lines(cypher: str) -> str:
    """Start a line with each clause."""
    for clause in ("WHERE", "RETURN", "MATCH", "WITH", "ORDER BY"):
        cypher = cypher.replace(f" {clause} ", f"\n{clause} ")
    return cypher


def sources() -> str:
    """The page of sources."""
    rows, works = [], []
    for name, spec in sorted(SOURCES.items()):
        files = "<br>".join(
            f"`{role.name}`: {role.description}{'' if role.required else ' (optional)'}"
            for role in spec.roles
        )
        options = ", ".join(f"`{option}`" for option in spec.options) or "–"
        cells = (f"`{name}`", spec.description, files, options, spec.version_rule, spec.license)
        rows.append(f"| {' | '.join(cells)} |\n")
        works.append(f"- [{spec.title}]({spec.url}): {spec.citation}.\n")
    return _SOURCES + "".join(rows) + "\n## Please cite\n" + "".join(works)


PAGES = {"cookbook.md": cookbook, "sources.md": sources}
"""File under ``docs`` → what writes it."""


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
