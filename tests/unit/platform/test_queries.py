"""How typed arguments become parameters of named queries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kgp.errors import KgpError, UsageError
from kgp.platform.queries import run_query
from kgp.platform.query_catalogue import QUERIES
from kgp.testing import ListLoader, MemoryStore, SourceBuilder, publish
from kgp.testing.golden import NETWORK, golden
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> MemoryStore:
    made = MemoryStore()
    for loader in [*golden(), twins()]:
        publish(made, loader, tmp_path_factory.mktemp("staging"))
    return made


def twins() -> ListLoader:
    """A gene and a drug of one name, and a name that is part of another."""
    source = SourceBuilder(source_info("twins"))
    source.node("ncbigene:1", "Gene", "twin").node("drugbank:1", "Drug", "Twin")
    source.node("ncbigene:2", "Gene", "alone").node("ncbigene:3", "Gene", "alone too")
    return source.loader()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_binds_every_parameter_and_no_other(name: str) -> None:
    query = QUERIES[name]
    bound = set(re.findall(r"\$(\w+)", query.cypher))
    assert bound == {parameter.name for parameter in query.parameters}
    assert query.title


def test_a_signature_shows_optional_parameters_in_brackets() -> None:
    assert QUERIES["targets-of"].signature == "GENE [NETWORK]"
    assert QUERIES["changed-edges"].signature == "[NETWORK] [VERSION]"


def test_an_unknown_query_is_named_with_the_nearest(store: MemoryStore) -> None:
    with pytest.raises(UsageError, match="targets-of"):
        run_query(store, "target-of", ["TP53"])


@pytest.mark.parametrize("arguments", [[], ["TP53", NETWORK, "1"]])
def test_a_wrong_number_of_arguments_is_refused(store: MemoryStore, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match=rf"takes GENE \[NETWORK\]; {len(arguments)} given"):
        run_query(store, "targets-of", arguments)


def test_the_only_network_and_its_head_are_the_defaults(store: MemoryStore) -> None:
    assert run_query(store, "changed-edges", []).num_rows == 4
    assert run_query(store, "changed-edges", [NETWORK, "1"]).num_rows == 4


def test_an_unknown_network_is_refused(store: MemoryStore) -> None:
    with pytest.raises(KgpError, match=r"'toi'.*toy"):
        run_query(store, "targets-of", ["TP53", "toi"])


@pytest.mark.parametrize("version", ["0", "2", "one", "-1", "²"])
def test_an_unknown_version_is_refused(store: MemoryStore, version: str) -> None:
    with pytest.raises(KgpError, match=f"no version '{version}'"):
        run_query(store, "changed-edges", [NETWORK, version])


def test_without_a_network_there_is_none_to_ask() -> None:
    with pytest.raises(KgpError, match="holds none"):
        run_query(MemoryStore(), "changed-edges", [])


def test_of_several_networks_one_must_be_named(tmp_path: Path) -> None:
    made = MemoryStore()
    for loader in golden():
        publish(made, loader, tmp_path)
    made.fork_grn(NETWORK, "toy-k562", "cell=K562", "me")
    with pytest.raises(KgpError, match="toy, toy-k562"):
        run_query(made, "changed-edges", [])
