from __future__ import annotations

import gzip
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.pathway_tools import lines as attribute_lines
from kgp.loaders.pathway_tools.records import frame_id
from kgp.loaders.pathway_tools.values import (
    Value,
    format_record,
    header_value,
    parse_records,
    plain_text,
    read_comments,
    read_records,
)
from tests.shared_data import shared


def records(text):
    return list(parse_records(text.splitlines(keepends=True)))


def test_repeated_attributes_are_a_list():
    (record,) = records("UNIQUE-ID - A\nSYNONYMS - x\nSYNONYMS - y\n//\n")
    assert record.texts("SYNONYMS") == ["x", "y"]
    assert (record.first("SYNONYMS"), record.first("TYPES"), record.line) == ("x", "", 1)


def test_a_value_may_contain_the_separator():
    (record,) = records("COMMENT - a - b - c\n//\n")
    assert record.texts("COMMENT") == ["a - b - c"]


def test_the_value_may_be_a_dash():
    (record,) = records("TRANSCRIPTION-DIRECTION - -\nMODE - +\n//\n")
    assert (record.first("TRANSCRIPTION-DIRECTION"), record.first("MODE")) == ("-", "+")


@pytest.mark.parametrize("line", ["COMMON-NAME -", "COMMON-NAME - ", "COMMON-NAME - NIL"])
def test_empty_values_and_nil_are_nothing(line):
    (record,) = records(f"UNIQUE-ID - A\n{line}\n//\n")
    assert record.texts("COMMON-NAME") == []


def test_continuation_lines_are_joined_and_an_escaped_slash_is_one():
    (record,) = records("COMMENT - first\n/second\n/\n///literal slash\n//\n")
    assert record.values("COMMENT")[0].text == "first\nsecond\n\n//literal slash"


def test_a_continuation_that_lacks_its_slash_is_appended():
    (record,) = records("COMMENT - first\nplain words without a mark\n\nmore\nTYPES - x\n//\n")
    assert record.first("COMMENT") == "first\nplain words without a mark\n\nmore"
    assert record.first("TYPES") == "x"


def test_an_annotation_belongs_to_the_value_before_it():
    (record,) = records("COMPONENTS - A\n^COEFFICIENT - 2\nCOMPONENTS - B\n^COEFFICIENT - 1\n//\n")
    first, second = record.values("COMPONENTS")
    assert (first.annotations, second.annotations) == (
        {"COEFFICIENT": ["2"]},
        {"COEFFICIENT": ["1"]},
    )
    assert set(record.attributes) == {"COMPONENTS"}


def test_a_line_may_continue_an_annotation():
    (record,) = records("GO-TERMS - x\n^CITATIONS - 1\n/2\n^CITATIONS - 3\n//\n")
    assert record.values("GO-TERMS") == [Value("x", {"CITATIONS": ["1\n2", "3"]})]


def test_an_annotation_without_a_value_before_it_belongs_to_nothing():
    first, second = records("TYPES - x\n//\n^CITATIONS - 1\nUNIQUE-ID - A\n//\n")
    assert (first.stray, second.stray, second.annotations) == (0, 3, {})


@pytest.mark.parametrize("line", ["plain words", "Lower-Case - x", "NO-SPACES-x", "\x00\x01"])
def test_a_line_that_continues_no_comment_is_noted_and_joined_to_nothing(line):
    (record,) = records(f"UNIQUE-ID - A\n{line}\n/more\nTYPES - x\n//\n")
    assert (record.stray, record.attributes) == (2, {"UNIQUE-ID": ["A"], "TYPES": ["x"]})


def test_a_line_between_records_is_noted_with_the_next_one():
    first, second = records("UNIQUE-ID - A\n//\njunk\nUNIQUE-ID - B\n//\n")
    assert (first.stray, second.stray, second.first("UNIQUE-ID")) == (0, 3, "B")


def test_only_the_asked_attributes_are_kept():
    text = "COMMENT - a\n/b\nplain\n^X - 1\nUNIQUE-ID - A\n^Y - 2\nCOMMENT - c\n/d\n//\n"
    (record,) = parse_records(text.splitlines(), keep={"UNIQUE-ID"})
    assert record.attributes == {"UNIQUE-ID": ["A"]}
    assert record.annotations == {("UNIQUE-ID", 0): {"Y": ["2"]}}
    assert (record.line, record.stray) == (1, 0)


def test_a_second_record_of_the_same_attributes_keeps_them_apart():
    first, second = parse_records(["A - 1", "B - 2", "//", "B - 3", "A - 4"], keep={"A"})
    assert (first.attributes, second.attributes) == ({"A": ["1"]}, {"A": ["4"]})


def test_comments_are_skipped_anywhere():
    assert len(records("# head\nUNIQUE-ID - A\n# middle\n//\n# between\nUNIQUE-ID - B\n//\n")) == 2


def test_the_last_record_may_lack_its_end():
    assert [r.first("UNIQUE-ID") for r in records("UNIQUE-ID - A\n//\nUNIQUE-ID - B")] == ["A", "B"]


def test_empty_records_are_none():
    assert records("//\n\n//\n") == []


def test_windows_line_ends_are_no_part_of_values():
    (record,) = records("UNIQUE-ID - A\r\n//\r\n")
    assert record.first("UNIQUE-ID") == "A"


