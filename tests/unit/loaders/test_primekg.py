from __future__ import annotations

import pickle

import polars as pl
import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import BlockLoader, Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.primekg.rows import PREFIX
from kgp.loaders.registry import build_loader
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

HEADER_10 = "relation,display_relation,x_id,x_type,x_name,x_source,y_id,y_type,y_name,y_source"
HEADER_12 = HEADER_10.replace("x_id", "x_index,x_id").replace("y_id", "y_index,y_id")
TP53 = "7157,gene/protein,TP53,NCBI"
DRUG = "DB00001,drug,Lepirudin,DrugBank"


def load(tmp_path, *lines, header=HEADER_10):
    return drain("primekg", {"kg": write(tmp_path / "kg.csv", header, *lines)})


def test_both_directions_become_one_edge(tmp_path):
    result = load(
        tmp_path, f"drug_protein,target,{DRUG},{TP53}", f"drug_protein,target,{TP53},{DRUG}"
    )
    assert result.edges == [("drugbank:DB00001", "TARGETS", "ncbigene:7157")] * 2
    assert result.nodes["ncbigene:7157"]["type"] == "Gene"
    assert result.rows(Kind.EDGES)[0]["qualifier"] == "target"


def test_twelve_columns_are_read_as_ten_are(tmp_path):
    result = load(tmp_path, f"drug_protein,target,0,{DRUG},1,{TP53}", header=HEADER_12)
    assert result.edges == [("drugbank:DB00001", "TARGETS", "ncbigene:7157")]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("target", "TARGETS"),
        ("enzyme", "METABOLIZED_BY"),
        ("carrier", "CARRIED_BY"),
        ("transporter", "TRANSPORTED_BY"),
    ],
)
def test_display_relation_tells_targets_from_enzymes(tmp_path, display, expected):
    result = load(tmp_path, f"drug_protein,{display},{TP53},{DRUG}")
    assert result.edges == [("drugbank:DB00001", expected, "ncbigene:7157")]


def test_undirected_edges_are_ordered_bytewise(tmp_path):
    result = load(tmp_path, f"protein_protein,ppi,{TP53},10000,gene/protein,AKT3,NCBI")
    assert result.edges == [("ncbigene:10000", "INTERACTS_WITH", "ncbigene:7157")]


def test_bare_ontology_numbers_get_their_zeros_back(tmp_path):
    result = load(
        tmp_path,
        f"bioprocess_protein,interacts with,8150,biological_process,root,GO,{TP53}",
        "disease_phenotype_positive,phenotype present,5011,disease,Crohn,MONDO,"
        "1250,effect/phenotype,Seizure,HPO",
        f"anatomy_protein_present,expression present,178,anatomy,blood,UBERON,{TP53}",
    )
    assert result.edges == [
        ("ncbigene:7157", "PARTICIPATES_IN", "go:0008150"),
        ("mondo:0005011", "HAS_PHENOTYPE", "hp:0001250"),
        ("ncbigene:7157", "EXPRESSED_IN", "uberon:0000178"),
    ]


GROUP = "13924_5011,disease,a group,MONDO_grouped"


def test_grouped_diseases_keep_their_members(tmp_path):
    result = load(tmp_path, f"disease_protein,associated with,{GROUP},{TP53}")
    assert result.nodes["mondo.grouped:13924_5011"]["members"] == ["mondo:0013924", "mondo:0005011"]
    assert result.nodes["ncbigene:7157"]["members"] is None


def test_the_members_of_a_group_are_nodes_that_it_leads_to_once(tmp_path):
    rows = [f"disease_protein,associated with,{GROUP},{end}" for end in (TP53, TP53)]
    result = load(tmp_path, *rows)
    members = [edge for edge in result.edges if edge[1] == "HAS_MEMBER"]
    assert members == [
        ("mondo.grouped:13924_5011", "HAS_MEMBER", "mondo:0013924"),
        ("mondo.grouped:13924_5011", "HAS_MEMBER", "mondo:0005011"),
    ]
    assert result.nodes["mondo:0005011"] | {"members": None} == {
        "id": "mondo:0005011",
        "type": "Disease",
        "name": None,
        "members": None,
    }


