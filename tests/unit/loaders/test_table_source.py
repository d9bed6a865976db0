from __future__ import annotations

import pickle

import polars as pl
import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import BlockLoader, Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import assign_roles, build_loader
from kgp.loaders.table.guess import guess_mapping
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

NODES = """
license: CC0-1.0
nodes:
  id: {column: entrez, prefix: ncbigene}
  type: Gene
  name: {column: symbol}
"""
EDGES = """
title: Kinase screen
license: CC-BY-4.0
version: 1.10
citation: Me et al.
edges:
  source: {id: {column: drug, prefix: drugbank}, type: Drug, name: {column: drug_name}}
  target: {id: {column: gene, prefix: ncbigene}, type: Gene}
  relation: {column: action, values: {inhibits: TARGETS, degrades: METABOLIZED_BY}}
  qualifier: {column: action}
  properties:
    affinity_nm: {column: Kd, type: number}
"""
REGULATION = """
license: CC-BY-4.0
regulation:
  network: mine
  source: {id: {column: tf, prefix: hgnc.symbol}, type: Gene, name: {column: tf}}
  target: {id: {column: gene, prefix: hgnc.symbol}, type: Gene}
  sign: {column: sign}
  layer: transcriptional
  weight: {column: score}
  pubmed: {column: papers}
"""


def load(tmp_path, mapping, *lines, name="table.csv", **options):
    table = write(tmp_path / name, *lines)
    mapped = write(tmp_path / "map.yaml", mapping)
    return drain("table", {"table": table}, map=mapped, **options)


def test_rows_become_nodes(tmp_path):
    result = load(tmp_path, NODES, "entrez,symbol", "7157,TP53", "672,BRCA1")
    assert result.rows(Kind.NODES) == [
        {"id": "ncbigene:7157", "type": "Gene", "name": "TP53"},
        {"id": "ncbigene:672", "type": "Gene", "name": "BRCA1"},
    ]


def test_a_gene_called_no_or_na_stays_a_gene(tmp_path):
    mapping = NODES.replace("column: symbol", "column: symbol, values: {NO: NO, NA: NA}")
    result = load(tmp_path, mapping, "entrez,symbol", "1,NO", "2,NA")
    assert [row["name"] for row in result.rows(Kind.NODES)] == ["NO", "NA"]


def test_rows_become_edges_with_their_ends(tmp_path):
    result = load(
        tmp_path,
        EDGES,
        "drug,drug_name,gene,action,Kd",
        "DB00001,Lepirudin,2147,inhibits,0.5",
        "drugbank:DB00002,Cetuximab,ncbigene:1956,degrades,NA",
    )
    assert result.rows(Kind.EDGES) == [
        {
            "src": "drugbank:DB00001",
            "dst": "ncbigene:2147",
            "type": "TARGETS",
            "qualifier": "inhibits",
            "affinity_nm": 0.5,
        },
        {
            "src": "drugbank:DB00002",
            "dst": "ncbigene:1956",
            "type": "METABOLIZED_BY",
            "qualifier": "degrades",
            "affinity_nm": None,
        },
    ]
    assert result.nodes["drugbank:DB00001"]["name"] == "Lepirudin"
    assert result.nodes["ncbigene:2147"]["type"] == "Gene"


def test_the_mapping_says_where_the_table_comes_from(tmp_path):
    info = load(tmp_path, EDGES, "drug,drug_name,gene,action,Kd", "DB00001,a,1,inhibits,1").info
    assert (info.title, info.license, info.version) == ("Kinase screen", "CC-BY-4.0", "1.10")
    assert info.citation == "Me et al."


def test_the_user_has_the_last_word_on_the_version(tmp_path):
    rows = ("drug,drug_name,gene,action,Kd", "DB00001,a,1,inhibits,1")
    assert load(tmp_path, EDGES, *rows, version="2").info.version == "2"
    assert load(tmp_path, NODES, "entrez,symbol", "1,a").info.version == "unversioned"


def test_the_mapping_is_part_of_what_was_read(tmp_path):
    table, mapped = (
        write(tmp_path / "t.csv", "entrez,symbol", "1,a"),
        write(tmp_path / "m.yml", NODES),
    )
    by_option = build_loader("table", {"table": table}, map=mapped)
    by_role = build_loader("table", assign_roles("table", [str(table), str(mapped)]))
    assert by_option.inputs == by_role.inputs == {"map": mapped, "table": table}


