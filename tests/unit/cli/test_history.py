"""The history of a network as the terminal shows it."""

from kgp.cli.tables import version_table
from kgp.platform.store.records import GrnVersion


def test_what_a_version_is_said_in_words_and_what_is_not_known_is_left_out() -> None:
    metrics = {"edits": 3, "forced": False, "held_out_gain": None, "objective_after": 24_681.4}
    known = GrnVersion("net", 2, 1, "refine", {}, "", metrics, "you", "2026-01-01")
    (row,) = version_table("net", [known]).rows
    assert row[-1] == "edits 3, forced no, objective after 2.47e+04"
