from __future__ import annotations

from importlib import import_module

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.provenance import RANKS
from kgp.loaders.registry import SOURCES, assign_roles, build_loader
from kgp.loaders.sample import sample_file, sample_folder
from tests.unit.loaders.drained import write


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_says_where_it_comes_from(name):
    spec = SOURCES[name]
    stated = (spec.title, spec.description, spec.version_rule, spec.license, spec.citation)
    assert all(stated)
    assert spec.url.startswith("https://")
    # An own experiment comes in one of three shapes, each with a role of its own.
    assert spec.roles[0].required or name == "responses"
    assert name in RANKS


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_names_a_loader_that_exists_and_calls_itself_so(name):
    spec = SOURCES[name]
    assert getattr(import_module(spec.module), spec.loader).source == name


def test_usage_shows_roles_and_what_is_optional():
    assert SOURCES["trrust"].usage == "kgp load trrust PATH"
    assert SOURCES["string"].usage == "kgp load string links=PATH [info=PATH]"


def test_unknown_source_names_the_nearest():
    with pytest.raises(UsageError, match="Did you mean: primekg"):
        assign_roles("primkg", [])


def test_unknown_option_names_the_known_ones():
    with pytest.raises(UsageError, match=r"Unknown option of trrust 'nmae'.*name"):
        build_loader("trrust", {"network": sample_file("trrust_hs.tsv.gz")}, nmae="x")


def test_options_that_are_none_stand_for_the_default():
    loader = build_loader("trrust", {"network": sample_file("trrust_hs.tsv.gz")}, name=None)
    assert loader.info.version == "unversioned"


def test_stated_version_wins_over_the_file():
    inputs = {"links": sample_file("511145.protein.links.experimental.txt.gz")}
    assert build_loader("string", inputs, version="mine").info.version == "mine"


def test_bare_paths_fill_roles_in_order():
    path = sample_file("trrust_hs.tsv.gz")
    assert assign_roles("trrust", [str(path)]) == {"network": path}


def test_a_role_is_taken_at_its_word():
    path = sample_file("trrust_hs.tsv.gz")
    assert assign_roles("trrust", [f"network={path}"]) == {"network": path}


def test_a_path_with_an_equals_sign_is_a_path_if_it_exists(tmp_path):
    path = write(tmp_path / "a=b.tsv", "tf\ttarget\tmor\tpubmed_id")
    assert assign_roles("trrust", [str(path)]) == {"network": path}


def test_files_are_recognised_by_name_in_any_order():
    links = sample_file("511145.protein.links.experimental.txt.gz")
    info = sample_file("511145.protein.info.v12.0.txt.gz")
    expected = {"links": links, "info": info}
    assert assign_roles("string", [str(info), str(links)]) == expected


def test_files_are_recognised_by_columns_in_any_order():
    responses = sample_file("dysreg_overexpression.tsv.gz")
    summary = sample_file("dysreg_overexpression_summary.tsv.gz")
    assigned = assign_roles("lincs-overexpression", [str(summary), str(responses)])
    assert assigned == {"responses": responses, "summary": summary}


def test_a_folder_stands_for_its_files():
    assigned = assign_roles("ecocyc", [str(sample_file("ecocyc-synthetic"))])
    assert [path.stem for path in assigned.values()] == list(assigned)
    assert {"genes", "proteins", "regulation"} <= set(assigned)


def test_a_folder_without_a_known_file_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no file that ecocyc reads"):
        assign_roles("ecocyc", [str(tmp_path)])


def test_a_folder_is_no_file_for_a_role():
    with pytest.raises(BadInputError, match="is a folder"):
        assign_roles("trrust", [f"network={sample_folder()}"])


def test_missing_file_says_which_role_it_had():
    with pytest.raises(BadInputError, match=r"nowhere\.csv does not exist"):
        assign_roles("primekg", ["nowhere.csv"])


def test_missing_role_is_named():
    with pytest.raises(UsageError, match="needs a file for 'summary'"):
        assign_roles("lincs-overexpression", [str(sample_file("dysreg_overexpression.tsv.gz"))])


def test_unknown_role_is_named():
    with pytest.raises(UsageError, match="Unknown role of trrust 'net'"):
        assign_roles("trrust", ["net=x.tsv"])
    with pytest.raises(UsageError, match="Unknown role of trrust 'net'"):
        build_loader("trrust", {"net": sample_file("trrust_hs.tsv.gz")})


def test_more_files_than_roles_are_refused():
    path = str(sample_file("trrust_hs.tsv.gz"))
    with pytest.raises(UsageError, match="Too many files for trrust"):
        assign_roles("trrust", [path, path])
