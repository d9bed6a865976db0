"""Damaged Pathway Tools files: one clear error or a counted drop, in bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError, KgpError
from kgp.kg_schema.batches import Kind
from kgp.loaders.pathway_tools import lines as attribute_lines
from kgp.loaders.pathway_tools.values import read_records
from tests.shared_data import shared
from tests.unit.loaders.drained import drain

FILES = [
    f"{name}.dat"
    for name in (
        "classes",
        "compounds",
        "enzrxns",
        "genes",
        "pathways",
        "proteins",
        "reactions",
        "rnas",
    )
]
MIB = 1 << 20


def truncated(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def flipped(content: bytes, random: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(40):
        damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def without_newlines(content: bytes, random: Random) -> bytes:
    parts = content.split(b"\n")
    return b"".join(part + random.choice([b"\n", b""]) for part in parts)


MUTATIONS = {
    "truncated": truncated,
    "bit-flipped": flipped,
    "lines run together": without_newlines,
    "Windows line ends": lambda content, _: content.replace(b"\n", b"\r\n"),
    "UTF-16": lambda content, _: content.decode("latin-1").encode("utf-16"),
    "reversed": lambda content, _: content[::-1],
    "empty": lambda *_: b"",
    "one byte": lambda *_: b"/",
    "zeros": lambda content, _: bytes(len(content)),
    "gzip of half": lambda content, _: gzip.compress(content)[: len(content) // 20],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutations_of_real_files_end_in_records_or_the_products_own_error(tmp_path, name, mutation):
    content, path = shared(f"ecocyc/{name}").read_bytes(), tmp_path / name
    for seed in range(3):
        path.write_bytes(MUTATIONS[mutation](content, Random(seed)))
        with suppress(KgpError):
            for record in read_records(path):
                assert record.attributes or record.stray


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("damaged", ["genes", "proteins", "rnas"])
def test_a_damaged_database_is_loaded_with_counted_drops_or_refused(tmp_path, damaged, mutation):
    inputs = {}
    for name in ("genes", "proteins", "rnas"):
        content = shared(f"ecocyc/{name}.dat").read_bytes()
        inputs[name] = tmp_path / f"{name}.dat"
        inputs[name].write_bytes(
            MUTATIONS[mutation](content, Random(5)) if name == damaged else content
        )
    with suppress(KgpError):
        result = drain("ecocyc", inputs)
        assert result.tally.rows_kept <= result.tally.rows_in
        assert all(not set(node) & set(" \t\n") for node in result.nodes)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_damaged_export_is_loaded_with_counted_drops_or_refused(tmp_path, mutation):
    path = tmp_path / "regulatory-network.txt"
    content = shared("ecocyc/ECOLI-regulatory-network.txt").read_bytes()
    for seed in range(3):
        path.write_bytes(MUTATIONS[mutation](content, Random(seed)))
        with suppress(KgpError):
            result = drain("ecocyc-network", {"network": path})
            edges = len(result.rows(Kind.REGULATION))
            assert edges == result.tally.rows_kept - result.tally.rows_merged


def test_a_pathway_tools_file_of_another_grammar_is_refused():
    with pytest.raises(BadInputError, match=r"line 2: .* is not an attribute with a value"):
        list(read_records(shared("ecocyc/protein-seq-ids-reduced-70.dat")))


def test_windows_line_ends_change_nothing(tmp_path):
    for name in FILES:
        content = shared(f"ecocyc/{name}").read_bytes()
        unix, windows = tmp_path / "unix.dat", tmp_path / "windows.dat"
        unix.write_bytes(content.replace(b"\r\n", b"\n"))
        windows.write_bytes(unix.read_bytes().replace(b"\n", b"\r\n"))
        assert list(read_records(unix)) == list(read_records(windows))


def test_real_files_have_no_line_that_belongs_to_nothing():
    for name in FILES:
        records = list(read_records(shared(f"ecocyc/{name}")))
        assert [r.line for r in records if r.stray] == []


@pytest.mark.parametrize("start", [b"", b"UNIQUE-ID - A\nCOMMENT - ", b"UNIQUE-ID - A\n"])
def test_a_line_of_ten_megabytes_takes_a_few_times_its_size(tmp_path, start):
    path = tmp_path / "genes.dat"
    path.write_bytes(start + b"x" * 10 * MIB)
    tracemalloc.start()
    with suppress(BadInputError):
        drain("ecocyc", {"genes": path, "proteins": shared("ecocyc/proteins.dat")})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80 * MIB


@pytest.mark.parametrize("line", [b"x", b"A - b\n", b"/x\n", b"//\n", b"^A - b\n", b"?\n"])
def test_memory_does_not_grow_with_a_record_that_never_ends(tmp_path, monkeypatch, line):
    monkeypatch.setattr(attribute_lines, "BLOCK_BYTES", MIB // 64)
    path = tmp_path / "genes.dat.gz"
    path.write_bytes(gzip.compress(b"UNIQUE-ID - A\n" + line * (MIB // len(line)), mtime=0))
    tracemalloc.start()
    with suppress(BadInputError):
        assert sum(1 for _ in read_records(path)) <= 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * MIB


@settings(max_examples=60)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_end_in_records_or_the_products_own_error(tmp_path_factory, noise, started):
    path = tmp_path_factory.getbasetemp() / "any.dat"
    path.write_bytes((b"UNIQUE-ID - A\n" if started else b"") + noise)
    with suppress(KgpError):
        list(read_records(path))
    with suppress(KgpError):
        drain("ecocyc", {"genes": path, "proteins": path})
    with suppress(KgpError):
        drain("ecocyc-network", {"network": path})
