"""Blocks of whole objects, whatever the order of lines; files here have several small blocks."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders import files
from kgp.loaders.ontology import gaf_blocks
from kgp.loaders.ontology.gaf import Gaf
from kgp.loaders.ontology.gaf_blocks import object_blocks
from tests.unit.loaders.drained import write
from tests.unit.loaders.test_gaf import HEAD, row

LINE = len(row()) + 1


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(files, "BLOCK_BYTES", 4 * LINE)
    monkeypatch.setattr(gaf_blocks, "GATHERED_LINES", 3)


def objects(block):
    return set(block["text"].str.split("\t").list.get(1, null_on_oob=True).drop_nulls())


def edges(loader, blocks):
    found = {}
    for block in blocks:
        for batch in loader.parse(block, Tally()):
            if batch.kind is Kind.EDGES:
                for edge in batch.data.to_pylist():
                    assert (edge["src"], edge["dst"]) not in found
                    found[edge["src"], edge["dst"]] = (edge["evidence"], edge["references"])
    return found


GENES = st.sampled_from([f"P{n}" for n in range(8)])
TERMS = st.sampled_from(["GO:0000001", "GO:0000002"])
CODES = st.sampled_from(["IDA", "IEA", "IMP"])


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(GENES, TERMS, CODES), min_size=1, max_size=40))
def test_every_line_is_in_one_block_and_every_object_too(tmp_path_factory, rows):
    lines = [row(local=gene, term=term, evidence=code) for gene, term, code in rows]
    path = write(tmp_path_factory.mktemp("gaf") / "x.gaf", HEAD, *lines)
    blocks = list(object_blocks(path))
    numbers = [n for block in blocks for n in block["line"]]
    assert sorted(numbers) == list(range(2, len(rows) + 2))
    met = [gene for block in blocks for gene in objects(block)]
    assert len(met) == len(set(met))
    expected = {}
    for gene, term, code in rows:
        expected.setdefault((f"uniprot:{gene}", f"go:{term[3:]}"), set()).add(code)
    found = edges(Gaf({"gaf": path}), blocks)
    assert {pair: set(evidence) for pair, (evidence, _) in found.items()} == expected


def test_lines_of_a_sorted_file_stay_in_their_order(tmp_path):
    lines = [row(local=f"P{n // 3:03}") for n in range(40)]
    blocks = list(object_blocks(write(tmp_path / "x.gaf", HEAD, *lines)))
    assert len(blocks) > 5
    assert pl.concat(blocks)["line"].is_sorted()


def test_lines_without_an_object_are_not_gathered(tmp_path):
    lines = ["nonsense"] * 200
    blocks = list(object_blocks(write(tmp_path / "x.gaf", HEAD, *lines)))
    assert sum(block.height for block in blocks) == 200
    assert len(blocks) > 1


def test_a_locus_tag_that_distant_objects_claim_is_exact_for_neither(tmp_path):
    own = {"taxon": "taxon:83333"}
    filler = [row(local=f"F{n}") for n in range(20)]
    lines = (
        row(local="P1", synonyms="b0001|b0002", **own),
        *filler,
        row(local="P2", synonyms="b0001", **own),
    )
    loader = Gaf({"gaf": write(tmp_path / "x.gaf", HEAD, *lines)})
    xrefs = {
        (x["id"], x["other"], x["kind"])
        for batch in loader.batches(Tally())
        if batch.kind is Kind.XREFS
        for x in batch.data.to_pylist()
    }
    assert xrefs == {
        ("uniprot:P1", "locus_tag:b0001", "synonym"),
        ("uniprot:P1", "locus_tag:b0002", "exact"),
        ("uniprot:P2", "locus_tag:b0001", "synonym"),
    }


def test_an_empty_file_has_no_blocks(tmp_path):
    assert list(object_blocks(write(tmp_path / "x.gaf", HEAD))) == []
