from __future__ import annotations

import gzip

import polars as pl
import pytest

from kgp.api.graph import graph_stats
from kgp.api.loading import load
from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import assign_roles, build_loader
from kgp.loaders.sample import sample_file
from tests.unit.loaders.drained import drain, write

HEADER_10 = "relation,display_relation,x_id,x_type,x_name,x_source,y_id,y_type,y_name,y_source"
NODES = "node_index,node_id,node_type,node_name,node_source"
EDGES = "relation,display_relation,x_index,y_index"
GENE = '0,7157,gene/protein,"p53, tumour protein",NCBI'
DRUG = "1,DB00001,drug,Lepirudin,DrugBank"
GROUP = "2,13924_5011,disease,a group,MONDO_grouped"
TARGET = "drug_protein,target,1,0"


def pair(tmp_path, nodes, edges, suffix=""):
    return {
        "nodes": write(tmp_path / f"nodes.csv{suffix}", NODES, *nodes),
        "kg": write(tmp_path / f"edges.csv{suffix}", EDGES, *edges),
    }


def content(result):
    """All that a source states, whatever the order and however often."""
    nodes = result.tables[Kind.NODES].with_columns(pl.col("name").fill_null(""))
    members = [] if "members" in nodes.columns else [pl.lit(None, pl.List(pl.String))]
    nodes = nodes.with_columns(*(m.alias("members") for m in members))
    edges = result.tables[Kind.EDGES]
    key = pl.col("members").list.join("|")
    stated = nodes.with_columns(key).unique().sort(pl.all())
    return stated.rows(), edges.unique().sort(pl.all()).rows()


def split(path, folder):
    """Write the pair of files that says what a kg.csv says."""
    kg = pl.read_csv(path, infer_schema=False)
    parts = ("id", "type", "name", "source")
    ends = [kg.select(**{f"node_{p}": f"{end}_{p}" for p in parts}) for end in ("x", "y")]
    nodes = pl.concat(ends).unique(maintain_order=True).with_row_index("node_index")
    for end in ("x", "y"):
        own = nodes.rename({f"node_{p}": f"{end}_{p}" for p in parts})
        kg = kg.drop(f"{end}_index", strict=False).join(
            own.rename({"node_index": f"{end}_index"}), on=[f"{end}_{p}" for p in parts], how="left"
        )
    nodes.write_csv(folder / "nodes.csv")
    kg.select(EDGES.split(",")).write_csv(folder / "edges.csv")
    return {"nodes": folder / "nodes.csv", "kg": folder / "edges.csv"}


def test_the_pair_says_what_kg_csv_says(tmp_path):
    kg = sample_file("kg.csv.gz")
    whole, halves = drain("primekg", {"kg": kg}), drain("primekg", split(kg, tmp_path))
    assert content(whole) == content(halves)
    assert halves.dropped == {}


def fingerprint(folder, inputs):
    store = f"duckdb:{folder}.duckdb"
    load("primekg", [f"{role}={path}" for role, path in inputs.items()], store=store)
    return graph_stats(store).fingerprint


def test_the_pair_has_the_fingerprint_of_kg_csv(tmp_path):
    associated = "disease_protein,associated with"
    kg = write(tmp_path / "kg.csv", HEADER_10, f"{associated},{GROUP[2:]},{GENE[2:]}")
    both = pair(tmp_path, [GENE, GROUP], [f"{associated},2,0", f"{associated},0,2"], ".gz")
    assert fingerprint(tmp_path / "a", {"kg": kg}) == fingerprint(tmp_path / "b", both)


def test_a_pair_may_be_compressed(tmp_path):
    inputs = pair(tmp_path, [GENE, DRUG], [TARGET], ".gz")
    assert gzip.decompress(inputs["kg"].read_bytes()).startswith(b"relation")
    result = drain("primekg", inputs)
    assert result.edges == [("drugbank:DB00001", "TARGETS", "ncbigene:7157")]
    assert result.nodes["ncbigene:7157"]["name"] == "p53, tumour protein"


def test_rows_of_both_files_are_counted(tmp_path):
    assert drain("primekg", pair(tmp_path, [GENE, DRUG], [TARGET])).tally.rows_in == 3


def test_groups_of_nodes_csv_keep_their_members(tmp_path):
    result = drain("primekg", pair(tmp_path, [GENE, DRUG, GROUP], [TARGET]))
    assert result.nodes["mondo.grouped:13924_5011"]["members"] == ["mondo:0013924", "mondo:0005011"]
    assert ("mondo.grouped:13924_5011", "HAS_MEMBER", "mondo:0005011") in result.edges


@pytest.mark.parametrize(
    ("node", "edge", "reason"),
    [
        (DRUG, "drug_protein,target,7,0", "no node has this index"),
        ("5,,drug,nobody,DrugBank", TARGET, "empty id"),
        ("5,X1,drug,x,Wikipedia", TARGET, "unknown id source"),
        ("5,X1,planet,x,DrugBank", TARGET, "unknown node type"),
    ],
)
def test_what_cannot_be_kept_of_a_pair_is_dropped_with_its_reason(tmp_path, node, edge, reason):
    result = drain("primekg", pair(tmp_path, [GENE, DRUG, node], [TARGET, edge]))
    assert result.dropped == {reason: 1}


def test_an_index_of_two_nodes_names_neither(tmp_path):
    other = GENE.replace("7157", "10000")
    result = drain("primekg", pair(tmp_path, [GENE, other, DRUG], [TARGET]))
    assert result.dropped == {"node_index of several nodes": 2, "no node has this index": 1}
    assert set(result.nodes) == {"drugbank:DB00001"}


def test_a_node_that_stands_twice_is_merged(tmp_path):
    result = drain("primekg", pair(tmp_path, [GENE, GENE, DRUG], [TARGET]))
    assert (result.tally.rows_merged, result.dropped) == (1, {})


def test_edges_alone_ask_for_their_nodes(tmp_path):
    inputs = pair(tmp_path, [GENE], [TARGET])
    with pytest.raises(BadInputError, match=r"(?s)by their index only.*nodes=nodes\.csv"):
        build_loader("primekg", {"kg": inputs["kg"]})


def test_kg_csv_beside_nodes_is_refused(tmp_path):
    nodes = pair(tmp_path, [GENE], [TARGET])["nodes"]
    with pytest.raises(UsageError, match="names its nodes itself"):
        build_loader("primekg", {"kg": sample_file("kg.csv.gz"), "nodes": nodes})


def test_other_tables_are_refused_in_both_roles(tmp_path):
    inputs, other = pair(tmp_path, [GENE], [TARGET]), sample_file("trrust_hs.tsv.gz")
    with pytest.raises(BadInputError, match="no column 'relation'"):
        build_loader("primekg", {**inputs, "kg": other})
    with pytest.raises(BadInputError, match="no column 'node_index'"):
        build_loader("primekg", {**inputs, "nodes": other})


def test_the_files_are_recognised_by_their_names(tmp_path):
    inputs = pair(tmp_path, [GENE], [TARGET], ".gz")
    assert assign_roles("primekg", [str(tmp_path)]) == inputs


def test_nodes_without_one_readable_row_are_an_account_not_a_crash(tmp_path):
    result = drain("primekg", pair(tmp_path, ["0,7157"], [TARGET]))
    assert result.dropped == {"wrong number of columns": 1, "no node has this index": 1}
