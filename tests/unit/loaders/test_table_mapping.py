from __future__ import annotations

import pytest

from kgp.errors import BadInputError
from kgp.loaders.table.mapping import read_mapping
from tests.unit.loaders.drained import write

HEAD = "license: MIT\n"
NODES = HEAD + "nodes:\n  id: {column: a}\n  type: Gene\n"
EDGES = HEAD + (
    "edges:\n  source: {id: {column: a}, type: Drug}\n"
    "  target: {id: {column: b}, type: Gene}\n  relation: TARGETS\n"
)
REGULATION = HEAD + (
    "regulation:\n  network: n\n  source: {id: {column: a}}\n  target: {id: {column: b}}\n"
    "  sign: {column: s}\n  layer: sigma\n"
)


def mapped(tmp_path, text):
    return read_mapping(write(tmp_path / "map.yaml", text))


def test_a_mapping_of_nodes_is_read(tmp_path):
    mapping = mapped(tmp_path, NODES + "  properties:\n    size: {column: n, type: integer}\n")
    (node,) = mapping.ends
    assert (mapping.holds, mapping.license, node.id.column) == ("nodes", "MIT", "a")
    assert (node.type.default, node.type.column, node.name) == ("Gene", "", None)
    (size,) = mapping.properties
    assert (size.name, size.column, size.kind) == ("size", "n", "integer")
    assert [name for name, _ in mapping.columns()] == ["a", "n"]


def test_a_mapping_of_edges_is_read(tmp_path):
    mapping = mapped(tmp_path, EDGES)
    assert [end.type.default for end in mapping.ends] == ["Drug", "Gene"]
    assert mapping.values["relation"].default == "TARGETS"


def test_scalars_stay_as_they_are_written(tmp_path):
    text = "version: 1.10\ntitle: NO\n" + NODES.replace(
        "{column: a}", "{column: yes, values: {1: '01', off: on}}"
    )
    mapping = mapped(tmp_path, text)
    assert (mapping.version, mapping.title) == ("1.10", "NO")
    assert mapping.ends[0].id.column == "yes"
    assert mapping.ends[0].id.values == {"1": "01", "off": "on"}


def test_a_byte_order_mark_is_no_key(tmp_path):
    assert mapped(tmp_path, "\ufeff" + NODES).holds == "nodes"


WRONG = {
    "unknown key": (NODES + "licence: MIT\n", 5, "Unknown key of the mapping 'licence'.*license"),
    "unknown key inside": (NODES + "  nmae: {column: b}\n", 5, "key of nodes 'nmae'.*name"),
    "no licence": (NODES.replace(HEAD, ""), 1, "the mapping has no 'license'"),
    "nothing": (HEAD, 1, "the mapping maps nothing"),
    "two things": (NODES + EDGES.replace(HEAD, ""), 1, "nodes and edges"),
    "no id": (NODES.replace("id: {column: a}", "name: x"), 3, "nodes has no 'id'"),
    "unknown type": (NODES.replace("Gene", "Gnee"), 4, "node type 'Gnee'. Did you mean: Gene"),
    "unknown translation": (
        NODES.replace("Gene", "{column: t, values: {x: Gnee}}"), 4, "node type 'Gnee'",
    ),
    "unknown relation": (EDGES.replace("TARGETS", "TRAGETS"), 5, "Did you mean: TARGETS"),
    "regulation as an edge": (EDGES.replace("TARGETS", "REGULATES"), 5, "type 'REGULATES'"),
    "unfitting": (EDGES.replace("TARGETS", "INDICATED_FOR"), 5, "from Drug to Gene.*to Disease"),
    "constant id": (NODES.replace("{column: a}", "x"), 3, "nodes.id holds no keys"),
    "no column": (NODES.replace("column: a", "prefix: go"), 3, "nodes.id has no 'column'"),
    "empty": (NODES.replace("type: Gene", "type:"), 4, "nodes.type has no value"),
    "null": (NODES.replace("type: Gene", "type: null"), 4, "nodes.type has no value"),
    "a list": (NODES.replace("type: Gene", "type: [Gene]"), 4, "nodes.type has no value"),
    "prefix": (NODES.replace("column: a", "column: a, prefix: My Ids"), 3, "'My Ids' is no prefix"),
    "pad": (NODES.replace("column: a", "column: a, pad: many"), 3, "pad is 'many'"),
    "delimiter": (NODES + "delimiter: dash\n", 5, "Unknown delimiter 'dash'"),
    "twice": (NODES + "license: MIT\n", 5, "'license' is said twice"),
    "list as key": (NODES + "[a]: b\n", 5, "no plain text"),
    "reserved": (NODES + "  properties: {name: {column: n}}\n", 5, "'name' cannot be the name"),
    "property name": (NODES + "  properties: {a b: {column: n}}\n", 5, "'a b' cannot be the name"),
    "property type": (
        NODES + "  properties: {n: {column: n, type: float}}\n", 5, "property type 'float'",
    ),
    "layer": (REGULATION.replace("sigma", "sgima"), 7, "layer 'sgima'. Did you mean: sigma"),
    "sign": (
        REGULATION.replace("{column: s}", "{column: s, values: {a: activates}}"), 6,
        "sign 'activates'. Did you mean: activation",
    ),
    "network": (REGULATION.replace("network: n", "network: {column: n}"), 3, "is a column"),
    "weight": (REGULATION + "  weight: 1\n", 8, "weight is the same everywhere"),
    "sign source": (REGULATION + "  sign_source: guess\n", 8, "Unknown sign_source 'guess'"),
    "broken": (NODES + "  x: {a\n", 7, "is not YAML"),
    "a text": ("hello\n", 1, "the file holds no keys"),
    "empty file": ("", 1, "the file holds no keys"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_the_line_and_what_is_valid(tmp_path, case):
    text, line, message = WRONG[case]
    with pytest.raises(BadInputError, match=rf"(?s)map\.yaml, line {line}\b.*{message}"):
        mapped(tmp_path, text)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="is larger than"):
        mapped(tmp_path, "# " + "x" * (1 << 20))


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"a: \x00", b"[" * 500, b"&a [*a", b"a: !!python/object:x {}"]
)
def test_what_is_no_mapping_is_one_clear_error(tmp_path, raw):
    path = tmp_path / "map.yaml"
    path.write_bytes(raw)
    with pytest.raises(BadInputError):
        read_mapping(path)
