"""The packaged sample: openly licensed, small, and every loader reads its part of it."""

from __future__ import annotations

import gzip
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.kg_schema.batches import SCHEMAS, Kind
from kgp.kg_schema.identifiers import check_curie
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import RELATIONS
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import SOURCES, build_loader
from kgp.loaders.sample import WORLD, sample_file, sample_folder
from kgp.loaders.synthetic.formats import FORMATS
from kgp.loaders.world import read_world
from tests.shared_data import shared
from tests.unit.loaders.drained import drain

LOADS = read_world(sample_file(WORLD))
SCRIPT = Path(__file__).parents[3] / "scripts" / "make_sample.py"
each_load = pytest.mark.parametrize("load", LOADS, ids=[load.source for load in LOADS])


def read(load):
    tally = Tally()
    loader = build_loader(load.source, load.inputs, **load.options)
    return list(loader.batches(tally)), tally


def test_every_source_is_in_the_sample_or_can_be_written_by_the_generator():
    sampled, written = {load.source for load in LOADS}, {each.source for each in FORMATS.values()}
    # A table of a user's own has no format; those of the others are read as real files.
    elsewhere = {"table", "go-annotations", "baseline"}
    assert sampled | written | elsewhere == set(SOURCES)
    assert sampled <= set(SOURCES)


@each_load
def test_every_batch_keeps_its_schema(load):
    batches, tally = read(load)
    assert tally.rows_kept > 0
    for batch in batches:
        fixed = SCHEMAS[batch.kind]
        assert batch.data.schema.names[: len(fixed)] == fixed.names
        assert pa.schema(list(batch.data.schema)[: len(fixed)]) == fixed
        assert not any(pa.types.is_large_string(f.type) for f in batch.data.schema)


@each_load
def test_reading_again_gives_the_same_batches(load):
    first, second = read(load)[0], read(load)[0]
    assert [batch.kind for batch in first] == [batch.kind for batch in second]
    assert all(a.data.equals(b.data) for a, b in zip(first, second, strict=True))


@each_load
def test_every_end_of_an_edge_is_stated_as_a_node_of_a_fitting_type(load):
    result = drain(load.source, load.inputs, **load.options)
    types = {identifier: node["type"] for identifier, node in result.nodes.items()}
    assert set(types.values()) <= set(NODE_TYPES)
    for src, name, dst in result.edges:
        relation = RELATIONS[name]
        assert types[src] in relation.sources
        assert types[dst] in relation.targets
        assert relation.directed or src <= dst
    for row in result.rows(Kind.REGULATION):
        assert {types[row["src"]], types[row["dst"]]} == {"Gene"}
    for identifier in types:
        check_curie(identifier)


@each_load
def test_responses_fit_their_feature_space(load):
    result = drain(load.source, load.inputs, **load.options)
    width = len(result.rows(Kind.FEATURES))
    perturbed = {src for src, name, _ in result.edges if name == "PERTURBS"}
    assert {r["signature"] for r in result.rows(Kind.EFFECTS)} == perturbed
    for row in result.rows(Kind.EFFECTS):
        assert len(row["values"]) == (width if row["features"] is None else len(row["features"]))
        assert all(0 <= position < width for position in row["features"] or ())


COMPRESSED = [
    (load, role)
    for load in LOADS
    for role, path in load.inputs.items()
    if path.suffix in (".gz", ".h5ad")
]


@pytest.mark.parametrize(
    ("load", "role"), COMPRESSED, ids=[f"{x.source}-{r}" for x, r in COMPRESSED]
)
def test_a_file_that_is_cut_off_is_one_clear_error(tmp_path, load, role):
    content = load.inputs[role].read_bytes()
    cut = tmp_path / load.inputs[role].name
    cut.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(
        BadInputError, match=r"ends early or is damaged|is not a whole AnnData file"
    ):
        drain(load.source, {**load.inputs, role: cut}, **load.options)


@each_load
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=3)
def test_a_damaged_text_ends_in_the_products_own_error_or_is_read(tmp_path_factory, load, seed):
    role, path = next(iter(load.inputs.items()))
    if path.suffix == ".h5ad":
        return
    random = Random(seed)
    content = path.read_bytes()
    text = bytearray(gzip.decompress(content) if path.suffix == ".gz" else content)[:200_000]
    for _ in range(20):
        text[random.randrange(len(text))] = random.randrange(256)
    damaged = tmp_path_factory.mktemp("damaged") / path.name.removesuffix(".gz")
    damaged.write_bytes(text)
    with suppress(BadInputError):
        drain(load.source, {**load.inputs, role: damaged}, **load.options)


def test_the_sample_is_small():
    total = sum(p.stat().st_size for p in sample_folder().rglob("*") if p.is_file())
    assert total <= 5_000_000


def test_every_file_is_attributed():
    text = sample_file("ATTRIBUTION.md").read_text("utf-8")
    for path in sample_folder().iterdir():
        assert path.name in text or path.name in (WORLD, "ATTRIBUTION.md"), path.name


def test_only_open_relations_are_shipped():
    result = drain("primekg", {"kg": sample_file("kg.csv.gz")})
    assert {kind for _, kind, _ in result.edges} == {
        "INTERACTS_WITH",
        "PARTICIPATES_IN",
        "LOCATED_IN",
        "HAS_FUNCTION",
    }
    assert "Drug" not in {node["type"] for node in result.nodes.values()}


def test_no_descriptive_texts_are_shipped():
    info = {
        "links": sample_file("511145.protein.links.experimental.txt.gz"),
        "info": sample_file("511145.protein.info.v12.0.txt.gz"),
    }
    described = [n["description"] for n in drain("string", info).nodes.values()]
    assert set(described) == {None}


def test_the_bindings_are_those_of_the_responses():
    result = drain("bindingdb", {"bindings": sample_file("bindingdb_drug_gene.tsv.gz")})
    assert len(result.edges) == 2_947
    assert len({src for src, *_ in result.edges}) == 550


def test_a_file_that_is_not_in_the_sample_is_named():
    with pytest.raises(BadInputError, match=r"no file 'kg\.csv'") as caught:
        sample_file("kg.csv")
    assert "kg.csv.gz" in caught.value.hint


def test_the_script_writes_the_same_bytes_again(tmp_path):
    arguments = ["--shared", str(shared("README.md").parent), "--out", str(tmp_path)]
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "in all" in done.stdout
    written = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for name, content in written.items():
        assert (sample_folder() / name).read_bytes() == content, name
    kept = {p.relative_to(sample_folder()) for p in sample_folder().rglob("*") if p.is_file()}
    assert kept - set(written) == {Path(WORLD), Path("ATTRIBUTION.md")}