def test_regulation_has_a_sign_and_a_layer(tmp_path):
    result = load(
        tmp_path,
        REGULATION,
        "tf,gene,sign,score,papers",
        "CRP,lacZ,activation,1.5,123;45",
        "FNR,ndh,-1,,",
        "ArcA,sdhC,?,,",
    )
    rows = {(r["src"], r["dst"]): r for r in result.rows(Kind.REGULATION)}
    first = rows["hgnc.symbol:CRP", "hgnc.symbol:lacZ"]
    assert (first["sign"], first["effect"], first["layer"]) == (1, "activation", "transcriptional")
    assert (first["grn"], first["weight"], first["sign_source"]) == ("mine", 1.5, "stated")
    assert first["evidence"] == '{"pubmed":["123","45"]}'
    assert rows["hgnc.symbol:FNR", "hgnc.symbol:ndh"]["sign"] == -1
    assert rows["hgnc.symbol:ArcA", "hgnc.symbol:sdhC"]["effect"] == "unknown"


def test_conflicting_signs_make_a_dual_edge_and_count_as_merged(tmp_path):
    rows = ("tf,gene,sign,score,papers", "CRP,lacZ,1,,", "CRP,lacZ,down,,")
    result = load(tmp_path, REGULATION, *rows)
    assert result.signs == {("hgnc.symbol:CRP", "hgnc.symbol:lacZ"): (0, "dual")}
    assert result.tally.rows_merged == 1


def test_the_command_line_names_the_network(tmp_path):
    table = write(tmp_path / "t.csv", "tf,gene,sign,score,papers", "CRP,lacZ,1,,")
    mapped = write(tmp_path / "m.yaml", REGULATION)
    result = drain("table", {"table": table}, map=mapped, name="yours")
    assert result.rows(Kind.REGULATION)[0]["grn"] == "yours"


@pytest.mark.parametrize(
    ("identifiers", "value", "expected"),
    [
        ("{column: x, prefix: ncbigene}", "7157", "ncbigene:7157"),
        ("{column: x, prefix: ncbigene}", "NCBIGene:7157", "ncbigene:7157"),
        ("{column: x}", "GO:0008150", "go:0008150"),
        ("{column: x, prefix: go, pad: 7}", "8150", "go:0008150"),
        ("{column: x, prefix: go, values: {root: 0008150}}", "root", "go:0008150"),
        ("{column: x, prefix: go, default: 0008150}", '""', "go:0008150"),
    ],
)
def test_identifiers_become_curies(tmp_path, identifiers, value, expected):
    mapping = f"license: MIT\nnodes:\n  id: {identifiers}\n  type: Gene\n"
    assert set(load(tmp_path, mapping, "x,y", f"{value},1").nodes) == {expected}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",a,1,inhibits,1", "nothing in column 'drug'"),
        ("DB00002,a,,inhibits,1", "nothing in column 'gene'"),
        ("DB00002,a,1,admires,1", "no relation"),
        ("DB00002,a,1,inhibits,much", "affinity_nm is no number"),
        ("DB00002,a,1,inhibits,inf", "affinity_nm is no number"),
    ],
)
def test_what_cannot_be_kept_is_dropped_with_its_reason(tmp_path, row, reason):
    good = "DB00001,a,1,inhibits,1"
    result = load(tmp_path, EDGES, "drug,drug_name,gene,action,Kd", good, row)
    assert result.dropped == {reason: 1}
    assert len(result.edges) == 1


def test_a_bare_word_without_a_prefix_is_no_identifier(tmp_path):
    mapping = NODES.replace(", prefix: ncbigene", "")
    result = load(tmp_path, mapping, "entrez,symbol", "7157,TP53", "hgnc:1,a")
    assert result.dropped == {"no identifier in column 'entrez'": 1}


def test_a_sign_that_is_no_sign_is_dropped(tmp_path):
    result = load(tmp_path, REGULATION, "tf,gene,sign,score,papers", "a,b,1,,", "a,c,maybe,,")
    assert result.dropped == {"sign is not understood": 1}


TYPED = """
license: MIT
edges:
  source: {id: {column: a}, type: {column: a_type}}
  target: {id: {column: b}, type: {column: b_type}}
  relation: {column: relation}
"""
TYPED_HEADER = "a,a_type,relation,b,b_type"


