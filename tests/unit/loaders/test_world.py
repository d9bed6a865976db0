from __future__ import annotations

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.loaders.sample import sample_file
from kgp.loaders.world import LoadSpec, read_world

TRRUST = sample_file("trrust_hs.tsv.gz")


def world(tmp_path, text):
    (tmp_path / "world.toml").write_text(text)
    return read_world(tmp_path / "world.toml")


def test_a_load_names_source_files_and_options(tmp_path):
    (tmp_path / "net.tsv").write_bytes(TRRUST.read_bytes())
    text = """
    [[load]]
    source = "trrust"
    files = ["net.tsv"]
    name = "mine"
    version = "2"
    options = { layer = "signalling" }
    """
    options = {"layer": "signalling", "name": "mine", "version": "2"}
    inputs = {"network": tmp_path / "net.tsv"}
    assert world(tmp_path, text) == [LoadSpec("trrust", inputs, options)]


def test_files_may_name_their_roles(tmp_path):
    (load,) = world(tmp_path, f'[[load]]\nsource = "trrust"\nfiles = {{ network = "{TRRUST}" }}')
    assert load.inputs == {"network": TRRUST}
    assert load.options == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[load]\n", "is not TOML: .*line 1"),
        ("", "field 'load': Field required"),
        ("load = []", "field 'load': List should have at least 1 item"),
        ('[[load]]\nfiles = ["x"]', r"load 1 \(line 1\), field 'source': Field required"),
        ('\n[[load]]\nsource = "trrust"\nfiles = []', r"load 1 \(line 2\), field 'files'"),
        ('[[load]]\nsource = "trrust"\nfiles = ["x"]\nfile = 1', "field 'file': Extra inputs"),
        ("[[load]]\nsource = 1\nfiles = ['x']", "field 'source': Input should be a valid string"),
        ("load = [3]", "load 1, field ''"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(tmp_path, text, message):
    with pytest.raises(BadInputError, match=message):
        world(tmp_path, text)


def test_a_world_file_that_is_missing_or_binary_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read: No such file"):
        read_world(tmp_path / "nowhere.toml")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_world(TRRUST)


def test_unknown_sources_and_missing_files_are_named(tmp_path):
    with pytest.raises(UsageError, match=r"load 1 \(line 1\): Unknown source 'trust'"):
        world(tmp_path, '[[load]]\nsource = "trust"\nfiles = ["x"]')
    with pytest.raises(BadInputError, match=r"x\.tsv does not exist"):
        world(tmp_path, '[[load]]\nsource = "trrust"\nfiles = ["x.tsv"]')