def test_bars_around_frame_ids_are_stripped():
    assert [frame_id(t) for t in ("|A-B|", "A", "NIL", "|", " A ")] == ["A-B", "A", "", "|", "A"]


def test_markup_is_removed_and_entities_are_resolved():
    assert plain_text("<i>lac</i> &alpha;-subunit, a < b") == "lac α-subunit, a < b"


def test_another_file_is_named_by_its_line():
    with pytest.raises(BadInputError, match="line 2: 'gene,score' is not an attribute"):
        records("# head\ngene,score\n")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_both_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "genes.dat"
    path.write_bytes("# Naïve\nCOMMON-NAME - gène\n//\n".encode(encoding))
    (record,) = read_records(path)
    assert record.first("COMMON-NAME") == "gène"
    assert read_comments(path) == ["Naïve"]


def test_a_line_of_latin_1_does_not_change_the_lines_of_utf_8(tmp_path):
    path = tmp_path / "genes.dat"
    path.write_bytes(b"COMMON-NAME - \xce\xb1\nSYNONYMS - \xe9\r\n//\n")
    (record,) = read_records(path)
    assert (record.first("COMMON-NAME"), record.first("SYNONYMS")) == ("α", "é")


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    path = tmp_path / "genes.dat"
    path.write_bytes(b"\xef\xbb\xbf# Version: 1\nUNIQUE-ID - A\n//")
    assert [r.first("UNIQUE-ID") for r in read_records(path)] == ["A"]
    assert header_value(read_comments(path), "Version") == "1"
    assert header_value(read_comments(path), "Database") == ""


def test_records_do_not_depend_on_where_a_block_ends(tmp_path, monkeypatch):
    genes = shared("ecocyc/genes.dat")
    whole = list(read_records(genes))
    for size in (97, 1_000):
        monkeypatch.setattr(attribute_lines, "BLOCK_BYTES", size)
        monkeypatch.setattr(attribute_lines, "MAX_BLOCKS", 100_000)
        assert list(read_records(genes)) == whole


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"UNIQUE-ID - A\nCOMMENT - " + b"x" * 10_000, "line 2 is longer than 4,000 bytes"),
        (b"UNIQUE-ID - A\n" + b"TYPES - x\n" * 900, "the record of line 1 is longer than"),
        (b"COMMENT - A\n" + b"/\n" * 9_000, "the record of line 1 is longer than"),
    ],
)
def test_a_line_or_record_without_end_is_refused(tmp_path, monkeypatch, content, message):
    monkeypatch.setattr(attribute_lines, "BLOCK_BYTES", 1_000)
    monkeypatch.setattr(attribute_lines, "MAX_BLOCKS", 4)
    path = tmp_path / "genes.dat"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        list(read_records(path))


def test_a_comment_of_many_lines_is_read_in_one_piece():
    (record,) = records("COMMENT - x\n" + "/y\n" * 200_000 + "//\n")
    assert record.first("COMMENT").count("y") == 200_000


def test_attribute_names_without_end_do_not_fill_the_memory():
    lines = [line for i in range(5_000) for line in (f"A{i} - x", f"A{i} - y")]
    (record,) = parse_records(lines)
    assert len(record.attributes) == 5_000
    assert record.texts("A4999") == ["x", "y"]


def test_a_gzip_that_is_cut_off_is_refused(tmp_path):
    text = "".join(f"UNIQUE-ID - G{i * 7919 % 100003}\n//\n" for i in range(9_000))
    whole = gzip.compress(text.encode())
    (tmp_path / "genes.dat.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="ends early or is damaged"):
        list(read_records(tmp_path / "genes.dat.gz"))


NAMES = st.sampled_from(["UNIQUE-ID", "TYPES", "COMMENT", "INTERRUPTED?", "ACCESSION-1", "MODE"])
LINE = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85")
)
TEXTS = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
ANNOTATIONS = st.dictionaries(NAMES, st.lists(LINE, min_size=1, max_size=2), max_size=2)
VALUES = st.builds(Value, TEXTS, ANNOTATIONS)


@settings(max_examples=50)
@given(
    st.lists(
        st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=3), min_size=1), max_size=4
    )
)
def test_what_is_written_is_read_back(written):
    continued = [
        line
        for attributes in written
        for values in attributes.values()
        for value in values
        for line in value.text.split("\n")[1:]
    ]
    assume("/" not in continued)  # a continuation of one slash reads as the end of the record
    text = "".join(map(format_record, written))
    found = list(parse_records(text.split("\n")))
    assert [{name: r.values(name) for name in r.attributes} for r in found] == written


@given(st.lists(st.text(max_size=40), max_size=20))
def test_only_the_products_own_error_comes_out(lines):
    with suppress(BadInputError):
        list(parse_records(lines))


def test_genuine_files_are_read():
    proteins = list(read_records(shared("ecocyc/proteins.dat")))
    complex_ = next(r for r in proteins if r.first("UNIQUE-ID") == "FADB-CPLX")
    assert complex_.values("COMPONENTS")[0].annotations == {"COEFFICIENT": ["2"]}
    monomer = next(r for r in proteins if r.first("UNIQUE-ID") == "B2341-MONOMER")
    assert monomer.first("COMMENT").count("\n") == 8
