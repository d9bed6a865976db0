"""One table, four faces: a terminal (rich), plain text, HTML, and records for ``--json``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from kgp.report import numerals
from kgp.report.content import Estimate
from kgp.report.markup import Child, Node, clean, h

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

Cell = str | int | float | bool | Estimate | None
Record = dict[str, "str | int | float | bool | dict[str, float | None] | None"]
Kind = Literal["text", "count", "figure", "difference", "share", "p", "seconds"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``kind`` says how its cells are written, ``key`` names it in records."""

    label: str
    kind: Kind = "text"
    key: str = ""
    digits: int = 3
    """Decimals of figures and differences."""

    @property
    def name(self) -> str:
        """The key in records; by default the label in snake case."""
        return self.key or self.label.lower().replace(" ", "_")

    @property
    def is_number(self) -> bool:
        """Whether cells are aligned to the right."""
        return self.kind != "text"


@dataclass(frozen=True, slots=True)
class TableData:
    """A table before it is shown; each row has one raw, unrounded cell per column.

    Raises:
        ValueError: if a row is longer or shorter than ``columns``.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                message = f"{self.title}: {len(row)} cells for {len(self.columns)} columns: {row}"
                raise ValueError(message)


def format_cell(cell: Cell, column: Column) -> str:
    """Write one cell as text in the manner of its column."""
    if cell is None:
        return numerals.ABSENT
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Estimate):
        is_difference = column.kind == "difference"
        return numerals.estimate(cell, difference=is_difference, digits=column.digits)
    return _format_number(cell, column)


def to_records(table: TableData) -> list[Record]:
    """Give the rows as dictionaries of raw values, for JSON."""
    names = [column.name for column in table.columns]
    return [
        {
            name: asdict(cell) if isinstance(cell, Estimate) else cell
            for name, cell in zip(names, row, strict=True)
        }
        for row in table.rows
    ]


def to_text(table: TableData) -> str:
    """Lay the table out in plain text, for logs and for output that goes through a pipe."""
    texts = [[_one_line(text) for text in row] for row in _formatted(table)]
    lines = [[_one_line(column.label) for column in table.columns], *texts]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.columns))]
    laid_out = [
        "  ".join(
            text.rjust(width) if column.is_number else text.ljust(width)
            for text, width, column in zip(line, widths, table.columns, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = "-" * (sum(widths) + 2 * max(0, len(widths) - 1))
    head = [_one_line(table.title)] if table.title else []
    return "\n".join([*head, laid_out[0], rule, *laid_out[1:]])


def to_rich(table: TableData) -> Table:
    """Make a rich table; text that looks like rich's own markup is shown as it stands."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(
        title=Text(_one_line(table.title), style="bold") if table.title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in table.columns:
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        shown.add_column(
            Text(_one_line(column.label)),
            justify=justify,
            no_wrap=column.is_number,
            overflow="fold",
        )
    for row in _formatted(table):
        shown.add_row(*(Text(_one_line(text)) for text in row))
    return shown


def to_html(table: TableData, drawn: Mapping[str, Sequence[Child]] | None = None) -> Node:
    """Make an HTML table with scopes; the first column heads its row.

    Args:
        table: the figures.
        drawn: by column name, one child per row to show instead of the cell's text.
    """
    instead = drawn or {}
    head = h("tr", *(_header(column) for column in table.columns))
    rows = (_body_row(table, i, instead) for i in range(len(table.rows)))
    caption = h("caption", table.title) if table.title else None
    grid = h("table", caption, h("thead", head), h("tbody", *rows))
    label = table.title or "table"
    return h("div", grid, class_="scroll", role="region", tabindex=0, aria_label=label)


def _header(column: Column) -> Node:
    return h("th", column.label, scope="col", class_="number" if column.is_number else None)


def _body_row(table: TableData, i: int, drawn: Mapping[str, Sequence[Child]]) -> Node:
    shown = h("tr")
    for column, cell in zip(table.columns, table.rows[i], strict=True):
        custom = drawn.get(column.name)
        child = custom[i] if custom is not None else format_cell(cell, column)
        is_head = column is table.columns[0]
        kind = "number" if column.is_number else None
        shown.append(
            h("th" if is_head else "td", child, scope="row" if is_head else None, class_=kind)
        )
    return shown


def _formatted(table: TableData) -> list[list[str]]:
    return [
        [format_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def _format_number(cell: float, column: Column) -> str:
    match column.kind:
        case "count":
            return numerals.count(cell)
        case "figure":
            return numerals.figure(cell, column.digits)
        case "difference":
            return numerals.signed(cell, column.digits)
        case "share":
            return numerals.share(cell)
        case "p":
            return numerals.p_value(cell)
        case "seconds":
            return numerals.seconds(cell)
        case _:
            return str(cell)


def _one_line(text: str) -> str:
    """Keep a cell in its row, and terminal control sequences out of the terminal."""
    return clean(" ".join(text.split()))
