from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.report.markup import clean, h, link, serialise
from tests.unit.report.pages import outline, read


@given(st.text(), st.text())
def test_any_text_stays_text_and_any_value_stays_one_value(text: str, value: str) -> None:
    html = serialise(h("p", text, title=value))
    assert outline(html) == [("p", ("title",))]
    paragraph = read(html).first("p")
    assert paragraph.text == clean(text)
    assert paragraph.attributes["title"] == clean(value)


def test_children_and_attributes_that_are_none_leave_no_trace() -> None:
    assert serialise(h("p", "a", None, h("b", "c"), None, "d", "e", id=None)) == (
        "<p>a<b>c</b>de</p>"
    )


def test_attribute_names_lose_their_trailing_underscore_and_get_hyphens() -> None:
    assert serialise(h("g", class_="a", stroke_width=1.5)) == '<g class="a" stroke-width="1.5"></g>'


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (0.126, "0.13"), (-2.5, "-2.5")])
def test_numbers_are_written_with_at_most_two_decimals(value: float, written: str) -> None:
    assert serialise(h("g", x=value)) == f'<g x="{written}"></g>'


def test_characters_that_no_page_can_hold_are_replaced() -> None:
    assert clean("a\x00b\x1bc\ud800d\n") == "a\ufffdb\ufffdc\ufffdd\n"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "", "https://a b", "//x"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert link("CC BY", url) == "CC BY"


def test_a_web_address_becomes_a_link() -> None:
    html = serialise(h("td", link("CC BY", "https://example.org/?a=1&b=2")))
    anchor = read(html).first("a")
    assert (anchor.text, anchor.attributes["href"]) == ("CC BY", "https://example.org/?a=1&b=2")
