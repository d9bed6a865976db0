from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.ontology.obo import escape, parse_stanzas, quoted, unescape

TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x85\u2028\u2029")
)


def stanzas(*lines):
    return list(parse_stanzas(lines))


def test_the_header_comes_first_and_stanzas_follow():
    header, term, typedef = stanzas(
        "format-version: 1.4", "", "[Term]", "id: GO:1", "", "[Typedef]", "id: part_of"
    )
    assert (header.kind, header.first("format-version")) == ("", "1.4")
    assert (term.kind, term.first("id"), term.line) == ("Term", "GO:1", 3)
    assert typedef.kind == "Typedef"


def test_comments_and_modifiers_are_cut():
    (_, term) = stanzas(
        "[Term]",
        'is_a: GO:2 {source="x"} ! parent',
        "relationship: part_of GO:3 ! whole",
        "! a line of its own",
    )
    assert term.all("is_a") == ["GO:2"]
    assert term.all("relationship") == ["part_of GO:3"]


def test_marks_within_quotes_are_text():
    (_, term) = stanzas("[Term]", 'def: "Stop! [now] {really} \\"loud\\"" [GO:x] ! comment')
    assert quoted(term.first("def")) != ""
    assert quoted(term.all("def")[0]) == 'Stop! [now] {really} "loud"'


def test_escaped_marks_are_text():
    (_, term) = stanzas("[Term]", r"name: wow\! \{x\} a\:b\Wc")
    assert term.first("name") == "wow! {x} a:b c"


def test_values_may_hold_colons():
    (_, term) = stanzas("[Term]", "xref: EC:1.1.1.1")
    assert term.first("xref") == "EC:1.1.1.1"


def test_a_missing_tag_is_empty():
    (_, term) = stanzas("[Term]", "id: GO:1")
    assert (term.first("name"), term.all("name"), quoted("no quotes")) == ("", [], "")


def test_deprecated_continuation_joins_lines_and_keeps_numbers():
    _, first, second = stanzas("[Term]", "name: a \\", "b", "[Term]", "name: c\\")
    assert first.first("name") == "a b"
    assert (second.line, second.first("name")) == (4, "c")


def test_windows_line_ends_are_no_part_of_values():
    (_, term) = stanzas("[Term]\r\n", "id: GO:1\r\n")
    assert term.first("id") == "GO:1"


def test_a_line_without_a_tag_is_named_by_its_number():
    with pytest.raises(BadInputError, match="line 2: 'nonsense' is not a tag"):
        stanzas("[Term]", "nonsense")


@given(TEXT)
def test_any_text_survives_a_quoted_value(text):
    (_, term) = stanzas("[Term]", f'def: "{escape(text)}" [GO:x] {{a="b"}} ! comment')
    assert quoted(term.all("def")[0]) == text


@given(TEXT)
def test_any_text_survives_an_unquoted_value(text):
    (_, term) = stanzas("[Term]", f"name: {escape(text)} ! comment")
    assert term.first("name") == text.strip()


@given(st.text(st.characters(blacklist_categories=("Cs",))))
def test_unescape_undoes_escape(text):
    assert unescape(escape(text)) == text


@given(st.lists(st.text(max_size=40), max_size=30))
def test_only_the_products_own_error_comes_out(lines):
    with suppress(BadInputError):
        stanzas(*lines)


def test_a_long_line_of_quotes_is_read_in_linear_time():
    line = 'def: "' + "a" * 200_000 + '!"' * 1_000
    (_, term) = stanzas("[Term]", line)
    assert term.all("def")