def test_relations_that_do_not_fit_the_types_are_dropped(tmp_path):
    good = "drugbank:DB00001,Drug,TARGETS,ncbigene:1,Gene"
    bad = "ncbigene:1,Gene,TARGETS,drugbank:DB00001,Drug"
    result = load(tmp_path, TYPED, TYPED_HEADER, good, bad)
    assert result.dropped == {"node types do not fit the relation": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "x:1,Gnee,TARGETS,y:1,Gene",
            r"(?s)Column 'a_type'.*Did you mean: Gene.*Known: Anatomy.*values",
        ),
        ("x:1,Drug,TRAGETS,y:1,Gene", r"(?s)Column 'relation'.*Did you mean: TARGETS.*closed"),
        ("x:1,Gene,REGULATES,y:1,Gene", "Column 'relation'.*'REGULATES'"),
    ],
)
def test_what_the_schema_lacks_is_an_error_with_the_nearest(tmp_path, row, message):
    with pytest.raises(BadInputError, match=message):
        load(tmp_path, TYPED, TYPED_HEADER, row)


def test_ends_without_a_type_are_left_to_other_sources(tmp_path):
    mapping = TYPED.replace(", type: {column: a_type}", "")
    result = load(tmp_path, mapping, TYPED_HEADER, "x:1,,TARGETS,y:1,Gene")
    assert result.edges == [("x:1", "TARGETS", "y:1")]
    assert set(result.nodes) == {"y:1"}


PROPERTIES = """
license: MIT
nodes:
  id: {column: id}
  type: Drug
  license: {column: licence}
  properties:
    smiles: {column: smiles}
    charge: {column: charge, type: integer}
    approved: {column: approved, type: boolean}
    groups: {column: groups, type: list, separator: ";"}
"""


def test_properties_have_types(tmp_path):
    rows = ("x:1,CCO,-1,yes,a; b;,CC0-1.0", "x:2,,2.0,F,,MIT", "x:3,,,,,")
    result = load(tmp_path, PROPERTIES, "id,smiles,charge,approved,groups,licence", *rows)
    nodes = result.nodes
    keys = ("smiles", "charge", "approved", "groups", "license")
    assert [nodes["x:1"][k] for k in keys] == ["CCO", -1, True, ["a", "b"], "CC0-1.0"]
    assert [nodes["x:2"][k] for k in keys] == [None, 2, False, [], "MIT"]
    assert [nodes["x:3"][k] for k in keys] == [None, None, None, [], None]


def test_the_same_row_twice_is_merged_and_counted(tmp_path):
    result = load(tmp_path, NODES, "entrez,symbol", "1,a", "1,a")
    assert (len(result.rows(Kind.NODES)), result.tally.rows_merged) == (1, 1)


@pytest.mark.parametrize(
    ("delimiter", "name"), [("\t", "a.tsv"), (";", "a.csv.gz"), ("|", "a.txt")]
)
def test_the_delimiter_shows_in_the_header(tmp_path, delimiter, name):
    lines = [delimiter.join(row) for row in (("entrez", "symbol"), ("7157", "TP53"))]
    assert set(load(tmp_path, NODES, *lines, name=name).nodes) == {"ncbigene:7157"}


def test_a_delimiter_that_the_header_misleads_about_can_be_said(tmp_path):
    mapping = NODES.replace("nodes:", "delimiter: semicolon\nnodes:")
    lines = ("entrez;symbol;a,b", "7157;TP53;c")
    assert set(load(tmp_path, mapping, *lines).nodes) == {"ncbigene:7157"}
    with pytest.raises(BadInputError, match="Unknown column"):
        load(tmp_path, NODES, *lines)


def test_parquet_is_read_as_csv_is(tmp_path):
    frame = pl.DataFrame(
        {"id": ["x:1", "x:2"], "smiles": ["C", None], "charge": [1, None], "approved": [True, None],
         "groups": [["a", "b"], []], "licence": ["MIT", None]}
    )  # fmt: skip
    frame.write_parquet(tmp_path / "t.parquet")
    mapped = write(tmp_path / "m.yaml", PROPERTIES.replace('separator: ";"', 'separator: "|"'))
    nodes = drain("table", {"table": tmp_path / "t.parquet"}, map=mapped).nodes
    assert nodes["x:1"] | {} == {
        "id": "x:1", "type": "Drug", "name": None, "smiles": "C", "charge": 1, "approved": True,
        "groups": ["a", "b"], "license": "MIT",
    }  # fmt: skip
    assert nodes["x:2"]["charge"] is None


