from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.node_types import FROM_PRIMEKG as NODE_TYPES
from kgp.kg_schema.relations import FROM_PRIMEKG as RELATIONS
from kgp.loaders.primekg.counts import (
    CLAIM,
    FULL_ROWS,
    NODE_COUNTS,
    ROW_COUNTS,
    Counts,
    check_counts,
)
from kgp.loaders.registry import build_loader
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

KG = Path("kg.csv")


def test_full_primekg_has_its_published_size():
    assert (sum(NODE_COUNTS.values()), FULL_ROWS) == (129_375, 8_100_498)
    assert set(NODE_COUNTS) == set(NODE_TYPES)
    assert set(ROW_COUNTS) == set(RELATIONS)


def test_the_node_counts_are_those_of_the_published_table():
    table = pl.read_csv(shared("primekg/primekg_node_counts.csv"))
    assert dict(table.select("node_type", "old_count").iter_rows()) == NODE_COUNTS


def test_equal_counts_pass():
    check_counts(KG, "rows", {"indication": 4, "drug_drug": 2}, {"drug_drug": 2, "indication": 4})


def test_different_counts_are_shown_side_by_side():
    found, full = (
        {"drug_drug": 1_002, "moon": 7, "indication": 4},
        {"drug_drug": 1, "indication": 4},
    )
    with pytest.raises(BadInputError) as caught:
        check_counts(KG, "rows", found, full)
    assert str(caught.value).splitlines()[:3] == [
        "kg.csv is not the whole of PrimeKG: 1,013 rows, not 5.",
        "Expected: drug_drug 1, moon 0",
        "Found:    drug_drug 1,002, moon 7",
    ]
    assert "check=none" in caught.value.command


def ends(*rows):
    names = ("relation", "x_id", "x_type", "x_name", "x_source")
    return pl.DataFrame(rows, schema=names, orient="row")


def test_a_node_is_its_id_type_name_and_source_together():
    counts = Counts()
    first = ("drug_protein", "1", "drug", "a", "DrugBank")
    for place, other in enumerate(("2", "disease", "b", "GO"), start=1):
        counts.add_ends(ends(first, (*first[:place], other, *first[place + 1 :])))
    assert counts.nodes == {"drug": 4, "disease": 1}


def test_ids_that_change_places_are_other_nodes():
    counts = Counts()
    counts.add_ends(ends(("r", "a", "drug", "b", "DrugBank"), ("r", "b", "drug", "a", "DrugBank")))
    assert counts.nodes == {"drug": 2}


def test_rows_are_counted_over_all_blocks():
    counts = Counts()
    for _ in range(3):
        counts.add_rows(pl.DataFrame({"relation": ["indication", "drug_drug", "indication"]}))
    assert counts.rows == {"indication": 6, "drug_drug": 3}


def test_a_file_claims_to_be_primekg_by_its_number_of_rows():
    def claims(rows):
        return Counts({"protein_protein": rows}).claims_all()

    assert claims(FULL_ROWS)
    assert claims(round(FULL_ROWS * (1 - CLAIM / 2)))
    assert not claims(round(FULL_ROWS * (1 - 2 * CLAIM)))
    assert not claims(2 * FULL_ROWS)
    assert not claims(0)


def test_a_part_of_primekg_is_no_claim():
    assert drain("primekg", {"kg": sample_file("kg.csv.gz")}).edges


def test_the_user_can_insist_on_the_whole():
    with pytest.raises(BadInputError, match=r"(?s)not the whole of PrimeKG.*Expected: .*Found: "):
        drain("primekg", {"kg": sample_file("kg.csv.gz")}, check="full")


def test_a_pair_of_files_is_checked_too(tmp_path):
    nodes = write(
        tmp_path / "nodes.csv",
        "node_index,node_id,node_type,node_name,node_source",
        "0,7157,gene/protein,TP53,NCBI",
    )
    edges = write(
        tmp_path / "edges.csv",
        "relation,display_relation,x_index,y_index",
        "protein_protein,ppi,0,0",
    )
    with pytest.raises(BadInputError, match=r"Found: .*gene/protein 1"):
        drain("primekg", {"kg": edges, "nodes": nodes}, check="full")


def test_a_check_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="Unknown check 'ful'"):
        build_loader("primekg", {"kg": sample_file("kg.csv.gz")}, check="ful")


@pytest.fixture
def small_primekg(monkeypatch):
    """Take a graph of two rows and two genes for the whole of PrimeKG."""
    monkeypatch.setattr("kgp.loaders.primekg.counts.FULL_ROWS", 2)
    monkeypatch.setattr("kgp.loaders.primekg.counts.ROW_COUNTS", {"protein_protein": 2})
    monkeypatch.setattr("kgp.loaders.primekg.counts.NODE_COUNTS", {"gene/protein": 2})


HEADER = "relation,display_relation,x_id,x_type,x_name,x_source,y_id,y_type,y_name,y_source"
PAIR = ("1,gene/protein,A,NCBI", "2,gene/protein,B,NCBI")


@pytest.mark.usefixtures("small_primekg")
def test_a_file_of_the_whole_size_is_compared_without_being_asked(tmp_path):
    a, b = PAIR
    whole = write(
        tmp_path / "a.csv", HEADER, *(f"protein_protein,ppi,{x},{y}" for x, y in ((a, b), (b, a)))
    )
    assert len(drain("primekg", {"kg": whole}).edges) == 2
    short = write(tmp_path / "b.csv", HEADER, *[f"protein_protein,ppi,{a},{b}"] * 2)
    with pytest.raises(BadInputError, match="1 nodes, not 2"):
        drain("primekg", {"kg": short})
    assert len(drain("primekg", {"kg": short}, check="none").edges) == 2
    assert len(drain("primekg", {"kg": short}, title="mine").edges) == 2
