"""``kgp find``: which node a text means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import (
    DEFAULT_STORE,
    Debug,
    Json,
    ProgressMode,
    Store,
    hint,
    note_rest,
    print_json,
    show,
)

if TYPE_CHECKING:
    from kgp.api.identifiers import Lookup


def find(
    text: Annotated[str, typer.Argument(help="Symbol, synonym, locus tag, name or CURIE.")] = "",
    ambiguous: Annotated[
        bool, typer.Option("--ambiguous", help="List the aliases that mean several nodes.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most nodes or aliases to show.")] = 20,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Show the nodes that a text may mean, the most literal match first."""
    from kgp.api.identifiers import find as look_up
    from kgp.report.tables import Column, TableData

    if ambiguous:
        _list_ambiguous(store, text, limit, json)
        return
    lookup = look_up(text, store=store, limit=limit)
    if not lookup.found:
        raise _nothing(lookup, store)
    if json:
        print_json(lookup.found)
        return
    columns = ("Node", "Type", "Name", "Matched", "As")
    rows = tuple((f.id, f.type, f.name, f.matched, f.how) for f in lookup.found)
    show(TableData("", tuple(map(Column, columns)), rows))
    if len(lookup.meant) > 1:
        hint(f"{lookup.text!r} means {len(lookup.meant)} of them equally well: name one by CURIE")


def _nothing(lookup: Lookup, store: str) -> Exception:
    from kgp.errors import BadInputError
    from kgp.platform.nodes import shown

    if lookup.similar:
        advice = f"Similar: {shown(lookup.similar)}."
        command = f"kgp find {lookup.similar[0].id}"
    else:
        advice = "Symbols need an identifier table; parts of names match from 3 letters on."
        command = "kgp load gene-info FILE"
    return BadInputError(f"{lookup.text!r} means no node of {store}.", hint=advice, command=command)


def _list_ambiguous(store: str, text: str, limit: int, json: bool) -> None:
    from kgp.api.identifiers import ambiguous_aliases
    from kgp.errors import UsageError
    from kgp.report.tables import Column, TableData

    if text:
        raise UsageError(
            f"--ambiguous lists all ambiguous aliases; it takes no text, and {text!r} is one.",
            hint="A text alone lists the nodes that it may mean.",
            command=f"kgp find {text}",
        )
    found = ambiguous_aliases(store, None if json else limit)
    if json:
        print_json(found)
        return
    columns = (Column("Alias"), Column("May mean"))
    rows = tuple(
        (a.alias, "; ".join(f"{c} ({name})" if name else c for c, name in a.candidates.items()))
        for a in found.aliases
    )
    show(TableData(f"Ambiguous aliases: {found.count:,}", columns, rows))
    note_rest(found.count, limit)
