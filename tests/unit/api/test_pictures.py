"""Pictures of the worlds that are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from kgp.api.auditing import audit
from kgp.api.pictures import edge_picture, evidence_picture, regulon_picture
from kgp.api.stores import open_store
from kgp.errors import BadInputError, UsageError
from kgp.platform.grn import changed_edge, new_version
from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info
from tests.unit.api import labelled_world
from tests.unit.api.worlds import GENES, NETWORK, SCREEN, write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def titles(path: Path) -> set[str]:
    """What the marks of a written picture say on hover."""
    tree = ElementTree.parse(path)
    return {"".join(t.itertext()) for t in tree.iter("{http://www.w3.org/2000/svg}title")}


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a store with errors, controls and a network: G1 represses G2, activates G3."""
    source = SourceBuilder(source_info("trrust"))
    for target, sign in ((1, -1), (2, 1), (3, 1)):
        genes = labelled_world.GENES
        source.regulates("own", genes[0], genes[target], sign)
    path = tmp_path_factory.mktemp("replicated") / "kgp.duckdb"
    loads = [labelled_world.genes(), labelled_world.responses(), source.loader()]
    return write_store(path, loads)


@pytest.fixture
def changed(copied: Callable[[str], str]) -> str:
    """URL of the toy world with a version 2: A→D flipped, A→G added, C→B removed."""
    url = copied("toy")
    version = new_version(NETWORK, 1, "refine", {"planted": 0.2}, "", {})
    changes = [
        changed_edge(GENES["A"], GENES["D"], "transcriptional", -1, 0.9, {}),
        changed_edge(GENES["A"], GENES["G"], "transcriptional", 1, 0.8, {}),
        changed_edge(GENES["C"], GENES["B"], "transcriptional", 0, 0.7, {}),
    ]
    with open_store(url) as graph:
        graph.commit_version(version, changes)
    return url


