from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.models.grn_context_weights import (
    EVIDENCE_CODES,
    STRING_PRIOR,
    association,
    curation,
    shared_terms,
    string_score,
)

CHANNELS = ("neighborhood", "fusion", "cooccurence", "experiments", "database")
_SCORES = st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 1000), min_size=1)


def test_one_channel_has_its_own_score() -> None:
    assert string_score({"experimental": 737}) == pytest.approx(0.737)
    assert string_score({"fusion": 0}) == pytest.approx(STRING_PRIOR)


def test_two_channels_combine_without_counting_the_prior_twice() -> None:
    freed = (0.5 - 0.041) / 0.959, (0.4 - 0.041) / 0.959
    expected = (1 - (1 - freed[0]) * (1 - freed[1])) * 0.959 + 0.041
    assert string_score({"database": 500, "experiments": 400}) == pytest.approx(expected)


def test_co_expression_and_text_mining_say_nothing() -> None:
    others = {"coexpression": 900, "textmining": 950, "combined_score": 990}
    assert string_score(others) is None
    alone = string_score({"experimental": 300})
    assert string_score({"experimental": 300, **others}) == alone


def test_co_occurrence_counts_less_between_homologues() -> None:
    assert string_score({"cooccurence": 600, "homology": 1000}) == pytest.approx(STRING_PRIOR)
    assert string_score({"cooccurence": 600}) == pytest.approx(0.6)


@given(_SCORES, st.sampled_from(CHANNELS))
def test_more_evidence_never_lowers_a_score(scores: dict[str, int], channel: str) -> None:
    less, more = string_score({channel: 0} | scores), string_score(scores | {channel: 1000})
    assert less is not None
    assert more is not None
    assert STRING_PRIOR - 1e-9 <= less <= more <= 1 + 1e-9


@pytest.mark.parametrize(
    ("score", "nats"), [(0.95, 1.0), (0.9, 1.0), (0.7, 0.5), (0.4, 0.25), (0.39, 0.0)]
)
def test_an_association_counts_by_string_s_own_steps(score: float, nats: float) -> None:
    assert association(score) == nats


def test_the_most_specific_shared_process_counts() -> None:
    assert shared_terms([40, 8]) == 0.75
    assert shared_terms([40]) == 0.35
    assert shared_terms([51]) == shared_terms([]) == 0.0


def test_the_best_line_of_evidence_counts() -> None:
    codes = ["EV-COMP-HINF", "EV-EXP-IDA-BINDING-OF-PURIFIED-PROTEINS", "EV-EXP-IEP"]
    assert curation({"evidence_codes": codes}) == EVIDENCE_CODES["EV-EXP-IDA-BINDING"]
    assert curation({"evidence_codes": ["EV-COMP-AINF"]}) < 0


def test_levels_and_numbers_of_publications_count() -> None:
    assert curation({"level": "A"}) > curation({"level": "C"}) == 0 > curation({"level": "E"})
    assert curation({"pubmed": ["1"]}) == 0
    assert 0 < curation({"pubmed": ["1", "2"]}) < curation({"pubmed": list("12345678")}) == 1.5
    assert curation({}) == 0
