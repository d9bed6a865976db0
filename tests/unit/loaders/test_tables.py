from __future__ import annotations

import gzip

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import BLOCK_BYTES, first_line, open_text, stream_lines
from kgp.loaders.tables import check_columns, quoted_fields, read_table, stream_table
from tests.unit.loaders.drained import write

HEADER = "gene\tscore"


def table(path, **options):
    return read_table(path, ("gene", "score"), Tally(), **options)


def test_text_stays_text_even_where_it_looks_like_nothing(tmp_path):
    path = write(tmp_path / "t.tsv", HEADER, "NA\t007", "nan\t", "NULL\t1e3")
    assert table(path).rows() == [("NA", "007"), ("nan", ""), ("NULL", "1e3")]


def test_compression_is_seen_in_the_content_not_the_name(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_bytes(gzip.compress(b"gene\tscore\nTP53\t1\n"))
    assert table(path).rows() == [("TP53", "1")]


def test_gzip_of_several_members_is_read_to_the_end(tmp_path):
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"gene\tscore\nTP53\t1\n") + gzip.compress(b"MYC\t2\n"))
    assert table(path)["gene"].to_list() == ["TP53", "MYC"]


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_bytes("\ufeffgene\tscore\r\nTP53\t1\r\n".encode())
    assert table(path).rows() == [("TP53", "1")]


def test_quotes_are_characters_unless_the_table_is_quoted(tmp_path):
    path = write(tmp_path / "t.csv", "gene,score", '"a,b",1')
    assert table(path, delimiter=",", quoted=True).rows() == [("a,b", "1")]
    loose = write(tmp_path / "t.tsv", HEADER, '5"-end\t1', "MYC\t2")
    assert table(loose)["gene"].to_list() == ['5"-end', "MYC"]


def test_rows_of_a_wrong_width_are_dropped_and_shown(tmp_path):
    path = write(tmp_path / "t.tsv", HEADER, "TP53\t1", "MYC", "KRAS\t2\t3")
    tally = Tally()
    assert read_table(path, ("gene", "score"), tally).height == 1
    assert tally.rows_in == 3
    assert tally.dropped["wrong number of columns"].count == 2
    assert "MYC" in tally.dropped["wrong number of columns"].examples[0]


def test_all_rows_of_a_wrong_width_leave_an_empty_table(tmp_path):
    path = write(tmp_path / "t.tsv", HEADER, "TP53")
    tally = Tally()
    [empty] = stream_table(path, ("gene",), tally)
    assert (empty.columns, empty.height) == (["gene"], 0)
    assert tally.rows_kept == 0


def test_a_second_file_without_rows_is_refused_though_the_first_had_some(tmp_path):
    tally = Tally()
    read_table(write(tmp_path / "a.tsv", HEADER, "TP53\t1"), ("gene",), tally)
    with pytest.raises(BadInputError, match=r"b\.tsv holds no rows"):
        read_table(write(tmp_path / "b.tsv", HEADER), ("gene",), tally)


def test_a_line_end_within_a_header_is_one_clear_error(tmp_path):
    path = write(tmp_path / "t.csv", "gene,effect", "TP53,1")
    assert quoted_fields(path, 'gene,"an effect, in log2"', ",") == ["gene", "an effect, in log2"]
    with pytest.raises(BadInputError, match=r"t\.csv has a header that cannot be read as a table"):
        quoted_fields(path, "gene,eff\rect", ",")


def test_missing_column_is_named_beside_what_is_there(tmp_path):
    path = write(tmp_path / "t.tsv", "gene\tvalue", "TP53\t1")
    with pytest.raises(BadInputError, match="no column 'score'; it has: gene, value"):
        check_columns(path, ("gene", "score"), "\t")


def test_wrong_delimiter_is_recognised(tmp_path):
    path = write(tmp_path / "t.tsv", "gene;score", "TP53;1")
    with pytest.raises(BadInputError, match="separates its columns by semicolons, not by tabs"):
        check_columns(path, ("gene", "score"), "\t")


def test_a_long_header_is_cut_in_the_message(tmp_path):
    path = write(tmp_path / "t.tsv", "\t".join(f"c{i}" for i in range(500)))
    with pytest.raises(BadInputError, match=r"c11 …") as caught:
        check_columns(path, ("gene",), "\t")
    assert len(caught.value.message) < 500