def test_parquet_of_nested_columns_is_refused(tmp_path):
    pl.DataFrame({"entrez": [{"a": 1}], "symbol": ["x"]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(BadInputError, match="column 'entrez' is of type Struct"):
        drain("table", {"table": tmp_path / "t.parquet"}, map=write(tmp_path / "m.yaml", NODES))


def test_a_damaged_parquet_is_one_clear_error(tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"entrez": ["1"] * 100, "symbol": ["x"] * 100}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInputError, match="cannot be read as Parquet"):
        drain("table", {"table": path}, map=write(tmp_path / "m.yaml", NODES))


def test_a_header_that_no_one_can_read_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="header that cannot be read"):
        load(tmp_path, NODES, "entrez," + "x" * 140_000, "1,a")


def test_empty_parquet_is_refused(tmp_path):
    pl.DataFrame({"entrez": [], "symbol": []}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(BadInputError, match="holds no rows"):
        drain("table", {"table": tmp_path / "t.parquet"}, map=write(tmp_path / "m.yaml", NODES))


def test_a_table_without_a_mapping_asks_for_one(tmp_path):
    with pytest.raises(UsageError, match=r"(?s)mapping file.*t\.csv --guess"):
        build_loader("table", {"table": write(tmp_path / "t.csv", "a", "1")})


def test_two_mappings_are_refused(tmp_path):
    table, mapped = write(tmp_path / "t.csv", "a", "1"), write(tmp_path / "m.yaml", NODES)
    with pytest.raises(UsageError, match="Two mapping files"):
        build_loader("table", {"table": table, "map": mapped}, map=mapped)


def test_a_mapping_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"none\.yaml does not exist"):
        build_loader("table", {"table": write(tmp_path / "t.csv", "a", "1")}, map="none.yaml")


def test_a_column_that_the_table_lacks_is_named_with_the_nearest(tmp_path):
    with pytest.raises(
        BadInputError, match=r"(?s)map\.yaml, line 4.*'entrez'.*entrez_id.*The table has"
    ):
        load(tmp_path, NODES, "entrez_id,symbol", "1,a")


def test_a_column_twice_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="column 'entrez' twice"):
        load(tmp_path, NODES, "entrez,entrez,symbol", "1,2,a")


def test_the_index_that_pandas_writes_is_no_obstacle(tmp_path):
    assert set(load(tmp_path, NODES, ",entrez,symbol", "0,7157,TP53").nodes) == {"ncbigene:7157"}


@pytest.mark.parametrize("mapping", [NODES, PROPERTIES])
def test_a_copy_parses_blocks_as_the_loader_does(tmp_path, mapping):
    header, row = {
        NODES: ("entrez,symbol", "7157,TP53"),
        PROPERTIES: ("id,smiles,charge,approved,groups,licence", "x:1,CCO,-1,yes,a; b;,CC0-1.0"),
    }[mapping]
    table, mapped = write(tmp_path / "t.csv", header, row), write(tmp_path / "m.yaml", mapping)
    loader = build_loader("table", {"table": table}, map=mapped)
    assert isinstance(loader, BlockLoader)
    (block,) = loader.blocks(Tally())
    copy = pickle.loads(pickle.dumps(loader))
    parsed = [[b.data for b in each.parse(block, Tally())] for each in (loader, copy)]
    assert parsed[0] == parsed[1] != []


REAL = {
    "grn/trrust_hs.tsv.gz": (7_041, Kind.REGULATION, 7_041),
    "primekg/bindingdb_drug_gene.tsv.gz": (20_345, Kind.EDGES, 20_345),
    "string/511145.protein.links.experimental.txt.gz": (4_860, Kind.EDGES, 4_860),
    "lincs/consensus_drugbank_smiles.tsv": (1_170, Kind.NODES, 1_170),
}


@pytest.mark.parametrize("name", REAL)
def test_a_guess_loads_real_tables_as_it_stands(tmp_path, name):
    rows, kind, kept = REAL[name]
    mapped = write(tmp_path / "m.yaml", guess_mapping(shared(name)))
    result = drain("table", {"table": shared(name)}, map=mapped)
    assert (result.tally.rows_in, result.dropped) == (rows, {})
    assert result.tables[kind].height == kept