def test_negative_statements_have_their_own_types(tmp_path):
    result = load(
        tmp_path,
        f"anatomy_protein_absent,expression absent,{TP53},178,anatomy,blood,UBERON",
        "disease_phenotype_negative,phenotype absent,1,disease,a,MONDO,2,effect/phenotype,b,HPO",
    )
    assert {kind for _, kind, _ in result.edges} == {"NOT_EXPRESSED_IN", "LACKS_PHENOTYPE"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"drug_protein,target,,drug,nobody,DrugBank,{TP53}", "empty id"),
        (f"drug_moon,target,{DRUG},{TP53}", "unknown relation"),
        (f"indication,indication,{DRUG},{TP53}", "node types do not fit the relation"),
        (f"drug_protein,target,X1,drug,x,Wikipedia,{TP53}", "unknown id source"),
        (f"drug_protein,target,X1,planet,x,DrugBank,{TP53}", "node types do not fit the relation"),
    ],
)
def test_what_cannot_be_kept_is_dropped_with_its_reason(tmp_path, row, reason):
    result = load(tmp_path, row, f"drug_protein,target,{DRUG},{TP53}")
    assert result.dropped == {reason: 1}
    assert result.tally.dropped[reason].examples
    assert len(result.edges) == 1


def test_nodes_of_dropped_rows_are_not_stated(tmp_path):
    result = load(
        tmp_path, f"indication,indication,{DRUG},{TP53}", f"protein_protein,ppi,{TP53},{TP53}"
    )
    assert set(result.nodes) == {"ncbigene:7157"}


def test_two_names_of_one_node_are_both_stated_so_that_order_cannot_matter(tmp_path):
    other = TP53.replace("TP53", "p53")
    result = load(
        tmp_path, f"drug_protein,target,{DRUG},{TP53}", f"drug_protein,target,{DRUG},{other}"
    )
    names = [r["name"] for r in result.rows(Kind.NODES) if r["id"] == "ncbigene:7157"]
    assert sorted(names) == ["TP53", "p53"]


def test_a_name_with_comma_and_quotes_is_one_name(tmp_path):
    drug = 'DB00002,drug,"1,2-""x""-acid",DrugBank'
    result = load(tmp_path, f"drug_protein,target,{drug},{TP53}")
    assert result.nodes["drugbank:DB00002"]["name"] == '1,2-"x"-acid'


def test_another_table_is_refused():
    with pytest.raises(BadInputError, match="no column 'relation'"):
        drain("primekg", {"kg": sample_file("trrust_hs.tsv.gz")})


def test_a_graph_that_only_has_the_layout_can_say_what_it_is():
    options = {"title": "mine", "license": "CC0-1.0", "citation": "me"}
    info = drain("primekg", {"kg": sample_file("kg.csv.gz")}, **options).info
    assert (info.title, info.license, info.citation) == ("mine", "CC0-1.0", "me")


def test_every_prefix_is_a_curie_prefix():
    assert all(prefix == prefix.lower() for prefix in PREFIX.values())


def test_rows_in_another_order_state_the_same(tmp_path):
    path = sample_file("kg.csv.gz")
    rows = pl.read_csv(path, infer_schema=False).sample(fraction=1.0, shuffle=True, seed=3)
    rows.write_csv(tmp_path / "kg.csv")
    first, second = drain("primekg", {"kg": path}), drain("primekg", {"kg": tmp_path / "kg.csv"})
    for kind in (Kind.NODES, Kind.EDGES):
        assert _sorted(first.tables[kind]).equals(_sorted(second.tables[kind]))


def _sorted(frame):
    return frame.drop("members", strict=False).unique().sort(pl.all())


def test_kg_open_has_its_known_size():
    result = drain("primekg", {"kg": shared("primekg/kg_open.csv.gz")})
    assert result.tally.rows_in == result.tally.rows_kept == 875_964
    assert result.tables[Kind.NODES]["id"].n_unique() == 42_422
    assert result.tables[Kind.EDGES].n_unique(["type", "src", "dst", "qualifier"]) == 437_982


def test_ibd_subset_loses_only_rows_without_an_id():
    result = drain("primekg", {"kg": shared("primekg/kg_ibd_subset.csv.gz")})
    assert result.tally.rows_in == 13_283
    assert result.dropped == {"empty id": 3_368}


def test_blocks_can_be_parsed_by_a_copy_in_any_order():
    loader = build_loader("primekg", {"kg": shared("primekg/kg_open.csv.gz")})
    assert isinstance(loader, BlockLoader)
    blocks = list(loader.blocks(Tally()))
    copy = pickle.loads(pickle.dumps(loader))
    backwards = [list(copy.parse(block, Tally())) for block in reversed(blocks)]
    parsed = [batch.data for block in reversed(backwards) for batch in block]
    plain = [batch.data for batch in loader.batches(Tally())]
    assert len(blocks) > 2
    assert parsed == plain