@pytest.mark.parametrize("content", [b"", b"\n", gzip.compress(b"", mtime=0)])
def test_empty_file_is_refused(tmp_path, content):
    path = tmp_path / "t.tsv"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match="is empty"):
        first_line(path)


def test_header_without_rows_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no rows"):
        table(write(tmp_path / "t.tsv", HEADER))


def test_gzip_that_is_cut_off_is_found_when_it_shows(tmp_path):
    rows = "".join(f"GENE{i * 7919 % 100003}\t{i}\n" for i in range(20_000))
    whole = gzip.compress(f"{HEADER}\n{rows}".encode())
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    check_columns(path, ("gene", "score"), "\t")
    with pytest.raises(BadInputError, match="ends early or is damaged"):
        table(path)
    with pytest.raises(BadInputError, match="ends early or is damaged"), open_text(path) as lines:
        list(lines)


def test_flipped_bit_in_a_gzip_is_found(tmp_path):
    rows = "".join(f"GENE{i * 7919 % 100003}\t{i}\n" for i in range(20_000))
    damaged = bytearray(gzip.compress(f"{HEADER}\n{rows}".encode()))
    damaged[len(damaged) // 2] ^= 0x20
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(damaged)
    with pytest.raises(BadInputError):
        table(path)


def test_text_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_bytes(b"gene\tscore\nr\xe9gulateur\t1\n")
    with pytest.raises(BadInputError, match=r"UTF-8|UTF8"):
        table(path)
    path.write_bytes(b"g\xe9ne\tscore\n")
    with pytest.raises(BadInputError, match="not UTF-8 text: byte 0xe9"):
        first_line(path)


def test_text_in_another_encoding_is_found_in_columns_and_rows_that_are_not_used(tmp_path):
    path = tmp_path / "t.tsv"
    for line in (b"TP53\t1\tr\xe9\n", b"r\xe9\n", b"TP53\t1\t\xc3"):
        path.write_bytes(b"gene\tscore\tother\n" + line)
        with pytest.raises(BadInputError, match="not UTF-8 text"):
            table(path)


def test_letters_that_two_blocks_share_are_whole(tmp_path):
    name = "é" * (BLOCK_BYTES // 7)
    path = write(tmp_path / "t.tsv", HEADER, *[f"{name}\t{i}" for i in range(6)])
    assert table(path)["gene"].to_list() == [name] * 6


def test_a_file_that_may_not_be_read_is_one_clear_error(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read: Is a directory"):
        first_line(tmp_path)


def test_lines_keep_their_numbers(tmp_path):
    path = write(tmp_path / "t.txt.gz", "!comment", "first", "", "third\r")
    blocks = list(stream_lines(path, skip="!"))
    assert [row for block in blocks for row in block.rows()] == [(2, "first"), (4, "third")]


def test_last_line_may_lack_its_end(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(b"a\nb")
    assert [r for block in stream_lines(path, skip="!") for r in block.rows()] == [
        (1, "a"),
        (2, "b"),
    ]


def test_lines_across_blocks_are_whole(tmp_path):
    line = "x" * 1_000_003
    path = write(tmp_path / "t.txt", *[line] * 20)
    rows = [row for block in stream_lines(path, skip="!") for row in block.rows()]
    assert [number for number, _ in rows] == list(range(1, 21))
    assert {text for _, text in rows} == {line}


def test_an_endless_line_is_refused_and_not_swallowed(tmp_path):
    path = tmp_path / "t.txt.gz"
    path.write_bytes(gzip.compress(b"x" * (3 * BLOCK_BYTES)))
    with pytest.raises(BadInputError, match="line 1 is longer"):
        list(stream_lines(path, skip="!"))
    with pytest.raises(BadInputError):
        table(path)


def test_a_gzip_that_unpacks_to_far_more_than_a_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("kgp.loaders.files.MAX_UNPACKED", 4 << 20)
    path = tmp_path / "bomb.tsv.gz"
    path.write_bytes(gzip.compress(b"gene\tscore\n" + b"TP53\t1\n" * (1 << 20)))
    with pytest.raises(BadInputError, match="unpacks to more than 250 times its size"):
        read_table(path, ("gene", "score"), Tally())


def test_a_long_line_of_text_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"short\n" + b"x" * (2 * BLOCK_BYTES))
    with open_text(path) as lines, pytest.raises(BadInputError, match="line 2 is longer"):
        list(lines)
