"""Damaged files of interactions, pathways and annotations: one clear error or counted rows."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.errors import KgpError
from kgp.loaders.sample import sample_file
from tests.unit.loaders import test_bioplex, test_go_annotations, test_reactome
from tests.unit.loaders import test_string_aliases as aliases
from tests.unit.loaders.drained import drain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Victim:
    """A source, its good files as text, and which of them is damaged."""

    source: str
    role: str
    name: str
    files: Mapping[str, str]

    def read(self, folder: Path, damaged: bytes) -> object:
        inputs = {}
        for role, text in self.files.items():
            path = folder / (self.name if role == self.role else f"{role}.txt")
            path.write_bytes(damaged if role == self.role else text.encode())
            inputs[role] = path
        return drain(self.source, inputs)


def head(name, lines=400):
    with gzip.open(sample_file(name), "rt", encoding="utf-8") as file:
        return "".join(line for _, line in zip(range(lines), file, strict=False))


def text(*lines):
    return "\n".join(lines) + "\n"


STRING = {
    "links": head("511145.protein.links.experimental.txt.gz"),
    "info": head("511145.protein.info.v12.0.txt.gz"),
}
MEMBERS = text(*(test_reactome.member(str(n)) for n in range(1, 50)))
REACTOME = {
    "pathways": text(*test_reactome.PATHWAYS),
    "relations": text("R-HSA-5357801\tR-HSA-109581"),
    "ncbi": MEMBERS,
}
ALIASES = text(
    aliases.HEADER,
    *(f"9606.ENSP{n}\tP{n:05}\tUniProt_AC" for n in range(1, 50)),
    f"{aliases.A}\tNA\tx",
)
VICTIMS = [
    Victim("string", "links", "511145.links.txt", STRING),
    Victim("string", "info", "511145.info.txt", STRING),
    Victim("string-aliases", "aliases", "a.txt", {"aliases": ALIASES}),
    Victim(
        "bioplex",
        "interactions",
        test_bioplex.NAME,
        {"interactions": text(test_bioplex.HEADER, *[test_bioplex.ADA] * 30)},
    ),
    Victim("reactome", "pathways", "ReactomePathways.txt", REACTOME),
    Victim("reactome", "relations", "ReactomePathwaysRelation.txt", REACTOME),
    Victim("reactome", "ncbi", "NCBI2Reactome.txt", REACTOME),
    Victim("go", "obo", "go.obo", {"obo": head("goslim_generic.obo.gz", 600)}),
    Victim("gaf", "gaf", "x.gaf", {"gaf": head("gene_association.ecocyc.gaf.gz")}),
    Victim(
        "go-annotations",
        "annotations",
        "x.tsv",
        {"annotations": text(test_go_annotations.HEADER, *[test_go_annotations.row()] * 30)},
    ),
]
EACH = pytest.mark.parametrize("victim", VICTIMS, ids=lambda v: f"{v.source}-{v.role}")


@EACH
def test_the_undamaged_files_are_read(victim, tmp_path):
    assert victim.read(tmp_path, victim.files[victim.role].encode()).tally.rows_kept > 0


@EACH
def test_windows_line_ends_change_nothing(victim, tmp_path):
    good = victim.files[victim.role].encode()
    (tmp_path / "windows").mkdir()
    plain = victim.read(tmp_path, good)
    windows = victim.read(tmp_path / "windows", good.replace(b"\n", b"\r\n"))
    assert windows.tally == plain.tally
    for kind, table in plain.tables.items():
        assert windows.tables[kind].equals(table)


def attempt(victim, folder, damaged):
    """Read what is damaged: what came of it, or what was said."""
    try:
        return victim.read(folder, damaged), ""
    except KgpError as error:
        return None, str(error)


def swap(old, new):
    return lambda good: good.replace(old, new)


REFUSED: dict[str, Callable[[bytes], bytes]] = {
    "no byte": lambda good: b"",
    "gzip cut off": lambda good: gzip.compress(good)[: len(gzip.compress(good)) // 2],
    "gzip with a wrong sum": lambda good: gzip.compress(good)[:-6] + b"\0" * 6,
    "UTF-16": lambda good: good.decode().encode("utf-16"),
    "one line of 10 MB": lambda good: b"x" * (10 << 20),
    "binary": lambda good: bytes(range(256)) * 64,
}


@EACH
@pytest.mark.parametrize("damage", REFUSED.values(), ids=REFUSED.keys())
def test_damage_is_one_clear_error(victim, damage, tmp_path):
    with pytest.raises(KgpError) as raised:
        victim.read(tmp_path, damage(victim.files[victim.role].encode()))
    assert str(raised.value.message)
    assert len(str(raised.value)) < 1_500


TOLERATED: dict[str, Callable[[bytes], bytes]] = {
    "tabs for commas": swap(b"\t", b","),
    "spaces for tabs": swap(b" ", b"\t"),
    "Latin-1": lambda good: good + b"\xe9\t\xe9\n",
    "header alone": lambda good: good.partition(b"\n")[0] + b"\n",
    "a line of 10 MB at the end": lambda good: good + b"x\t" * (5 << 20),
    "the last column cut but for the header": lambda good: (
        good.partition(b"\n")[0] + re.sub(rb"[\t ][^\t \n]*(?=\n)", b"", good.partition(b"\n")[2])
    ),
    "only the header and half a row": lambda good: b"\n".join(
        [good.split(b"\n")[0], re.split(rb"[\t ]", good.split(b"\n")[1])[0], b""]
    ),
    "no line end at the end": lambda good: good.rstrip(b"\n"),
    "the last line cut": lambda good: good[:-20],
    "empty lines": swap(b"\n", b"\n\n"),
    "NUL bytes": lambda good: good + b"\0\0\n",
    "another species": lambda good: good.replace(b"511145", b"10090").replace(b"9606", b"10090"),
    "twice": lambda good: good * 2,
}


@EACH
@pytest.mark.parametrize("damage", TOLERATED.values(), ids=TOLERATED.keys())
def test_nothing_but_the_products_own_error_comes_out(victim, damage, tmp_path):
    result, said = attempt(victim, tmp_path, damage(victim.files[victim.role].encode()))
    assert len(said) < 1_500
    if result:
        assert 0 <= result.tally.rows_merged <= result.tally.rows_kept <= result.tally.rows_in
        assert all(len(e) <= 200 for d in result.tally.dropped.values() for e in d.examples)


FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=12)


@EACH
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flips=FLIPS, cut=st.floats(0.2, 1), zipped=st.booleans())
def test_flipped_bits_and_cut_files_give_no_other_error(victim, flips, cut, zipped, tmp_path):
    good = victim.files[victim.role].encode()
    damaged = bytearray(gzip.compress(good, mtime=0) if zipped else good)
    for place, mask in flips:
        damaged[int(place * len(damaged))] ^= mask
    result, said = attempt(victim, tmp_path, bytes(damaged[: int(cut * len(damaged))]))
    assert said or result.tally.rows_kept >= 0


FIELDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


@EACH
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(FIELDS, max_size=18), max_size=6))
def test_arbitrary_rows_are_dropped_or_refused(victim, rows, tmp_path):
    good = victim.files[victim.role]
    delimiter = " " if victim.role == "links" else "\t"
    result, said = attempt(victim, tmp_path, (good + text(*map(delimiter.join, rows))).encode())
    assert said or result.tally.rows_in > 0
