"""Options that every command has, and how results are shown."""

from __future__ import annotations

import sys
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgp.progress import Mode

if TYPE_CHECKING:
    from kgp.report.tables import TableData

Store = Annotated[
    str,
    typer.Option(
        envvar="KGP_STORE",
        help="URL of the store: duckdb:PATH or neo4j://HOST:PORT.",
        show_default=True,
        rich_help_panel=None,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
ProgressMode = Annotated[Mode, typer.Option("--progress", help="How to show progress on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

DEFAULT_STORE = "duckdb:kgp.duckdb"


def show(table: TableData) -> None:
    """Print a table on stdout: drawn on a terminal, plain text through a pipe."""
    if sys.stdout.isatty():
        from rich.console import Console

        from kgp.report.tables import to_rich

        Console().print(to_rich(table))
        return
    from kgp.report.tables import to_text

    sys.stdout.write(to_text(table) + "\n\n")


def say(text: str) -> None:
    """Print a line on stdout; control characters that a source put into it do no harm."""
    sys.stdout.write(_harmless(text) + "\n")


def hint(text: str) -> None:
    """Print a remark on stderr, which ``--json`` leaves free."""
    sys.stderr.write(_harmless(text) + "\n")


def _harmless(text: str) -> str:
    from kgp.report.markup import clean

    return clean(text.replace("\r", " "))


def note_rest(total: int, limit: int) -> None:
    """Say on stderr that a table was cut."""
    if total > limit:
        hint(f"… and {total - limit:,} more (--limit N, or --json for all)")


def print_json(result: Any) -> None:
    """Print a result as one JSON document on stdout."""
    import orjson

    plain = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    text = orjson.dumps(
        plain, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str
    ).decode()
    sys.stdout.write(text + "\n")
