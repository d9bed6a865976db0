"""What experiments of one context teach goes to a fork; the general network stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.networks import fork_network
from kgp.api.refining import RefineOptions, refine
from kgp.api.stores import open_store
from kgp.errors import BadInputError
from kgp.platform import grn
from tests.unit.api.worlds import MEDIA, NETWORK, SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.api.refining import RefineReport

M9 = RefineOptions(SCREEN, where={"medium": "M9"}, max_length=1, force=True)


@pytest.fixture
def forked(copied: Callable[[str], str]) -> tuple[str, RefineReport]:
    url = copied("toy")
    return url, refine(url, NETWORK, M9, write=True)


def test_one_context_goes_to_a_fork_named_after_it(forked: tuple[str, RefineReport]) -> None:
    url, report = forked
    assert (report.summary.network, report.summary.parent_version, report.version) == (
        "toy-M9",
        1,
        2,
    )
    with open_store(url) as graph:
        fork = next(record for record in graph.grns() if record.name == "toy-M9")
        assert [v.method for v in graph.grn_versions("toy-M9")] == ["fork", "refine"]
    assert (fork.forked_from, fork.context) == ("toy@1", "medium=M9")


def test_only_the_experiments_of_the_context_count(forked: tuple[str, RefineReport]) -> None:
    _, report = forked
    assert report.changes
    perturbed = {s.split(":")[1][0] for c in report.changes for s in c.supports + c.contradicts}
    assert {MEDIA[letter] for letter in perturbed} == {"M9"}
    assert ("C", "B") not in {(c.regulator, c.target) for c in report.changes}


def test_the_parent_is_untouched(
    copied: Callable[[str], str], forked: tuple[str, RefineReport]
) -> None:
    url, _ = forked
    with open_store(url) as graph:
        after = grn.edges(graph, NETWORK)
        assert [v.version for v in graph.grn_versions(NETWORK)] == [1]
    with open_store(copied("toy")) as graph:
        assert grn.edges(graph, NETWORK) == after


@pytest.mark.parametrize("network", [NETWORK, "toy-M9"])
def test_the_same_context_again_continues_its_fork(
    copied: Callable[[str], str], network: str
) -> None:
    url = copied("toy")
    first = refine(url, NETWORK, replace(M9, max_share=0.25), write=True)
    again = refine(url, network, M9, write=True)
    assert (again.summary.network, again.summary.parent_version) == ("toy-M9", 2)
    assert again.version == 3
    done = {(c.regulator, c.target, c.after) for c in first.changes}
    assert not done & {(c.regulator, c.target, c.after) for c in again.changes}
    with open_store(url) as graph:
        assert {record.name for record in graph.grns()} == {NETWORK, "toy-M9"}


@pytest.mark.parametrize(
    ("name", "is_what"),
    [(NETWORK, "'toy' is no fork"), ("toy-LB", "is a fork of toy for medium=LB")],
)
def test_a_context_is_not_written_into_a_network_of_another(
    copied: Callable[[str], str], name: str, is_what: str
) -> None:
    url = copied("toy")
    fork_network(url, NETWORK, "toy-LB", "medium=LB")
    with pytest.raises(BadInputError, match=is_what):
        refine(url, NETWORK, replace(M9, name=name), write=True)


def test_the_order_of_the_properties_names_the_same_fork() -> None:
    pairs = {"medium": "M9", "strain": "MG1655"}
    turned = dict(reversed(pairs.items()))
    assert replace(M9, where=pairs).context == replace(M9, where=turned).context


def test_a_context_without_experiments_is_refused(copied: Callable[[str], str]) -> None:
    with pytest.raises(BadInputError, match="M63"):
        refine(copied("toy"), NETWORK, replace(M9, where={"medium": "M63"}), write=True)
