from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from kgp.errors import UsageError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.relations import FROM_PRIMEKG
from kgp.loaders.registry import assign_roles, build_loader
from kgp.loaders.synthetic.ecocyc import write_ecocyc
from kgp.loaders.synthetic.formats import FORMATS
from kgp.loaders.synthetic.mark import MARK, is_synthetic
from kgp.loaders.synthetic.output import Packer
from kgp.loaders.synthetic.primekg import write_primekg
from kgp.loaders.synthetic.world import SIZES, make_world, size_named
from kgp.loaders.synthetic.writing import formats_named, write_world
from kgp.loaders.world import read_world
from kgp.progress import SilentProgress
from tests.unit.loaders.drained import drain, write
from tests.unit.loaders.synthetic_worlds import tiny, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_bacterium_is_whole(tmp_path: Path) -> None:
    write_ecocyc(tmp_path)
    result = drain("ecocyc", assign_roles("ecocyc", [str(tmp_path)]))
    types = Counter(node["type"] for node in result.nodes.values())
    assert (types["Gene"], types["TranscriptionUnit"], types["Complex"]) == (60, 25, 8)
    assert result.dropped == {}


def test_the_bacterium_has_every_kind_of_regulation(tmp_path: Path) -> None:
    write_ecocyc(tmp_path)
    rows = drain("ecocyc", assign_roles("ecocyc", [str(tmp_path)])).rows(Kind.REGULATION)
    assert {r["effect"] for r in rows} == {"activation", "repression", "dual", "unknown"}
    assert {r["layer"] for r in rows} == {"transcriptional", "sigma"}
    regulators = {r["src"] for r in rows if r["layer"] == "transcriptional"}
    assert len(regulators) == 9


def test_one_seed_gives_one_bacterium(tmp_path: Path) -> None:
    first = write_ecocyc(tmp_path / "a", seed=1)
    again, other = write_ecocyc(tmp_path / "b", seed=1), write_ecocyc(tmp_path / "c", seed=2)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert [p.read_bytes() for p in first] != [p.read_bytes() for p in other]


@pytest.mark.parametrize("rows", [2_000, 40_000])
def test_the_graph_has_every_relation_and_loads_without_loss(tmp_path: Path, rows: int) -> None:
    path = write_primekg(tmp_path / "kg.csv", n_rows=rows)
    result = drain("primekg", {"kg": path})
    assert result.dropped == {}
    assert abs(result.tally.rows_in - rows) <= 60
    assert set(pl.read_csv(path, infer_schema=False)["relation"]) == set(FROM_PRIMEKG)
    assert len({node["type"] for node in result.nodes.values()}) == 10


@pytest.mark.parametrize("name", FORMATS)
def test_one_seed_gives_the_same_bytes_and_another_seed_other_bytes(name: str) -> None:
    def content(seed: int) -> dict[str, bytes]:
        with written(tiny(seed), name) as files:
            return {role: path.read_bytes() for role, path in files.items()}

    first, again, other = content(4), content(4), content(5)
    assert first == again
    assert all(first[role] != other[role] for role in first)


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_of_a_world_says_that_it_is_synthetic(name: str) -> None:
    with written(tiny(1), name) as files:
        assert all(is_synthetic(path) for path in files.values())


@pytest.mark.parametrize("name", FORMATS)
def test_bare_paths_of_a_format_are_given_their_roles(name: str) -> None:
    with written(tiny(1), name) as files:
        assert assign_roles(FORMATS[name].source, [str(p) for p in files.values()]) == files


def test_a_load_of_a_synthetic_file_is_marked_with_an_open_licence() -> None:
    with written(tiny(1), "trrust") as files:
        info = build_loader("trrust", files).info
    assert (info.name, info.synthetic, info.license) == ("trrust", True, "CC0-1.0")
    assert info.title == "Synthetic world in the format of TRRUST v2"


def test_a_synthetic_file_stays_marked_under_another_name(tmp_path: Path) -> None:
    with written(tiny(1), "trrust") as files:
        copy = tmp_path / "downloaded.tsv"
        copy.write_bytes(files["network"].read_bytes())
    assert build_loader("trrust", {"network": copy}).info.synthetic


def test_a_file_without_the_mark_is_not_synthetic(tmp_path: Path) -> None:
    path = write(tmp_path / "t.tsv", "tf\ttarget\tmor\tpubmed_id", "A\tB\t1.0\t1")
    assert not build_loader("trrust", {"network": path}).info.synthetic
    assert not is_synthetic(tmp_path)


def test_the_mark_stands_in_the_gzip_header_and_not_in_the_content() -> None:
    packer = Packer(MARK)
    packed = packer.pack(b"a,b\n") + packer.pack(b"1,2\n") + packer.end()
    assert gzip.decompress(packed) == b"a,b\n1,2\n"
    assert MARK.encode() in packed[:100]


def test_an_empty_packed_file_is_a_whole_gzip_file() -> None:
    assert gzip.decompress(Packer(MARK).end()) == b""


def test_the_world_file_lists_every_format_with_a_version(tmp_path: Path) -> None:
    chosen = list(FORMATS.values())
    write_world(tiny(2), "small", tmp_path, chosen, SilentProgress())
    loads = read_world(tmp_path / "world.toml")
    assert [load.source for load in loads] == [item.source for item in chosen]
    assert all(str(load.options["version"]).endswith("-seed-2") for load in loads)


def test_the_readme_names_every_file_and_forbids_claims(tmp_path: Path) -> None:
    files = write_world(tiny(2), "small", tmp_path, FORMATS.values(), SilentProgress())
    text = (tmp_path / "README.md").read_text()
    assert all(file in text for by_role in files.values() for file in by_role.values())
    assert MARK in text
    assert "must not be used" in text


def test_formats_come_in_the_order_of_loading() -> None:
    assert [f.name for f in formats_named(["trrust", "gene-info"])] == ["gene-info", "trrust"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: formats_named(["trust"]), "Unknown format 'trust'. Did you mean: trrust"),
        (lambda: size_named("smal"), "Unknown size 'smal'. Did you mean: small"),
        (lambda: make_world(SIZES["small"], -1), "Seed -1 is negative."),
    ],
)
def test_a_wrong_request_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()
