"""When a refinement is refused: data that do not know the network, or that refining misleads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.refining import RefineOptions, refine
from kgp.api.runs import load_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import BadInputError, HeadMovedError, UsageError
from kgp.platform import grn
from kgp.progress import SilentProgress
from kgp.report.content import ChangeSummary, RefinementSummary
from tests.unit.api.worlds import GENES, NETWORK, SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kgp.progress import Step

OBEDIENT = RefineOptions("obedient")
FORCED = RefineOptions(SCREEN, force=True)


def test_a_network_that_the_data_do_not_know_is_refused(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    with pytest.raises(BadInputError, match="These data say nothing about toy") as caught:
        refine(url, NETWORK, RefineOptions(SCREEN), write=True)
    # A→B, A→C, A→D and C→B respond; A→E does not.
    assert "of 5 edges whose regulator was perturbed, 4 targets respond" in caught.value.message
    assert "--force" in caught.value.hint
    assert caught.value.command == "kgp grn audit toy --responses screen"
    assert not runs_root(url).exists()


def test_where_refining_helps_on_held_out_regulators_it_is_written_without_force(
    copied: Callable[[str], str],
) -> None:
    report = refine(copied("damaged"), "damaged", OBEDIENT, write=True)
    assert (report.version, report.refused) == (2, False)
    assert report.summary.enrichment_p == 0.001
    held = report.summary.held_out
    assert held.helps
    assert held.gain.low > 0
    assert held.gain.value == pytest.approx(held.f1["refined"].value - held.f1["original"].value)
    assert report.lines[-1] == "Refining helps here."


def test_how_far_effects_travel_is_chosen_on_held_out_regulators(stores: Path) -> None:
    # The responses were made by walks of up to three edges.
    report = refine(f"duckdb:{stores / 'damaged.duckdb'}", "damaged", OBEDIENT)
    assert report.summary.method.endswith("walks up to 3")
    assert "along up to 3 edges in a row (the shortest walks" in report.lines[1]


def test_what_does_not_help_is_not_written_but_saved(
    copied: Callable[[str], str],
) -> None:
    url = copied("damaged")
    report = refine(url, "damaged", replace(OBEDIENT, max_share=0.01), write=True)
    assert (report.version, report.refused) == (None, True)
    assert "--force writes it all the same" in report.closing
    with open_store(url) as graph:
        assert [v.version for v in graph.grn_versions("damaged")] == [1]
    saved = load_result(RefinementSummary, runs_root(url) / "refine-damaged.json")
    assert saved == report.summary
    assert saved.held_out.helps is False


def test_a_refinement_that_does_not_help_names_both_options(stores: Path) -> None:
    idle = replace(OBEDIENT, max_share=0.01)
    report = refine(f"duckdb:{stores / 'damaged.duckdb'}", "damaged", idle)
    assert "add --write --force" in report.closing


class Interloper(SilentProgress):
    """Another user, who writes a version while the experiments are held out."""

    def __init__(self, url: str) -> None:
        self.url = url

    def step(
        self, title: str, total: int | None = None, unit: str = "rows"
    ) -> AbstractContextManager[Step]:
        if title == "hold out":
            flip = grn.changed_edge(GENES["A"], GENES["B"], "transcriptional", -1, 1.0, {})
            version = grn.new_version(NETWORK, 1, "refine", {"by": "another"}, "", {})
            with open_store(self.url) as graph:
                grn.commit(graph, version, [flip])
        return super().step(title, total, unit)


def test_a_head_that_moved_while_computing_loses_nothing(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    with pytest.raises(HeadMovedError, match="is at version 2 now"):
        refine(url, NETWORK, FORCED, write=True, progress=Interloper(url))
    with open_store(url) as graph:
        assert [v.parameters for v in graph.grn_versions(NETWORK)][1:] == [{"by": "another"}]
    saved = load_result(RefinementSummary, runs_root(url) / "refine-toy.json")
    assert (saved.parent_version, saved.version, saved.n_edits) == (1, None, 5)
    changes = load_result(ChangeSummary, runs_root(url) / "changes-toy.json").changes
    assert changes == refine(copied("toy"), NETWORK, FORCED).changes


PLANTED = RefineOptions(planted=0.3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (replace(PLANTED, frozen=("A",)), "--freeze cannot be had with a planted truth"),
        (replace(PLANTED, where={"medium": "M9"}), "--context cannot be had"),
        (replace(FORCED, name="other"), "--name other names a fork or a damaged copy"),
    ],
)
def test_an_option_without_effect_is_refused(options: RefineOptions, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        refine(None, NETWORK, options)


def test_without_any_edit_there_is_nothing_to_write(copied: Callable[[str], str]) -> None:
    url = copied("damaged")
    none = replace(OBEDIENT, max_share=0.0, force=True)
    report = refine(url, "damaged", none, write=True)
    assert (report.version, report.refused) == (None, False)
    assert report.closing == "No edge changes, so there is nothing to write."
    with open_store(url) as graph:
        assert [v.version for v in graph.grn_versions("damaged")] == [1]
