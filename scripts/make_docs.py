"""Write the pages that restate code and measurements: queries, sources, real response sets.

    python scripts/make_docs.py

``tests/unit/test_docs.py`` fails when a committed page is not what this writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from kgp.loaders.catalogue import SOURCES
from kgp.platform.query_catalogue import QUERIES, NamedQuery

if TYPE_CHECKING:
    from kgp.loaders.spec import SourceSpec

DOCS = Path(__file__).parents[1] / "docs"

_COOKBOOK = """\
# Cook-book: named queries

<!-- Written by scripts/make_docs.py; change kgp/platform/query_catalogue.py instead. -->

`kgp query NAME [ARGUMENT]…` asks the graph a question that has a name. `kgp query` alone lists the
names. Arguments fill the parameters in order; those in brackets may be left out. A node may be a
symbol, a synonym, an exact name or a CURIE. `--json` gives the rows as records.

Below each query is the same question in Cypher: on a Neo4j store this very text is what runs. The
embedded store answers the same in its own SQL. More questions, with their answers, are in
[cypher.md](cypher.md).

What an experiment says of a changed edge is a relationship from its signature to the target,
`(:Signature)-[:SUPPORTS|CONTRADICTS {grn, src, layer, version, gain}]->(target)`: `src` is the id
of the regulator, because no relationship can end at another, `version` the one that changed the
edge, and `gain` how much likelier the change makes the experiment, in nats.
"""
_SOURCES = """\
# Sources

<!-- Written by scripts/make_docs.py; change kgp/loaders/catalogue instead. -->

`kgp load SOURCE PATH…` or `kgp load SOURCE ROLE=PATH…` reads these. Files may be plain or gzip.
Every row that is dropped is counted with its reason. The licence is that of the source; a user's
own copy may be under other terms. An option is given as `--option NAME=VALUE`; `name` also as
`--name`.

| source | reads | files (role: what) | options | version | licence | from |
|---|---|---|---|---|---|---|
"""
_ACCOUNTS = """
## What becomes of real files
Each file was loaded alone into an empty store by `python -m benchmarks.accounts`, which
`tests/integration/test_accounts.py` repeats where the files are. Kept rows that state what another
row states already are merged: the second direction of an undirected relation, or a repetition.
Nodes include those that the file only mentions; relationships have both ends in the graph.

| source | file | rows in | kept | merged | dropped, by reason | nodes | relationships |
|---|---|---|---|---|---|---|---|
"""
_SETS = """\
# Real response sets

<!-- Written by scripts/make_docs.py from what benchmarks.response_accounts measured. -->

All were loaded into one graph with identifier tables, a knowledge graph and a network
(`python -m benchmarks.response_accounts`; `tests/integration/test_response_accounts.py` repeats it
where the files are). Rows are samples, cells or table rows. Merged rows became part of another's
signature. Known features and drugs are those that another source speaks of too.

| source | file | rows in | kept | merged | dropped, by reason |
|---|---|---|---|---|---|
{rows}
| set | signatures | genes, drugs, combinations | features | known features | known drugs \
| control sets | most signatures of one | replicates, median | without errors |
|---|---|---|---|---|---|---|---|---|---|
{sets}"""


def cookbook() -> str:
    """The page of named queries."""
    return _COOKBOOK + "".join(_recipe(query) for query in QUERIES.values())


def _recipe(query: NamedQuery) -> str:
    return (
        f"\n## {query.name}\n{query.title}.\n\n"
        f"```\nkgp query {f'{query.name} {query.signature}'.strip()}\n```\n"
        f"```cypher\n{query.cypher}\n```\n"
    )


def sources() -> str:
    """The page of sources."""
    rows, works = [], []
    for name, spec in sorted(SOURCES.items()):
        files = "<br>".join(
            f"`{role.name}`: {role.description}{'' if role.required else ' (optional)'}"
            for role in spec.roles
        )
        options = ", ".join(f"`{option}`" for option in spec.options) or "–"
        rule = spec.version_rule
        cells = (f"`{name}`", spec.description, files, options, rule, spec.license, _origin(spec))
        rows.append(f"| {' | '.join(cells)} |\n")
        works.append(f"- [{spec.title}]({spec.url}): {spec.citation}.\n")
    return _SOURCES + "".join(rows) + accounts() + "\n## Please cite\n" + "".join(works)


def _origin(spec: SourceSpec) -> str:
    """Where a user gets the files."""
    return f"`kgp fetch {spec.name}`" if spec.downloads else spec.access or "the user"


def accounts() -> str:
    """The section of what became of the rows of real files."""
    rows = []
    for each in orjson.loads((DOCS / "source_accounts.json").read_bytes()):
        dropped = "; ".join(f"{reason}: {count:,}" for reason, count in each["dropped"].items())
        names = ", ".join(f"`{name}`" for name in each["files"])
        counts = [f"{each[key]:,}" for key in ("rows_in", "kept", "merged")]
        ends = [f"{each[key]:,}" for key in ("nodes", "relationships")]
        cells = (f"`{each['source']}`", names, *counts, dropped or "–", *ends)
        rows.append(f"| {' | '.join(cells)} |\n")
    return _ACCOUNTS + "".join(rows)


def response_sets() -> str:
    """The page of real response sets."""
    accounts = orjson.loads((DOCS / "response_accounts.json").read_bytes())
    described = [each["set"] for each in accounts if each["set"]]
    return _SETS.format(
        rows="".join(map(_response_rows, accounts)), sets="".join(map(_response_set, described))
    )


def _response_rows(account: dict[str, Any]) -> str:
    dropped = "; ".join(f"{why}: {count:,}" for why, count in account["dropped"].items())
    counts = [f"{account[key]:,}" for key in ("rows_in", "kept", "merged")]
    files = ", ".join(f"`{name}`" for name in account["files"])
    return f"| {' | '.join((account['source'], files, *counts, dropped or '–'))} |\n"


def _response_set(found: dict[str, Any]) -> str:
    kinds = found["perturbations"]
    perturbed = ", ".join(f"{kinds[kind]:,}" for kind in ("genes", "drugs", "combinations"))
    drugs, replicates = found["drugs_matched"], found["replicates"]
    cells = (
        f"`{found['name']}`",
        f"{found['signatures']:,}",
        perturbed,
        f"{found['features']:,}",
        f"{found['features_known']:.1%}",
        "–" if drugs is None else f"{drugs:.1%}",
        f"{found['control_sets'] or '–'}",
        f"{found['largest_control_set'] or '–'}",
        "–" if replicates is None else f"{replicates:g}",
        f"{found['without_errors']:.1%}",
    )
    return f"| {' | '.join(cells)} |\n"


PAGES = {"cookbook.md": cookbook, "sources.md": sources, "response_sets.md": response_sets}
"""File under ``docs`` → what writes it."""


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
