from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from kgp.report.content import Estimate
from kgp.report.markup import h, serialise
from kgp.report.tables import Column, TableData, to_html, to_records, to_rich, to_text
from tests.unit.report.pages import read

TABLE = TableData(
    "Sources",
    (Column("Source"), Column("Rows in", "count"), Column("Kept", "share", "part")),
    (("trrust", 7041, 0.5), ("go", 12, None)),
)


def on_terminal(table: TableData, width: int = 100) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system=None).print(to_rich(table))
    return stream.getvalue()


def test_plain_text_aligns_words_left_and_numbers_right() -> None:
    assert to_text(TABLE).split("\n") == [
        "Sources",
        "Source  Rows in  Kept",
        "---------------------",
        "trrust    7,041  50 %",
        "go           12     –",
    ]


def test_plain_text_without_a_title_begins_with_the_columns() -> None:
    assert to_text(TableData("", (Column("A"),), (("x",),))) == "A\n-\nx"


def test_records_keep_raw_values_under_the_columns_keys() -> None:
    assert to_records(TABLE) == [
        {"source": "trrust", "rows_in": 7041, "part": 0.5},
        {"source": "go", "rows_in": 12, "part": None},
    ]


def test_records_spell_an_estimate_out() -> None:
    table = TableData("", (Column("r", "figure"),), ((Estimate(0.5, 0.4, 0.6),),))
    assert to_records(table) == [{"r": {"value": 0.5, "low": 0.4, "high": 0.6}}]


@pytest.mark.parametrize(
    ("column", "cell", "written"),
    [
        (Column("x", "figure"), 0.12345, "0.123"),
        (Column("x", "difference", digits=1), 13.62, "+13.6"),
        (Column("x", "difference"), Estimate(0.1, -0.1, 0.3), "+0.100 [−0.100, +0.300]"),
        (Column("x", "p"), 0.04, "0.04"),
        (Column("x", "seconds"), 14.2, "14 s"),
        (Column("x"), True, "yes"),
        (Column("x"), False, "no"),
        (Column("x"), 3, "3"),
    ],
)
def test_a_column_decides_how_its_cells_are_written(
    column: Column, cell: float | Estimate, written: str
) -> None:
    assert to_text(TableData("", (column,), ((cell,),))).split("\n")[-1].strip() == written


def test_a_row_of_the_wrong_length_is_refused_with_the_row() -> None:
    with pytest.raises(ValueError, match=r"1 cells for 2 columns: \('a',\)"):
        TableData("T", (Column("A"), Column("B")), (("a",),))


def test_a_terminal_shows_rich_markup_as_it_stands() -> None:
    shown = on_terminal(TableData("[bold]T", (Column("[red]A"),), (("[link=x]y[/link]",),)))
    assert "[bold]T" in shown
    assert "[red]A" in shown
    assert "[link=x]y[/link]" in shown


@given(st.text())
def test_no_cell_sends_control_sequences_or_further_lines_to_a_terminal(text: str) -> None:
    plain = to_text(TableData("", (Column("A"),), ((f"\x1b[31m{text}",),)))
    assert len(plain.split("\n")) == 3
    assert "\x1b" not in plain


def test_a_terminal_aligns_numbers_right() -> None:
    lines = on_terminal(TABLE).splitlines()
    large, small = (line for line in lines if line.strip().startswith(("trrust", "go")))
    assert large.index("7,041") + len("7,041") == small.index("12") + len("12")


def test_a_terminal_table_needs_no_title() -> None:
    assert to_rich(TableData("", (Column("A"),), ())).title is None


def test_html_has_a_caption_and_scopes() -> None:
    page = read(serialise(to_html(TABLE)))
    assert page.first("caption").text == "Sources"
    assert [cell.attributes["scope"] for cell in page.all("th")] == ["col"] * 3 + ["row"] * 2


def test_html_shows_what_was_drawn_instead_of_the_cell() -> None:
    drawn = {"part": [h("b", "half"), None]}
    rows = read(serialise(to_html(TABLE, drawn))).first("tbody").all("tr")
    assert rows[0].first("b").text == "half"
    assert rows[1].all("td")[1].text == ""
