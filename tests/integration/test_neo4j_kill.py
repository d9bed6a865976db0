"""A load into a real Neo4j that is killed, or whose server is, is finished by the same command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.killing import BEFORE
from benchmarks.neo4j_kill import REFUSED, VICTIMS, Neo4jTrial

from tests.integration.test_kill import write_graph
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.killing import Outcome

ROWS = 40_000


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jTrial]:
    needs_neo4j()
    folder = tmp_path_factory.mktemp("kill")
    write_graph(folder / "kg.csv", ROWS)
    made = Neo4jTrial(folder, "primekg", folder / "kg.csv")
    yield made
    made.close()


@pytest.fixture(scope="module")
def outcomes(trial: Neo4jTrial) -> list[Outcome]:
    return list(trial.strikes(len(VICTIMS), seed=7))


@pytest.mark.slow
def test_no_reader_sees_a_load_that_is_half_written(outcomes: list[Outcome]) -> None:
    assert [outcome.unharmed for outcome in outcomes] == [True] * len(VICTIMS)


@pytest.mark.slow
def test_whatever_dies_the_same_command_finishes_the_load(outcomes: list[Outcome]) -> None:
    assert [outcome.phase for outcome in outcomes if outcome.equal] == list(VICTIMS)


@pytest.mark.slow
def test_a_load_that_was_killed_half_way_is_taken_back(trial: Neo4jTrial) -> None:
    assert trial.abort() == [REFUSED, BEFORE]