def test_a_regulon_holds_each_edge_in_both_versions(changed: str, tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    found = regulon_picture(changed, NETWORK, 1, 2, "A", out)
    edges = {edge.target: (edge.before, edge.after, edge.confidence) for edge in found.edges}
    assert edges == {
        "A": (1, 1, None),
        "B": (1, 1, None),
        "C": (-1, -1, None),
        "D": (1, -1, pytest.approx(0.9)),
        "E": (1, 1, None),
        "G": (None, 1, pytest.approx(0.8)),
    }
    assert "A represses D: activates it before, confidence 0.90" in titles(out)


def test_a_removed_edge_has_the_confidence_of_its_removal(changed: str, tmp_path: Path) -> None:
    (edge,) = regulon_picture(changed, NETWORK, 1, 2, "C", tmp_path / "a.svg").edges
    assert (edge.before, edge.after) == (1, None)
    assert edge.confidence == pytest.approx(0.7)


def test_without_a_name_the_regulator_with_most_changes_is_drawn(
    changed: str, tmp_path: Path
) -> None:
    found = regulon_picture(changed, NETWORK, 1, 2, "", tmp_path / "a.html")
    assert {edge.regulator for edge in found.edges} == {"A"}


def test_a_planted_network_is_named_as_such(changed: str, tmp_path: Path) -> None:
    assert (
        "damaged on purpose"
        in regulon_picture(changed, NETWORK, 1, 2, "", tmp_path / "a.svg").remark
    )
    assert regulon_picture(changed, NETWORK, 1, 1, "A", tmp_path / "a.svg").remark == ""


def test_equal_versions_need_a_regulators_name(toy: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No edge of 'toy' differs"):
        regulon_picture(toy, NETWORK, 1, 1, "", tmp_path / "a.svg")
    assert regulon_picture(toy, NETWORK, 1, 1, "C", tmp_path / "c.svg").edges[0].target == "B"


@pytest.mark.parametrize(
    ("regulator", "said"), [("ZZZ", "means no node"), ("G", "Unknown regulator of 'toy' 'G'")]
)
def test_a_gene_that_is_none_or_regulates_nothing_is_refused(
    toy: str, tmp_path: Path, regulator: str, said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        regulon_picture(toy, NETWORK, 1, 1, regulator, tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []


def test_the_evidence_holds_every_signed_edge_with_its_verdict(toy: str, tmp_path: Path) -> None:
    summary = audit(toy, NETWORK, SCREEN, out=tmp_path / "runs")
    found = evidence_picture(toy, NETWORK, SCREEN, tmp_path / "a.svg", summary=summary)
    verdicts = {(cell.regulator, cell.target): cell.verdict for cell in found.cells}
    assert verdicts == {
        ("A", "B"): "confirmed",
        ("A", "C"): "confirmed",
        ("A", "D"): "contradicted",
        ("C", "B"): "contradicted",
        ("A", "E"): "silent",
        ("F", "G"): "untestable",
        ("I", "H"): "untestable",
    }
    # A→C is a repression and C falls; A→D is an activation and D falls.
    scores = {(cell.regulator, cell.target): cell.score or 0.0 for cell in found.cells}
    assert scores["A", "C"] > 0 > scores["A", "D"]
    assert scores["F", "G"] == 0


def test_an_audit_without_a_tested_edge_has_no_evidence_to_draw(toy: str, tmp_path: Path) -> None:
    none = replace(audit(toy, NETWORK, SCREEN, out=tmp_path / "runs"), edges=())
    with pytest.raises(BadInputError, match="No edge of 'toy' can be tested with 'screen'"):
        evidence_picture(toy, NETWORK, SCREEN, tmp_path / "a.svg", summary=none)
    assert not (tmp_path / "a.svg").exists()


def test_an_edge_shows_each_experiment_of_its_regulator_alone(
    replicated: str, tmp_path: Path
) -> None:
    found = edge_picture(replicated, "own", "G1", "G2", labelled_world.SET, tmp_path / "a.svg")
    experiments = {each.signature.rsplit("/")[-1]: each for each in found.experiments}
    assert experiments.keys() == {"down", "again", "up"}
    down = experiments["down"]
    assert (down.direction, down.effect, down.label) == (-1, 3.0, "up")
    assert (down.control_set, down.context) == ("c1", "K562, 1.5")
    # t with 20 degrees of freedom has its 97.5 % quantile at 2.0860.
    assert (down.low, down.high) == pytest.approx((3 - 0.2086, 3 + 0.2086), abs=1e-4)
    assert (found.sign, found.verdict) == (-1, "confirmed")
    assert experiments["again"].label == "unknown"


def test_the_verdict_is_that_of_the_experiments_that_respond(
    replicated: str, tmp_path: Path
) -> None:
    found = edge_picture(replicated, "own", "G1", "G3", labelled_world.SET, tmp_path / "a.html")
    # Knocked down G3 falls, which is one vote for activation; over-expressed it is unchanged.
    labels = sorted(each.label for each in found.experiments)
    assert (labels, found.verdict) == (["down", "unchanged", "unknown"], "confirmed")


def test_a_pair_without_an_edge_is_drawn_without_an_expectation(toy: str, tmp_path: Path) -> None:
    found = edge_picture(toy, NETWORK, "A", "G", SCREEN, tmp_path / "a.svg")
    assert (found.sign, len(found.experiments)) == (None, 4)
    assert "A → G (no edge) in toy: responds in 4 of 4 experiments" in titles(tmp_path / "a.svg")


def test_a_regulator_that_nobody_perturbed_has_no_experiments(toy: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="never perturbs F alone while measuring G"):
        edge_picture(toy, NETWORK, "F", "G", SCREEN, tmp_path / "a.svg")
    with pytest.raises(BadInputError, match="never perturbs I alone while measuring H"):
        edge_picture(toy, NETWORK, "I", "H", SCREEN, tmp_path / "a.svg")


def test_a_set_that_lists_only_what_responds_may_hold_nothing_to_draw(
    replicated: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="lists no value of G2 for G1"):
        edge_picture(replicated, "own", "G1", "G2", labelled_world.CENSORED, tmp_path / "a.svg")


def test_another_ending_is_refused_before_the_store_is_opened(tmp_path: Path) -> None:
    nowhere, out = "duckdb:nowhere.duckdb", tmp_path / "a.png"
    with pytest.raises(UsageError, match="no ending of a picture"):
        regulon_picture(nowhere, NETWORK, 1, 2, "A", out)
    with pytest.raises(UsageError, match="no ending of a picture"):
        evidence_picture(nowhere, NETWORK, SCREEN, out)
    with pytest.raises(UsageError, match="no ending of a picture"):
        edge_picture(nowhere, NETWORK, "A", "B", SCREEN, out)
